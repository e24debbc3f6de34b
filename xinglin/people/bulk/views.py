"""Bulk actions at the desk: choose people, say what to do, watch it, stop it, take it back, read the answers."""

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
from django.views.decorators.http import require_GET, require_POST

from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell, tell_refusal
from xinglin.organisation import queries as organisation
from xinglin.people import jobs, queries, search
from xinglin.people.bulk import answers, forms, kinds, rules, running
from xinglin.people.bulk.errors import ConditionsGone
from xinglin.people.models import Bulk, BulkStep
from xinglin.people.search_forms import SearchForm, search_units
from xinglin.people.teams.placing import VERB

PER_PAGE = 50
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ONE_PAGE = search.PER_PAGE  # whom one can have ticked


@login_required
@require_GET
def bulks(request: HttpRequest) -> HttpResponse:
    """What one has begun, the latest first."""
    organisation.demand(request.user, VERB)
    page = Paginator(running.of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "days": running.KEPT.days} | queries.tabs(request.user)
    return render(request, "people/bulk/bulks.html", context)


@login_required
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Those who were ticked; with `all` everybody whom the address finds."""
    organisation.demand(request.user, VERB)
    at = clock.now()
    if "all" in request.POST:
        form = SearchForm(request.GET, units=search_units(request.user))
        if form.left_out({name: said for name in form.fields if (said := request.GET.get(name, "").strip())}):
            raise ConditionsGone  # to read, it would narrow nothing; to act, it would reach too many
        asked = form.asked()
        chosen = search.matching(search.within(request.user, asked.unit), asked, at=at)
    else:
        ticked = request.POST.getlist("number")[:ONE_PAGE]
        chosen = queries.volunteers_seen_by(request.user).filter(number__in=ticked)
    return redirect("people:bulk", running.choose(volunteers=chosen, by=request.user, at=at).code)


@login_required
@require_GET
def one(request: HttpRequest, code: str) -> HttpResponse:
    """Who was chosen and what can be done, or how far it has come, or what came of it."""
    return _bulk_page(request, _own(request, code))


@login_required
@require_POST
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Do it."""
    bulk, kind, at = _own(request, code), request.POST.get("kind", ""), clock.now()
    form = forms.form_of(kind, request.user, bulk, at=at, data=request.POST)
    if form is None or not form.is_valid():
        return _bulk_page(request, bulk, {kind: form} if form else {}, status=422)
    try:
        with transaction.atomic():
            bulk = running.begin(bulk=bulk, kind=kind, by=request.user, at=at, **form.cleaned_data)
            jobs.do_bulk.defer(lock=f"bulk:{code}", bulk=code)
    except Refusal as refusal:
        tell_refusal(request, refusal)
    return redirect("people:bulk", code)


@login_required
@require_POST
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Stop here."""
    running.cancel(bulk=_own(request, code), by=request.user, at=clock.now())
    tell(request, _("停下了，办成的还在，可以撤销"))
    return redirect("people:bulk", code)


@login_required
@require_POST
def undo(request: HttpRequest, code: str) -> HttpResponse:
    """Take it all back."""
    with transaction.atomic():
        running.undo(bulk=_own(request, code), by=request.user, at=clock.now())
        jobs.do_bulk.defer(lock=f"bulk:{code}", bulk=code)
    return redirect("people:bulk", code)


@login_required
@require_GET
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The answers as a workbook."""
    bulk = _own(request, code)
    if not bulk.steps.exists():
        raise NotFound
    running.note_taken_away(bulk=bulk, by=request.user, at=clock.now())
    name = f"{_('批量办理的结果')}-{bulk.code}.xlsx"
    attached = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    headers = {"Cache-Control": "no-store", "Content-Disposition": attached}
    return HttpResponse(answers.workbook(bulk), content_type=SHEET, headers=headers)


def _own(request: HttpRequest, code: str) -> Bulk:
    organisation.demand(request.user, VERB)
    found = running.of(request.user).filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def _bulk_page(
    request: HttpRequest, bulk: Bulk, tried: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    at, only = clock.now(), request.GET.get("only", "")
    settled, of = rules.progress(bulk.state, bulk.people, bulk.tally)
    done = bulk.tally.get(BulkStep.Outcome.DONE, 0)
    context = {
        "bulk": bulk,
        "is_at_work": bulk.state in rules.AT_WORK,
        "settled": settled,
        "of": of,
        "percent": settled * 100 // of if of else 100,
        "tally": [(outcome, outcome.label, bulk.tally.get(outcome, 0)) for outcome in BulkStep.Outcome],
        "may_undo": rules.may_undo(bulk.state, done=done, finished_at=bulk.finished_at, at=at),
        "hours": int(rules.UNDO_FOR.total_seconds() // 3600),
        "days": running.KEPT.days,
        "again": reverse("people:bulk", args=[bulk.code]),
        "only": only,
    }
    if bulk.state == Bulk.State.CHOSEN:
        context["forms"] = (forms.offered(request.user, bulk, at=at) | (tried or {})).items()
    if bulk.state not in rules.AT_WORK:
        page = Paginator(answers.of(bulk, only=only), PER_PAGE).get_page(request.GET.get("page"))
        context |= {"page_obj": page, "rows": [{"step": step, "why": kinds.said(step.why)} for step in page]}
        context["reasons"] = answers.reasons(bulk)
    return render(request, "people/bulk/bulk.html", context | queries.tabs(request.user), status=status)
