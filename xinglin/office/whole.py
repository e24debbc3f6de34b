"""A whole person: every app's `person.py`, asked from the top of the house to the bottom.

What lies higher leans on what lies lower: a voucher gives its minutes back before the account is closed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from xinglin.accounts import person as accounts
from xinglin.accounts import queries as known_accounts
from xinglin.activities import person as activities
from xinglin.audit import person as audit
from xinglin.benefits import person as benefits
from xinglin.circulars import person as circulars
from xinglin.diary import person as diary
from xinglin.hours import person as hours
from xinglin.lib.whole_person import Key, Moved, OpenThing, Section, Whole
from xinglin.notices import person as notices
from xinglin.organisation import person as organisation
from xinglin.people import documents
from xinglin.people import person as people
from xinglin.people.models import Person, Volunteer
from xinglin.projects import person as projects
from xinglin.recognition import person as recognition
from xinglin.timebank import person as timebank
from xinglin.transparency import person as transparency

APPS: tuple[ModuleType, ...] = (
    benefits,
    recognition,
    activities,
    projects,
    transparency,
    hours,
    timebank,
    diary,
    people,
    circulars,
    organisation,
    notices,
    accounts,
    audit,
)
# Those which know an account that no person stands behind.
OF_AN_ACCOUNT = frozenset({activities, people, circulars, organisation, notices, accounts, audit})
# A reader begins with who they are.
IN_READING_ORDER = (
    people,
    accounts,
    organisation,
    activities,
    hours,
    timebank,
    recognition,
    benefits,
    notices,
    diary,
    circulars,
    audit,
)


def keys() -> dict[str, Key]:
    """Every foreign key that leads to somebody, as the apps declare them."""
    return {name: key for app in APPS for name, key in app.KEYS.items()}


def whole(person: Person) -> Whole:
    """The person with account and volunteer, read anew."""
    person = Person.objects.select_related("user").get(pk=person.pk)
    volunteer = Volunteer.objects.filter(person=person).first()
    return Whole(user=person.user, person=person, volunteer=volunteer, numbers=_numbers_of(person))


def _numbers_of(person: Person) -> tuple[str, ...]:
    document = documents.number_of(person.id_sealed) if person.id_sealed else ""
    return tuple(number for number in (known_accounts.phone_of(person.user), document) if number)


def held(*people: Person) -> list[Whole]:
    """The same, with the persons' rows locked in one order: nobody books, records or decides about them meanwhile."""
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=[one.pk for one in people]).order_by("pk"))
    return [whole(one) for one in people]


def export(who: Whole, *, at: dt.datetime) -> list[Section]:
    """All that the house knows of somebody."""
    return [section for app in _asked(IN_READING_ORDER, who) for section in app.export(who, at)]


def open_things(who: Whole, *, at: dt.datetime) -> list[OpenThing]:
    """What is not finished, from whichever app."""
    return [thing for app in _asked(APPS, who) if hasattr(app, "open_things") for thing in app.open_things(who, at)]


def erase(who: Whole, *, by: Any, at: dt.datetime) -> None:
    """Every app ends and empties what it holds; the caller's transaction makes it all or nothing."""
    for app in _asked(APPS, who):
        if hasattr(app, "erase"):
            app.erase(who, by, at)


def _asked(apps: Sequence[ModuleType], who: Whole) -> list[ModuleType]:
    return [app for app in apps if who.person is not None or app in OF_AN_ACCOUNT]


def moves(kept: Whole, gone: Whole) -> list[Moved]:
    """What a merge would move."""
    return [moved for app in APPS if hasattr(app, "moves") for moved in app.moves(kept, gone)]


def obstacles(kept: Whole, gone: Whole, *, at: dt.datetime) -> list[OpenThing]:
    """What a merge would have to wait for."""
    return [thing for app in APPS if hasattr(app, "obstacles") for thing in app.obstacles(kept, gone, at)]


def merge(kept: Whole, gone: Whole, *, by: Any, at: dt.datetime) -> list[Moved]:
    """Every app moves what it holds; the caller's transaction makes it all or nothing."""
    return [moved for app in APPS if hasattr(app, "merge") for moved in app.merge(kept, gone, by, at)]
