"""One's statement as a file. It shows honour hours beside the balance, which the time bank itself knows nothing of."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xinglin.hours import queries as hours
from xinglin.lib import clock
from xinglin.people import queries as people
from xinglin.timebank import queries as timebank
from xinglin.timebank import statement_files as files
from xinglin.timebank.errors import StatementTooLong
from xinglin.timebank.forms import PeriodForm
from xinglin.timebank.statement_files import Statement
from xinglin.timebank.words import line_of

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@login_required
def pdf(request: HttpRequest) -> HttpResponse:
    """The statement as a document."""
    return _file(files.as_pdf(_statement(request, most=files.MOST_ON_PAPER)), "application/pdf", "pdf")


@require_GET
@login_required
def sheet(request: HttpRequest) -> HttpResponse:
    """The statement as a spreadsheet."""
    return _file(files.as_sheet(_statement(request, most=files.MOST_IN_A_SHEET)), SHEET, "xlsx")


def _statement(request: HttpRequest, *, most: int) -> Statement:
    person = people.person_of(request.user)
    volunteer = people.volunteer_of(request.user)
    at = clock.now()
    period = PeriodForm(request.GET).period()
    lines = [line_of(entry) for entry in timebank.entries_of(person, period, limit=most)]
    if len(lines) > most:
        raise StatementTooLong(most=most)
    opening = lines[0].balance_after - lines[0].minutes if lines else timebank.balance_before(person, period.since)
    return Statement(
        name=person.name if person is not None else str(request.user),
        number=volunteer.number if volunteer is not None else "",
        period=period,
        opening_minutes=opening,
        lines=lines,
        balance=timebank.balance_of(person),
        honour_minutes=hours.honour_minutes(person),
        made_at=at,
    )


def _file(content: bytes, kind: str, ending: str) -> HttpResponse:
    name = f"{_('时间银行明细')}-{clock.local_day(clock.now()).isoformat()}.{ending}"
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
