"""A WeChat for tests: the addresses that we use, over a real socket, with tokens that end and people who refuse."""

from __future__ import annotations

import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

APP_ID, SECRET, TEMPLATE = "wx0123456789abcdef", "a secret of the account", "TM00017:thing2,time4,thing5"


class WechatServer:
    """Follows WeChat's documentation as far as WECHAT.md goes."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []  # what arrived at people, each once
        self.tokens_given = 0
        self.valid_token = ""
        self.answers: list[int] = []  # the codes of the next template messages, before it answers as it should
        self.codes = {"CODE-OF-LIN": "oLIN0000000000000000000000001"}
        self.not_following: set[str] = set()
        self._known: set[tuple[str, str]] = set()
        self._lock = threading.Lock()
        wechat = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer(None)

            def do_POST(self) -> None:
                self.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def answer(self, body: dict[str, Any] | None) -> None:
                parts = urllib.parse.urlsplit(self.path)
                with wechat._lock:
                    said = wechat._said(self.command, parts.path, dict(urllib.parse.parse_qsl(parts.query)), body)
                text = json.dumps(said).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def end_token(self) -> None:
        """As when somebody renewed it elsewhere."""
        self.valid_token = ""

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def _said(self, method: str, path: str, query: dict[str, str], body: dict[str, Any] | None) -> dict[str, Any]:
        match method, path:
            case "POST", "/cgi-bin/stable_token":
                return self._token(body or {})
            case "POST", "/cgi-bin/message/template/send":
                return self._taken(query, body or {})
            case "GET", "/sns/oauth2/access_token":
                return self._owner(query)
        return {"errcode": 404, "errmsg": "no such address"}

    def _token(self, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("grant_type") != "client_credential" or body.get("appid") != APP_ID:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if body.get("secret") != SECRET:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        if not self.valid_token:
            self.tokens_given += 1
            self.valid_token = f"TOKEN{self.tokens_given}"
        return {"access_token": self.valid_token, "expires_in": 7200}

    def _taken(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if self.answers and (code := self.answers.pop(0)):
            return {"errcode": code, "errmsg": "as the test wants"}
        if not self.valid_token or query.get("access_token") != self.valid_token:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        if body["touser"] in self.not_following:
            return {"errcode": 43004, "errmsg": "require subscribe"}
        if body["template_id"] != TEMPLATE.partition(":")[0]:
            return {"errcode": 40037, "errmsg": "invalid template_id"}
        if any(name.startswith("thing") and len(said["value"]) > 20 for name, said in body["data"].items()):
            return {"errcode": 47003, "errmsg": "argument invalid! data.thing.value invalid"}
        if (key := (body["touser"], body["client_msg_id"])) not in self._known:
            self._known.add(key)
            self.messages.append(body)
        return {"errcode": 0, "errmsg": "ok", "msgid": len(self._known)}

    def _owner(self, query: dict[str, str]) -> dict[str, Any]:
        if (query.get("appid"), query.get("secret")) != (APP_ID, SECRET):
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        openid = self.codes.pop(query.get("code", ""), None)  # each code tells once
        if openid is None or query.get("grant_type") != "authorization_code":
            return {"errcode": 40029, "errmsg": "invalid code"}
        return {"access_token": "OF-THE-PERSON", "expires_in": 7200, "openid": openid, "scope": "snsapi_base"}
