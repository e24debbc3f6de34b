"""A statement as a file: a spreadsheet to reckon with, or a document to keep. Values in, bytes out."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xinglin.lib import documents
from xinglin.lib.web.words import in_china, minutes_said
from xinglin.timebank.rules import Balance, Period
from xinglin.timebank.words import Line

TEMPLATE = "timebank/documents/statement.typ"
MOST_ON_PAPER = 1_000
MOST_IN_A_SHEET = 50_000


@dataclass(frozen=True)
class Statement:
    """What a file says: whose, of which days, what was free before, each line, and how things stand at `made_at`.

    Honour minutes stand apart: they are no part of the balance, and using minutes never lowers them.
    """

    name: str
    number: str
    period: Period
    opening_minutes: int
    lines: Sequence[Line]
    balance: Balance
    honour_minutes: int
    made_at: dt.datetime

    @property
    def in_minutes(self) -> int:
        return sum(line.minutes for line in self.lines if line.minutes > 0)

    @property
    def out_minutes(self) -> int:
        return -sum(line.minutes for line in self.lines if line.minutes < 0)

    @property
    def closing_minutes(self) -> int:
        return self.opening_minutes + self.in_minutes - self.out_minutes

    @property
    def days_said(self) -> str:
        first = self.period.since or (in_china(self.lines[0].at).date() if self.lines else None)
        last = self.period.until or in_china(self.made_at).date()
        return f"{first.isoformat() if first else ''} – {last.isoformat()}".strip(" –") if first else last.isoformat()


def as_sheet(statement: Statement) -> bytes:
    """An Excel file. What people wrote goes in as text and never as a formula."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet(_("明细"))
    for row, (label, value) in enumerate(_facts(statement)):
        sheet.write_string(row, 0, label, bold)
        sheet.write(row, 1, value)
    top = len(_facts(statement)) + 1
    heads = [
        _("时间"),
        _("事项"),
        _("来源"),
        _("存入（分钟）"),
        _("使用（分钟）"),
        _("余额（分钟）"),
        _("凭据"),
        _("第几笔"),
    ]
    for column, head in enumerate(heads):
        sheet.write_string(top, column, head, bold)
    for row, line in enumerate(statement.lines, start=top + 1):
        sheet.write_datetime(row, 0, in_china(line.at).replace(tzinfo=None), moment)
        sheet.write_string(row, 1, line.title)
        sheet.write_string(row, 2, " · ".join(part for part in (line.source, line.state) if part))
        sheet.write_number(row, 3 if line.minutes > 0 else 4, abs(line.minutes))
        sheet.write_number(row, 5, line.balance_after)
        sheet.write_string(row, 6, line.origin)
        sheet.write_number(row, 7, line.transfer_id)
    sheet.freeze_panes(top + 1, 0)
    for column, width in enumerate((18, 32, 18, 13, 13, 13, 20, 10)):
        sheet.set_column(column, column, width)
    book.close()
    return made.getvalue()


def as_pdf(statement: Statement) -> bytes:
    """A document of A4 pages."""
    facts = {
        "language": "zh" if (get_language() or "").startswith("zh") else "en",
        "title": _("时间银行明细"),
        "facts": [[label, str(value)] for label, value in _facts(statement, said=True)],
        "heads": [_("时间"), _("事项"), _("存入"), _("使用"), _("余额")],
        "lines": [_row(line) for line in statement.lines],
        "none": _("这段时间没有明细"),
        "foot": _("杏林 · 存的是服务，不是钱。荣誉时长另算，使用不会减少它。"),
    }
    return documents.as_pdf(TEMPLATE, facts)


def _row(line: Line) -> list[str]:
    moment = in_china(line.at)
    return [
        f"{moment:%Y-%m-%d} {moment.hour}:{moment:%M}",
        line.title,
        " · ".join(part for part in (line.source, line.state, line.origin) if part),
        minutes_said(line.minutes) if line.minutes > 0 else "",
        minutes_said(-line.minutes) if line.minutes < 0 else "",
        minutes_said(line.balance_after),
    ]


def _facts(statement: Statement, *, said: bool = False) -> list[tuple[str, Any]]:
    """The head of both files; minutes as people say them on paper, as numbers in a sheet."""

    def of(minutes: int) -> Any:
        return minutes_said(minutes) if said else minutes

    unit = "" if said else _("（分钟）")
    made = in_china(statement.made_at)
    return [
        (_("姓名"), statement.name),
        (_("志愿者编号"), statement.number),
        (_("时间"), statement.days_said),
        (_("期初可用") + unit, of(statement.opening_minutes)),
        (_("这段时间存入") + unit, of(statement.in_minutes)),
        (_("这段时间使用") + unit, of(statement.out_minutes)),
        (_("期末可用") + unit, of(statement.closing_minutes)),
        (_("现在冻结") + unit, of(statement.balance.held_minutes)),
        (_("荣誉时长（另算）") + unit, of(statement.honour_minutes)),
        (_("制作时间"), f"{made:%Y-%m-%d} {made.hour}:{made:%M}"),
    ]
