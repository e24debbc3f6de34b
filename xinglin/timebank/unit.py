"""What the time bank holds of a unit: minutes in its pool, its reserve and as a team, and requests that wait."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from xinglin.organisation import queries as organisation
from xinglin.organisation.hanging import Hanging, some
from xinglin.organisation.models import Unit
from xinglin.organisation.models.units import PARTS_OF_A_HOUSE
from xinglin.timebank.actions import accounts
from xinglin.timebank.actions.posting import post
from xinglin.timebank.models import Account, Request
from xinglin.timebank.rules import AccountKind, Outcome, Transfer, TransferKind

KEYS = {
    "timebank.Account.unit",
    "timebank.Gift.pool_unit",  # stays: that is where it went
    "timebank.Gift.team",  # stays too; the team's account is handed over like the others
    "timebank.Request.unit",
    "timebank.Measurement.unit",  # stays: it was found there
}
HANDED_OVER = "单位停办，转给接手单位"  # as it stands in the ledger


def hangs_on(unit: Unit, *, successor: Unit | None, at: dt.datetime) -> list[Hanging]:
    """Whole minutes that the unit keeps, and requests without a decision."""
    kept = _accounts(unit).aggregate(minutes=Sum("balance_minutes"))["minutes"] or 0
    requests = Request.objects.filter(unit=unit, state=Request.State.WAITING)
    return some(
        Hanging(_("公益池、储备里的时间（分钟）"), kept, _("转给接手单位"), needs_successor=True),
        Hanging(_("等决定的账务"), requests.count(), _("请先决定"), blocks=True),
    )


def left_behind(unit: Unit, kind: str) -> list[Hanging]:
    """Minutes that nobody could give any more: only a team gives what was given to it, only a house from its pool."""
    lost = [AccountKind.TEAM] if unit.kind == Unit.Kind.TEAM and kind != Unit.Kind.TEAM else []
    if unit.kind not in PARTS_OF_A_HOUSE and kind in PARTS_OF_A_HOUSE:
        lost += [AccountKind.POOL, AccountKind.RESERVE]
    minutes = _accounts(unit).filter(kind__in=lost).aggregate(minutes=Sum("balance_minutes"))["minutes"] or 0
    return some(Hanging(_("存着的时间（分钟）"), minutes))


def hand_over(*, unit: Unit, successor: Unit | None, by: Any, at: dt.datetime) -> None:
    """Each account with a balance pays it over to where the successor can give it on."""
    if successor is None:
        return
    payees = {account.pk: _payee(account, successor, at=at) for account in _accounts(unit)}
    both = Account.objects.select_for_update(no_key=False).filter(pk__in={*payees, *payees.values()}).order_by("pk")
    transfers = [
        Transfer(
            key=f"closing:{account.code}",
            payer_id=account.pk,
            payee_id=payees[account.pk],
            minutes=account.balance_minutes,
            kind=TransferKind.GRANT,
            origin=f"unit:{unit.code}",
            reason=HANDED_OVER,
        )
        for account in both
        if account.pk in payees and account.balance_minutes
    ]
    answers = post(transfers=transfers, at=at) if transfers else []
    assert all(answer.outcome == Outcome.POSTED for answer in answers), "a unit's own minutes can always be paid over"


def _payee(account: Account, successor: Unit, *, at: dt.datetime) -> int:
    """From team to team; else to the house that the successor is or belongs to, for only houses give from a pool."""
    kind = AccountKind(account.kind)
    if kind == AccountKind.TEAM and successor.kind == Unit.Kind.TEAM:
        return accounts.of_unit(unit_id=successor.pk, kind=kind, at=at)
    house = organisation.houses_of([successor])[successor.pk]
    return accounts.of_unit(unit_id=house.pk, kind=AccountKind.POOL if kind == AccountKind.TEAM else kind, at=at)


def _accounts(unit: Unit) -> Any:
    return Account.objects.filter(unit=unit, is_limited=True)
