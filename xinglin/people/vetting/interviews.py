"""见面聊聊: times that a unit offers, a place for each who comes, and how it went."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, QuerySet

from xinglin.audit import actions as audit
from xinglin.lib import clock
from xinglin.lib.web.words import span_said
from xinglin.organisation import queries as organisation
from xinglin.organisation import rules as organisation_rules
from xinglin.organisation.models import Unit
from xinglin.people import queries as people
from xinglin.people.errors import NotAboutOneself
from xinglin.people.models import Interview, InterviewSlot, Submission, Volunteer
from xinglin.people.vetting import errors, submissions, telling
from xinglin.people.vetting.submissions import Paper

State = Interview.State
MOST_SHOWN = 30


# What there is ----------------------------------------------------------------------------------------------------


def slots_for(volunteer: Volunteer, *, at: dt.datetime) -> list[InterviewSlot]:
    """The coming times of the volunteer's unit and those above it that have a place left, the soonest first."""
    unit = people.home_unit(volunteer.person)
    if unit is None:
        return []
    chain = organisation_rules.chain_of(unit.path, step=Unit.steplen)
    return list(_with_taken(_coming(at)).filter(unit__path__in=chain, places__gt=F("taken"))[:MOST_SHOWN])


def booked_by(volunteer: Volunteer) -> Interview | None:
    """The talk that the volunteer comes to, or came to and waits to hear of."""
    return volunteer.interviews.filter(state=State.BOOKED).select_related("slot__unit").first()


def last_without_success(volunteer: Volunteer) -> Interview | None:
    """The latest talk, where it led to nothing: why is for the volunteer to read."""
    latest = volunteer.interviews.filter(decided_at__isnull=False).order_by("-decided_at", "-pk").first()
    return latest if latest is not None and latest.state in (State.FAILED, State.CANCELLED) else None


def slots_kept_by(user: Any, *, at: dt.datetime) -> QuerySet[InterviewSlot]:
    """The times that this user may call off, with who comes; until they are over."""
    mine = organisation.reaches(user, "keep_vetting", "unit__path")
    return _with_taken(_coming(at).filter(mine)).prefetch_related("interviews__volunteer__person")


def decided_by(user: Any) -> QuerySet[Interview]:
    """Talks about which this user may say how they went; nobody about their own."""
    mine = organisation.reaches(user, "decide_gate", "slot__unit__path")
    rows = Interview.objects.filter(mine).exclude(volunteer__person__user=user)
    return rows.select_related("slot__unit", "volunteer__person", "decided_by")


def waiting_for(user: Any, *, at: dt.datetime) -> QuerySet[Interview]:
    """Talks that have begun and of which nobody has said how they went, the longest ago first."""
    return decided_by(user).filter(state=State.BOOKED, slot__starts_at__lte=at).order_by("slot__starts_at", "pk")


# The verbs --------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_slot(
    *, unit: Unit, starts_at: dt.datetime, ends_at: dt.datetime, place: str, places: int, by: Any, at: dt.datetime
) -> InterviewSlot:
    """Offer a time."""
    if starts_at <= at:
        raise errors.SlotInThePast
    if ends_at <= starts_at:
        raise errors.SlotEndsFirst
    slot = InterviewSlot.objects.create(
        unit=unit, starts_at=starts_at, ends_at=ends_at, place=place.strip(), places=places, opened_by=by, opened_at=at
    )
    _note("opened_interview_slot", slot, by=by, at=at)
    return slot


@transaction.atomic
def close_slot(*, slot: InterviewSlot, by: Any, at: dt.datetime) -> InterviewSlot:
    """Call a time off: whoever had booked it is told at once and chooses another. Twice is once."""
    slot = InterviewSlot.objects.select_for_update(of=("self",)).select_related("unit").get(pk=slot.pk)
    if slot.closed_at is not None:
        return slot
    slot.closed_at = at
    slot.save(update_fields=["closed_at"])
    booked = slot.interviews.filter(state=State.BOOKED)
    user_ids = list(booked.order_by("pk").values_list("volunteer__person__user", flat=True))
    booked.update(state=State.CANCELLED, decided_at=at, decided_by=by)
    _note("closed_interview_slot", slot, by=by, at=at)
    telling.called_off(slot, user_ids, at=at)
    return slot


