"""A WeChat official account: template messages to those who asked for them, and the web sign-in that tells who asks.

WECHAT.md says which addresses are spoken to, what was tried and what was not. Standard library only.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from xinglin.lib.channels.http_json import NoRedirect
from xinglin.lib.channels.sms import NotSent

TIMEOUT_S = 6.0
MOST_ANSWER_BYTES = 65_536
EARLY_S = 300  # the token is asked for anew so long before its end, as WeChat itself renews it
LONGEST_THING = 20  # letters in a field of the kind `thing`
CHINA = ZoneInfo("Asia/Shanghai")

# What WeChat answers, and what it means for the message. All else is tried later: a template that is gone (40037) or
# does not fit (47003) is ours to put right, and would otherwise end every message that is waiting.
STALE_TOKEN = frozenset({40001, 40014, 42001})
FINAL = frozenset(
    {
        40003,  # no openid of this account
        43004,  # the person does not follow the account
        43101,  # the person refuses its messages
        50002,  # the person's WeChat is closed
    }
)


@dataclass(frozen=True)
class Template:
    """The one template that all notices use: what, when, and a note, each in the field that the account calls so."""

    template_id: str
    what: str
    when: str
    note: str

    @classmethod
    def read(cls, text: str) -> Template:
        """`ID:thing2,time4,thing5`, as the settings have it."""
        template_id, _colon, fields = text.partition(":")
        what, when, note = fields.split(",")
        return cls(template_id, what, when, note)


@dataclass(frozen=True)
class TemplateMessage:
    """One message to one follower. `key` stays the same when it is sent again, so that it arrives once."""

    key: str
    openid: str = field(repr=False)
    what: str = field(repr=False)
    at: dt.datetime
    note: str = field(repr=False)
    url: str


class OfficialAccount:
    """Speaks for one account. It keeps the access token until shortly before its end."""

    def __init__(
        self,
        *,
        app_id: str,
        secret: str,
        template: Template,
        api: str,
        sign_in: str,
        timeout_s: float = TIMEOUT_S,
        unix_time: Callable[[], float] = time.time,
    ) -> None:
        self._app_id, self._secret, self._template = app_id, secret, template
        self._api, self._sign_in = api.rstrip("/"), sign_in.rstrip("/")
        self._timeout_s, self._unix_time = timeout_s, unix_time
        self._opener = urllib.request.build_opener(NoRedirect)
        self._lock = threading.Lock()
        self._token, self._token_until = "", 0.0

    def send(self, message: TemplateMessage) -> None:
        """Hand one message over, or raise NotSent. A token that WeChat no longer knows is asked for once more."""
        code = self._tried(message, self._valid_token())
        if code in STALE_TOKEN:
            self._forget_token()
            code = self._tried(message, self._valid_token())
        if code:
            _refuse(code)

    def way_to_sign_in(self, *, back: str, state: str) -> str:
        """Where a person's WeChat is to go, to come `back` with a code that tells who they are and nothing else."""
        asked = {
            "appid": self._app_id,
            "redirect_uri": back,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
        return f"{self._sign_in}/connect/oauth2/authorize?{urllib.parse.urlencode(asked)}#wechat_redirect"

    def openid_of(self, code: str) -> str:
        """Whom the code belongs to; NotSent where WeChat does not say."""
        asked = {"appid": self._app_id, "secret": self._secret, "code": code, "grant_type": "authorization_code"}
        answer = self._asked(f"/sns/oauth2/access_token?{urllib.parse.urlencode(asked)}")
        openid = answer.get("openid")
        if not isinstance(openid, str) or not openid:
            _refuse(_code_of(answer) or -1)
        return openid

    def _tried(self, message: TemplateMessage, token: str) -> int:
        said = {
            self._template.what: message.what,
            self._template.when: message.at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M"),
            self._template.note: message.note,
        }
        body = {
            "touser": message.openid,
            "template_id": self._template.template_id,
            "url": message.url,
            "client_msg_id": message.key,
            "data": {name: {"value": _fitting(name, text)} for name, text in said.items()},
        }
        query = urllib.parse.urlencode({"access_token": token})
        return _code_of(self._asked(f"/cgi-bin/message/template/send?{query}", body))

    def _valid_token(self) -> str:
        with self._lock:
            if self._unix_time() >= self._token_until:
                asked = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret}
                answer = self._asked("/cgi-bin/stable_token", asked)
                if not isinstance(answer.get("access_token"), str):
                    _refuse(_code_of(answer) or -1)
                self._token = answer["access_token"]
                self._token_until = self._unix_time() + max(0, int(answer.get("expires_in", 0)) - EARLY_S)
            return self._token

    def _forget_token(self) -> None:
        with self._lock:
            self._token_until = 0.0

    def _asked(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One call. Its address holds secrets, so nothing of it may stand in what is raised."""
        data = json.dumps(body, ensure_ascii=False).encode() if body is not None else None
        request = urllib.request.Request(self._api + path, data=data, headers={"Accept": "application/json"})
        if data is not None:
            request.add_header("Content-Type", "application/json; charset=utf-8")
        try:
            with self._opener.open(request, timeout=self._timeout_s) as response:
                answer = json.loads(response.read(MOST_ANSWER_BYTES))
        except urllib.error.HTTPError as trouble:
            with trouble:
                raise NotSent(f"wechat HTTP {trouble.code}") from None
        except (OSError, http.client.HTTPException) as trouble:
            raise NotSent(f"wechat {type(trouble).__name__}") from None
        except ValueError:
            raise NotSent("wechat answered no JSON") from None
        if not isinstance(answer, dict):
            raise NotSent("wechat answered no object")
        return answer


def _code_of(answer: dict[str, Any]) -> int:
    code = answer.get("errcode", 0)
    return code if isinstance(code, int) else -1


def _refuse(code: int) -> NoReturn:
    raise NotSent(f"wechat {code}", is_final=code in FINAL)


def _fitting(name: str, text: str) -> str:
    """A field of the kind `thing` holds twenty letters; WeChat refuses the whole message for one more."""
    if not name.startswith("thing"):
        return text
    return text if len(text) <= LONGEST_THING else text[: LONGEST_THING - 1] + "…"
