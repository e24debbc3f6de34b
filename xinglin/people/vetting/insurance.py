"""投保: contracts of a unit, the people whom they cover, in bulk, and what runs out soon."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Least

from xinglin.audit import actions as audit
from xinglin.lib import clock
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import queries as people
from xinglin.people.errors import NotActive
from xinglin.people.models import Insurance, Insured, Volunteer
from xinglin.people.vetting import errors, files

BATCH = 5_000
MOST_NUMBERS = 5_000
BETWEEN = re.compile(r"[\s,，、;；]+")


@dataclass(frozen=True)
class Contract:
    """What stands on the policy. `content`: the bytes of its picture, as `files.read` let them through."""

    unit: Unit
    insurer: str
    number: str
    cover: str
    starts_on: dt.date
    ends_on: dt.date
    content: bytes | None = None


# What there is ----------------------------------------------------------------------------------------------------


def kept_by(user: Any) -> QuerySet[Insurance]:
    """The contracts of the user's units, those that end last first, with how many they cover."""
    mine = organisation.reaches(user, "keep_vetting", "unit__path")
    covered = Count("insured", filter=Q(insured__removed_at__isnull=True))
    rows = Insurance.objects.filter(mine).select_related("unit", "file", "made_by").annotate(covered=covered)
    return rows.order_by("-ends_on", "-pk")


def insured_by(insurance: Insurance) -> QuerySet[Insured]:
    """Whom a contract covers."""
    rows = Insured.objects.filter(insurance=insurance, removed_at__isnull=True)
    return rows.select_related("volunteer__person").order_by("volunteer__number")


def uncovered(user: Any, *, on: dt.date) -> QuerySet[Volunteer]:
    """Active volunteers of the user's units whom nothing covers on a day."""
    covers = Insured.objects.filter(volunteer=OuterRef("pk"), removed_at__isnull=True, since__lte=on, until__gte=on)
    mine = people.members_where(user, "keep_vetting")
    return mine.filter(~Exists(covers), state=Volunteer.State.ACTIVE)


def ending_soon(insurances: Iterable[Insurance], *, at: dt.datetime) -> set[int]:
    """The keys of those that end within the days of which their unit's policy warns."""
    today, name = clock.local_day(at), "expiry_notice_days"
    values = organisation.policy_values([name], {one.unit for one in insurances}, at=at)
    until = {unit_id: today + dt.timedelta(days=days[name]) for unit_id, days in values.items()}
    return {one.pk for one in insurances if today <= one.ends_on <= until[one.unit_id]}


# The verbs --------------------------------------------------------------------------------------------------------


@transaction.atomic
def register(*, contract: Contract, by: Any, at: dt.datetime) -> Insurance:
    """Write down a contract that the unit has made."""
    if contract.ends_on < contract.starts_on:
        raise errors.InsuranceEndsFirst
    if contract.ends_on < clock.local_day(at):
        raise errors.InsuranceIsOver
    file = files.keep(contract.content, owner=None, by=by, at=at) if contract.content is not None else None
    try:
        with transaction.atomic():
            insurance = Insurance.objects.create(
                unit=contract.unit,
                insurer=contract.insurer.strip(),
                number=contract.number.strip(),
                cover=contract.cover.strip(),
                starts_on=contract.starts_on,
                ends_on=contract.ends_on,
                file=file,
                made_by=by,
                made_at=at,
            )
    except IntegrityError as known:
        raise errors.InsuranceKnown from known
    _note("registered_insurance", insurance, by=by, at=at)
    return insurance


@transaction.atomic
def cover_unit(*, insurance: Insurance, unit: Unit, by: Any, at: dt.datetime) -> int:
    """Cover every active volunteer of a unit and of all below it; answers how many were new."""
    below = Unit.objects.filter(path__startswith=unit.path)
    return _cover(insurance, people.members_of(below).filter(state=Volunteer.State.ACTIVE), by=by, at=at)


