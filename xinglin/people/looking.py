"""看完整号码: a number in full, once, for a reason that the person can read. The trail says who, when and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from xinglin.accounts import queries as accounts
from xinglin.accounts.models import User
from xinglin.audit import actions as audit
from xinglin.audit.models import Entry
from xinglin.people import documents, practical, reasons, scopes
from xinglin.people.errors import LookingReasonNeeded, NotAboutOneself, NumberNotKnown
from xinglin.people.models import Person

VERB, SEEN = "see_number", "saw_number"
WHAT = ("document", "phone", "contact")
MOST_SHOWN = 50


@dataclass(frozen=True)
class Look:
    """That somebody looked: who, at what, when, why."""

    who: str
    what: str
    at: dt.datetime
    reason: str


@transaction.atomic
def look(*, person: Person, what: str, reason: str, by: Any, at: dt.datetime) -> str:
    """The number, opened. Without a reason, or of oneself at the desk, there is none."""
    scopes.demand(by, VERB, person)
    if person.user_id == by.pk:
        raise NotAboutOneself
    reason = reasons.without_names(reason, person.name)
    if not reason:
        raise LookingReasonNeeded
    number = _number(person, what)
    if not number:
        raise NumberNotKnown
    facts = {"what": what}
    audit.record(actor=by, verb=SEEN, thing=f"person:{person.code}", reason=reason, facts=facts, at=at)
    return number


def looks_at(person: Person) -> list[Look]:
    """Who has looked at this person's numbers, the latest first."""
    entries = list(Entry.objects.filter(thing=f"person:{person.code}", verb=SEEN).order_by("-id")[:MOST_SHOWN])
    names = dict(User.objects.filter(code__in={one.actor_code for one in entries}).values_list("code", "name"))
    return [
        Look(names.get(one.actor_code, one.actor_code), str(one.facts.get("what", "")), one.at, one.reason)
        for one in entries
    ]


def _number(person: Person, what: str) -> str:
    if what == "document":
        return documents.number_of(person.id_sealed) if person.id_sealed else ""
    if what == "phone":
        return accounts.phone_of(person.user) or ""
    known = practical.of(person)
    return f"{known.emergency_name} {known.emergency_phone}".strip()
