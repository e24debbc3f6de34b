"""Finding volunteers among hundreds of thousands: one question, one page of answers, in the order of their numbers.

A page is asked for by the number after which it begins, so the hundredth costs what the first one costs; nobody counts
how many there are in all, which would cost as much as reading them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet

from xinglin.accounts import queries as accounts
from xinglin.lib import clock
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import documents, filters, licences, naming, rules
from xinglin.people.documents import ID_CARD, Document
from xinglin.people.models import Gate, Membership, Qualification, Volunteer

PER_PAGE = 50
TEAMS = Membership.objects.filter(volunteer=OuterRef("pk"), left_on__isnull=True).order_by("joined_on", "pk")
SHOWN = (
    *("number", "person__name", "state", "joined_on", "person__user__phone_sealed"),
    ArraySubquery(TEAMS.values("unit__name")),  # of today, in the order of joining
)
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Asked:
    """What somebody looks for; everything that is said narrows it."""

    text: str = ""  # a name or its beginning, pinyin, initials, a number, a phone, an ID card
    unit: Unit | None = None  # and all below it
    state: str = ""
    speciality: str = ""
    qualification: str = ""
    gate: str = ""  # a gate of vetting that is open today
    more: Mapping[str, str] = field(default_factory=dict)  # by the filters that other apps added

    def narrowed_by(self) -> list[str]:
        """What is said, without saying what: for the trail."""
        said = {"text": self.text.strip(), "unit": self.unit, "state": self.state, "speciality": self.speciality}
        said |= {"qualification": self.qualification, "gate": self.gate, **self.more}
        return sorted(name for name, value in said.items() if value)


class Row(NamedTuple):
    """A volunteer as a list shows them; the phone is sealed."""

    number: str
    name: str
    state: str
    joined_on: dt.date
    phone_sealed: bytes | None
    teams: Sequence[str]

    @property
    def state_said(self) -> str:
        return str(Volunteer.State(self.state).label)


@dataclass(frozen=True)
class Page:
    """Some of those who were found; `after` leads to the next ones, and is empty on the last page."""

    rows: Sequence[Row]
    after: str = ""


def find(user: Any, asked: Asked, *, at: dt.datetime, after: str = "", limit: int = PER_PAGE) -> Page:
    """Whom the user may see of those who are asked for, behind the number `after`."""
    return page_of(within(user, asked.unit), asked, at=at, after=after, limit=limit)


def within(user: Any, unit: Unit | None = None, *, verb: str = "see_people") -> tuple[int, ...]:
    """The keys of the units that the user may see the people of, and that lie in the one asked for."""
    units = organisation.units_where(user, verb)
    if unit is not None:
        units = units.filter(path__startswith=unit.path)
    return tuple(units.values_list("pk", flat=True))


def page_of(reach: tuple[int, ...], asked: Asked, *, at: dt.datetime, after: str = "", limit: int = PER_PAGE) -> Page:
    """The same of people of these units."""
    # Where words decide, the number beside them does the ordering: else each match would have to be looked up first.
    number = "person__sought__number" if naming.sought(asked.text).parts else "number"
    found = matching(reach, asked, at=at).order_by(number)
    if after:
        found = found.filter(**{f"{number}__gt": after})
    rows = [Row(*values) for values in found.values_list(*SHOWN)[: limit + 1]]
    return Page(rows[:limit], rows[limit - 1].number if len(rows) > limit else "")


def counted(reach: tuple[int, ...], asked: Asked, *, at: dt.datetime) -> int:
    """How many there are, up to a number that can be counted while somebody waits; one more means: more than that."""
    return matching(reach, asked, at=at)[: MOST_COUNTED + 1].count()


def matching(reach: tuple[int, ...], asked: Asked, *, at: dt.datetime) -> QuerySet[Volunteer]:
    """All of them, in no order. Who belongs to one of the units today is within reach."""
    today_in = Membership.objects.filter(volunteer=OuterRef("pk"), left_on__isnull=True, unit__in=reach)
    volunteers = Volunteer.objects.filter(Exists(today_in))
    if asked.text.strip():
        volunteers = volunteers.filter(_by_text(naming.sought(asked.text), asked.text.strip()))
    if asked.state:
        volunteers = volunteers.filter(state=asked.state)
    if asked.speciality:
        volunteers = volunteers.filter(specialities__contains=[asked.speciality])
    today = clock.local_day(at)
    valid = Q(valid_until__isnull=True) | Q(valid_until__gte=today)
    if asked.qualification.strip():
        volunteers = volunteers.filter(
            _has(Qualification, valid, kind__in=licences.including(asked.qualification.strip()))
        )
    if asked.gate:
        volunteers = volunteers.filter(_has(Gate, valid, kind=asked.gate, ended_at=None))
    for one in filters.added():
        if value := asked.more.get(one.name, ""):
            volunteers = volunteers.filter(one.keeps(value, at))
    return volunteers


def _by_text(sought: naming.Sought, text: str) -> Q:
    if sought.phone:
        return Q(person__user__phone_blind=accounts.sealed_phone(sought.phone).blind)
    if sought.id_card:
        return Q(person__id_blind=documents.blind(Document(ID_CARD, sought.id_card)))
    if sought.number is not None:
        return Q(number__in=[text.upper(), rules.number_said(sought.number)])
    if sought.parts:
        return Q(person__sought__words__begin=sought.parts)
    return Q(pk__in=[])  # nothing that anybody could be found by


def _has(model: Any, *conditions: Q, **facts: Any) -> Any:
    return Exists(model.objects.filter(*conditions, volunteer=OuterRef("pk"), **facts))
