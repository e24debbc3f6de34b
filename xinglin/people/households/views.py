"""Pages about households: one's own on the phone, a volunteer's at the desk."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from xinglin.lib import clock
from xinglin.lib.errors import NotAllowed, NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.people import assisting, scopes
from xinglin.people import queries as people
from xinglin.people.households import living, queries
from xinglin.people.households.forms import InviteForm, RegisterForm
from xinglin.people.models import HouseholdMember, Person, Volunteer

# One's own ------------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """Who lives with me, who asks me, and asking somebody."""
    person, form = _person(request), InviteForm(request.POST or None)
    if form.is_valid():
        try:
            living.invite(person=person, other=form.cleaned_data["number"], at=clock.now())
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("请过了，对方在手机上答应以后就是一家"))
            return redirect("people:household")
    ties = {tie.other.pk: tie.said for tie in people.ties_of(person)}
    context = {
        "person": person,
        "mine": queries.member_of(person),
        "members": [(one, ties.get(one.person_id, "")) for one in queries.members_with(person)],
        "invitations": queries.invitations_of(person),
        "form": form,
        "here": "people",
    }
    return render(request, "people/households/mine.html", context, status=form.status if form.is_bound else 200)


@login_required
@require_POST
def answer(request: HttpRequest, member: str) -> HttpResponse:
    """Yes or no to an invitation."""
    asked = queries.invitations_of(_person(request)).filter(code=member).first()
    if asked is None:
        raise NotFound
    if request.POST.get("accept"):
        living.accept(member=asked, lets_sign_up=bool(request.POST.get("lets")), at=clock.now())
        tell(request, _("现在是一家了"))
    else:
        living.decline(member=asked, at=clock.now())
        tell(request, _("没有答应，对方那边也不再等了"))
    return redirect("people:household")


@login_required
@require_POST
def let(request: HttpRequest) -> HttpResponse:
    """My family may sign me up, or no longer."""
    lets = bool(request.POST.get("lets"))
    living.let_sign_up(person=_person(request), lets=lets, at=clock.now())
    tell(request, _("家里人可以替您报名了") if lets else _("已经关上，马上生效"))
    return redirect("people:household")


@login_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """I belong to it no longer."""
    living.leave(person=_person(request), at=clock.now())
    tell(request, _("已经退出，马上生效"))
    return redirect("people:household")


# The desk's ---------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def of_volunteer(request: HttpRequest, number: str) -> HttpResponse:
    """Who lives with a volunteer; adding somebody by a paper."""
    chosen, form = _edited(request, number), RegisterForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = living.register(
                person=chosen.person, other=said["number"], paper=said["paper"], by=request.user, at=clock.now()
            )
        except NotAllowed:  # nothing typed can mend that
            raise
        except Refusal as refusal:
            form.hear(refusal)
        else:
            is_in = made.joined_at is not None
            tell(request, _("登记好了") if is_in else _("这位在别的单位，已经请本人在手机上答应"))
            return redirect("people:household_of", number)
    context: dict[str, Any] = {
        "chosen": chosen,
        "members": [_shown(request, one) for one in queries.members_with(chosen.person)],
        "is_oneself": chosen.person.user_id == request.user.pk,
        "form": form,
        "here": "people:desk",
    }
    return render(request, "people/households/desk.html", context, status=form.status if form.is_bound else 200)


@login_required
@require_POST
def end(request: HttpRequest, number: str, member: str) -> HttpResponse:
    """Somebody of this household belongs to it no longer."""
    living.end_member(member=_member(request, number, member), by=request.user, at=clock.now())
    tell(request, _("已经结束"))
    return redirect("people:household_of", number)


@login_required
@require_POST
def let_for(request: HttpRequest, number: str, member: str) -> HttpResponse:
    """Of somebody for whom staff acts: the family may sign them up, or no longer."""
    found, lets = _member(request, number, member), bool(request.POST.get("lets"))
    living.let_sign_up(person=found.person, lets=lets, by=request.user, at=clock.now())
    tell(request, _("记下了，家里人可以替他报名") if lets else _("已经关上，马上生效"))
    return redirect("people:household_of", number)


def _shown(request: HttpRequest, one: HouseholdMember) -> dict[str, Any]:
    """Whoever belongs to units of others stands there without a name."""
    is_mine = scopes.may(request.user, living.VERB, one.person) and one.person.user_id != request.user.pk
    is_assisted = is_mine and assisting.standing(one.person) is not None
    return {"row": one, "is_mine": is_mine, "is_assisted": is_assisted}


def _member(request: HttpRequest, number: str, code: str) -> HouseholdMember:
    found = queries.members_with(_edited(request, number).person).filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def _edited(request: HttpRequest, number: str) -> Volunteer:
    organisation.demand(request.user, living.VERB)
    chosen = people.volunteers_edited_by(request.user).filter(number=number).first()
    if chosen is None:
        raise NotFound
    return chosen


def _person(request: HttpRequest) -> Person:
    person = people.person_of(request.user)
    if person is None:
        raise NotFound
    return person