@transaction.atomic
def book(*, volunteer: Volunteer, slot: InterviewSlot, at: dt.datetime) -> Interview:
    """Take a place. Two people and one last place: the slot is held while it is counted. Twice is once."""
    slot = InterviewSlot.objects.select_for_update(of=("self",)).select_related("unit").get(pk=slot.pk)
    standing = booked_by(volunteer)
    if standing is not None and standing.slot_id == slot.pk:
        return standing
    if standing is not None:
        raise errors.InterviewBooked(
            when=span_said(standing.slot.starts_at, standing.slot.ends_at, today=clock.local_day(at))
        )
    if slot.closed_at is not None or slot.starts_at <= at:
        raise errors.SlotGone
    if slot.interviews.filter(state=State.BOOKED).count() >= slot.places:
        raise errors.SlotFull
    try:
        with transaction.atomic():
            interview = Interview.objects.create(slot=slot, volunteer=volunteer, booked_at=at)
    except IntegrityError as another:  # two presses at once, of two times
        raise errors.SlotGone from another
    _note("booked_interview", slot, by=volunteer.person.user, at=at, interview=interview.code)
    return interview


@transaction.atomic
def cancel(*, interview: Interview, at: dt.datetime) -> Interview:
    """Give the place back, before it begins."""
    interview = _locked(interview)
    if interview.state != State.BOOKED:
        raise errors.InterviewDecided(state=str(State(interview.state).label))
    if interview.slot.starts_at <= at:
        raise errors.InterviewBegun
    interview.state = State.CANCELLED
    interview.save(update_fields=["state"])
    _note("cancelled_interview", interview.slot, by=interview.volunteer.person.user, at=at, interview=interview.code)
    return interview


@transaction.atomic
def decide(*, interview: Interview, state: str, notes: str, by: Any, at: dt.datetime) -> Submission | None:
    """Say how it went. A good one opens the gate; where two must decide, it waits for the second."""
    interview = _locked(interview)
    if interview.volunteer.person.user_id == by.pk:
        raise NotAboutOneself
    if interview.state != State.BOOKED:
        raise errors.InterviewDecided(state=str(State(interview.state).label))
    interview.state, interview.decided_by, interview.decided_at = state, by, at
    interview.notes = notes.strip()[:500]
    interview.save(update_fields=["state", "decided_by", "decided_at", "notes"])
    _note("decided_interview", interview.slot, by=by, at=at, interview=interview.code, state=state)
    waits = _passed(interview, by=by, at=at) if state == State.PASSED else None
    if waits is None:  # else there is no answer yet
        telling.talked(interview, at=at)
    return waits


def _passed(interview: Interview, *, by: Any, at: dt.datetime) -> Submission | None:
    source = f"interview:{interview.code}"
    return submissions.register(volunteer=interview.volunteer, paper=Paper("interview"), by=by, at=at, source=source)


def _coming(at: dt.datetime) -> QuerySet[InterviewSlot]:
    rows = InterviewSlot.objects.filter(closed_at__isnull=True, ends_at__gt=at).select_related("unit")
    return rows.order_by("starts_at", "pk")


def _with_taken(slots: QuerySet[InterviewSlot]) -> QuerySet[InterviewSlot]:
    return slots.annotate(taken=Count("interviews", filter=Q(interviews__state=State.BOOKED)))


def _locked(interview: Interview) -> Interview:
    rows = Interview.objects.select_for_update(of=("self",))
    return rows.select_related("slot__unit", "volunteer__person__user").get(pk=interview.pk)


def _note(verb: str, slot: InterviewSlot, *, by: Any, at: dt.datetime, **facts: Any) -> None:
    thing = f"interview_slot:{slot.code}"
    audit.record(actor=by, verb=verb, thing=thing, unit_path=slot.unit.path, facts=facts, at=at)
