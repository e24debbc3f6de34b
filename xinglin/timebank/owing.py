"""Reading what members owe: the debts within one's reach, and what somebody asked to forgive."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from xinglin.lib.errors import NotFound
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import queries as people
from xinglin.people.models import Membership, Person
from xinglin.timebank.models import Debt, Forgiveness

VERB = "forgive_debt"


def debts_seen_by(user: Any) -> QuerySet[Debt]:
    """Debts of members of the units at which the user may forgive, repaid or not, the oldest first."""
    seen = Debt.objects.filter(_is_of(user, "account__person"))
    return seen.select_related("account__person__volunteer", "account__person__merged_into__volunteer")


def owed_seen_by(user: Any) -> QuerySet[Debt]:
    """Those of them that are still owed, with whether somebody has asked to forgive them."""
    asked = Forgiveness.objects.filter(debt=OuterRef("pk"), decided_at=None)
    owed = debts_seen_by(user).filter(minutes__gt=F("repaid_minutes") + F("forgiven_minutes"))
    return owed.annotate(is_asked=Exists(asked)).order_by("pk")


def debt_seen_by(user: Any, code: str) -> Debt:
    """One debt within the user's reach; another one sounds as if there were none."""
    found = debts_seen_by(user).filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def undecided_by(user: Any) -> QuerySet[Forgiveness]:
    """All that wait for somebody else's word, within reach or not."""
    return Forgiveness.objects.filter(decided_at=None).exclude(asked_by=user)


def forgivenesses_waiting_for(user: Any) -> QuerySet[Forgiveness]:
    """What this user may decide, the oldest first: not what they asked themselves, nor what they owe."""
    waiting = _forgivenesses(user).filter(decided_at=None).exclude(asked_by=user)
    return waiting.exclude(_is_now("debt__account__person", Person.objects.filter(user=user))).order_by("pk")


def forgiveness_seen_by(user: Any, code: str) -> Forgiveness:
    """One proposal within the user's reach."""
    found = _forgivenesses(user).filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def may_decide(forgiveness: Forgiveness, user: Any) -> bool:
    """Does it wait for somebody, and may this one be the second person?"""
    person = forgiveness.debt.debtor
    about = person.user_id if person is not None else None
    return forgiveness.decided_at is None and user.pk not in (forgiveness.asked_by_id, about)


def units_of(person: Person | None) -> list[Unit]:
    """At which units somebody may forgive this person: where they belong; at the root, where they belong nowhere."""
    here = Membership.objects.filter(volunteer__person=person, left_on__isnull=True, is_lent=False)
    units = [membership.unit for membership in here.select_related("unit").order_by("joined_on", "pk")]
    root = organisation.root_unit()
    return units or ([root] if root is not None else [])


def _forgivenesses(user: Any) -> QuerySet[Forgiveness]:
    seen = Forgiveness.objects.filter(_is_of(user, "debt__account__person"))
    persons = ("debt__account__person__volunteer", "debt__account__person__merged_into__volunteer")
    return seen.select_related(*persons, "asked_by", "decided_by")


def _is_of(user: Any, path: str) -> Q:
    """The person at the end of `path` belongs to a unit of the user's, or nowhere while the root is the user's."""
    units = organisation.units_where(user, VERB)
    mine = _is_now(path, people.at_home_in(units).values("person"))
    if units.filter(depth=1).exists():
        everywhere = people.at_home_in(Unit.objects.all()).values("person")
        mine |= ~_is_now(path, everywhere)
    return mine


def _is_now(path: str, persons: Any) -> Q:
    """`Debt.debtor` in SQL: the person at the end of `path`, or whom that one was merged into, is one of these."""
    itself = Q(**{f"{path}__in": persons, f"{path}__merged_into__isnull": True})
    return itself | Q(**{f"{path}__merged_into__in": persons})
