"""合并: two accounts are one human being. One of the staff proposes, another one decides; then all of it moves at once.

It can't be undone: rows of both are one person's afterwards, and nothing says which account a later deed would have
belonged to. What is in the ledger and in the log stays where it was, with a line that says where it went; so whoever
finds a merge wrong can read from the trail what has to be given back, and corrects it as any other mistake.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from xinglin.accounts import queries as accounts
from xinglin.audit import actions as audit
from xinglin.office import whole
from xinglin.office.errors import (
    KeepTheVolunteer,
    MergeDecided,
    MergeGone,
    MergeHasToWait,
    MergeProposed,
    NotAboutOneself,
    NotByTheSame,
    PaperNeeded,
    ReasonNeeded,
    SamePerson,
)
from xinglin.people import rules, scopes
from xinglin.people.models import Merging, Person, Volunteer

VERB = "merge_people"
State = Merging.State


@transaction.atomic
def propose(*, kept: Person, gone: Person, paper: str, by: Any, at: dt.datetime) -> Merging:
    """Say that both are one, and how that was seen. Nothing moves until somebody else agrees."""
    if kept.pk == gone.pk:
        raise SamePerson
    _refuse_about(by, kept, gone)
    if not paper.strip():
        raise PaperNeeded
    if any(one.erased_at is not None for one in (kept, gone)):
        raise MergeGone
    if Volunteer.objects.filter(person=gone).exists() and not Volunteer.objects.filter(person=kept).exists():
        raise KeepTheVolunteer
    merging = Merging(kept=kept, gone=gone, paper=paper.strip()[:60], proposed_by=by, proposed_at=at)
    open_ones = Merging.objects.filter(state=State.WAITING)
    if open_ones.filter(Q(kept__in=[kept, gone]) | Q(gone__in=[kept, gone])).exists():
        raise MergeProposed
    try:
        with transaction.atomic():
            merging.save(force_insert=True)
    except IntegrityError as proposed:
        raise MergeProposed from proposed
    _record("proposed_merge", merging, by=by, at=at)
    return merging


@transaction.atomic
def agree(*, merging: Merging, by: Any, at: dt.datetime) -> Merging:
    """The second person agrees: everything moves now, in one transaction."""
    merging = _waiting(merging)
    _refuse_to_decide(merging, by)
    kept, gone = whole.held(merging.kept, merging.gone)
    if any(one.person.erased_at is not None for one in (kept, gone)):
        raise MergeGone
    waiting = whole.obstacles(kept, gone, at=at)
    if waiting:
        raise MergeHasToWait(what=str(waiting[0].what), then=str(waiting[0].then))
    moved = whole.merge(kept, gone, by=by, at=at)
    merging.state, merging.decided_by, merging.decided_at = State.DONE, by, at
    merging.save(update_fields=["state", "decided_by", "decided_at"])
    facts = {"rows": sum(one.count for one in moved), "minutes": sum(one.minutes for one in moved)}
    _record("merged_people", merging, by=by, at=at, facts=facts)
    return merging


@transaction.atomic
def decline(*, merging: Merging, by: Any, reason: str, at: dt.datetime) -> Merging:
    """The second person does not agree, and says why."""
    merging = _waiting(merging)
    _refuse_to_decide(merging, by)
    if not reason.strip():
        raise ReasonNeeded
    merging.state, merging.decided_by, merging.decided_at = State.DECLINED, by, at
    merging.reason = reason.strip()[:200]
    merging.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    _record("declined_merge", merging, by=by, at=at)
    return merging


@transaction.atomic
def withdraw(*, merging: Merging, by: Any, at: dt.datetime) -> Merging:
    """Whoever proposed takes it back."""
    merging = _waiting(merging)
    if merging.proposed_by_id != by.pk:
        raise NotByTheSame
    merging.state = State.WITHDRAWN
    merging.save(update_fields=["state"])
    _record("withdrew_merge", merging, by=by, at=at)
    return merging


def seen_by(user: Any) -> QuerySet[Merging]:
    """Proposals of which the user may decide about both sides."""
    persons = scopes.persons_where(user, VERB)
    found = Merging.objects.filter(kept__in=persons, gone__in=persons)
    return found.select_related("kept__volunteer", "gone__volunteer", "kept__user", "gone__user", "proposed_by")


def waiting_for(user: Any) -> QuerySet[Merging]:
    """Proposals of others that wait for this user's word, the longest waiting first."""
    about_oneself = Q(kept__user=user) | Q(gone__user=user)
    found = seen_by(user).filter(state=State.WAITING).exclude(proposed_by=user).exclude(about_oneself)
    return found.order_by("proposed_at", "pk")


def compared(kept: Person, gone: Person, *, at: dt.datetime) -> dict[str, Any]:
    """Both accounts side by side, as far as pages may show them, and what a merge would do."""
    one, other = whole.whole(kept), whole.whole(gone)
    return {
        "sides": [_side(one), _side(other)],
        "moves": whole.moves(one, other),
        "obstacles": whole.obstacles(one, other, at=at),
    }


def _side(who: Any) -> dict[str, Any]:
    return {
        "name": who.person.name,
        "number": who.volunteer.number if who.volunteer else "",
        "document": rules.masked_document(who.person.id_tail),
        "born_on": who.person.born_on,
        "phone": accounts.masked_phone_of(who.user),
        "since": who.person.created_at,
    }


def _waiting(merging: Merging) -> Merging:
    merging = Merging.objects.select_for_update(of=("self",)).select_related("kept", "gone").get(pk=merging.pk)
    if merging.state != State.WAITING:
        raise MergeDecided(state=merging.get_state_display())
    return merging


def _refuse_to_decide(merging: Merging, by: Any) -> None:
    _refuse_about(by, merging.kept, merging.gone)
    if merging.proposed_by_id == by.pk:
        raise NotByTheSame


def _refuse_about(by: Any, *people: Person) -> None:
    for person in people:
        scopes.demand(by, VERB, person)
        if person.user_id == by.pk:
            raise NotAboutOneself


def _record(verb: str, merging: Merging, *, by: Any, at: dt.datetime, facts: dict[str, Any] | None = None) -> None:
    unit = scopes.unit_of(merging.kept)
    audit.record(
        actor=by,
        verb=verb,
        thing=f"person:{merging.kept.code}",
        unit_path=unit.path if unit is not None else "",
        facts={"merging": merging.code, "gone": merging.gone.code, **(facts or {})},
        at=at,
    )
