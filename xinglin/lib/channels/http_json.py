"""The sender that hands messages to an SMS gateway by signed JSON over HTTPS. PROTOCOL.md is what the gateway reads."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import ClassVar, NoReturn

from xinglin.lib.channels.sms import Message, NotSent

TIMEOUT_S = 4.0
TRIES = 3
PAUSE_S = 0.3  # someone is waiting at the other end of the page
MOST_ANSWER_BYTES = 16_384
OF_THE_MESSAGE = frozenset({400, 422})  # what else is refused – key, address, gateway – is ours to put right


class HttpSender:
    """Speaks the protocol: one POST per message, repeated with the same key when nobody answered or asked to wait."""

    is_fake: ClassVar[bool] = False

    def __init__(
        self,
        *,
        url: str,
        key_id: str,
        secret: str,
        timeout_s: float = TIMEOUT_S,
        tries: int = TRIES,
        unix_time: Callable[[], float] = time.time,
    ) -> None:
        assert _is_safe(url), "the gateway's address starts with https://"
        self._url, self._key_id, self._secret = url, key_id, secret
        self._timeout_s, self._tries, self._unix_time = timeout_s, tries, unix_time
        self._opener = urllib.request.build_opener(NoRedirect)

    def send(self, message: Message) -> None:
        reason = ""
        for number in range(self._tries):
            if number:
                time.sleep(PAUSE_S * number)
            try:
                return self._post(message)
            except _TryAgain as trouble:
                reason = trouble.reason
        raise NotSent(f"{reason}, {self._tries} tries")

    def _post(self, message: Message) -> None:
        try:
            with self._opener.open(self._request(message), timeout=self._timeout_s) as answer:
                _check(answer.status, answer.read(MOST_ANSWER_BYTES))
        except urllib.error.HTTPError as trouble:
            with trouble:
                _refuse(trouble.code)
        except (OSError, http.client.HTTPException) as trouble:  # no answer: refused, cut off, too slow
            raise _TryAgain(type(trouble).__name__) from None

    def _request(self, message: Message) -> urllib.request.Request:
        body = json.dumps(
            {
                "key": message.key,
                "phone": f"+86{message.phone}",
                "template": message.template,
                "values": dict(message.values),
                "text": message.text,
            },
            ensure_ascii=False,
        ).encode()
        timestamp = str(int(self._unix_time()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Accept": "application/json",
            "Idempotency-Key": message.key,
            "X-Xinglin-Key": self._key_id,
            "X-Xinglin-Time": timestamp,
            "X-Xinglin-Signature": signature(self._secret, timestamp=timestamp, body=body),
        }
        return urllib.request.Request(self._url, data=body, headers=headers, method="POST")


def signature(secret: str, *, timestamp: str, body: bytes) -> str:
    """What proves that a request is ours and untouched: HMAC-SHA-256 over time, full stop and body, in hex."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class _TryAgain(NotSent):
    """Worth another try with the same key."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A code shall not follow wherever an answer points."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def _check(status: int, body: bytes) -> None:
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    said = answer.get("accepted") if status in (200, 202) and isinstance(answer, dict) else None
    if said is False:
        raise NotSent("the gateway did not accept the message", is_final=True)
    if said is not True:
        raise NotSent(f"HTTP {status}, and no answer of the protocol")


def _refuse(status: int) -> NoReturn:
    if status == 429 or status >= 500:
        raise _TryAgain(f"HTTP {status}")
    raise NotSent(f"HTTP {status}", is_final=status in OF_THE_MESSAGE)


def _is_safe(url: str) -> bool:
    """HTTPS, or a gateway on this very machine."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "https":
        return bool(parts.hostname)
    try:
        return parts.scheme == "http" and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.scheme == "http" and parts.hostname == "localhost"
