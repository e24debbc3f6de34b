"""One's own records on the phone; a record to decide on at the desk."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xinglin.hours import actions, queries, rules, words
from xinglin.hours.forms import VoidForm
from xinglin.hours.models import Record
from xinglin.lib import clock
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.people import queries as people

PAGE = 20


@require_GET
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """The records of whoever is signed in, with what they count for and when."""
    person = people.person_of(request.user)
    page = Paginator(queries.records_of(person), PAGE).get_page(request.GET.get("page"))
    return render(request, "hours/mine.html", {"totals": queries.totals_of(person), "page_obj": page, "here": "people"})


@require_GET
@login_required
def own(request: HttpRequest, code: str) -> HttpResponse:
    """One of one's own services: when and where, how it is known, who confirmed it, and what became of it."""
    found = queries.own_record(people.person_of(request.user), code)
    told = {"history": words.history_said(found), "lacks": words.lacks_said(found)}
    facts = {"record": found, "here": "people", **told}
    return render(request, "hours/own.html", facts)


@require_GET
@login_required
def of_volunteer(request: HttpRequest, number: str) -> HttpResponse:
    """What one volunteer did in the units over whose records the asker decides."""
    organisation.demand(request.user, "confirm_record")
    volunteer = people.volunteer_seen_by(request.user, number)
    found = queries.records_seen_by(request.user).filter(person=volunteer.person)
    facts = {"volunteer": volunteer, "page_obj": Paginator(found, PAGE).get_page(request.GET.get("page"))}
    return render(request, "hours/of_volunteer.html", facts | people.tabs(request.user) | {"here": "people:desk"})


@require_GET
@login_required
def record(request: HttpRequest, code: str) -> HttpResponse:
    """One record with how we know of it and what was done to it."""
    found = queries.record_seen_by(request.user, code)
    return _shown(request, found, VoidForm())


@require_POST
@login_required
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.record_seen_by(request.user, code)
    actions.confirm(record=found, by=request.user, at=clock.now())
    tell(request, _("已确认，公示期满就生效"))
    return redirect("hours:record", code=code)


@require_POST
@login_required
def void(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.record_seen_by(request.user, code)
    form = VoidForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, form)
    actions.void(record=found, by=request.user, reason=form.cleaned_data["reason"], at=clock.now())
    tell(request, _("已作废，原因本人看得到"))
    return redirect("hours:record", code=code)


def _shown(request: HttpRequest, found: Record, form: VoidForm) -> HttpResponse:
    facts = {
        "record": found,
        "history": words.history_said(found),
        "lacks": words.lacks_said(found),
        "may_confirm": rules.may_step(found.state, "confirm")
        and request.user.pk not in (found.person.user_id, found.recorded_by_id),
        "may_void": rules.may_step(found.state, "void"),
        "form": form,
        "here": "home:desk",
    }
    return render(request, "hours/record.html", facts, status=422 if form.errors else 200)
