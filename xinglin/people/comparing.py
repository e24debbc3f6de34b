"""Who is who in a roster: each line against the accounts there are, and against the good lines above it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from xinglin.accounts.queries import SealedPhone
from xinglin.lib import sheets
from xinglin.organisation.models import Unit
from xinglin.people import documents, roster, rules
from xinglin.people.models import Membership, Person, Volunteer
from xinglin.people.roster import Entry, Reasons


class Looked(NamedTuple):
    """A line that was read: what finds its person and its phone, and both sealed for whoever is new."""

    entry: Entry
    why: Reasons | None
    blind: bytes | None
    phone: SealedPhone | None
    sealed: dict[str, Any] | None


@dataclass(slots=True)
class Known:
    """Someone whom the house knows already, or whom an earlier line of this roster brings."""

    name: str
    sex: str
    born_on: dt.date | None = None
    row: int = 0  # of the line that brings them
    phone: str | None = None  # in that line
    line: Looked | None = None  # until they are written
    user: int = 0
    volunteer: int = 0
    number: str = ""
    has_phone: bool = False
    has_left: bool = False
    units: tuple[str, ...] = ()  # the folded names of those they belong to

    @classmethod
    def of_line(cls, line: Looked) -> Known:
        entry = line.entry
        return cls(entry.name, entry.sex, entry.document.born_on, entry.line, entry.phone, line)

    @property
    def where(self) -> str:
        if self.row:
            return _("第%(line)s行") % {"line": self.row}
        return _("已有志愿者（%(number)s）") % {"number": self.number} if self.number else _("已有账号")


@dataclass
class Seen:
    """Whom the lines so far have shown, by the blind index of their document, and whose each phone is."""

    persons: dict[bytes, Known] = field(default_factory=dict)
    owners: dict[bytes, Known] = field(default_factory=dict)

    def learn(self, known: Mapping[bytes, Known]) -> None:
        """Of the house; those of earlier lines stay as they are."""
        self.persons = {**known, **self.persons} if len(known) else self.persons


@dataclass
class Plan:
    """What is to be written: who is new, and who joins which unit."""

    newcomers: list[Known] = field(default_factory=list)
    joining: list[tuple[Known, Entry]] = field(default_factory=list)


def known_persons(blinds: Iterable[bytes]) -> dict[bytes, Known]:
    """Those of these documents whom the house knows: two queries for thousands."""
    rows = Person.objects.filter(id_blind__in=set(blinds)).values_list(
        *("id_blind", "name", "sex", "born_on", "user", "user__phone_blind"),
        *("volunteer", "volunteer__number", "volunteer__state"),
    )
    known = {
        bytes(blind): Known(
            name,
            sex,
            born_on,
            user=user,
            volunteer=volunteer or 0,
            number=number or "",
            has_phone=phone is not None,
            has_left=state == Volunteer.State.LEFT,
        )
        for blind, name, sex, born_on, user, phone, volunteer, number, state in rows
    }
    by_volunteer = {someone.volunteer: someone for someone in known.values() if someone.volunteer}
    members = Membership.objects.filter(volunteer__in=by_volunteer.keys(), left_on__isnull=True)
    for volunteer_id, unit in members.values_list("volunteer_id", "unit__name") if by_volunteer else ():
        by_volunteer[volunteer_id].units += (sheets.folded(unit),)
    return known


def contradictions(
    why: Reasons, entry: Entry, someone: Known | None, phone: bytes | None, holders: Mapping[bytes, int], seen: Seen
) -> None:
    """Why a line cannot be used beside those there are: `holders` and `seen` tell whose its phone is."""
    holder, owner = (holders.get(phone), seen.owners.get(phone)) if phone else (None, None)
    if someone is not None:
        _differences(why, entry, someone, holder, owner)
        _not_serving(why, someone)
    elif owner is not None:
        _phone_of_another(why, owner.where)
    elif holder is not None:
        _phone_of_another(why, _("另一个账号"))


def out_of_reach(why: Reasons, entry: Entry, units: Mapping[str, Unit], mine: frozenset[int]) -> None:
    """A coordinator brings people into their own units."""
    unit = units.get(entry.unit)
    if unit is not None and unit.pk not in mine:
        why.add(roster.UNIT, "unit_of_another", _("“%(name)s”不归您管，请交给它的协调员导入") % {"name": unit.name})


def too_young(why: Reasons, entry: Entry, lowest_ages: Mapping[str, int], *, today: dt.date) -> None:
    """No list brings a child into a unit that takes nobody so young."""
    born_on, lowest_age = entry.document.born_on, lowest_ages.get(entry.unit)
    if born_on is None or lowest_age is None or rules.age_on(born_on, on=today) >= lowest_age:
        return
    column = roster.NUMBER if entry.document.kind == documents.ID_CARD else roster.BORN
    why.add(column, "too_young", _("不满 %(age)s 岁，这支队伍还不能收。大一些再来") % {"age": lowest_age})


def _differences(why: Reasons, entry: Entry, someone: Known, holder: int | None, owner: Known | None) -> None:
    """One document stands for one person: name, sex, birthday and phone must be those of whoever showed it first."""
    both = (
        (roster.NAME, entry.name, someone.name),
        (roster.SEX, entry.sex, someone.sex),
        (roster.BORN, entry.document.born_on, someone.born_on),
    )
    differ = [column for column, one, other in both if one and other and one != other]
    if entry.phone and not _same_phone(entry, someone, holder, owner):
        differ.append(roster.PHONE)
    if not differ:
        return
    said = {"where": someone.where, "columns": _("、").join(differ)}
    sentence = _("证件号码和%(where)s相同，但%(columns)s不一样，请核对是不是同一个人") % said
    for column in (roster.NUMBER, *differ):
        why.add(column, "document_contradicts", sentence)


def _same_phone(entry: Entry, someone: Known, holder: int | None, owner: Known | None) -> bool:
    if someone.row:
        return someone.phone in (None, entry.phone) and owner in (None, someone) and holder is None
    return holder == someone.user if someone.has_phone else holder is None


def _not_serving(why: Reasons, someone: Known) -> None:
    """An import neither decides an application nor calls back who left."""
    if not someone.row and not someone.volunteer:
        sentence = _("这个人已经在手机上申请，请在工作台里审核，不用导入")
        why.add(roster.NUMBER, "has_applied", sentence)
    elif someone.has_left:
        why.add(roster.NUMBER, "has_left", _("%(where)s已经退出，要回来请在工作台里办理") % {"where": someone.where})


def _phone_of_another(why: Reasons, where: str) -> None:
    sentence = _("手机号码和%(where)s的相同，但证件号码不同，一个手机号只能给一个人用") % {"where": where}
    why.add(roster.PHONE, "phone_of_another", sentence)
