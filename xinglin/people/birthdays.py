"""出生日期 of somebody who came by a list with a passport: until it is known no shift is open, they may be a child."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from xinglin.audit import actions as audit
from xinglin.lib import clock
from xinglin.people import documents
from xinglin.people.errors import BirthdayKnown, BirthdayUnlikely, NotAboutOneself, ProofNotSeen
from xinglin.people.models import Person


@transaction.atomic
def register(*, person: Person, born_on: dt.date, proof_seen: bool, by: Any, at: dt.datetime) -> Person:
    """Write down the birthday that stands on a document which somebody saw. Whatever is known already stays."""
    if not proof_seen:
        raise ProofNotSeen
    if person.user_id == by.pk:
        raise NotAboutOneself
    if not documents.is_likely(born_on, today=clock.local_day(at)):
        raise BirthdayUnlikely
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.born_on is not None:
        raise BirthdayKnown
    person.born_on = born_on
    person.save(update_fields=["born_on"])
    audit.record(actor=by, verb="registered_birthday", thing=f"person:{person.code}", facts={}, at=at)
    return person
