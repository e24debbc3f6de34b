"""The desk's pages about rosters: hand one in, see what would come of it, take it in, get back what cannot be used."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.lib import clock, sheets
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.people import jobs, queries, roster, rosters, words
from xinglin.people.forms import RosterForm
from xinglin.people.models import Roster

PER_PAGE = 20
LINES_SHOWN = 20
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The rosters so far, and the form to hand in another."""
    organisation.demand(request.user, "import_people")
    is_sent = request.method == "POST"
    form = RosterForm(request.POST, request.FILES) if is_sent else RosterForm()
    if is_sent and form.is_valid():
        try:
            return redirect("people:import", _hand_in(request, form).code)
        except Refusal as refusal:
            form.add_error("file", str(refusal))
    page = Paginator(rosters.seen_by(request.user), PER_PAGE).get_page(request.GET.get("page"))
    limits = {"megabytes": sheets.MOST_BYTES // 2**20, "lines": sheets.MOST_LINES}
    context = {"form": form, "page_obj": page, "limits": limits, "days": rosters.KEPT.days} | queries.tabs(request.user)
    return render(request, "people/imports.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def one(request: HttpRequest, code: str) -> HttpResponse:
    """How far a roster has come, and what would come or came of it."""
    return render(request, "people/import.html", _of_import(_seen(request, code)) | queries.tabs(request.user))


@login_required
@require_POST
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Take it in."""
    with transaction.atomic():
        made = rosters.begin(made=_seen(request, code), by=request.user, at=clock.now())
        jobs.import_roster.defer(lock=f"import:{made.code}", roster=made.code)
    return redirect("people:import", code)


@login_required
@require_POST
def drop(request: HttpRequest, code: str) -> HttpResponse:
    """Rather not."""
    rosters.drop(made=_seen(request, code), by=request.user, at=clock.now())
    tell(request, _("没有导入，交来的文件已经删除"))
    return redirect("people:imports")


@login_required
@require_GET
def back(request: HttpRequest, code: str) -> HttpResponse:
    """The lines that go back, as a workbook with the reason beside each."""
    made = _seen(request, code)
    workbook = rosters.back_of(made)
    if workbook is None:
        raise NotFound
    rosters.note_taken_back(made=made, by=request.user, at=clock.now())
    return _sheet(workbook, f"{_('退回的行')}-{made.code}.xlsx")


@login_required
@require_GET
def blank(request: HttpRequest) -> HttpResponse:
    """An empty roster to fill in."""
    organisation.demand(request.user, "import_people")
    return _sheet(sheets.blank(roster.COLUMNS), f"{_('空白名册')}.xlsx")


def _hand_in(request: HttpRequest, form: RosterForm) -> Roster:
    file = form.cleaned_data["file"]
    with transaction.atomic():
        made = rosters.hand_in(content=file.read(), file_name=file.name, by=request.user, at=clock.now())
        jobs.check_roster.defer(lock=f"check:{made.code}", roster=made.code)
    return made


def _seen(request: HttpRequest, code: str) -> Roster:
    organisation.demand(request.user, "import_people")
    found = rosters.seen_by(request.user).filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def _of_import(made: Roster) -> dict[str, Any]:
    said = {} if made.is_at_work else rosters.reasons_of(made, most=LINES_SHOWN)
    per_reason = sorted(made.reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    return {
        "made": made,
        "first": rosters.first_lines(made),
        "per_reason": [(words.REASONS[code], count) for code, count in per_reason],
        "bad": [(row, [both[1] for both in columns.values()]) for row, columns in list(said.items())[:LINES_SHOWN]],
        "has_back": bool(said) and rosters.has_back(made),
        "more": made.memberships - made.persons,
        "again": reverse("people:import", args=[made.code]),
        "days": rosters.KEPT.days,
    }


def _sheet(content: bytes, name: str) -> HttpResponse:
    attached = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    headers = {"Cache-Control": "no-store", "Content-Disposition": attached}
    return HttpResponse(content, content_type=SHEET, headers=headers)
