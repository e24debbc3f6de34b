"""The verbs of whoever plans: a shift by hand, its leader, place and numbers, and calling it off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from xinglin.activities import errors, telling
from xinglin.activities.models import Activity, Post, Shift, Signup
from xinglin.audit import actions as audit
from xinglin.diary import actions as diary
from xinglin.lib import geo
from xinglin.organisation import policies
from xinglin.organisation.models import Unit
from xinglin.people.models import Volunteer
from xinglin.projects import actions as projects


@dataclass(frozen=True)
class PlannedPost:
    """A kind of work, how many people it needs, and what it requires."""

    name: str
    places: int
    requires: str = ""


@dataclass(frozen=True)
class Plan:
    """What recruiting must say: content, place, time, conditions, number, risks, guarantees."""

    unit: Unit
    name: str
    category: str
    not_own_duty: bool
    place_name: str
    township: str
    briefing: str
    risks: str
    guarantees: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    posts: Sequence[PlannedPost]
    closes_at: dt.datetime | None = None
    kinds_of_service: Sequence[str] = ()


@transaction.atomic
def plan_shift(*, plan: Plan, actor: Any, at: dt.datetime) -> Shift:
    """Make one shift with its posts, and its project and activity where they do not stand yet."""
    if plan.ends_at <= at:
        raise errors.PlanInThePast
    project = projects.open_project(
        unit=plan.unit, name=plan.name, category=plan.category, not_own_duty=plan.not_own_duty, actor=actor, at=at
    )
    same = Activity.objects.filter(project=project, name=plan.name, place_name=plan.place_name)
    activity = same.select_for_update().first()
    texts = {"briefing": plan.briefing, "risks": plan.risks, "guarantees": plan.guarantees, "township": plan.township}
    if activity is None:
        texts |= {"name": plan.name, "place_name": plan.place_name}
        kinds = in_order(plan.kinds_of_service)
        activity = Activity.objects.create(project=project, created_at=at, kinds_of_service=kinds, **texts)
    else:
        Activity.objects.filter(pk=activity.pk).update(**texts)
    try:
        with transaction.atomic():
            shift = Shift.objects.create(
                activity=activity, starts_at=plan.starts_at, ends_at=plan.ends_at, closes_at=plan.closes_at
            )
    except IntegrityError:
        raise errors.SameShiftStands from None
    Post.objects.bulk_create(
        Post(shift=shift, name=post.name, places=post.places, requires=post.requires) for post in plan.posts
    )
    # One more shift adds what it says, and takes no gate away from those that stand.
    _write_kinds(activity, [*activity.kinds_of_service, *plan.kinds_of_service], shift=shift, by=actor, at=at)
    places, kinds = sum(post.places for post in plan.posts), activity.kinds_of_service
    _note_shift(shift, "planned_shift", actor=actor, at=at, places=places, kinds=kinds)
    return shift


def in_order(kinds: Collection[str]) -> list[str]:
    """Kinds of service, each once, as the house lists them."""
    return [kind for kind in policies.KINDS_OF_SERVICE if kind in kinds]


@transaction.atomic
def set_kinds(*, shift: Shift, kinds: Collection[str], by: Any, at: dt.datetime) -> Activity:
    """Say on purpose which kinds of service the activity is: its shifts ask for the gates of these, and no others."""
    activity = Activity.objects.select_for_update().get(pk=_shift_to_change(shift).activity_id)
    _write_kinds(activity, kinds, shift=shift, by=by, at=at)
    return activity


def _write_kinds(activity: Activity, kinds: Collection[str], *, shift: Shift, by: Any, at: dt.datetime) -> None:
    """Where they are others than before; the caller holds the activity."""
    before, after = activity.kinds_of_service, in_order(kinds)
    if set(before) != set(after):
        activity.kinds_of_service = after
        activity.save(update_fields=["kinds_of_service"])
        _note_shift(shift, "set_kinds", actor=by, at=at, activity=activity.code, before=before, after=after)


@transaction.atomic
def set_leader(*, shift: Shift, number: str, by: Any, at: dt.datetime) -> Shift:
    """Name who leads the shift, by volunteer number; an empty number leaves it to the unit's leaders."""
    shift = _shift_to_change(shift)
    leader = None
    if number.strip():
        found = Volunteer.objects.filter(number=number.strip().upper(), state=Volunteer.State.ACTIVE)
        volunteer = found.select_related("person__user").first()
        if volunteer is None:
            raise errors.NoSuchVolunteer
        leader = volunteer.person.user
    shift.leader = leader
    shift.save(update_fields=["leader"])
    _note_shift(shift, "set_leader", actor=by, at=at, leader=leader.code if leader is not None else "")
    return shift


