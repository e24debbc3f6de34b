"""代办: staff acts for somebody who cannot use a telephone, once it is written down who consented, on which paper."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from xinglin.accounts.vault import vault
from xinglin.audit import actions as audit
from xinglin.people import scopes
from xinglin.people.errors import AssistedAlready, NoAssistance, NotAboutOneself, PaperNeeded, WhoConsented
from xinglin.people.models import Assistance, Person

PURPOSE = "assistance.consented_by"
VERB = "assist_people"


def consented_by(assistance: Assistance) -> str:
    """Who said yes, by name."""
    if not assistance.consented_sealed:
        return ""
    return vault().open(bytes(assistance.consented_sealed), purpose=PURPOSE)


def standing(person: Person) -> Assistance | None:
    """The consent on which staff may act for this person."""
    found = Assistance.objects.filter(person=person, ended_at__isnull=True)
    return found.select_related("registered_by").first()


def demand(person: Person) -> Assistance:
    """Refuse to act for somebody of whom nothing of the kind is written down."""
    found = standing(person)
    if found is None:
        raise NoAssistance
    return found


@transaction.atomic
def register(*, person: Person, name: str, capacity: str, paper: str, by: Any, at: dt.datetime) -> Assistance:
    """Write down who consented, in what capacity, on which paper; from now on staff may act for this person."""
    scopes.demand(by, VERB, person)
    if person.user_id == by.pk:
        raise NotAboutOneself
    name = person.name if capacity == Assistance.Capacity.SELF else name.strip()[:60]
    if not name:
        raise WhoConsented
    if not paper.strip():
        raise PaperNeeded
    row = Assistance(person=person, capacity=capacity, paper=paper.strip()[:60], registered_by=by, registered_at=at)
    row.consented_sealed = vault().seal(name, purpose=PURPOSE)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as stands:
        raise AssistedAlready from stands
    _record("registered_assistance", row, by=by, at=at)
    return row


@transaction.atomic
def end(*, assistance: Assistance, by: Any, at: dt.datetime) -> Assistance:
    """From now on they act for themselves; what was done for them stays theirs."""
    assistance = Assistance.objects.select_for_update(of=("self",)).select_related("person").get(pk=assistance.pk)
    if assistance.ended_at is not None:
        raise NoAssistance
    if by.pk != assistance.person.user_id:
        scopes.demand(by, VERB, assistance.person)
    assistance.ended_at, assistance.ended_by = at, by
    assistance.save(update_fields=["ended_at", "ended_by"])
    _record("ended_assistance", assistance, by=by, at=at)
    return assistance


def _record(verb: str, assistance: Assistance, *, by: Any, at: dt.datetime) -> None:
    facts = {"assistance": assistance.code, "capacity": assistance.capacity}
    audit.record(actor=by, verb=verb, thing=f"person:{assistance.person.code}", facts=facts, at=at)
