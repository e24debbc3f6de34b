"""Taking in a bureau's roster: good lines become volunteers in one transaction, bad ones go back with their reasons.

Set-based: a handful of statements whether fifty people come or five thousand. A second run finds everybody there.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from xinglin.accounts import actions as accounts
from xinglin.accounts import queries as accounts_queries
from xinglin.accounts.errors import PhoneTaken
from xinglin.accounts.models import User
from xinglin.audit import actions as audit
from xinglin.lib import clock, sheets
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Role, Unit
from xinglin.people import documents, numbers, roster
from xinglin.people.errors import ImportCollided
from xinglin.people.models import Membership, Person, Volunteer
from xinglin.people.roster import Entry, Reasons

BATCH = 2000
ONE_ROSTER_AT_A_TIME = 0x585F_524F  # key of the advisory lock


@dataclass
class Outcome:
    """What an import did, or in a dry run would do. Holds no name and no number."""

    lines: int
    persons: int = 0
    memberships: int = 0
    already: int = 0
    back: dict[int, Reasons] = field(default_factory=dict)

    @property
    def per_reason(self) -> Counter[str]:
        """How many lines go back for which reason; a line with two reasons counts under both."""
        return Counter(code for reasons in self.back.values() for code in set(reasons.codes.values()))


@dataclass
class _Known:
    """Someone whom the house knows already, or whom an earlier line of this roster brings."""

    where: str
    name: str
    sex: str
    entry: Entry | None = None
    user: User | None = None
    volunteer: Volunteer | None = None
    units: set[str] = field(default_factory=set)


@dataclass
class _Plan:
    newcomers: list[_Known] = field(default_factory=list)
    joining: list[tuple[_Known, Entry]] = field(default_factory=list)


def read_roster(path: Path) -> sheets.Table:
    """The roster in a file; refuses what is no roster."""
    return sheets.read(path, roster.COLUMNS)


def write_back(path: Path, table: sheets.Table, outcome: Outcome) -> None:
    """The lines that were not taken in, as a spreadsheet that can be mended and imported again."""
    sheets.write_back(path, table, {number: reasons.said for number, reasons in outcome.back.items()})


@transaction.atomic
def import_roster(
    *, table: sheets.Table, at: dt.datetime, actor: Any = None, is_demo: bool = False, dry_run: bool = False
) -> Outcome:
    """Take in every good line, all or nothing; the outcome names the lines that go back."""
    _wait_for_other_rosters()
    units = {sheets.folded(unit.name): unit for unit in organisation.open_units()}
    outcome = Outcome(lines=len(table.lines))
    read = [roster.read(line, units=units.keys(), today=clock.local_day(at)) for line in table.lines]
    plan = _planned(read, outcome)
    outcome.persons, outcome.memberships = len(plan.newcomers), len(plan.joining)
    if not dry_run and plan.joining:
        _write(plan, units, at=at, is_demo=is_demo)
        facts = {"persons": outcome.persons, "memberships": outcome.memberships, "back": len(outcome.back)}
        audit.record(actor=actor, verb="imported_roster", thing="roster:*", facts=facts, at=at)
    return outcome


def _wait_for_other_rosters() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_ROSTER_AT_A_TIME])


# Who is who -------------------------------------------------------------------------------------------------------


def _planned(read: Sequence[tuple[Entry, Reasons]], outcome: Outcome) -> _Plan:
    """Compare every line with the accounts there are and with the good lines above it."""
    blinds = {entry.line: documents.blind(entry.document) for entry, _why in read if entry.document.kind}
    known = _known_persons(set(blinds.values()))
    owners: dict[str, _Known] = {}
    phones = accounts_queries.phones_taken({entry.phone for entry, _why in read if entry.phone})
    plan = _Plan()
    for entry, why in read:
        someone = known.get(blinds.get(entry.line, b""))
        _contradictions(why, entry, someone, phones.get(entry.phone or ""), owners.get(entry.phone or ""))
        if why.said:
            outcome.back[entry.line] = why
            continue
        if someone is None:
            someone = _Known(_("第%(line)s行") % {"line": entry.line}, entry.name, entry.sex, entry)
            known[blinds[entry.line]] = someone
            plan.newcomers.append(someone)
        if entry.phone:
            owners[entry.phone] = someone
        if entry.unit in someone.units:
            outcome.already += 1
        else:
            someone.units.add(entry.unit)
            plan.joining.append((someone, entry))
    return plan


def _known_persons(blinds: set[bytes]) -> dict[bytes, _Known]:
    persons = Person.objects.filter(id_blind__in=blinds).select_related("user", "volunteer")
    known = {bytes(person.id_blind): _known(person) for person in persons}
    by_volunteer = {someone.volunteer.pk: someone for someone in known.values() if someone.volunteer}
    members = Membership.objects.filter(volunteer__in=by_volunteer.keys(), left_on__isnull=True)
    for volunteer_id, unit in members.values_list("volunteer_id", "unit__name"):
        by_volunteer[volunteer_id].units.add(sheets.folded(unit))
    return known


def _known(person: Person) -> _Known:
    volunteer = getattr(person, "volunteer", None)
    where = _("已有志愿者（%(number)s）") % {"number": volunteer.number} if volunteer else _("已有账号")
    return _Known(where, person.name, person.sex, user=person.user, volunteer=volunteer)


def _contradictions(
    why: Reasons, entry: Entry, someone: _Known | None, holder: User | None, owner: _Known | None
) -> None:
    """Why a line cannot be used beside those there are: `holder` and `owner` have its phone, in the house or above."""
    if someone is not None:
        _differences(why, entry, someone, holder, owner)
        _not_serving(why, someone)
    elif owner is not None:
        _phone_of_another(why, owner.where)
    elif holder is not None:
        _phone_of_another(why, _("另一个账号"))


def _differences(why: Reasons, entry: Entry, someone: _Known, holder: User | None, owner: _Known | None) -> None:
    """One document stands for one person: name, sex and phone must be those of whoever showed it first."""
    differ = [
        column
        for column, one, other in ((roster.NAME, entry.name, someone.name), (roster.SEX, entry.sex, someone.sex))
        if one and other and one != other
    ]
    if entry.phone and not _same_phone(entry, someone, holder, owner):
        differ.append(roster.PHONE)
    if not differ:
        return
    said = {"where": someone.where, "columns": _("、").join(differ)}
    sentence = _("证件号码和%(where)s相同，但%(columns)s不一样，请核对是不是同一个人") % said
    for column in (roster.NUMBER, *differ):
        why.add(column, "document_contradicts", sentence)


def _same_phone(entry: Entry, someone: _Known, holder: User | None, owner: _Known | None) -> bool:
    if someone.entry is not None:
        return someone.entry.phone in (None, entry.phone) and owner in (None, someone) and holder is None
    assert someone.user is not None
    if not someone.user.phone_sealed:
        return holder is None
    return holder is not None and holder.pk == someone.user.pk


def _not_serving(why: Reasons, someone: _Known) -> None:
    """An import neither decides an application nor calls back who left."""
    if someone.entry is None and someone.volunteer is None:
        sentence = _("这个人已经在手机上申请，请在工作台里审核，不用导入")
        why.add(roster.NUMBER, "has_applied", sentence)
    elif someone.volunteer is not None and someone.volunteer.state == Volunteer.State.LEFT:
        why.add(roster.NUMBER, "has_left", _("%(where)s已经退出，要回来请在工作台里办理") % {"where": someone.where})


def _phone_of_another(why: Reasons, where: str) -> None:
    sentence = _("手机号码和%(where)s的相同，但证件号码不同，一个手机号只能给一个人用") % {"where": where}
    why.add(roster.PHONE, "phone_of_another", sentence)


# Writing ----------------------------------------------------------------------------------------------------------


def _write(plan: _Plan, units: Mapping[str, Unit], *, at: dt.datetime, is_demo: bool) -> None:
    try:
        with transaction.atomic():
            _add_newcomers(plan.newcomers, at=at, is_demo=is_demo)
            _add_memberships(plan.joining, units, at=at)
    except (PhoneTaken, IntegrityError) as collided:
        # What was read above was no longer true: somebody applied at the same moment.
        raise ImportCollided from collided


def _add_newcomers(newcomers: Sequence[_Known], *, at: dt.datetime, is_demo: bool) -> None:
    given = numbers.take(len(newcomers))
    asked = [
        accounts.Newcomer(login_name=number, name=someone.name, phone=_entry(someone).phone)
        for number, someone in zip(given, newcomers, strict=True)
    ]
    users = {user.login_name: user for user in accounts.register_many(newcomers=asked, at=at, is_demo=is_demo)}
    persons = [_person(_entry(someone), users[number], at) for number, someone in zip(given, newcomers, strict=True)]
    Person.objects.bulk_create(persons, batch_size=BATCH)
    volunteers = [
        _volunteer(_entry(someone), person, number)
        for number, person, someone in zip(given, persons, newcomers, strict=True)
    ]
    Volunteer.objects.bulk_create(volunteers, batch_size=BATCH)
    for someone, volunteer in zip(newcomers, volunteers, strict=True):
        someone.volunteer, someone.user = volunteer, volunteer.person.user


def _add_memberships(joining: Iterable[tuple[_Known, Entry]], units: Mapping[str, Unit], *, at: dt.datetime) -> None:
    joining = list(joining)
    Membership.objects.bulk_create(
        [
            Membership(volunteer=someone.volunteer, unit=units[entry.unit], joined_on=entry.joined_on)
            for someone, entry in joining
        ],
        batch_size=BATCH,
    )
    Role.objects.bulk_create(
        [
            Role(user=someone.user, unit=units[entry.unit], name=Role.Name.VOLUNTEER, starts_at=at)
            for someone, entry in joining
        ],
        batch_size=BATCH,
    )


def _person(entry: Entry, user: User, at: dt.datetime) -> Person:
    return Person(
        user=user,
        name=entry.name,
        sex=entry.sex,
        political_status=entry.political_status,
        education=entry.education,
        employment=entry.employment,
        township=entry.township,
        created_at=at,
        **documents.sealed(entry.document),
    )


def _volunteer(entry: Entry, person: Person, number: str) -> Volunteer:
    return Volunteer(
        number=number,
        person=person,
        joined_on=entry.joined_on,
        specialities=list(entry.specialities),
        half_days=list(entry.half_days),
        note=entry.note,
    )


def _entry(someone: _Known) -> Entry:
    assert someone.entry is not None, "a newcomer comes from a line"
    return someone.entry
