"""The desk signs somebody up who has no telephone, on the consent that is written down; the trail says for whom."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xinglin.accounts.sessions import own_page
from xinglin.activities import actions, queries
from xinglin.activities.errors import CannotCancel, CannotTake
from xinglin.activities.forms import CancelForm, WordForm
from xinglin.activities.minors import asking as minors
from xinglin.activities.minors import words
from xinglin.activities.models import Post, Signup
from xinglin.lib import clock
from xinglin.lib.errors import BadInput, NotFound
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.people import assisting
from xinglin.people import queries as people
from xinglin.people.models import Volunteer

MOST_SHOWN = 30


@login_required
@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest, number: str) -> HttpResponse:
    """Open shifts of the units that this user signs people up for, and what the person has."""
    organisation.demand(request.user, assisting.VERB)
    mine = people.members_where(request.user, assisting.VERB)
    volunteer = mine.filter(number=number).first()
    if volunteer is None:
        raise NotFound
    if request.method == "POST":
        return _sign_up(request, volunteer, at=clock.now())
    return _page(request, volunteer, at=clock.now())


@login_required
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, code: str, signup: str) -> HttpResponse:
    """Give back the place of anybody on the shift's list, at their word."""
    shift, at = queries.shift_by_code(code), clock.now()
    organisation.demand(request.user, "sign_up_others", shift.activity.project.unit)
    found = Signup.objects.filter(shift=shift, code=signup, state=Signup.State.TAKEN)
    chosen = found.select_related("volunteer__person__user", "post", "shift__activity__project__unit").first()
    if chosen is None:
        raise NotFound
    back = own_page(request, request.POST.get("next") or request.GET.get("next"))
    back = back or reverse("activities:lead", args=[shift.code])
    form = CancelForm(request.POST or None)
    if form.is_valid():
        try:
            actions.cancel_for(signup=chosen, reason=form.cleaned_data["reason"], by=request.user, at=at)
        except CannotCancel as refusal:
            form.hear(refusal)
        else:
            tell(request, _("替%(name)s退掉了，名额让给别人") % {"name": chosen.volunteer.person.name})
            return redirect(back)
    context = {
        "form": form,
        "signup": chosen,
        "shift": shift,
        "is_late": queries.is_late_cancel(chosen, at=at),
        "back": back,
    }
    return render(request, "activities/cancel_for.html", context, status=form.status)


def _sign_up(request: HttpRequest, volunteer: Volunteer, *, at: dt.datetime) -> HttpResponse:
    """Carry it out; of a child whose guardian has no telephone the page asks first how they said yes this time."""
    assistance, post = assisting.demand(volunteer.person), _post(request)
    form = _word_form(request, volunteer, post, at=at)
    if form is not None and not form.is_valid():
        return _page(request, volunteer, at=at, form=form, post=post)
    word = form.word() if form is not None else None
    try:
        actions.take_shift(volunteer=volunteer, post=post, by=request.user, word=word, at=at)
    except CannotTake as refusal:
        return _page(request, volunteer, at=at, refusal=refusal)
    except BadInput as refusal:
        assert form is not None, "nothing else was typed"
        form.hear(refusal)
        return _page(request, volunteer, at=at, form=form, post=post)
    said = {"name": volunteer.person.name, "capacity": assistance.get_capacity_display()}
    tell(request, _("替%(name)s报上了，凭的是：%(capacity)s") % said)
    return redirect("activities:sign_up_for", volunteer.number)


def _word_form(request: HttpRequest, volunteer: Volunteer, post: Post, *, at: dt.datetime) -> WordForm | None:
    """Where a guardian decides each time and has signed on paper; not yet filled in when only a post was pressed."""
    asked = minors.asked_by(volunteer, post.shift, by=request.user, at=at)
    rows = words.signed_on_paper(volunteer.person)
    if asked is None or not asked.needs_guardian or asked.by_guardian or not rows:
        return None
    if "how" in request.POST or "said_on" in request.POST:
        return WordForm(request.POST, rows=rows)
    initial = {"said_on": clock.local_day(at), "guardian": rows[0].code if len(rows) == 1 else None}
    return WordForm(rows=rows, initial=initial)


def _page(
    request: HttpRequest,
    volunteer: Volunteer,
    *,
    at: dt.datetime,
    form: WordForm | None = None,
    post: Post | None = None,
    refusal: CannotTake | None = None,
) -> HttpResponse:
    units = organisation.units_where(request.user, "sign_up_others")
    open_now = queries.open_shifts(at=at, volunteer=volunteer).filter(activity__project__unit__in=units)
    coming = Signup.objects.filter(volunteer=volunteer, state=Signup.State.TAKEN, shift__ends_at__gt=at)
    coming = coming.select_related("shift__activity", "post", "taken_by").order_by("shift__starts_at")
    givable = Q(shift__activity__project__unit__in=units, shift__starts_at__gt=at, attendance__isnull=True)
    context: dict[str, Any] = {
        "chosen": volunteer,
        "assistance": assisting.standing(volunteer.person),
        "shifts": open_now.prefetch_related("posts")[:MOST_SHOWN],
        "signups": coming.annotate(can_give_back=givable),
        "form": form,
        "post": post,
        "refusal": refusal,
        "here": "people:desk",
    }
    status = refusal.status if refusal is not None else form.status if form is not None else 200
    return render(request, "activities/sign_up_for.html", context, status=status)


def _post(request: HttpRequest) -> Post:
    units = organisation.units_where(request.user, "sign_up_others")
    found = Post.objects.filter(code=request.POST.get("post", ""), shift__activity__project__unit__in=units)
    post = found.select_related("shift__activity__project__unit").first()
    if post is None:
        raise NotFound
    return post
