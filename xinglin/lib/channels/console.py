"""The sender for trying out: prints the message on the terminal where the site runs, the phone masked."""

from __future__ import annotations

import sys
from typing import ClassVar, TextIO

from xinglin.lib.channels.sms import Message


class ConsoleSender:
    """Prints; nothing leaves the building."""

    is_fake: ClassVar[bool] = True

    def __init__(self, terminal: TextIO | None = None) -> None:
        self._terminal = terminal

    def send(self, message: Message) -> None:
        masked = f"{message.phone[:3]}****{message.phone[-4:]}"
        print(f"✉ {masked}  {message.text}", file=self._terminal or sys.stdout, flush=True)
