"""The verbs on who belongs to whom, and on who is in hardship: registered by somebody who saw a paper, dated, ended."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from xinglin.audit import actions as audit
from xinglin.lib import clock
from xinglin.people.errors import (
    HardshipEnded,
    HardshipInThePast,
    HardshipStands,
    NotAboutOneself,
    PaperNeeded,
    RelatedAlready,
    RelatedToOneself,
    RelationEnded,
)
from xinglin.people.models import Hardship, Person, Relation


@transaction.atomic
def register(*, person: Person, relative: Person, kind: str, paper: str, by: Any, at: dt.datetime) -> Relation:
    """Write down what `relative` is to `person`, after a paper was seen or both have said so.

    For two whom the asker looks after; `asking` asks others first.
    """
    if person.pk == relative.pk:
        raise RelatedToOneself
    _refuse_about_oneself(by, person, relative)
    return write(person=person, relative=relative, kind=kind, paper=_paper(paper), by=by, at=at)


@transaction.atomic
def write(*, person: Person, relative: Person, kind: str, paper: str, by: Any, at: dt.datetime) -> Relation:
    """The row of it; whoever calls this has looked."""
    try:
        with transaction.atomic():
            relation = Relation.objects.create(
                person=person, relative=relative, kind=kind, paper=paper, confirmed_by=by, confirmed_at=at
            )
    except IntegrityError as standing:  # the constraint decides, also between two who register at once
        raise RelatedAlready from standing
    _record("registered_relation", person, by=by, at=at, facts={"relation": relation.code})
    return relation


@transaction.atomic
def end(*, relation: Relation, by: Any, at: dt.datetime) -> Relation:
    """From now on the two are no longer related here. Each of them may say so, and the staff."""
    relation = Relation.objects.select_for_update(of=("self",)).select_related("person").get(pk=relation.pk)
    if relation.ended_at is not None:
        raise RelationEnded
    relation.ended_at, relation.ended_by = at, by
    relation.save(update_fields=["ended_at", "ended_by"])
    _record("ended_relation", relation.person, by=by, at=at, facts={"relation": relation.code})
    return relation


@transaction.atomic
def decide_hardship(*, person: Person, paper: str, until: dt.date, by: Any, at: dt.datetime) -> Hardship:
    """Somebody is in hardship until a day. The trail says who decided and until when, and nothing of why."""
    _refuse_about_oneself(by, person)
    if until < clock.local_day(at):
        raise HardshipInThePast
    paper = _paper(paper)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    standing = Hardship.objects.filter(person=person, ended_at__isnull=True).first()
    if standing is not None and standing.until >= clock.local_day(at):
        raise HardshipStands(until=standing.until.isoformat())
    if standing is not None:  # it has run out by itself
        Hardship.objects.filter(pk=standing.pk).update(ended_at=at, ended_by=by)
    hardship = Hardship.objects.create(person=person, paper=paper, until=until, decided_by=by, decided_at=at)
    facts = {"hardship": hardship.code, "until": until.isoformat()}
    _record("decided_hardship", person, by=by, at=at, facts=facts)
    return hardship


@transaction.atomic
def end_hardship(*, hardship: Hardship, by: Any, at: dt.datetime) -> Hardship:
    """It is over before its day."""
    hardship = Hardship.objects.select_for_update(of=("self",)).select_related("person").get(pk=hardship.pk)
    _refuse_about_oneself(by, hardship.person)
    if hardship.ended_at is not None:
        raise HardshipEnded
    hardship.ended_at, hardship.ended_by = at, by
    hardship.save(update_fields=["ended_at", "ended_by"])
    _record("ended_hardship", hardship.person, by=by, at=at, facts={"hardship": hardship.code})
    return hardship


def _refuse_about_oneself(by: Any, *people: Person) -> None:
    if any(person.user_id == by.pk for person in people):
        raise NotAboutOneself


def _paper(paper: str) -> str:
    paper = paper.strip()[:40]
    if not paper:
        raise PaperNeeded
    return paper


def _record(verb: str, person: Person, *, by: Any, at: dt.datetime, facts: dict[str, str]) -> None:
    audit.record(actor=by, verb=verb, thing=f"person:{person.code}", facts=facts, at=at)
