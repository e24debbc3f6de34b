"""Debts: what a reversal could not take back. Repaid from whatever comes in, forgiven only by two people.

Whoever posts to a member who owes repays at once, in the same transaction and before its locks are given up: nobody
sees the minutes in between. Debts are looked up after the batch has been posted, because only then are the accounts
locked and no reversal can make a new debt unseen.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection
from typing import Any

from django.db import connection, transaction

from xinglin.audit import actions as audit
from xinglin.organisation import queries as organisation
from xinglin.timebank import owing
from xinglin.timebank.actions import ledger
from xinglin.timebank.errors import (
    ForgivenessAsked,
    ForgivenessDecided,
    ForgivenessReasonNeeded,
    NothingOwed,
    NotOnesOwnDebt,
    SecondPersonForgives,
)
from xinglin.timebank.models import Account, Debt, Forgiveness
from xinglin.timebank.rules import Transfer, TransferKind

STILL_OWED = """
SELECT id FROM timebank_debt
 WHERE account_id = ANY (%s) AND minutes > repaid_minutes + forgiven_minutes ORDER BY account_id, id
"""

logger = logging.getLogger(__name__)


def incur(*, debtor: Account, creditor_id: int, minutes: int, reversal: Transfer, at: dt.datetime) -> Debt:
    """Write down what `reversal` could not take back. The debtor's account is locked by the caller."""
    assert reversal.reverses is not None, "a debt comes of a reversal"
    debt = Debt.objects.create(
        account=debtor,
        creditor_id=creditor_id,
        key=reversal.key,
        reverses=reversal.reverses,
        minutes=minutes,
        origin=reversal.origin,
        reason=reversal.reason,
        incurred_at=at,
    )
    facts = {
        "row": debt.pk,
        "account": debtor.pk,
        "creditor": creditor_id,
        "key": reversal.key,
        "reverses": reversal.reverses,
        "minutes": minutes,
        "origin": reversal.origin,
    }
    audit.record(actor=None, verb="incurred_debt", thing=debt.thing, reason=reversal.reason, facts=facts, at=at)
    return debt


def repay(*, account_ids: Collection[int], at: dt.datetime) -> set[int]:
    """Pay what these accounts owe from what they have above their floor; the caller's transaction holds their locks.

    Returns the accounts that were paid: a creditor may be a member who owes too.
    """
    with connection.cursor() as cursor:
        cursor.execute(STILL_OWED, [list(account_ids)])
        ids = [pk for (pk,) in cursor.fetchall()]
    if not ids:
        return set()
    debts = list(Debt.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("account_id", "pk"))
    accounts = Account.objects.in_bulk({debt.account_id for debt in debts})
    available = {pk: (account.balance_minutes or 0) - (account.floor_minutes or 0) for pk, account in accounts.items()}
    paid: list[tuple[Debt, Transfer]] = []
    for debt in debts:
        minutes = min(debt.owed_minutes, available[debt.account_id])
        if minutes > 0:
            available[debt.account_id] -= minutes
            paid.append((debt, _repayment(debt, minutes)))
    answers = ledger.write(transfers=[transfer for _debt, transfer in paid], at=at)
    for (debt, transfer), answer in zip(paid, answers, strict=True):
        if answer.stands:
            debt.repaid_minutes += transfer.minutes
            debt.save(update_fields=["repaid_minutes"])
        else:
            logger.error("a repayment of %s was answered %s %s", debt.thing, answer.outcome, answer.reason)
    return {transfer.payee_id for (_, transfer), answer in zip(paid, answers, strict=True) if answer.stands}


def _repayment(debt: Debt, minutes: int) -> Transfer:
    return Transfer(
        key=f"repay:{debt.code}:{debt.repaid_minutes}",  # what was repaid before only grows, so no two are alike
        payer_id=debt.account_id,
        payee_id=debt.creditor_id,
        minutes=minutes,
        kind=TransferKind.REPAYMENT,
        origin=debt.thing,
        reason=debt.reason,
    )


