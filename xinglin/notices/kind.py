"""What one kind of notice is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xinglin.notices.rules import Channel, Topic


@dataclass(frozen=True)
class Kind:
    """One kind of notice. Braces are filled by the notice's values; `page` is given its `code` where it has one."""

    topic: Topic
    title: Any
    text: Any
    icon: str
    page: str
    asks_code: bool = False
    is_urgent: bool = False  # it cannot wait for the morning
    stands_elsewhere: bool = False  # a list of its own says that it is unread, so the bell counts it there
    is_awaited: bool = False  # somebody was promised an answer: the first page shows it until it is read
    sms: str = ""  # the name of a template in lib.channels.sms; empty: never by text message

    @property
    def channels(self) -> tuple[Channel, ...]:
        return tuple(channel for channel in Channel if channel != Channel.SMS or self.sms)
