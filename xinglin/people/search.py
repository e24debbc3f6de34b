"""Finding volunteers among hundreds of thousands: one question, one page of answers, in the order of their numbers.

A page is asked for by the number after which it begins, so the hundredth costs what the first one costs; nobody counts
how many there are in all, which would cost as much as reading them. The database answers in less time than it takes to
put such a question together from querysets, so it is written here as PostgreSQL reads it (decision 0017).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from xinglin.accounts import queries as accounts
from xinglin.lib import clock, word_index
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import documents, filters, licences, naming, rules
from xinglin.people.documents import ID_CARD, Document
from xinglin.people.models import Volunteer

PER_PAGE = 50
MOST_COUNTED = 1000
FOUND = (  # what a condition does not speak of, the planner leaves out
    " FROM people_volunteer v LEFT JOIN people_sought s ON s.person_id = v.person_id"
    " LEFT JOIN people_person p ON p.id = v.person_id LEFT JOIN accounts_user u ON u.id = p.user_id WHERE "
)
BY_WORDS = (  # in order before anything else is looked up: a word may lead to thousands, of whom a page needs few
    " FROM (SELECT volunteer_key AS id, person_id, number, stars FROM people_sought s WHERE {}"
    " ORDER BY number OFFSET 0) s CROSS JOIN LATERAL (SELECT s.id, s.person_id) v"
    " LEFT JOIN people_person p ON p.id = v.person_id LEFT JOIN accounts_user u ON u.id = p.user_id WHERE "
)
PAGE = (  # first the few, then what is shown of them: teams of today, in the order of joining
    "SELECT v.number, p.name, v.state, v.joined_on, v.specialities, u.phone_sealed, ARRAY("
    "SELECT t.name FROM people_membership m JOIN organisation_unit t ON t.id = m.unit_id"
    " WHERE m.volunteer_id = v.id AND m.left_on IS NULL ORDER BY m.joined_on, m.id)"
    " FROM (SELECT v.id{found} ORDER BY {number} LIMIT %s) few JOIN people_volunteer v ON v.id = few.id"
    " JOIN people_person p ON p.id = v.person_id JOIN accounts_user u ON u.id = p.user_id ORDER BY v.number"
)
IN_REACH = (
    "EXISTS (SELECT FROM people_membership m JOIN organisation_unit t ON t.id = m.unit_id"
    " WHERE m.volunteer_id = v.id AND m.left_on IS NULL AND ({}))"
)
AT_HOME_IN_REACH = IN_REACH.replace("m.left_on IS NULL", "m.left_on IS NULL AND NOT m.is_lent")
WAS_IN_REACH = (  # of those who have left: where they once belonged
    "EXISTS (SELECT FROM people_membership m JOIN organisation_unit t ON t.id = m.unit_id"
    " WHERE m.volunteer_id = v.id AND NOT m.is_lent AND ({}))"
    " AND p.erased_at IS NULL AND p.merged_into_id IS NULL"
)
HAS_QUALIFICATION = (
    "EXISTS (SELECT FROM people_qualification q WHERE q.volunteer_id = v.id AND q.kind = ANY(%s)"
    " AND q.ended_at IS NULL"
    " AND (q.valid_until IS NULL OR q.valid_until >= %s))"
)
HAS_PASSED = (
    "EXISTS (SELECT FROM people_gate g WHERE g.volunteer_id = v.id AND g.kind = %s AND g.ended_at IS NULL"
    " AND (g.valid_until IS NULL OR g.valid_until >= %s))"
)
HAS_WITHDRAWN = (  # every word they gave was taken back; whoever was never asked has taken nothing back
    "EXISTS (SELECT FROM people_consent c JOIN people_documenttext d ON d.id = c.text_id"
    " WHERE c.person_id = v.person_id AND d.kind = %s HAVING bool_and(c.withdrawn_at IS NOT NULL))"
)

Said = tuple[str, list[Any]]  # a condition in SQL, with its values


@dataclass(frozen=True)
class Asked:
    """What somebody looks for; everything that is said narrows it."""

    text: str = ""  # a name or its beginning, pinyin, initials, a number, a phone, an ID card
    unit: Unit | None = None  # and all below it
    state: str = ""
    speciality: str = ""
    qualification: str = ""
    gate: str = ""  # a gate of vetting that is open today
    consenting: bool = False  # only who has not taken back their consent to what is kept of them
    more: Mapping[str, str] = field(default_factory=dict)  # by the filters that other apps added
    at_home: bool = False  # without those who are only lent there

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
    specialities: Sequence[str]
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


def within(user: Any, unit: Unit | None = None, *, verb: str = "see_people") -> tuple[str, ...]:
    """The paths below which the user may see people, as far as they lie in the unit asked for."""
    paths = organisation.scope_of(user, verb)
    if unit is None:
        return tuple(paths)
    if any(unit.path.startswith(path) for path in paths):
        return (unit.path,)
    return tuple(path for path in paths if path.startswith(unit.path))


def page_of(reach: tuple[str, ...], asked: Asked, *, at: dt.datetime, after: str = "", limit: int = PER_PAGE) -> Page:
    """The same of people of the units below these paths."""
    if naming.sought(asked.text).parts:
        beside, values = _all_of(_of_their_own(asked, row="s", after=after))
        condition, more = _all_of([_in_reach(reach, asked), *_of_other_rows(asked, at=at)])
        found, number = BY_WORDS.format(beside), "s.number"
    else:
        found, number, values = FOUND, f"{_first_row(asked)}.number", []
        condition, more = _condition(reach, asked, at=at, after=after)
    page = PAGE.format(found=found + condition, number=number)
    rows = [Row(*row) for row in _read(page, [*values, *more, limit + 1])]
    return Page(rows[:limit], rows[limit - 1].number if len(rows) > limit else "")


def everybody(reach: tuple[str, ...], asked: Asked, *, at: dt.datetime, at_a_time: int = 2000) -> Iterator[Row]:
    """All of them, page after page: whoever reads them needs no more memory for many than for few."""
    page = page_of(reach, asked, at=at, limit=at_a_time)
    yield from page.rows
    while page.after:
        page = page_of(reach, asked, at=at, after=page.after, limit=at_a_time)
        yield from page.rows


def counted(reach: tuple[str, ...], asked: Asked, *, at: dt.datetime) -> int:
    """How many there are, up to a number that can be counted while somebody waits; one more means: more than that."""
    condition, values = _condition(reach, asked, at=at)
    ((count,),) = _read(f"SELECT count(*) FROM (SELECT{FOUND}{condition} LIMIT %s) few", [*values, MOST_COUNTED + 1])
    return int(count)


def matching(reach: tuple[str, ...], asked: Asked, *, at: dt.datetime) -> QuerySet[Volunteer]:
    """All of them, in no order, to be asked more of. Who belongs to one of the units today is within reach;
    of those who have left, who once did, if they are asked for."""
    condition, values = _condition(reach, asked, at=at)
    return Volunteer.objects.filter(pk__in=RawSQL(f"SELECT v.id{FOUND}{condition}", values))


def _condition(reach: tuple[str, ...], asked: Asked, *, at: dt.datetime, after: str = "") -> Said:
    """What must be true of a volunteer `v`, person `p`, account `u` and their words `s`."""
    of_their_own = _of_their_own(asked, row=_first_row(asked), after=after)
    return _all_of([_in_reach(reach, asked), *_of_other_rows(asked, at=at), *of_their_own])


def _first_row(asked: Asked) -> str:
    """From which rows the search goes in the order of numbers: those of words have it within each state."""
    return "s" if asked.state else "v"


def _in_reach(reach: tuple[str, ...], asked: Asked) -> Said:
    paths = " OR ".join(["t.path LIKE %s"] * len(reach)) or "FALSE"
    of_today = AT_HOME_IN_REACH if asked.at_home else IN_REACH
    in_reach = WAS_IN_REACH if asked.state == Volunteer.State.LEFT else of_today
    return in_reach.format(paths), [f"{path}%" for path in reach]


def _of_their_own(asked: Asked, *, row: str, after: str = "") -> Iterator[Said]:
    """What the volunteer's row answers, and the row of their words as well."""
    if text := asked.text.strip():
        yield _by_text(naming.sought(text), text)
    if asked.state:
        yield f"{row}.state = %s", [asked.state]
    if asked.speciality:
        yield f"{row}.specialities @> %s::varchar[]", [[asked.speciality]]
    if after:
        yield f"{row}.number > %s", [after]


