"""Reading what the staff asked to move: what waits for whose word, and what a unit has to give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from xinglin.lib.errors import NotFound
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people.models import Person
from xinglin.timebank.models import Account, Entry, Request, Transfer
from xinglin.timebank.rules import AccountKind

VERB = "move_minutes"
MOST_ENTRIES = 20


def requests_seen_by(user: Any) -> QuerySet[Request]:
    """Requests of the units at which the user may move minutes, the latest first."""
    seen = Request.objects.filter(unit__in=organisation.units_where(user, VERB))
    return seen.select_related("unit", "person__volunteer", "asked_by", "decided_by").order_by("-asked_at", "-pk")


def undecided_by(user: Any) -> QuerySet[Request]:
    """All that wait for somebody else's word, within reach or not."""
    return Request.objects.filter(state=Request.State.WAITING).exclude(asked_by=user)


def requests_waiting_for(user: Any) -> QuerySet[Request]:
    """Requests that this user may decide, the oldest first: not their own, none about themselves."""
    waiting = requests_seen_by(user).filter(state=Request.State.WAITING).exclude(asked_by=user)
    return waiting.exclude(person__user=user).order_by("asked_at", "pk")


def request_seen_by(user: Any, code: str) -> Request:
    """One request within the user's reach; another one sounds as if there were none."""
    found = requests_seen_by(user).filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def may_decide(request: Request, user: Any) -> bool:
    """Does it wait for somebody, and may this one be the second person?"""
    about = request.person.user_id if request.person is not None else None
    return request.state == Request.State.WAITING and user.pk not in (request.asked_by_id, about)


def balance_of_unit(unit: Unit, kind: AccountKind) -> int:
    """What a unit's pool or reserve holds."""
    account = Account.objects.filter(unit=unit, person=None, kind=kind).first()
    return (account.balance_minutes or 0) if account is not None else 0


def balances_of_units(units: Iterable[Unit], kind: AccountKind) -> dict[int, int]:
    """What the pools, reserves or teams of these units hold, by the unit's key; where none was opened, nothing."""
    rows = Account.objects.filter(unit__in=[unit.pk for unit in units], person=None, kind=kind)
    return {unit_id or 0: minutes or 0 for unit_id, minutes in rows.values_list("unit_id", "balance_minutes")}


def entries_of(person: Person) -> list[Entry]:
    """The latest entries of a member, from which one is chosen to correct."""
    account = Account.objects.filter(person=person, unit=None, kind=AccountKind.MEMBER).first()
    if account is None:
        return []
    return list(Entry.objects.filter(account_id=account.pk).order_by("-sequence")[:MOST_ENTRIES])


def original_of(request: Request) -> Transfer | None:
    """The transfer that a request corrects."""
    return Transfer.objects.filter(pk=request.transfer_id).first() if request.transfer_id else None
