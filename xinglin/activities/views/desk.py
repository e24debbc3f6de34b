"""The desk: coming shifts of my units, one shift with its leader, place and numbers, and a new one by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinglin.activities import fitness, planning, queries
from xinglin.activities.fitness import Lack
from xinglin.activities.forms import (
    CallOffForm,
    KindsForm,
    LeaderForm,
    PlaceForm,
    PlacesForm,
    PostsFormSet,
    ShiftForm,
    planned,
)
from xinglin.activities.models import Post, Shift, Signup
from xinglin.hours import queries as hours
from xinglin.hours.models import Record
from xinglin.lib import clock, codes
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import policies
from xinglin.organisation import queries as organisation
from xinglin.people import licences
from xinglin.people import queries as people
from xinglin.people.vetting import gates

A_PAGE = 40
WHEN = ("coming", "today", "past")


@require_safe
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """Shifts of the asker's units: how full, who leads."""
    organisation.demand(request.user, "edit_activities")
    at, asked = clock.now(), request.GET.get("when", "")
    when = asked if asked in WHEN else WHEN[0]
    words = request.GET.get("q", "").strip()[:40]
    found = _at_that_time(queries.desk_shifts(request.user), when, at=at)
    if words:
        about = Q(activity__name__contains=words) | Q(activity__place_name__contains=words)
        found = found.filter(about | Q(activity__project__unit__name__contains=words))
    if request.GET.get("open") == "1":
        found = found.filter(state=Shift.State.OPEN, places_left__gt=0)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "when": when, "q": words, "only_open": request.GET.get("open") == "1"}
    return render(request, "activities/desk.html", context)


@require_safe
@login_required
def desk_shift(request: HttpRequest, code: str) -> HttpResponse:
    """One shift: who signed up, and what can be changed."""
    return _page(request, queries.desk_shift(request.user, code))


@require_POST
@login_required
def set_leader(request: HttpRequest, code: str) -> HttpResponse:
    """Name the leader."""
    shift, form = queries.desk_shift(request.user, code), LeaderForm(request.POST)
    if not form.is_valid():
        return _page(request, shift, leader_form=form)
    try:
        planning.set_leader(shift=shift, number=form.cleaned_data["number"], by=request.user, at=clock.now())
    except Refusal as refusal:
        return _said_at(request, shift, "leader_form", form, "number", refusal)
    tell(request, _("带队人记好了"))
    return redirect("activities:desk_shift", shift.code)


@require_POST
@login_required
def set_place(request: HttpRequest, code: str) -> HttpResponse:
    """Say where it is."""
    shift, form = queries.desk_shift(request.user, code), PlaceForm(request.POST)
    if not form.is_valid():
        return _page(request, shift, place_form=form)
    said = form.cleaned_data
    planning.set_place(
        shift=shift,
        place_name=said["place_name"],
        point=form.point(),
        datum=said["datum"],
        radius_m=said["radius_m"],
        by=request.user,
        at=clock.now(),
    )
    tell(request, _("地点记好了，这个活动的班次都用它"))
    return redirect("activities:desk_shift", shift.code)


@require_POST
@login_required
def set_kinds(request: HttpRequest, code: str) -> HttpResponse:
    """Say which kinds of service the activity is; more of them ask for more gates."""
    shift, form = queries.desk_shift(request.user, code), KindsForm(request.POST)
    if not form.is_valid():
        return _page(request, shift, kinds_form=form)
    planning.set_kinds(shift=shift, kinds=form.cleaned_data["kinds_of_service"], by=request.user, at=clock.now())
    tell(request, _("记好了，这个活动的班次都按它要手续"))
    return redirect("activities:desk_shift", shift.code)


@require_POST
@login_required
def set_places(request: HttpRequest, code: str) -> HttpResponse:
    """More or fewer people for a post."""
    shift, form = queries.desk_shift(request.user, code), PlacesForm(request.POST)
    post = Post.objects.filter(shift=shift, code=request.POST.get("post", "")).first()
    if post is None:
        raise NotFound
    if not form.is_valid():
        return _page(request, shift, places_form=form)
    try:
        planning.set_places(post=post, places=form.cleaned_data["places"], by=request.user, at=clock.now())
    except Refusal as refusal:
        return _said_at(request, shift, "places_form", form, "places", refusal)
    tell(request, _("名额改好了"))
    return redirect("activities:desk_shift", shift.code)


