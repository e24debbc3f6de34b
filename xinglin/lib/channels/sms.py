"""A text message, and what every sender of text messages can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

# Carriers in China accept only texts that were registered before: a template and the values that fill it.
TEMPLATES: dict[str, str] = {
    "sign_in_code": "【杏林】您的验证码是 {code}，{minutes} 分钟内有效。请不要告诉别人。",
}


@dataclass(frozen=True)
class Message:
    """One text message to one phone. `key` stays the same when it is sent again, so that it arrives once."""

    key: str
    phone: str = field(repr=False)
    template: str
    values: Mapping[str, str] = field(repr=False)

    @property
    def text(self) -> str:
        return TEMPLATES[self.template].format(**self.values)


class NotSent(Exception):
    """The message was not taken; `reason` is for the log and holds nothing personal."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Sender(Protocol):
    """Carries messages, or raises NotSent."""

    is_fake: ClassVar[bool]

    def send(self, message: Message) -> None: ...
