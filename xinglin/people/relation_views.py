"""Pages about who belongs to whom: one's own on the phone, a volunteer's at the desk, where hardship is decided too."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xinglin.lib import clock
from xinglin.lib.errors import NotAllowed, NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.people import asking, queries, relations
from xinglin.people.forms import HardshipForm, RelationForm
from xinglin.people.models import AskedTie, Guardianship, Relation, Volunteer


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Those who belong to me."""
    person = queries.person_of(request.user)
    if person is None:
        raise NotFound
    context = {"ties": queries.ties_of(person), "questions": asking.questions_to(person), "here": "people"}
    return render(request, "people/my_relations.html", context)


@login_required
@require_POST
def answer(request: HttpRequest, asked: str) -> HttpResponse:
    """I belong to them, as the desk has written down, or not."""
    person = queries.person_of(request.user)
    found = AskedTie.objects.filter(other=person, code=asked).first() if person else None
    if found is None:
        raise NotFound
    says_yes = bool(request.POST.get("accept"))
    row = asking.answer(asked=found, says_yes=says_yes, at=clock.now())
    if says_yes and row.what == AskedTie.What.GUARDIAN:
        tell(request, _("登记好了。孩子要报名，请再看一遍监护人同意书"))
        return redirect("activities:children")
    tell(request, _("登记好了，可以互相送时间") if says_yes else _("记下了，没有登记"))
    return redirect("people:my_relations")


@login_required
@require_POST
def end_mine(request: HttpRequest, relation: str) -> HttpResponse:
    """I say that we are no longer related here."""
    person = queries.person_of(request.user)
    found = queries.relation_seen_by(person, relation) if person else None
    if found is None:
        raise NotFound
    relations.end(relation=found, by=request.user, at=clock.now())
    tell(request, _("已经结束，以后不能互相送时间"))
    return redirect("people:my_relations")


@login_required
@require_GET
def of_volunteer(request: HttpRequest, number: str) -> HttpResponse:
    """A volunteer's relatives and friends, and whether they are in hardship."""
    return _page(request, _edited(request, number), RelationForm(), HardshipForm())


@login_required
@require_POST
def add(request: HttpRequest, number: str) -> HttpResponse:
    """Register a relation whose paper was seen."""
    chosen, form = _edited(request, number), RelationForm(request.POST)
    if form.is_valid():
        try:
            made = asking.relate(person=chosen.person, by=request.user, at=clock.now(), **form.said())
        except NotAllowed:  # nothing typed can mend that
            raise
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, said_of(made))
            return redirect("people:relations", number)
    return _page(request, chosen, form, HardshipForm(), status=422)


@login_required
@require_POST
def end(request: HttpRequest, number: str, relation: str) -> HttpResponse:
    """A relation is over."""
    found = queries.relation_seen_by(_edited(request, number).person, relation)
    if found is None:
        raise NotFound
    relations.end(relation=found, by=request.user, at=clock.now())
    tell(request, _("已经结束"))
    return redirect("people:relations", number)


@login_required
@require_POST
def take_back(request: HttpRequest, number: str, asked: str) -> HttpResponse:
    """Nobody need answer any more."""
    found = asking.waiting_of(_edited(request, number).person, AskedTie.What.RELATION).filter(code=asked).first()
    if found is None:
        raise NotFound
    asking.take_back(asked=found, by=request.user, at=clock.now())
    tell(request, _("已经收回"))
    return redirect("people:relations", number)


@login_required
@require_POST
def decide_hardship(request: HttpRequest, number: str) -> HttpResponse:
    """Somebody is in hardship until a day."""
    chosen, form = _edited(request, number), HardshipForm(request.POST)
    if form.is_valid():
        try:
            relations.decide_hardship(person=chosen.person, by=request.user, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("已经登记"))
            return redirect("people:relations", number)
    return _page(request, chosen, RelationForm(), form, status=422)


@login_required
@require_POST
def end_hardship(request: HttpRequest, number: str) -> HttpResponse:
    """It is over before its day."""
    hardship = queries.hardship_of(_edited(request, number).person)
    if hardship is None:
        raise NotFound
    relations.end_hardship(hardship=hardship, by=request.user, at=clock.now())
    tell(request, _("已经结束"))
    return redirect("people:relations", number)


def said_of(made: Relation | Guardianship | AskedTie) -> str:
    """It is done, or the other one was asked."""
    if isinstance(made, AskedTie):
        return _("这位在别的单位，已经请本人在手机上答应")
    if isinstance(made, Guardianship):
        return _("登记好了，请家长在自己的手机上按同意")
    return _("关系已经登记")


def _page(
    request: HttpRequest, chosen: Volunteer, relation: RelationForm, hardship: HardshipForm, *, status: int = 200
) -> HttpResponse:
    standing, ties = queries.hardship_of(chosen.person), queries.ties_of(chosen.person)
    others = [tie.other for tie in ties]
    waiting = asking.waiting_of(chosen.person, AskedTie.What.RELATION)
    context: dict[str, Any] = {
        "chosen": chosen,
        "ties": ties,
        "named": asking.named(others, of=chosen.person, by=request.user, verb=asking.RELATE),
        "waiting": [asking.Question(row, asking.said(row)) for row in waiting],
        "hardship": standing,
        "hardship_is_over": standing is not None and standing.until < clock.local_day(clock.now()),
        "is_oneself": chosen.person.user_id == request.user.pk,
        "relation_form": relation,
        "hardship_form": hardship,
    }
    return render(request, "people/relations.html", context, status=status)


def _edited(request: HttpRequest, number: str) -> Volunteer:
    organisation.demand(request.user, "edit_people")
    chosen = queries.volunteers_edited_by(request.user).filter(number=number).first()
    if chosen is None:
        raise NotFound
    return chosen
