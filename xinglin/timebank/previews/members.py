"""Whom a policy would hold for, and what they have."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import QuerySet

from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.organisation.previews import Question
from xinglin.people import queries as people
from xinglin.people.models import Volunteer
from xinglin.timebank.models import Account
from xinglin.timebank.queries import MEMBER_KINDS
from xinglin.timebank.rules import AccountKind


@dataclass(frozen=True)
class Member:
    """A volunteer at home where the policy would hold, with what lies in their accounts."""

    volunteer: Volunteer
    home: Unit
    balances: dict[str, int] = field(default_factory=dict)  # by the kind of account; empty: none is open

    @property
    def number(self) -> str:
        return self.volunteer.number

    @property
    def free_minutes(self) -> int:
        return self.balances.get(AccountKind.MEMBER, 0)

    @property
    def holding_minutes(self) -> int:
        return sum(self.balances.values())


def members_ruled(question: Question, persons: Collection[int] | QuerySet | None = None) -> list[Member]:  # type: ignore[type-arg]
    """Volunteers at home where this policy would hold; only those of `persons`, if given."""
    ruled = organisation.units_ruled_by(question.name, question.unit)
    volunteers = people.members_of(ruled)
    if persons is not None:
        volunteers = volunteers.filter(person__in=persons)
    found = list(volunteers)
    homes = people.home_units(volunteer.person for volunteer in found)
    within = set(ruled.values_list("pk", flat=True))
    balances = _balances({one.person_id for one in found})
    return [
        Member(volunteer, homes[volunteer.person_id], balances.get(volunteer.person_id, {}))
        for volunteer in found
        if homes[volunteer.person_id].pk in within
    ]


def with_minutes(question: Question) -> list[Member]:
    """Those of them who have something, free or held."""
    rows = Account.objects.filter(kind__in=MEMBER_KINDS, unit=None, balance_minutes__gt=0)
    return members_ruled(question, rows.values("person"))


def _balances(persons: Collection[int]) -> dict[int, dict[str, int]]:
    rows = Account.objects.filter(kind__in=MEMBER_KINDS, unit=None, person__in=persons)
    balances: dict[int, dict[str, int]] = {}
    for person_id, kind, minutes in rows.values_list("person_id", "kind", "balance_minutes"):
        balances.setdefault(person_id or 0, {})[kind] = minutes or 0
    return balances
