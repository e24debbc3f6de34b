"""注销: somebody asks to be forgotten, may take it back for a while, and one of the staff sees to it.

What retention proposes comes the same way: listed for the staff, told to the person, and done by the clock unless one
of them says no.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, QuerySet, Subquery

from xinglin.audit import actions as audit
from xinglin.lib import clock
from xinglin.lib.errors import Refusal
from xinglin.office import retention, whole
from xinglin.office.errors import (
    CameBack,
    ErasedAlready,
    ErasureAsked,
    ErasureDecided,
    NotAboutOneself,
    NotByTheSame,
    PaperNeeded,
    ReasonNeeded,
    StillOpen,
    StillWaiting,
)
from xinglin.organisation import queries as organisation
from xinglin.people import scopes
from xinglin.people.models import Application, Erasure, Person

VERB = "erase_person"
VERB_FOR_OTHERS = "assist_people"
MOST_NAMED = 20
State, Cause = Erasure.State, Erasure.Cause

logger = logging.getLogger(__name__)


@transaction.atomic
def ask(*, person: Person, by: Any, at: dt.datetime, paper: str = "") -> Erasure:
    """Ask to be forgotten. Staff may ask for somebody who can't, with the paper on which they consented."""
    if person.erased_at is not None:
        raise ErasedAlready
    if by.pk != person.user_id:
        scopes.demand(by, VERB_FOR_OTHERS, person)
        if not paper.strip():
            raise PaperNeeded
    erasure = Erasure(person=person, asked_by=by, asked_at=at, paper=paper.strip()[:60])
    erasure.decide_from = at + dt.timedelta(days=wait_days(person, at=at))
    try:
        with transaction.atomic():
            erasure.save(force_insert=True)
    except IntegrityError as asked:  # twice is once, said kindly
        raise ErasureAsked from asked
    _record("asked_to_be_erased", erasure, by=by, at=at)
    return erasure


@transaction.atomic
def withdraw(*, erasure: Erasure, by: Any, at: dt.datetime) -> Erasure:
    """The person would rather stay, or whoever asked for them says so."""
    erasure = _waiting(erasure)
    assert by.pk in (erasure.person.user_id, erasure.asked_by_id), "a door lets people at their own only"
    erasure.state = State.WITHDRAWN
    erasure.save(update_fields=["state"])
    _record("withdrew_erasure", erasure, by=by, at=at)
    return erasure


@transaction.atomic
def decline(*, erasure: Erasure, by: Any, reason: str, at: dt.datetime) -> Erasure:
    """One of the staff says why not; the person reads it. The reason stays out of the trail, where it could not go."""
    erasure = _waiting(erasure)
    _refuse_to_decide(erasure, by)
    if not reason.strip():
        raise ReasonNeeded
    erasure.state, erasure.decided_by, erasure.decided_at = State.DECLINED, by, at
    erasure.reason = reason.strip()[:200]
    erasure.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    _record("declined_erasure", erasure, by=by, at=at)
    return erasure


@transaction.atomic
def carry_out(*, erasure: Erasure, by: Any, at: dt.datetime) -> Erasure:
    """Forget somebody: everywhere, or nowhere. `by` None: the clock, for what retention proposed."""
    erasure = _waiting(erasure)
    if by is None:
        assert erasure.cause == Cause.RETENTION, "only what retention proposed is done by the clock"
        if not retention.is_still_gone(erasure.person, since=erasure.asked_at):
            raise CameBack
    else:
        _refuse_to_decide(erasure, by)
    if at < erasure.decide_from:
        raise StillWaiting(until=clock.local_day(erasure.decide_from).isoformat())
    [who] = whole.held(erasure.person)
    blocking = [thing for thing in whole.open_things(who, at=at) if thing.blocks]
    if blocking:
        raise StillOpen(what=str(blocking[0].what), then=str(blocking[0].then))
    erasure.state, erasure.decided_by, erasure.decided_at = State.DONE, by, at
    erasure.save(update_fields=["state", "decided_by", "decided_at"])
    _record("erased_person", erasure, by=by, at=at)
    whole.erase(who, by=by, at=at)
    return erasure


