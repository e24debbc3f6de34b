"""Writing whom a roster brings: accounts, persons, volunteers, memberships and roles, each kind of row by one COPY."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from xinglin.accounts import actions as accounts
from xinglin.lib import copy_rows
from xinglin.lib.copy_rows import binary, day, draw_ids, line, text, words
from xinglin.lib.ids import short_codes
from xinglin.lib.word_index import quoted
from xinglin.organisation.models import Unit
from xinglin.people import naming, numbers
from xinglin.people.comparing import Known, Looked
from xinglin.people.roster import Entry

PERSONS, VOLUNTEERS, MEMBERSHIPS = "people_person", "people_volunteer", "people_membership"
ROLES, SOUGHT = "organisation_role", "people_sought"
TABLES = (accounts.USERS, PERSONS, SOUGHT, VOLUNTEERS, MEMBERSHIPS, ROLES)

PERSON_COLUMNS = (
    *("id", "code", "user_id", "name", "sex", "born_on", "id_kind", "id_sealed", "id_blind", "id_tail"),
    *("political_status", "education", "employment", "township", "created_at"),
)
VOLUNTEER_COLUMNS = (
    *("id", "number", "person_id", "state", "state_reason", "joined_on", "specialities", "half_days", "note"),
)
MEMBERSHIP_COLUMNS = ("volunteer_id", "unit_id", "joined_on")
SOUGHT_COLUMNS = ("person_id", "volunteer_key", "number", "state", "specialities", "words")
ROLE_COLUMNS = ("code", "user_id", "unit_id", "name", "starts_at")


class ToBeSought(NamedTuple):
    """A volunteer who is to be found by name."""

    person: int
    volunteer: int
    number: str
    name: str
    state: str
    specialities: Sequence[str]


def add_newcomers(newcomers: Sequence[Known], *, at: dt.datetime, is_demo: bool) -> None:
    """Accounts, persons and volunteers; each of those who are known now knows their rows."""
    if not newcomers:
        return
    lines = [_line(someone) for someone in newcomers]
    given = numbers.take(len(lines))
    users = accounts.register_many(
        newcomers=[
            accounts.Newcomer(number, one.entry.name, one.entry.phone, one.phone)
            for number, one in zip(given, lines, strict=True)
        ],
        at=at,
        is_demo=is_demo,
    )
    persons, volunteers = draw_ids(PERSONS, len(lines)), draw_ids(VOLUNTEERS, len(lines))
    codes, moment = short_codes(len(lines)), at.isoformat()
    copy_rows.copy_in(  # before the persons, or a trigger would make the rows without their words
        SOUGHT,
        SOUGHT_COLUMNS,
        lines_of_words(
            ToBeSought(person, volunteer, number, one.entry.name, "active", one.entry.specialities)
            for person, volunteer, number, one in zip(persons, volunteers, given, lines, strict=True)
        ),
    )
    copy_rows.copy_in(
        PERSONS,
        PERSON_COLUMNS,
        [_person(*said, moment) for said in zip(lines, persons, users, codes, strict=True)],
    )
    copy_rows.copy_in(
        VOLUNTEERS,
        VOLUNTEER_COLUMNS,
        [_volunteer(*said) for said in zip(lines, volunteers, persons, given, strict=True)],
    )
    for someone, user, volunteer in zip(newcomers, users, volunteers, strict=True):
        someone.user, someone.volunteer = user, volunteer


def add_memberships(joining: Sequence[tuple[Known, Entry]], units: Mapping[str, Unit], *, at: dt.datetime) -> None:
    """Who joins which unit, and the role of a volunteer there."""
    codes, moment = short_codes(len(joining)), at.isoformat()
    keys = {name: str(unit.pk) for name, unit in units.items()}
    copy_rows.copy_in(
        MEMBERSHIPS,
        MEMBERSHIP_COLUMNS,
        [line(str(someone.volunteer), keys[entry.unit], day(entry.joined_on)) for someone, entry in joining],
    )
    copy_rows.copy_in(
        ROLES,
        ROLE_COLUMNS,
        [
            line(code, str(someone.user), keys[entry.unit], "volunteer", moment)
            for code, (someone, entry) in zip(codes, joining, strict=True)
        ],
    )


def _person(one: Looked, key: int, user: int, code: str, moment: str) -> str:
    entry, kept = one.entry, one.sealed
    assert kept is not None, "a good line was sealed"
    who = (str(key), code, str(user), text(entry.name), entry.sex, day(kept["born_on"]))
    document = (kept["id_kind"], binary(kept["id_sealed"]), binary(kept["id_blind"]), kept["id_tail"])
    rest = (entry.political_status, entry.education, entry.employment, text(entry.township), moment)
    return line(*who, *document, *rest)


def _volunteer(one: Looked, key: int, person: int, number: str) -> str:
    entry = one.entry
    can = (words(entry.specialities), words(entry.half_days), text(entry.note))
    return line(str(key), number, str(person), "active", "", day(entry.joined_on), *can)


def lines_of_words(people: Iterable[ToBeSought]) -> list[str]:
    """Names of the same initials stand together: whoever is found together is then read from few pages of the table,
    which among millions is half of a search."""
    said = sorted(((naming.words_of(one.name), one) for one in people), key=lambda pair: naming.sound_of(pair[0]))
    return [
        line(
            *(str(one.person), str(one.volunteer), one.number, one.state, words(one.specialities)),
            text(" ".join(map(quoted, of_name))),
        )
        for of_name, one in said
    ]


def _line(someone: Known) -> Looked:
    assert someone.line is not None, "a newcomer comes from a line"
    return someone.line
