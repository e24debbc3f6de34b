"""Looking for a shift, taking it, giving it back."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinglin.accounts import queries as accounts
from xinglin.activities import actions, errors, families, fitness, queries, rules
from xinglin.activities.models import Post, Shift, Signup
from xinglin.lib import clock
from xinglin.lib.errors import NotFound
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.people import queries as people
from xinglin.people.models import Volunteer
from xinglin.people.vetting import gates

A_PAGE = 20


@require_safe
def shift_list(request: HttpRequest) -> HttpResponse:
    """Open shifts under the days on which they are; narrowed by week, township, and what one can do."""
    at = clock.now()
    volunteer = people.volunteer_of(request.user)
    asked = {"week": request.GET.get("when") == "week", "can": volunteer is not None and request.GET.get("can") == "1"}
    township = request.GET.get("township", "")[:40]
    found = queries.open_shifts(
        at=at,
        until=_end_of_week(at) if asked["week"] else None,
        township=township,
        abilities=people.standing(volunteer, at=at).abilities if volunteer is not None and asked["can"] else None,
    )
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    days = groupby(page.object_list, key=lambda shift: clock.local_day(shift.starts_at))
    context = {
        "page_obj": page,
        "days": [(day, list(of_day)) for day, of_day in days],
        "townships": queries.townships(at=at),
        "township": township,
        "is_all": not (asked["week"] or asked["can"] or township),
        "volunteer": volunteer,
        "taken": queries.codes_taken_by(volunteer, page.object_list) if volunteer is not None else set(),
        **asked,
    }
    return render(request, "activities/list.html", context)


@require_safe
def shift(request: HttpRequest, code: str) -> HttpResponse:
    """Everything one should know before taking a place, and what to press next."""
    found = queries.shift_by_code(code)
    return render(request, "activities/shift.html", _about(request, found, at=clock.now()))


@require_POST
def take(request: HttpRequest, code: str) -> HttpResponse:
    """Take a place of a post; what is refused comes with two shifts that can be had."""
    found, at = queries.shift_by_code(code), clock.now()
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("activities:shift", args=[found.code]))
    volunteer = people.volunteer_of(request.user)
    try:
        _refuse_whoever_still_applies(request.user)
        signup = actions.take_shift(volunteer=volunteer, post=_post(request, found), at=at)
    except errors.CannotTake as refusal:
        others = queries.others_instead(found, volunteer=volunteer, at=at) if refusal.offers_others else []
        context = {"refusal": refusal, "shift": found, "others": others}
        return render(request, "activities/refused.html", context, status=refusal.status)
    has_started = at >= found.starts_at  # then only the leader can let somebody go again
    said = _("报上名了，现在就可以签到") if has_started else _("报上名了，到时见")
    tell(request, said, undo_url="" if has_started else reverse("activities:cancel", args=[found.code]))
    return redirect("activities:shift", signup.shift.code)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Give the place back; short before the shift, with a reason and a word to the leader."""
    found = queries.shift_by_code(code)
    back = reverse("activities:shift", args=[found.code])
    return give_back(request, _own_signup(request, found), back=back, said=_("已经取消，名额让给别人了。谢谢您提前说"))


def give_back(request: HttpRequest, signup: Signup, *, back: str, said: str, by: Any = None) -> HttpResponse:
    """Carry it out, for oneself or for those one signs up; short before the shift the page asks for a reason first."""
    at, refusal = clock.now(), None
    if request.method == "POST":
        try:
            actions.cancel_signup(signup=signup, reason=request.POST.get("reason", ""), by=by, at=at)
        except errors.LateCancelNeedsReason as late:
            asked = by is None or "reason" in request.POST  # a press on a list has not been asked for one yet
            refusal = late if asked else None
        else:
            tell(request, said)
            return redirect(back)
    context = {
        "shift": signup.shift,
        "signup": signup,
        "is_late": queries.is_late_cancel(signup, at=at),
        "refusal": refusal,
        "for_other": by is not None,
        "back": back,
    }
    return render(request, "activities/cancel.html", context, status=refusal.status if refusal is not None else 200)


