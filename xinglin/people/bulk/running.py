"""The verbs of a bulk action: choose, begin, go on chunk by chunk, cancel, undo, forget.

Each volunteer is dealt with by the action that deals with one alone, in the order of their keys, so that two bulk
actions on the same people wait for each other and never in a circle. A chunk and how far it has come are written
together: a worker that is killed leaves nobody half done and nobody twice.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from xinglin.audit import actions as audit
from xinglin.lib.errors import Refusal
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people.bulk import kinds, rules
from xinglin.people.bulk.errors import BulkBusy, NobodyChosen, TooManyChosen
from xinglin.people.models import Bulk, BulkStep, Insurance, Volunteer

CHUNK = 50
MOST_TRIES = 5
STILL_AT_WORK = dt.timedelta(seconds=90)  # who has not come further for so long was killed
UNUSED_FOR = dt.timedelta(days=1)
MOST_UNUSED = 5  # of one person, that were chosen and not begun
KEPT = dt.timedelta(days=7)
State, Outcome = Bulk.State, BulkStep.Outcome


def of(user: Any) -> QuerySet[Bulk]:
    """What the user has begun, the latest first: it names people of whom others may not know."""
    begun = Bulk.objects.filter(by=user).select_related("by", "unit", "insurance__unit")
    return begun.order_by("-chosen_at", "-pk")


@transaction.atomic
def choose(*, volunteers: QuerySet[Volunteer], by: Any, at: dt.datetime) -> Bulk:
    """Those who were ticked or found, as they were when somebody pressed; nothing is done to them yet."""
    found = list(volunteers.order_by("pk").values_list("pk", flat=True)[: rules.MOST + 1])
    if not found:
        raise NobodyChosen
    if len(found) > rules.MOST:
        raise TooManyChosen(most=rules.MOST)
    unused = Bulk.objects.filter(by=by, state=State.CHOSEN).order_by("-pk").values_list("pk", flat=True)
    Bulk.objects.filter(pk__in=list(unused[MOST_UNUSED - 1 :])).delete()
    bulk = Bulk.objects.create(by=by, chosen_at=at, touched_at=at, people=len(found))
    BulkStep.objects.bulk_create([BulkStep(bulk=bulk, volunteer_id=key) for key in found], batch_size=2000)
    return bulk


@transaction.atomic
def begin(
    *, bulk: Bulk, kind: str, by: Any, at: dt.datetime, unit: Unit | None = None, insurance: Insurance | None = None
) -> Bulk:
    """Do this to all of them. Pressed twice is once."""
    bulk, wanted = _held(bulk.code), (kind, unit, insurance)
    if bulk.state in rules.AT_WORK and (bulk.kind, bulk.unit, bulk.insurance) == wanted:
        return bulk
    bulk.state = State(rules.next_state(bulk.state, "begin"))
    bulk.kind, bulk.unit, bulk.insurance = wanted
    organisation.demand(by, kinds.DOINGS[kind].verb, unit or (insurance.unit if insurance else None))
    bulk.touched_at = at
    bulk.save()
    _note("began_bulk", bulk, by=by, at=at, people=bulk.people)
    return bulk


def set_out(*, code: str) -> bool:
    """A worker begins. Whoever dies of it time and again is not sent again."""
    with transaction.atomic():
        bulk = _held(code)
        if bulk.state not in rules.AT_WORK:
            return False
        if bulk.tries < MOST_TRIES:
            Bulk.objects.filter(pk=bulk.pk).update(tries=F("tries") + 1, touched_at=Now())
            return True
        bulk.state, bulk.finished_at = State(rules.next_state(bulk.state, "give_up")), bulk.touched_at
        bulk.tries = 0
        bulk.save(update_fields=["state", "finished_at", "tries"])
        return False


@transaction.atomic
def go_on(*, code: str, at: dt.datetime) -> bool:
    """One chunk: either all of it is written, with how far it has come, or nothing. Answers whether there is more."""
    bulk = _held(code)
    if bulk.state not in rules.AT_WORK:
        return False
    bulk.by.has_second_factor = True  # who began showed one; whether they still may is asked for each volunteer
    steps = list(_left(bulk)[:CHUNK])
    tally = Counter(bulk.tally)
    for step in steps:
        before = step.outcome
        _take(bulk, step, at=at) if bulk.state == State.RUNNING else _take_back(bulk, step, at=at)
        tally[before] -= before in tally
        tally[step.outcome] += 1
    BulkStep.objects.bulk_update(steps, ["outcome", "why", "made"])
    bulk.tally, bulk.tries, bulk.touched_at = dict(+tally), 0, at
    if len(steps) < CHUNK:
        _finish(bulk, at=at)
    bulk.save()
    return bulk.state in rules.AT_WORK


@transaction.atomic
def cancel(*, bulk: Bulk, by: Any, at: dt.datetime) -> Bulk:
    """Stop here: what is done stays, and can be taken back."""
    bulk = _held(bulk.code)
    bulk.state, bulk.finished_at = State(rules.next_state(bulk.state, "cancel")), at
    bulk.save(update_fields=["state", "finished_at"])
    _note("cancelled_bulk", bulk, by=by, at=at, **bulk.tally)
    return bulk


@transaction.atomic
def undo(*, bulk: Bulk, by: Any, at: dt.datetime) -> Bulk:
    """Take back what was done, but for what somebody has changed since. Only whoever began; pressed twice is once."""
    bulk = _held(bulk.code)
    if bulk.by_id != by.pk:
        raise BulkBusy
    if bulk.state == State.UNDOING:
        return bulk
    done = bulk.tally.get(Outcome.DONE, 0)
    rules.refuse_to_undo(bulk.state, done=done, finished_at=bulk.finished_at, at=at)
    bulk.state, bulk.touched_at = State(rules.next_state(bulk.state, "undo")), at
    bulk.save(update_fields=["state", "touched_at"])
    _note("began_undoing_bulk", bulk, by=by, at=at, done=done)
    return bulk


def stuck(*, at: dt.datetime) -> list[str]:
    """The codes of those whose worker has died, or never came."""
    at_work = Bulk.objects.filter(state__in=rules.AT_WORK, touched_at__lt=at - STILL_AT_WORK)
    return list(at_work.order_by("pk").values_list("code", flat=True))


@transaction.atomic
def forget_old(*, at: dt.datetime) -> int:
    """Who was in it is forgotten some days later, and what was chosen and never begun the day after. May run twice."""
    Bulk.objects.filter(state=State.CHOSEN, chosen_at__lt=at - UNUSED_FOR).delete()
    old = Bulk.objects.filter(chosen_at__lt=at - KEPT).exclude(state__in=rules.AT_WORK)
    return BulkStep.objects.filter(bulk__in=old).delete()[0]


def note_taken_away(*, bulk: Bulk, by: Any, at: dt.datetime) -> None:
    """Who takes the answers away holds names: the trail says so."""
    _note("took_bulk_sheet", bulk, by=by, at=at, people=bulk.people)


# Helpers ----------------------------------------------------------------------------------------------------------


def _held(code: str) -> Bulk:
    held = Bulk.objects.select_for_update(of=("self",)).select_related("by", "unit", "insurance__unit")
    return held.get(code=code)


def _left(bulk: Bulk) -> QuerySet[BulkStep]:
    wanted = Outcome.WAITING if bulk.state == State.RUNNING else Outcome.DONE
    steps = bulk.steps.filter(outcome=wanted).select_related("volunteer__person__user")
    return steps.order_by("volunteer_id")


def _take(bulk: Bulk, step: BulkStep, *, at: dt.datetime) -> None:
    try:
        with transaction.atomic():
            step.made = kinds.DOINGS[bulk.kind].do(bulk, step.volunteer, bulk.by, at)
    except kinds.ALREADY:
        step.outcome = Outcome.ALREADY
    except Refusal as refusal:
        step.outcome, step.why = Outcome.REFUSED, refusal.code
    else:
        step.outcome = Outcome.DONE


def _take_back(bulk: Bulk, step: BulkStep, *, at: dt.datetime) -> None:
    assert step.made is not None, "what was done has a row"
    try:
        with transaction.atomic():
            kinds.DOINGS[bulk.kind].undo(bulk, step.volunteer, step.made, bulk.by, at)
    except Refusal as refusal:
        step.outcome, step.why = Outcome.KEPT, refusal.code
    else:
        step.outcome = Outcome.UNDONE


def _finish(bulk: Bulk, *, at: dt.datetime) -> None:
    verb = "did_bulk" if bulk.state == State.RUNNING else "undid_bulk"
    bulk.state, bulk.finished_at = State(rules.next_state(bulk.state, "finish")), at
    _note(verb, bulk, by=bulk.by, at=at, **bulk.tally)


def _note(verb: str, bulk: Bulk, *, by: Any, at: dt.datetime, **facts: Any) -> None:
    unit = bulk.unit or (bulk.insurance.unit if bulk.insurance else None)
    what = {"kind": bulk.kind} | ({"unit": bulk.unit.code} if bulk.unit else {})
    what |= {"insurance": bulk.insurance.code} if bulk.insurance else {}
    path, thing = (unit.path if unit else ""), f"bulk:{bulk.code}"
    audit.record(actor=by, verb=verb, thing=thing, unit_path=path, facts=what | facts, at=at)
