"""Registering somebody at the desk who has no telephone: an account, a number, and on whose word, in one go.

One document is one person: whoever is here already is shown to those who may see them, and never made twice.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction

from xinglin.accounts import actions as accounts
from xinglin.audit import actions as audit
from xinglin.lib import clock
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import assisting, documents, enrolling, numbers, queries, rules, seeking
from xinglin.people.actions import Draft
from xinglin.people.assisting import Paper
from xinglin.people.errors import (
    BadDocument,
    ConsentNeeded,
    RegisteredAlready,
    RegisteredElsewhere,
    UnitTakesNobody,
)
from xinglin.people.models import Application, Person, Volunteer

VERB = assisting.VERB
POLICIES = ("lowest_age", "adult_age")


@dataclass(frozen=True)
class Known:
    """Whose document it is, as far as the asker may know: a volunteer of theirs, or one who has applied to them."""

    volunteer: Volunteer | None = None
    application: Application | None = None


@transaction.atomic
def register(*, draft: Draft, said: Paper, by: Any, at: dt.datetime) -> Volunteer:
    """Make the account, the person and the volunteer, with the consent on which all of it rests."""
    organisation.demand(by, VERB, draft.unit)
    if draft.unit.closed_at is not None:
        raise UnitTakesNobody
    if not said.privacy_version:
        raise ConsentNeeded
    document = _read(draft, at=at)
    assert document.born_on is not None, "the form asks for the birthday of everybody without an ID card"
    _refuse_by_age(document.born_on, draft.unit, capacity=said.capacity, at=at)
    number = numbers.take(1)[0]
    user = accounts.register(login_name=number, name=draft.name, at=at, is_demo=by.is_demo)
    person = Person(user=user, name=draft.name, sex=document.sex, township=draft.township, created_at=at)
    for field, value in documents.sealed(document).items():
        setattr(person, field, value)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as here:  # the blind index is unique: of two desks at once one comes too late
        raise _refusal(document, by=by) from here
    seeking.note(person=person)
    able = {"specialities": draft.specialities, "half_days": draft.half_days}
    volunteer = enrolling.enrol(person=person, unit=draft.unit, number=number, by=by, at=at, **able)
    audit.record(
        actor=by, verb="registered_at_desk", thing=f"volunteer:{number}", unit_path=draft.unit.path, facts={}, at=at
    )
    assisting.register(person=person, said=said, by=by, at=at)
    return volunteer


def known(*, draft: Draft, by: Any, at: dt.datetime) -> Known:
    """Who has this document, if the asker may see them."""
    return _known(_read(draft, at=at), by=by)


def _known(document: documents.Document, *, by: Any) -> Known:
    blind = documents.blind(document)
    mine = queries.members_where(by, VERB)
    return Known(
        volunteer=mine.filter(person__id_blind=blind).first(),
        application=queries.waiting_applications(by).filter(person__id_blind=blind).first(),
    )


def _refusal(document: documents.Document, *, by: Any) -> Exception:
    found = _known(document, by=by)
    return RegisteredAlready() if found.volunteer or found.application else RegisteredElsewhere()


def _read(draft: Draft, *, at: dt.datetime) -> documents.Document:
    try:
        document = documents.read(draft.id_kind, draft.id_number, today=clock.local_day(at))
    except documents.BadNumberError as bad:
        raise BadDocument(why=str(bad)) from bad
    return replace(document, born_on=document.born_on or draft.born_on, sex=document.sex or draft.sex)


def _refuse_by_age(born_on: dt.date, unit: Unit, *, capacity: str, at: dt.datetime) -> None:
    ages = organisation.policies_of(POLICIES, unit, at=at)
    rules.refuse_newcomer(rules.age_on(born_on, on=clock.local_day(at)), capacity=capacity, **ages)