def _of_other_rows(asked: Asked, *, at: dt.datetime) -> Iterator[Said]:
    """What is looked up for each of those who are left."""
    today = clock.local_day(at)
    if kind := asked.qualification.strip():
        yield HAS_QUALIFICATION, [[*licences.including(kind)], today]
    if asked.gate:
        yield HAS_PASSED, [asked.gate, today]
        if asked.gate == "health":  # it goes with the consent on which it rests
            yield f"NOT {HAS_WITHDRAWN}", ["health"]
    if asked.consenting:
        yield f"NOT {HAS_WITHDRAWN}", ["privacy"]
    for one in filters.added():
        if value := asked.more.get(one.name, ""):
            yield one.keeps(value, at)


def _all_of(said: Iterable[Said]) -> Said:
    conditions, values = zip(*said, strict=True)
    return " AND ".join(conditions), [value for some in values for value in some]


def _by_text(sought: naming.Sought, text: str) -> Said:
    if sought.phone:
        return "u.phone_blind = %s", [accounts.blind_phone(sought.phone)]
    if sought.id_card:
        return "p.id_blind = %s", [documents.blind(Document(ID_CARD, sought.id_card))]
    if sought.number is not None:
        return "v.number = ANY(%s)", [[text.upper(), rules.number_said(sought.number)]]
    if sought.parts:
        return "s.words @@ %s::tsquery", [word_index.beginning_with(sought.parts)]
    return "FALSE", []  # nothing that anybody could be found by


def _read(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