@require_POST
@login_required
def call_leader(request: HttpRequest, code: str) -> HttpResponse:
    """The leader's phone, for whoever signed up; each look is written down."""
    found = queries.shift_by_code(code)
    signup = _own_signup(request, found)
    if found.leader is None:
        raise NotFound
    if not _may_call(found, at=clock.now()):
        raise errors.LeadersPhoneClosed
    phone = accounts.phone_of(found.leader)
    actions.note_call(signup=signup, at=clock.now())
    return render(request, "activities/call.html", {"shift": found, "phone": phone})


def _about(request: HttpRequest, found: Shift, *, at: dt.datetime) -> dict[str, Any]:
    volunteer = people.volunteer_of(request.user)
    names = ("cancel_hours", "early_minutes", *gates.POLICIES)
    values = organisation.policies_of(names, found.activity.project.unit, at=at)
    cancel_hours = values["cancel_hours"]
    signup = queries.signup_of(volunteer, found)
    opens_at = rules.come_opens_at(found.slot, early_minutes=values["early_minutes"])
    posts = list(queries.posts_of(found))
    return {
        "shift": found,
        "lack": fitness.lacks_ahead(found, [signup], at=at).get(signup.pk) if signup is not None else None,
        "posts": posts,
        "resting": _resting(volunteer, posts, on=clock.local_day(found.starts_at), at=at),
        "signup": signup,
        "asks_for": gates.listed(gates.needed_by(values, found.activity.kinds_of_service)),
        "called_off": queries.called_off_signup(volunteer, found) if found.state == Shift.State.CANCELLED else None,
        "has_family": bool(families.family_of(volunteer)),
        "may_lead": queries.may_lead(request.user, found),
        "is_open": found.state == Shift.State.OPEN and at < found.sign_up_closes_at,
        "has_started": at >= found.starts_at,
        "is_over": at >= found.ends_at,
        "can_come": signup is not None and opens_at <= at,
        "can_call": found.leader is not None and _may_call(found, at=at),
        "cancel_until": rules.free_cancel_until(found.slot, cancel_hours=cancel_hours),
        "can_cancel_freely": at <= rules.free_cancel_until(found.slot, cancel_hours=cancel_hours),
    }


def _resting(volunteer: Volunteer | None, posts: list[Post], *, on: dt.date, at: dt.datetime) -> list[tuple[str, str]]:
    """For each licence asked for that the volunteer has by a higher one: that one, and what it stands for."""
    wanted = list(dict.fromkeys(post.requires for post in posts if post.requires))
    if volunteer is None or not wanted:
        return []
    resting = people.standing(volunteer, at=at, on=on).resting
    return [(resting[name], name) for name in wanted if resting.get(name, name) != name]


def _may_call(found: Shift, *, at: dt.datetime) -> bool:
    unit = found.activity.project.unit
    hours = {name: organisation.policy(name, unit, at=at) for name in ("cancel_hours", "mark_hours")}
    return rules.may_call_leader(found.slot, at=at, **hours)


def _post(request: HttpRequest, found: Shift) -> Post:
    """The post that was asked for; a shift with a single one need not be told."""
    posts = list(queries.posts_of(found))
    asked = request.POST.get("post", posts[0].code if len(posts) == 1 else "")
    for post in posts:
        if post.code == asked:
            return post
    raise NotFound


def _refuse_whoever_still_applies(user: Any) -> None:
    """Who waits for a decision is told that, and not asked to fill in the form that they have sent."""
    application = people.latest_application(people.person_of(user))
    if application is not None and application.state in ("submitted", "asked_back"):
        raise errors.StillApplying


def _own_signup(request: HttpRequest, found: Shift) -> Signup:
    signup = queries.signup_of(people.volunteer_of(request.user), found)
    if signup is None:
        raise errors.NotSignedUp(shift=found.code)
    return signup


def _end_of_week(at: dt.datetime) -> dt.datetime:
    """Midnight after Sunday, in China."""
    today = clock.local_day(at)
    return dt.datetime.combine(today + dt.timedelta(days=7 - today.weekday()), dt.time.min, tzinfo=clock.SHANGHAI)
