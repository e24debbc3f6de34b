"""Taking a list of volunteers away as a workbook: what the desk's list shows, masked as there, for a reason."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from xinglin.accounts import queries as accounts
from xinglin.audit import actions as audit
from xinglin.people import search, words
from xinglin.people.errors import ExportReasonNeeded, NobodyToExport, TooManyToExport
from xinglin.people.search import Asked, Row

VERB = "export_people"
WIDTH = 18
MOST = 50_000  # some seconds of work: who wants more narrows it, by unit for instance
PLAINLY = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def export(*, user: Any, asked: Asked, reason: str, at: dt.datetime) -> IO[bytes]:
    """A workbook of those who are asked for and whom the user may take away.

    It is written row by row, so that many need no more memory than few; how many wait for their file in a request is
    bounded.
    """
    reason = reason.strip()
    if not reason:
        raise ExportReasonNeeded
    reach, asked = of_whom(user, asked)
    if search.matching(reach, asked, at=at).count() > MOST:
        raise TooManyToExport(most=MOST)
    rows = search.everybody(reach, asked, at=at)
    first = next(rows, None)
    if first is None:
        raise NobodyToExport
    file = tempfile.TemporaryFile()  # noqa: SIM115 – without a name: gone with whoever reads it
    count = _written(file, first, rows)
    facts = {"rows": count, "narrowed_by": asked.narrowed_by()}
    audit.record(actor=user, verb="exported_people", thing="volunteer:*", reason=reason[:300], facts=facts, at=at)
    file.seek(0)
    return file


def of_whom(user: Any, asked: Asked) -> tuple[tuple[str, ...], Asked]:
    """Where the user may export, and what is asked for there: nobody who is only lent, or took back their consent."""
    return search.within(user, asked.unit, verb=VERB), replace(asked, at_home=True, consenting=True)


def _written(file: IO[bytes], first: Row, rest: Iterator[Row]) -> int:
    headings = (_("编号"), _("姓名"), _("队伍"), _("手机"), _("加入日期"), _("状态"), _("特长"))
    count = 0
    # The rows lie in a file until the workbook is put together: in a folder that nobody else may open, and that goes.
    with tempfile.TemporaryDirectory() as own, xlsxwriter.Workbook(file, PLAINLY | {"tmpdir": own}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "bg_color": "#E0EEE3"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(headings) - 1, WIDTH)
        for place, heading in enumerate(headings):
            sheet.write_string(0, place, heading, bold)
        for count, row in enumerate(chain([first], rest), start=1):
            for place, cell in enumerate(_cells(row)):
                sheet.write_string(count, place, cell)
    return count


def _cells(row: Row) -> tuple[str, ...]:
    teams, can = _("、").join(row.teams), _("、").join(words.all_said("speciality", row.specialities))
    phone = accounts.masked_phone(row.phone_sealed) or ""
    return (row.number, row.name, teams, phone, row.joined_on.isoformat(), row.state_said, can)