@transaction.atomic
def cover_numbers(*, insurance: Insurance, typed: str, by: Any, at: dt.datetime) -> tuple[int, list[str]]:
    """Cover those whose numbers were pasted; answers how many were new, and which numbers are of nobody here."""
    numbers = {number.upper() for number in BETWEEN.split(typed.strip()) if number}
    if not numbers or len(numbers) > MOST_NUMBERS:
        raise errors.NumbersMissing(most=MOST_NUMBERS)
    below = Unit.objects.filter(path__startswith=insurance.unit.path)
    found = people.members_of(below).filter(number__in=numbers, state=Volunteer.State.ACTIVE)
    unknown = sorted(numbers - set(found.values_list("number", flat=True)))
    return _cover(insurance, found, by=by, at=at), unknown


@transaction.atomic
def cover(*, insurance: Insurance, volunteer: Volunteer, by: Any, at: dt.datetime) -> Insured:
    """Cover one volunteer of the unit or of those below it."""
    organisation.demand(by, "keep_vetting", insurance.unit)
    volunteer = people.held(volunteer)
    if volunteer.state != Volunteer.State.ACTIVE:
        raise NotActive
    below = Unit.objects.filter(path__startswith=insurance.unit.path)
    if not people.members_of(below).filter(pk=volunteer.pk).exists():
        raise errors.NotUnderInsurance
    try:
        with transaction.atomic():
            made = Insured.objects.create(insurance=insurance, volunteer=volunteer, **_days(insurance, by=by, at=at))
    except IntegrityError as covered:
        raise errors.CoveredAlready from covered
    _note("covered", insurance, by=by, at=at, volunteer=volunteer.number)
    return made


@transaction.atomic
def uncover(*, insurance: Insurance, volunteer: Volunteer, by: Any, at: dt.datetime, made: int | None = None) -> None:
    """Take somebody off: from tomorrow on the contract covers them no more. `made`: only if it is still by that row."""
    rows = Insured.objects.filter(insurance=insurance, volunteer=volunteer)
    if not take_off(rows if made is None else rows.filter(pk=made), by=by, at=at):
        raise errors.NotCovered
    _note("uncovered", insurance, by=by, at=at, volunteer=volunteer.number)


def take_off(rows: QuerySet[Insured], *, by: Any, at: dt.datetime) -> int:
    """Those of the rows that stand end today, or on the day on which they have ended already; answers how many."""
    until = Least(F("until"), clock.local_day(at))
    return rows.filter(removed_at__isnull=True).update(removed_at=at, removed_by=by, until=until)


def _cover(insurance: Insurance, volunteers: QuerySet[Volunteer], *, by: Any, at: dt.datetime) -> int:
    """In few statements for a whole city. Whoever is covered already stays so: the constraint leaves them out."""
    facts = _days(insurance, by=by, at=at)
    covered = Insured.objects.filter(insurance=insurance, removed_at__isnull=True)
    new = list(volunteers.exclude(pk__in=covered.values("volunteer")).order_by("pk").values_list("pk", flat=True))
    rows = [Insured(insurance=insurance, volunteer_id=pk, **facts) for pk in new]
    Insured.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    _note("covered", insurance, by=by, at=at, count=len(new))
    return len(new)


def _days(insurance: Insurance, *, by: Any, at: dt.datetime) -> dict[str, Any]:
    """From today on, or from its first day; a contract that has ended covers nobody any more."""
    today = clock.local_day(at)
    if insurance.ends_on < today:
        raise errors.InsuranceIsOver
    since = max(insurance.starts_on, today)
    return {"since": since, "until": insurance.ends_on, "added_by": by, "added_at": at}


def _note(verb: str, insurance: Insurance, *, by: Any, at: dt.datetime, **facts: Any) -> None:
    thing = f"insurance:{insurance.code}"
    audit.record(actor=by, verb=verb, thing=thing, unit_path=insurance.unit.path, facts=facts, at=at)
