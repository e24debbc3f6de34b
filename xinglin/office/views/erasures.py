"""The desk's pages about people who shall be forgotten: the list, with what retention proposes, and deciding."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.office import erasing, whole
from xinglin.office.person_forms import PaperForm, ReasonForm
from xinglin.organisation import queries as organisation
from xinglin.people import queries as people
from xinglin.people import scopes
from xinglin.people.models import Application, Erasure, Person, Volunteer

PER_PAGE = 50


@login_required
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """What waits, the first to be due first; the first of it opens at once."""
    organisation.demand(request.user, erasing.VERB)
    return _page(request, None)


@login_required
@require_GET
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One of them, beside the list."""
    return _page(request, _seen(request, code))


@login_required
@require_POST
def carry_out(request: HttpRequest, code: str) -> HttpResponse:
    """Forget this person."""
    erasing.carry_out(erasure=_seen(request, code), by=request.user, at=clock.now())
    tell(request, _("已经注销，个人信息都清掉了"))
    return redirect("office:erasures")


@login_required
@require_POST
def decline(request: HttpRequest, code: str) -> HttpResponse:
    """Say why not; they read it."""
    chosen, form = _seen(request, code), ReasonForm(request.POST)
    if form.is_valid():
        try:
            erasing.decline(erasure=chosen, by=request.user, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("没有办理，原因本人看得到"))
            return redirect("office:erasures")
    return _page(request, chosen, form)


@login_required
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Staff asks for a volunteer who cannot, or wrote a letter, also once they have left."""
    organisation.demand(request.user, erasing.VERB_FOR_OTHERS)
    mine = people.members_where(request.user, erasing.VERB_FOR_OTHERS)
    volunteer = mine.filter(number=number).first()
    if volunteer is None:  # gone, then: whoever looks after the unit where they were last
        volunteer = Volunteer.objects.filter(number=number).select_related("person__user").first()
        _refuse_others(request, volunteer)
    assert volunteer is not None
    return _ask(request, volunteer.person, note=number, back=reverse("people:volunteer", args=[number]))


@login_required
@require_http_methods(["GET", "POST"])
def ask_of_applicant(request: HttpRequest, code: str) -> HttpResponse:
    """Staff asks for somebody who applied once and wrote a letter."""
    organisation.demand(request.user, erasing.VERB_FOR_OTHERS)
    application = Application.objects.filter(code=code).select_related("person__user").first()
    _refuse_others(request, application)
    assert application is not None
    back = reverse("people:application", args=[code])
    return _ask(request, application.person, note=_("申请人"), back=back)


def _refuse_others(request: HttpRequest, found: Any) -> None:
    """Nobody else's person is found; nor is anybody who is forgotten already."""
    if found is None or found.person.erased_at or not scopes.may(request.user, erasing.VERB_FOR_OTHERS, found.person):
        raise NotFound


def _ask(request: HttpRequest, person: Person, *, note: str, back: str) -> HttpResponse:
    """With the paper on which they said so."""
    form, at = PaperForm(request.POST or None), clock.now()
    if form.is_valid():
        try:
            erasing.ask(person=person, by=request.user, at=at, **form.cleaned_data)
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("已经提出，等待期过后由另一位同事办理"))
            return redirect(back)
    context = {
        "person": person,
        "note": note,
        "back": back,
        "form": form,
        "open_things": whole.open_things(whole.whole(person), at=at),
        "wait_days": erasing.wait_days(person, at=at),
        "here": "people:desk",
    }
    return render(request, "office/erase_other.html", context, status=form.status)


def _page(request: HttpRequest, chosen: Erasure | None, form: ReasonForm | None = None) -> HttpResponse:
    at = clock.now()
    page = Paginator(erasing.waiting_for(request.user), PER_PAGE).get_page(request.GET.get("page"))
    chosen = chosen or next(iter(page), None)
    form = form or ReasonForm()
    words = request.GET.get("q", "").strip()
    context: dict[str, Any] = {"page_obj": page, "chosen": chosen, "form": form, "here": "people:desk"}
    context |= {"q": words, "found": erasing.named(words, by=request.user) if words else []}
    if chosen is not None:
        things = []
        if chosen.state == Erasure.State.WAITING:
            things = whole.open_things(whole.whole(chosen.person), at=at)
        context |= {
            "open_things": things,
            "is_due": chosen.decide_from <= at,
            "is_blocked": any(thing.blocks for thing in things),
            "may_decide": chosen.state == Erasure.State.WAITING
            and request.user.pk not in (chosen.person.user_id, chosen.asked_by_id),
        }
    return render(request, "office/erasures.html", context, status=form.status if form.is_bound else 200)


def _seen(request: HttpRequest, code: str) -> Erasure:
    organisation.demand(request.user, erasing.VERB)
    found = erasing.seen_by(request.user).filter(code=code).first()
    if found is None:
        raise NotFound
    return found