@transaction.atomic
def set_place(
    *,
    shift: Shift,
    place_name: str,
    point: geo.Point | None,
    datum: str,
    radius_m: int,
    by: Any,
    at: dt.datetime,
) -> Activity:
    """Say where the activity is, to the metre if known; brought to WGS-84 here, once, from the datum it came in."""
    activity = Activity.objects.select_for_update().get(pk=_shift_to_change(shift).activity_id)
    known = geo.to_wgs84(point, datum) if point is not None else None
    is_elsewhere = activity.place_name != place_name
    activity.place_name = place_name
    activity.latitude = known.latitude if known is not None else None
    activity.longitude = known.longitude if known is not None else None
    activity.datum = datum
    activity.radius_m = radius_m
    activity.save(update_fields=["place_name", "latitude", "longitude", "datum", "radius_m"])
    _note_shift(shift, "set_place", actor=by, at=at, activity=activity.code, radius_m=radius_m, known=known is not None)
    if is_elsewhere:
        telling.moved(activity, at=at)
    return activity


@transaction.atomic
def set_places(*, post: Post, places: int, by: Any, at: dt.datetime) -> Post:
    """Change how many people a post needs; never to fewer than have signed up."""
    post = Post.objects.select_for_update().get(pk=post.pk)
    shift = _shift_to_change(post.shift)
    taken = post.signups.filter(state=Signup.State.TAKEN).count()
    if places < max(1, taken):
        raise errors.PlacesBelowTaken(post=post.name, taken=max(1, taken))
    before, post.places = post.places, places
    post.save(update_fields=["places"])
    if before != places:
        _note_shift(shift, "set_places", actor=by, at=at, post=post.code, before=before, after=places)
    return post


@transaction.atomic
def call_off(*, shift: Shift, reason: str, by: Any, at: dt.datetime) -> Shift:
    """Cancel a shift: everyone's time is given back, and those who signed up read why. Twice is once."""
    # Posts first, as whoever takes a place does: nobody slips in while the shift is called off.
    list(Post.objects.select_for_update().filter(shift=shift).order_by("pk"))
    shift = Shift.objects.select_for_update().get(pk=shift.pk)
    reason = reason.strip()[:300]
    if shift.state == Shift.State.CANCELLED:
        return shift
    if shift.state != Shift.State.OPEN or at >= shift.ends_at:
        raise errors.ShiftIsClosed
    if not reason:
        raise errors.ReasonNeeded
    standing = Signup.objects.filter(shift=shift, state=Signup.State.TAKEN)
    list(standing.select_for_update(no_key=True).order_by("pk"))  # nobody comes while it is called off, either
    told = list(standing.filter(attendance__isnull=True).values_list("pk", "code", "volunteer__person__user_id"))
    shift.state = Shift.State.CANCELLED
    shift.cancel_reason = reason
    shift.save(update_fields=["state", "cancel_reason"])
    gone = Signup.objects.filter(pk__in=[pk for pk, _code, _user in told])
    gone.update(state=Signup.State.CALLED_OFF, cancelled_at=at)
    diary.release_many(sources=[f"signup:{code}" for _pk, code, _user in told], at=at)
    _note_shift(shift, "called_off", actor=by, at=at, signups=len(told))
    telling.called_off(shift, [user for _pk, _code, user in told], at=at)
    return shift


def _shift_to_change(shift: Shift) -> Shift:
    shift = Shift.objects.select_for_update().get(pk=shift.pk)
    if shift.state != Shift.State.OPEN:
        raise errors.ShiftIsClosed
    return shift


def _note_shift(shift: Shift, verb: str, *, actor: Any, at: dt.datetime, **facts: Any) -> None:
    path = shift.activity.project.unit.path
    audit.record(actor=actor, verb=verb, thing=f"shift:{shift.code}", at=at, unit_path=path, facts=facts)