@require_POST
@login_required
def call_off(request: HttpRequest, code: str) -> HttpResponse:
    """Cancel the shift; everyone who signed up reads why."""
    shift, form = queries.desk_shift(request.user, code), CallOffForm(request.POST)
    if not form.is_valid():
        return _page(request, shift, call_off_form=form)
    planning.call_off(shift=shift, reason=form.cleaned_data["reason"], by=request.user, at=clock.now())
    tell(request, _("班次取消了，报了名的人会看到原因"))
    return redirect("activities:desk_shift", shift.code)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Recruit by hand: project, activity and shift in one form."""
    organisation.demand(request.user, "edit_activities")
    units = organisation.units_where(request.user, "edit_activities").filter(closed_at__isnull=True).order_by("path")
    form = ShiftForm(request.POST or None, units=units)
    posts = PostsFormSet(request.POST or None, prefix="posts")
    if request.method == "POST" and form.is_valid() and posts.is_valid():
        try:
            shift = planning.plan_shift(plan=form.plan(planned(posts)), actor=request.user, at=clock.now())
        except Refusal as refusal:
            form.add_error("starts", str(refusal))
        else:
            tell(request, _published(shift, form.cleaned_data["kinds_of_service"]))
            return redirect("activities:desk_shift", shift.code)
    context = {"form": form, "posts": posts, "abilities": [*codes.names("speciality").values(), *licences.names()]}
    return render(request, "activities/new.html", context, status=200 if request.method != "POST" else 422)


def _published(shift: Shift, ticked: Sequence[str]) -> str:
    """Who adds a shift to an activity that stands reads what it asked for before, and still does."""
    kept = [kind for kind in shift.activity.kinds_of_service if kind not in ticked]
    if not kept:
        return _("发布了，志愿者现在就能报名")
    names = _("、").join(str(policies.KINDS_OF_SERVICE[kind]) for kind in kept)
    return _("发布了。这个活动原来就是“%(kinds)s”，新班次也照样要手续") % {"kinds": names}


def _page(request: HttpRequest, shift: Shift, **bound: forms.Form) -> HttpResponse:
    """The page with all its forms; the one that was refused comes bound, with its sentences."""
    activity = shift.activity
    place = {name: getattr(activity, name) for name in ("place_name", "latitude", "longitude", "radius_m")}
    leader = people.volunteer_of(shift.leader)
    at, signups = clock.now(), list(queries.list_of(shift))
    lacks = fitness.lacks_ahead(shift, signups, at=at)
    context: dict[str, Any] = {
        "shift": shift,
        "posts": list(queries.posts_of(shift)),
        "signups": _with_records(request.user, signups, lacks),
        "lacking": len(lacks),
        "seen": _seen(request.user, [signup.volunteer_id for signup in signups if signup.pk in lacks]),
        "leader_form": LeaderForm(initial={"number": leader.number if leader is not None else ""}, prefix=None),
        "place_form": PlaceForm(initial=place),
        "asks_for": gates.listed(gates.needed(activity.project.unit, activity.kinds_of_service, at=at)),
        "kinds_form": KindsForm(initial={"kinds_of_service": activity.kinds_of_service}),
        "places_form": None,
        "call_off_form": CallOffForm(),
        "can_give_back": at < shift.starts_at
        and organisation.may(request.user, "sign_up_others", activity.project.unit),
        "can_change": shift.state == Shift.State.OPEN,
        **bound,
    }
    return render(request, "activities/desk_shift.html", context, status=422 if bound else 200)


def _with_records(
    user: Any, signups: list[Signup], lacks: Mapping[int, Lack]
) -> list[tuple[Signup, Record | None, Lack | None]]:
    """Each with its record of service, if this user decides over records of the unit, and with what they lack."""
    records = hours.records_by_source(user, [signup.source for signup in signups])
    return [(signup, records.get(signup.source), lacks.get(signup.pk)) for signup in signups]


def _seen(user: Any, volunteers: Sequence[int]) -> set[int]:
    """Of these volunteers, by their keys, those whose own page the user may open."""
    if not volunteers:
        return set()
    return set(people.volunteers_seen_by(user).filter(pk__in=volunteers).values_list("pk", flat=True))


def _said_at(
    request: HttpRequest, shift: Shift, name: str, form: forms.Form, field: str, refusal: Refusal
) -> HttpResponse:
    """A refusal about one field is said at that field."""
    form.add_error(field, str(refusal))
    return _page(request, shift, **{name: form})


def _at_that_time(found: Any, when: str, *, at: dt.datetime) -> Any:
    midnight = dt.datetime.combine(clock.local_day(at), dt.time.min, tzinfo=clock.SHANGHAI)
    tomorrow = midnight + dt.timedelta(days=1)
    if when == "today":
        return found.filter(starts_at__gte=midnight, starts_at__lt=tomorrow).order_by("starts_at", "pk")
    if when == "past":
        return found.filter(starts_at__lt=midnight).order_by("-starts_at", "-pk")
    return found.filter(ends_at__gt=at).order_by("starts_at", "pk")
