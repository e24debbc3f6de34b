"""Pages of practical data: one's own on the phone, a volunteer's at the desk, and the coordinator's list."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.people import practical, queries
from xinglin.people.care_forms import PracticalForm
from xinglin.people.models import Person

PER_PAGE = 100


@sensitive_post_parameters("emergency_name", "emergency_phone")
@login_required
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """What the coordinator should know of me in practice."""
    person = queries.person_of(request.user)
    if person is None:
        raise NotFound
    form = _form(request, person)
    if _changed(request, form, person):
        tell(request, _("记下了"))
        return redirect("people:practical")
    return render(request, "people/practical.html", {"form": form, "here": "people"}, status=form.status)


@sensitive_post_parameters("emergency_name", "emergency_phone")
@login_required
@require_http_methods(["GET", "POST"])
def of_volunteer(request: HttpRequest, number: str) -> HttpResponse:
    """The same at the desk, for somebody who says it there. The contact is typed anew, and not shown."""
    organisation.demand(request.user, "edit_people")
    chosen = queries.volunteers_edited_by(request.user).filter(number=number).first()
    if chosen is None:
        raise NotFound
    form = _form(request, chosen.person, hides_contact=True)
    if _changed(request, form, chosen.person):
        tell(request, _("记下了"))
        return redirect("people:volunteer", number)
    context = {"form": form, "chosen": chosen, "tail": practical.tail_of(chosen.person), "here": "people:desk"}
    return render(request, "people/practical_desk.html", context, status=form.status)


@login_required
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Vests, meals and fares of a unit's volunteers, with totals: what a coordinator orders by."""
    organisation.demand(request.user, "edit_people")
    units = organisation.units_where(request.user, "edit_people").filter(closed_at__isnull=True).order_by("path")
    unit = units.filter(code=request.GET.get("unit", "")[:12]).first()
    volunteers = practical.listed(organisation.units_where(request.user, "edit_people"), unit=unit)
    page = Paginator(volunteers, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page_obj": page,
        "units": units,
        "unit": unit,
        "totals": practical.totals(volunteers),
        "here": "people:desk",
    }
    return render(request, "people/practical_list.html", context)


def _form(request: HttpRequest, person: Person, *, hides_contact: bool = False) -> PracticalForm:
    known = practical.of(person)
    initial = vars(known) | ({"emergency_name": "", "emergency_phone": ""} if hides_contact else {})
    return PracticalForm(request.POST or None, initial=initial)


def _changed(request: HttpRequest, form: PracticalForm, person: Person) -> bool:
    if not form.is_valid():
        return False
    known = form.known()
    try:
        practical.change(person=person, known=known, by=request.user, at=clock.now())
    except Refusal as refusal:
        form.hear(refusal)
        return False
    return True
