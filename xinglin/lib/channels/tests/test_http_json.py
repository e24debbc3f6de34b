"""The SMS gateway's protocol, against a real server on this machine that follows PROTOCOL.md."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from xinglin.lib.channels import http_json
from xinglin.lib.channels.console import ConsoleSender
from xinglin.lib.channels.http_json import HttpSender, signature
from xinglin.lib.channels.sms import Message, NotSent

SECRET = "shared between two"
MESSAGE = Message(
    key="8F3KQ2TM8F3KQ2TM", phone="13800138000", template="sign_in_code", values={"code": "482913", "minutes": "5"}
)
ACCEPTED = (200, b'{"accepted": true}')
Answer = tuple[int, bytes]


class Gateway:
    """A gateway that checks signatures and gives the answers it was told to, the last one for ever."""

    def __init__(self, *answers: Answer | Callable[[], Answer]) -> None:
        self.answers = list(answers)
        self.seen: list[tuple[dict[str, str], bytes]] = []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.seen.append((dict(self.headers), body))
                status, text = gateway.answer()
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who asked has left
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def answer(self) -> Answer:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer() if callable(answer) else answer

    def sender(self, **how: float) -> HttpSender:
        url = f"http://127.0.0.1:{self.server.server_port}/messages"
        return HttpSender(url=url, key_id="ruian", secret=SECRET, **how)  # type: ignore[arg-type]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Gateway]]:
    monkeypatch.setattr(http_json, "PAUSE_S", 0.01)
    open_ones: list[Gateway] = []

    def build(*answers: Answer | Callable[[], Answer]) -> Gateway:
        open_ones.append(Gateway(*answers))
        return open_ones[-1]

    yield build
    for one in open_ones:
        one.close()


def test_a_message_arrives_as_the_protocol_says(gateway: Callable[..., Gateway]):
    carrier = gateway(ACCEPTED)

    carrier.sender().send(MESSAGE)

    [(headers, body)] = carrier.seen
    assert json.loads(body) == {
        "key": "8F3KQ2TM8F3KQ2TM",
        "phone": "+8613800138000",
        "template": "sign_in_code",
        "values": {"code": "482913", "minutes": "5"},
        "text": "【杏林】您的验证码是 482913，5 分钟内有效。请不要告诉别人。",
    }
    assert headers["Idempotency-Key"] == "8F3KQ2TM8F3KQ2TM"
    assert headers["X-Xinglin-Key"] == "ruian"
    assert abs(int(headers["X-Xinglin-Time"]) - time.time()) < 60


def test_the_signature_covers_time_and_body(gateway: Callable[..., Gateway]):
    carrier = gateway(ACCEPTED)

    carrier.sender().send(MESSAGE)

    [(headers, body)] = carrier.seen
    signed, timestamp = headers["X-Xinglin-Signature"], headers["X-Xinglin-Time"]
    assert signed == signature(SECRET, timestamp=timestamp, body=body)
    assert signed != signature(SECRET, timestamp=timestamp, body=body + b" ")
    assert signed != signature(SECRET, timestamp="0", body=body)
    assert signed != signature("another", timestamp=timestamp, body=body)


def test_the_signature_of_the_protocol_is_plain_hmac():
    # From `printf '1700000000.{}' | openssl dgst -sha256 -hmac secret`.
    assert (
        signature("secret", timestamp="1700000000", body=b"{}")
        == "b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163"
    )


@pytest.mark.parametrize("busy", [(500, b""), (503, b"busy"), (429, b"{}")])
def test_a_busy_gateway_is_asked_again_with_the_same_key(gateway: Callable[..., Gateway], busy: Answer):
    carrier = gateway(busy, ACCEPTED)

    carrier.sender().send(MESSAGE)

    assert [headers["Idempotency-Key"] for headers, _body in carrier.seen] == ["8F3KQ2TM8F3KQ2TM"] * 2


def test_three_tries_and_no_more(gateway: Callable[..., Gateway]):
    carrier = gateway((503, b""))

    with pytest.raises(NotSent, match="HTTP 503, 3 tries"):
        carrier.sender().send(MESSAGE)
    assert len(carrier.seen) == 3


@pytest.mark.parametrize(
    "refused",
    [(400, b"{}"), (401, b""), (404, b""), (200, b'{"accepted": false}'), (200, b"<html>"), (302, b""), (307, b"")],
)
def test_a_refusal_is_not_asked_again(gateway: Callable[..., Gateway], refused: Answer):
    carrier = gateway(refused)

    with pytest.raises(NotSent):
        carrier.sender().send(MESSAGE)
    assert len(carrier.seen) == 1


@pytest.mark.parametrize("refused", [(400, b"{}"), (422, b"{}"), (200, b'{"accepted": false}')])
def test_what_is_wrong_with_the_message_is_final(gateway: Callable[..., Gateway], refused: Answer):
    with pytest.raises(NotSent) as trouble:
        gateway(refused).sender().send(MESSAGE)

    assert trouble.value.is_final


@pytest.mark.parametrize(
    "refused",
    [(401, b""), (403, b""), (404, b""), (302, b""), (307, b""), (200, b"<html>"), (200, b"{}"), (204, b"")],
)
def test_what_is_wrong_with_key_or_address_is_not(gateway: Callable[..., Gateway], refused: Answer):
    with pytest.raises(NotSent) as trouble:
        gateway(refused).sender().send(MESSAGE)

    assert not trouble.value.is_final


def test_a_silent_gateway_is_left_after_the_timeout(gateway: Callable[..., Gateway]):
    def sleep() -> Answer:
        time.sleep(0.5)
        return ACCEPTED

    carrier = gateway(sleep)
    began = time.monotonic()

    with pytest.raises(NotSent, match="TimeoutError, 2 tries"):
        carrier.sender(timeout_s=0.1, tries=2).send(MESSAGE)
    assert time.monotonic() - began < 0.5


def test_a_gateway_that_is_not_there_is_told():
    with pytest.raises(NotSent, match="tries"):
        HttpSender(url="http://127.0.0.1:9/", key_id="a", secret="b", tries=1).send(MESSAGE)


def test_what_goes_wrong_names_neither_phone_nor_code(gateway: Callable[..., Gateway]):
    with pytest.raises(NotSent) as trouble:
        gateway((400, b"13800138000 482913")).sender().send(MESSAGE)

    assert "1380" not in str(trouble.value)
    assert "1380" not in repr(MESSAGE)
    assert "482913" not in repr(MESSAGE)


@pytest.mark.parametrize(
    "url", ["http://sms.example.cn/", "ftp://127.0.0.1/", "https://", "sms.example.cn", "http://10.0.0.1/"]
)
def test_codes_do_not_travel_in_the_clear(url: str):
    with pytest.raises(AssertionError):
        HttpSender(url=url, key_id="a", secret="b")


def test_the_printing_sender_masks_the_phone():
    terminal = io.StringIO()

    ConsoleSender(terminal).send(MESSAGE)

    assert "138****8000" in terminal.getvalue()
    assert "482913" in terminal.getvalue()
    assert "13800138000" not in terminal.getvalue()
