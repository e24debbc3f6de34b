"""Tying two people at the desk: at once where both are looked after here, else the other one is asked first.

Whoever looks up a number of other units learns no name, no age and no relation by it: the number stands there until
its owner has said yes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from xinglin.audit import actions as audit
from xinglin.notices import actions as notices
from xinglin.people import guardians, queries, relations, scopes
from xinglin.people.desk_errors import TieAskedAlready, TieQuestionOver
from xinglin.people.errors import (
    GuardedAlready,
    GuardianOfOneself,
    NotAboutOneself,
    NotAMinor,
    PaperNeeded,
    RelatedAlready,
    RelatedToOneself,
)
from xinglin.people.models import AskedTie, Guardianship, Person, Relation

What = AskedTie.What
RELATE, GUARD = "edit_people", guardians.VERB


@dataclass(frozen=True)
class Question:
    """What somebody is asked, as their page says it."""

    row: AskedTie
    said: str

    @property
    def is_of_guardian(self) -> bool:
        return self.row.what == What.GUARDIAN


@transaction.atomic
def relate(*, person: Person, relative: Person, kind: str, paper: str, by: Any, at: dt.datetime) -> Relation | AskedTie:
    """`relative` belongs to `person`: registered, or asked."""
    scopes.demand(by, RELATE, person)
    if scopes.may(by, RELATE, relative):
        return relations.register(person=person, relative=relative, kind=kind, paper=paper, by=by, at=at)
    if person.pk == relative.pk:
        raise RelatedToOneself
    if queries.tie_between(person, relative) is not None:
        raise RelatedAlready
    row = AskedTie(what=What.RELATION, person=person, other=relative, kind=kind, paper=paper)
    return _asked(row, by=by, at=at)


@transaction.atomic
def guard(
    *, child: Person, guardian: Person, capacity: str, paper: str, by: Any, at: dt.datetime
) -> Guardianship | AskedTie:
    """`guardian` decides for the child: registered, or asked. Whether they are grown up only they learn."""
    scopes.demand(by, GUARD, child)
    if scopes.may(by, GUARD, guardian):
        return guardians.register(child=child, guardian=guardian, capacity=capacity, paper=paper, by=by, at=at)
    if child.pk == guardian.pk:
        raise GuardianOfOneself
    if not guardians.is_minor(child, at=at):
        raise NotAMinor(age=guardians.adult_age_of(child, at=at))
    if guardians.guardians_of(child).filter(guardian=guardian).exists():
        raise GuardedAlready
    row = AskedTie(what=What.GUARDIAN, person=child, other=guardian, kind=capacity, paper=paper)
    return _asked(row, by=by, at=at)


@transaction.atomic
def answer(*, asked: AskedTie, says_yes: bool, at: dt.datetime) -> AskedTie:
    """The other one has answered. A yes ties the two as the paper had it; a no needs no reason."""
    row = _waiting(asked)
    if says_yes:
        _tie(row, at=at)
    row.ended_at, row.is_yes = at, says_yes
    row.save(update_fields=["ended_at", "is_yes"])
    _record("accepted_tie" if says_yes else "declined_tie", row, by=row.other.user, at=at)
    return row


@transaction.atomic
def take_back(*, asked: AskedTie, by: Any, at: dt.datetime) -> None:
    """Nobody need answer any more: the number was wrong, or the person thought better of it."""
    scopes.demand(by, RELATE if asked.what == What.RELATION else GUARD, asked.person)
    row = _waiting(asked)
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    notices.take_back(source=_source(row))
    _record("took_back_tie_question", row, by=by, at=at)


# What is known -----------------------------------------------------------------------------------------------------


def waiting_of(person: Person, what: str) -> QuerySet[AskedTie]:
    """Who was asked about this person and has not answered: at the desk by their numbers."""
    rows = AskedTie.objects.filter(person=person, what=what, ended_at__isnull=True)
    return rows.select_related("person", "other__volunteer", "asked_by").order_by("asked_at", "pk")


def questions_to(other: Person) -> list[Question]:
    """What this person is asked."""
    rows = AskedTie.objects.filter(other=other, ended_at__isnull=True)
    return [Question(row, said(row)) for row in rows.select_related("person").order_by("asked_at", "pk")]


def said(row: AskedTie) -> str:
    """What the other is to the person, in words."""
    kinds = Relation.Kind if row.what == What.RELATION else Guardianship.Capacity
    return str(kinds(row.kind).label) if row.kind in kinds.values else ""


def named(others: Iterable[Person], *, of: Person, by: Any, verb: str) -> set[int]:
    """Whose names may stand on a desk's page about somebody: those looked after here too, and who said yes to it."""
    said_yes = set(AskedTie.objects.filter(person=of, is_yes=True).values_list("other", flat=True))
    said_yes |= set(AskedTie.objects.filter(other=of, is_yes=True).values_list("person", flat=True))
    return {one.pk for one in others if one.pk in said_yes or scopes.may(by, verb, one)}


# Helpers -----------------------------------------------------------------------------------------------------------


def _asked(row: AskedTie, *, by: Any, at: dt.datetime) -> AskedTie:
    if by.pk in (row.person.user_id, row.other.user_id):
        raise NotAboutOneself
    row.paper = row.paper.strip()[:40]
    if not row.paper:
        raise PaperNeeded
    row.asked_by, row.asked_at = by, at
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as waits:
        raise TieAskedAlready from waits
    notices.tell(user=row.other.user, kind="tie_asked", source=_source(row), at=at)
    _record("asked_of_tie", row, by=by, at=at)
    return row


def _tie(row: AskedTie, *, at: dt.datetime) -> None:
    if row.what == What.RELATION:
        relations.write(person=row.person, relative=row.other, kind=row.kind, paper=row.paper, by=row.asked_by, at=at)
    else:
        guardians.write(
            child=row.person, guardian=row.other, capacity=row.kind, paper=row.paper, by=row.asked_by, at=at
        )


def _waiting(asked: AskedTie) -> AskedTie:
    found = AskedTie.objects.select_for_update(of=("self",)).select_related("person__user", "other__user", "asked_by")
    row = found.get(pk=asked.pk)
    if row.ended_at is not None:
        raise TieQuestionOver
    return row


def _source(row: AskedTie) -> str:
    return f"tie:{row.code}"


def _record(verb: str, row: AskedTie, *, by: Any, at: dt.datetime) -> None:
    facts = {"tie": row.code, "what": row.what}
    audit.record(actor=by, verb=verb, thing=f"person:{row.person.code}", facts=facts, at=at)