# Forgiving --------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_to_forgive(*, debt: Debt, by: Any, reason: str, at: dt.datetime) -> Forgiveness:
    """Propose to forgive what is still owed; a second person decides. Asking twice is once.

    Raises NotOnesOwnDebt, ForgivenessReasonNeeded, NothingOwed, ForgivenessAsked when somebody else has asked.
    """
    reason = reason.strip()
    if not reason:
        raise ForgivenessReasonNeeded
    debt = _locked(debt)
    _refuse_the_debtor(debt, by)
    path = _demand(debt, by)
    if debt.owed_minutes == 0:
        raise NothingOwed
    standing = Forgiveness.objects.filter(debt=debt, decided_at=None).first()
    if standing is not None:
        if standing.asked_by_id == by.pk:
            return standing
        raise ForgivenessAsked
    asked = Forgiveness.objects.create(debt=debt, reason=reason, asked_by=by, asked_at=at)
    facts = {"owed_minutes": debt.owed_minutes, "forgiveness": asked.code, "row": asked.pk}
    person = debt.account.person
    told: dict[str, Any] = {"reason": reason, "about": person.name if person is not None else "", "facts": facts}
    audit.record(actor=by, verb="asked_to_forgive", thing=debt.thing, unit_path=path, at=at, **told)
    return asked


@transaction.atomic
def forgive(*, forgiveness: Forgiveness, by: Any, at: dt.datetime) -> Forgiveness:
    """The second person agrees: what is still owed at this moment is forgiven. Twice is once."""
    return _decide(forgiveness, by=by, at=at, agrees=True)


@transaction.atomic
def decline_to_forgive(*, forgiveness: Forgiveness, by: Any, at: dt.datetime) -> Forgiveness:
    """The second person does not agree: the debt stays. Twice is once."""
    return _decide(forgiveness, by=by, at=at, agrees=False)


def _decide(forgiveness: Forgiveness, *, by: Any, at: dt.datetime, agrees: bool) -> Forgiveness:
    debt = _locked(forgiveness.debt)  # so nobody repays or decides meanwhile
    asked = Forgiveness.objects.get(pk=forgiveness.pk)
    _refuse_the_debtor(debt, by)
    if asked.asked_by_id == by.pk:
        raise SecondPersonForgives
    path = _demand(debt, by)
    if asked.decided_at is not None:
        if (asked.decided_by_id, asked.is_granted) == (by.pk, agrees):
            return asked
        raise ForgivenessDecided
    asked.is_granted, asked.forgiven_minutes = agrees, debt.owed_minutes if agrees else 0
    asked.decided_by, asked.decided_at = by, at
    asked.save(update_fields=["is_granted", "forgiven_minutes", "decided_by", "decided_at"])
    debt.forgiven_minutes += asked.forgiven_minutes
    debt.save(update_fields=["forgiven_minutes"])
    facts = {"forgiven_minutes": asked.forgiven_minutes, "forgiveness": asked.code}
    verb = "forgave_debt" if agrees else "declined_to_forgive"
    audit.record(actor=by, verb=verb, thing=debt.thing, unit_path=path, facts=facts, at=at)
    return asked


def _locked(debt: Debt) -> Debt:
    return Debt.objects.select_for_update(of=("self",)).select_related("account__person__merged_into").get(pk=debt.pk)


def _demand(debt: Debt, by: Any) -> str:
    """May this one forgive the debts of such a member? Returns the path of the unit at which."""
    units = owing.units_of(debt.debtor)
    allowed = [unit for unit in units if organisation.may(by, owing.VERB, unit)]
    if not allowed:
        organisation.demand(by, owing.VERB, units[0] if units else None)
    return allowed[0].path if allowed else ""


def _refuse_the_debtor(debt: Debt, by: Any) -> None:
    person = debt.debtor
    if person is not None and person.user_id == by.pk:
        raise NotOnesOwnDebt
