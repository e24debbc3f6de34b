"""The answers of a bulk action: for each volunteer what became of it, on a page and as a workbook."""

from __future__ import annotations

import io

import xlsxwriter
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from xinglin.people.bulk import kinds
from xinglin.people.models import Bulk, BulkStep

WIDTHS = (14, 18, 12, 60)
AT_A_TIME = 2_000


def of(bulk: Bulk, *, only: str = "") -> QuerySet[BulkStep]:
    """By number; `only` those with one outcome."""
    steps = bulk.steps.select_related("volunteer__person").order_by("volunteer__number")
    return steps.filter(outcome=only) if only in BulkStep.Outcome.values else steps


def reasons(bulk: Bulk) -> list[tuple[str, int]]:
    """Why some were left as they were, the commonest first."""
    counted = bulk.steps.exclude(why="").order_by().values_list("why").annotate(count=Count("pk"))
    return [(kinds.said(why), count) for why, count in sorted(counted, key=lambda pair: (-pair[1], pair[0]))]


def workbook(bulk: Bulk) -> bytes:
    """Number, name, outcome and reason, row by row."""
    content = io.BytesIO()
    plainly = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, plainly) as book:
        page = book.add_worksheet()
        bold = book.add_format({"bold": True, "bg_color": "#E0EEE3"})
        page.freeze_panes(1, 0)
        for place, heading in enumerate((_("编号"), _("姓名"), _("结果"), _("原因"))):
            page.set_column(place, place, WIDTHS[place])
            page.write_string(0, place, heading, bold)
        for row, step in enumerate(of(bulk).iterator(chunk_size=AT_A_TIME), start=1):
            person = step.volunteer.person
            cells = (step.volunteer.number, person.name, step.get_outcome_display(), kinds.said(step.why))
            for place, cell in enumerate(cells):
                page.write_string(row, place, cell)
    return content.getvalue()
