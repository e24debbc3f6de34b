"""Who is meant by the lines of a chat list: volunteers whom the asker may see, by number, phone, or name and tail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from xinglin.accounts import queries as accounts
from xinglin.activities.chatlist import Line
from xinglin.activities.models import Shift, Signup
from xinglin.organisation.models import Unit
from xinglin.people.models import Membership, Volunteer

MOST_CANDIDATES = 6


@dataclass(frozen=True)
class Recognised:
    """A line with those it may mean, likeliest first, and the one it surely means, if it does."""

    line: Line
    candidates: tuple[Volunteer, ...] = ()
    surely: Volunteer | None = None
    is_signed_up: bool = False


def recognise(lines: Sequence[Line], *, shift: Shift, among: QuerySet[Volunteer]) -> list[Recognised]:
    """One answer a line, in few queries for the whole list. Two of one name: who is of the shift's unit goes before."""
    asked = [line for line in lines if not line.problem]
    seen = among.filter(state=Volunteer.State.ACTIVE)
    by_number = {one.number: one for one in seen.filter(number__in=[line.number for line in asked if line.number])}
    holders = accounts.phones_taken([line.phone for line in asked if line.phone])
    by_user = {one.person.user_id: one for one in seen.filter(person__user__in=holders.values())}
    by_phone = {phone: by_user.get(holder) for phone, holder in holders.items()}
    of_name: dict[str, list[Volunteer]] = {}
    for one in seen.filter(person__name__in={line.name for line in asked if line.name}):
        of_name.setdefault(one.person.name, []).append(one)
    at_home = _members(shift.activity.project.unit, [one for named in of_name.values() for one in named])
    taken = set(Signup.objects.filter(shift=shift, state=Signup.State.TAKEN).values_list("volunteer_id", flat=True))
    return [_of(line, by_number, by_phone, of_name, at_home, taken) for line in lines]


def _of(
    line: Line,
    by_number: dict[str, Volunteer],
    by_phone: dict[str, Volunteer | None],
    of_name: dict[str, list[Volunteer]],
    at_home: set[int],
    taken: set[int],
) -> Recognised:
    if line.problem:
        return Recognised(line)
    named = sorted(of_name.get(line.name, []), key=lambda one: (one.pk not in at_home, one.number))
    sure = by_number.get(line.number) or by_phone.get(line.phone)
    if sure is not None:
        fits = not line.name or line.name == sure.person.name
        found = (sure, *[one for one in named if one != sure])
        return _with(line, found, sure if fits else None, taken)  # a number of somebody else: let a person look
    if line.tail or line.phone:
        tail = line.tail or line.phone[-4:]
        fitting = [one for one in named if _tail_of(one) == tail]
        return _with(line, fitting or named, fitting[0] if len(fitting) == 1 else None, taken)
    here = [one for one in named if one.pk in at_home]
    only = here if len(here) == 1 else named if len(named) == 1 else []
    return _with(line, named, only[0] if only else None, taken)


def _with(line: Line, found: Sequence[Volunteer], sure: Volunteer | None, taken: set[int]) -> Recognised:
    return Recognised(line, tuple(found[:MOST_CANDIDATES]), sure, sure is not None and sure.pk in taken)


def _tail_of(volunteer: Volunteer) -> str:
    return (accounts.phone_of(volunteer.person.user) or "")[-4:]


def _members(unit: Unit, volunteers: Sequence[Volunteer]) -> set[int]:
    """Those of them who belong to the unit or to one below it."""
    current = Membership.objects.filter(volunteer__in=volunteers, left_on__isnull=True)
    return set(current.filter(unit__path__startswith=unit.path).values_list("volunteer_id", flat=True))
