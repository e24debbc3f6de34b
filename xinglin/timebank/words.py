"""A statement in plain words: each entry as a line that page, spreadsheet and document show alike."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from xinglin.lib.web import words
from xinglin.timebank.rules import TransferKind

# kind → where it came from or went to, and a badge where something is still open or was taken back
SAID: dict[str, tuple[Any, str, Any]] = {
    TransferKind.CREDIT: (gettext_lazy("服务存入"), "", ""),
    TransferKind.HOLD: (gettext_lazy("先预留"), "", ""),
    TransferKind.SETTLE: (gettext_lazy("用掉"), "", ""),
    TransferKind.RELEASE: (gettext_lazy("没用，退回"), "", ""),
    TransferKind.LAPSE: (gettext_lazy("到期没用，退回"), "", ""),
    TransferKind.GIFT: (gettext_lazy("赠予"), "", ""),
    TransferKind.GRANT: (gettext_lazy("公益池支持"), "", ""),
    TransferKind.REPAYMENT: (gettext_lazy("补上之前没收回来的"), "", ""),
    TransferKind.ADJUSTMENT: (gettext_lazy("更正补入"), "", ""),
    TransferKind.OVERFLOW: (gettext_lazy("超出存量上限，转存"), "", ""),
    TransferKind.EXPIRY: (gettext_lazy("存满期限，到期"), "", ""),
    TransferKind.MERGE: (gettext_lazy("合并账号"), "", ""),
    TransferKind.REVERSAL: (gettext_lazy("原来那笔作废，转回"), "stop", gettext_lazy("已冲回")),
}
# What an origin is called before its colon → the page of one's own that tells of it.
PAGES = {"record": "hours:own", "voucher": "benefits:voucher"}


@dataclass(frozen=True)
class Line:
    """One entry: what for, where from, when, how many minutes, and what was left after it."""

    at: dt.datetime
    title: str
    source: str
    minutes: int  # signed
    balance_after: int
    tone: str
    state: str
    origin: str
    transfer_id: int
    sequence: int

    @property
    def sign(self) -> str:
        return "+" if self.minutes > 0 else ""

    @property
    def page(self) -> str:
        """The address of what it came from, if that is a page of one's own."""
        return page_of(self.origin)


def line_of(entry: Any) -> Line:
    """An entry as people read it."""
    source, tone, state = SAID[entry.kind]
    if entry.origin.startswith("gift:") and entry.kind == TransferKind.SETTLE:
        source = SAID[TransferKind.GIFT][0]  # it went to somebody, or came from them
    elif entry.kind == TransferKind.SETTLE and entry.minutes > 0:
        source = gettext_lazy("求助的人付给您")
    return Line(
        at=entry.at,
        title=entry.reason or str(source),
        source=str(source) if entry.reason else "",
        minutes=entry.minutes,
        balance_after=entry.balance_after,
        tone=tone,
        state=str(state),
        origin=entry.origin,
        transfer_id=entry.transfer_id,
        sequence=entry.sequence,
    )


def page_of(origin: str) -> str:
    kind, _colon, code = origin.partition(":")
    return reverse(PAGES[kind], args=[code]) if kind in PAGES and code else ""


def day_of(when: dt.datetime, *, today: dt.date) -> str:
    return words.day_said(words.in_china(when).date(), today=today)