def wait_days(person: Person, *, at: dt.datetime) -> int:
    """For how many days it can be taken back, by the policy of their unit."""
    values = organisation.policies_of(["erasure_wait_days"], scopes.unit_of(person), at=at)
    return int(values["erasure_wait_days"])


# What is asked -----------------------------------------------------------------------------------------------------


def latest_of(person: Person) -> Erasure | None:
    """What the person's own page tells of."""
    return Erasure.objects.filter(person=person).order_by("-pk").first()


def seen_by(user: Any) -> QuerySet[Erasure]:
    """Those that this user may decide, whatever their state."""
    persons = scopes.persons_where(user, VERB)
    return Erasure.objects.filter(person__in=persons).select_related("person__user", "person__volunteer", "decided_by")


def waiting_for(user: Any) -> QuerySet[Erasure]:
    """What waits for this user, the first to be due first."""
    return seen_by(user).filter(state=State.WAITING).order_by("decide_from", "pk")


def due_for(user: Any, *, at: dt.datetime) -> QuerySet[Erasure]:
    """What others asked for and may be done now by this user; what retention proposed is done by the clock."""
    found = waiting_for(user).filter(cause=Cause.ASKED, decide_from__lte=at)
    return found.exclude(asked_by=user).exclude(person__user=user)


def named(name: str, *, by: Any) -> list[Person]:
    """Of this very name, for whom this user may ask: members, whoever has left, and applicants, decided or not."""
    mine = scopes.persons_where(by, VERB_FOR_OTHERS).filter(name=name, erased_at__isnull=True)
    latest = Application.objects.filter(person=OuterRef("pk")).order_by("-submitted_at", "-pk").values("code")[:1]
    found = mine.select_related("volunteer").annotate(application_code=Subquery(latest)).order_by("-pk")
    return [person for person in found[:MOST_NAMED] if scopes.may(by, VERB_FOR_OTHERS, person)]


def _waiting(erasure: Erasure) -> Erasure:
    erasure = Erasure.objects.select_for_update(of=("self",)).select_related("person__user").get(pk=erasure.pk)
    if erasure.state != State.WAITING:
        raise ErasureDecided(state=erasure.get_state_display())
    return erasure


def _refuse_to_decide(erasure: Erasure, by: Any) -> None:
    scopes.demand(by, VERB, erasure.person)
    if erasure.person.user_id == by.pk:
        raise NotAboutOneself
    if erasure.asked_by_id == by.pk:
        raise NotByTheSame


def _record(verb: str, erasure: Erasure, *, by: Any, at: dt.datetime) -> None:
    unit = scopes.unit_of(erasure.person)
    audit.record(
        actor=by,
        verb=verb,
        thing=f"person:{erasure.person.code}",
        unit_path=unit.path if unit is not None else "",
        facts={"erasure": erasure.code, "cause": erasure.cause},
        at=at,
    )


def carry_out_due(*, at: dt.datetime, limit: int = 200) -> int:
    """What retention proposed and nobody has spoken against, each in a transaction of its own; returns how many."""
    due = Erasure.objects.filter(state=State.WAITING, cause=Cause.RETENTION, decide_from__lte=at)
    done = 0
    for pk, code in list(due.order_by("decide_from", "pk").values_list("pk", "code")):
        if done == limit:
            break
        try:
            carry_out(erasure=Erasure(pk=pk), by=None, at=at)
        except CameBack:
            _came_back(pk, at=at)
        except ErasureDecided:
            pass  # somebody was quicker
        except Refusal as refusal:  # something is still open; whoever runs the house reads of it
            logger.warning("erasure %s has to wait: %s", code, refusal.code)
        else:
            done += 1
    return done


@transaction.atomic
def _came_back(pk: int, *, at: dt.datetime) -> None:
    """Whoever is here again is not forgotten, and the trail says when the clock saw it."""
    erasure = Erasure.objects.select_for_update(of=("self",)).select_related("person__user").get(pk=pk)
    if erasure.state == State.WAITING:
        erasure.state = State.WITHDRAWN
        erasure.save(update_fields=["state"])
        _record("withdrew_erasure", erasure, by=None, at=at)
