"""How holds and debts prove themselves, against the log and against what the trail said of them. Pure.

A hold is one transfer there, at most one end, and a row while it is open. A debt is what a reversal left of a transfer,
less its repayments and what two people forgave.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xinglin.timebank import rules
from xinglin.timebank.rules import AccountKind, Difference, TransferKind


@dataclass(frozen=True)
class Side:
    """An account as a hold's transfer names it; all None where it does not exist."""

    account_id: int
    kind: str | None
    person_id: int | None


@dataclass(frozen=True)
class End:
    """A transfer that ends a hold, or brings back the rest of one; all None where there is none."""

    id: int | None
    kind: str | None
    origin: str | None
    payer_id: int | None
    payee_id: int | None
    minutes: int | None
    at: dt.datetime | None


@dataclass(frozen=True)
class HoldRow:
    """A hold as it is stored: the transfer, what ended it, and its row among the open ones."""

    id: int
    key: str
    origin: str
    minutes: int
    expires_at: dt.datetime | None
    payer: Side
    payee: Side
    end: End
    rest: End
    open_origin: str | None
    open_expires_at: dt.datetime | None


def faults_of_hold(row: HoldRow) -> Iterator[Difference]:
    """What a hold, its end and its row among the open ones say of each other that cannot be."""
    here = f"hold {row.origin or row.id}"
    if row.key != rules.hold_key(row.origin):
        yield Difference(here, f"stands under the key {row.key}")
    sides = (row.payer.kind, row.payee.kind)
    if sides != (AccountKind.MEMBER, AccountKind.MEMBER_HELD) or row.payer.person_id != row.payee.person_id:
        yield Difference(here, "does not go from a member's account to the same member's held account")
    if row.end.id is None:
        yield from _of_open(row, here)
    else:
        yield from _of_ended(row, row.end, here)


def _of_open(row: HoldRow, here: str) -> Iterator[Difference]:
    if row.rest.id is not None:
        yield Difference(here, f"has the rest {row.rest.id} but no end")
    if row.open_origin is None:
        yield Difference(here, "has no end and is not listed as open")
    elif (row.open_origin, row.open_expires_at) != (row.origin, row.expires_at):
        yield Difference(here, f"is listed as open for {row.open_origin} until {row.open_expires_at}")


def _of_ended(row: HoldRow, end: End, here: str) -> Iterator[Difference]:
    if row.open_origin is not None:
        yield Difference(here, f"is listed as open, though transfer {end.id} ended it")
    if end.kind not in rules.END_OF_KIND:
        yield Difference(here, f"is ended by transfer {end.id}, which is a {end.kind}")
    for part in (end, row.rest):
        if part.id is not None and (part.payer_id != row.payee.account_id or part.origin != row.origin):
            yield Difference(here, f"is ended by transfer {part.id}, which is of another hold")
        if part.id is not None and part.id <= row.id:
            yield Difference(here, f"is ended by transfer {part.id}, which was there before it")
    is_settled = end.kind == TransferKind.SETTLE
    if not is_settled and end.payee_id != row.payer.account_id:
        yield Difference(here, f"is given back to account {end.payee_id} by transfer {end.id}")
    rest = row.rest
    if rest.id is not None and (not is_settled or (rest.kind, rest.payee_id) != ("release", row.payer.account_id)):
        yield Difference(here, f"has the rest {rest.id}, which is no release to the member")
    if (end.minutes or 0) + (rest.minutes or 0) != row.minutes:
        yield Difference(here, f"of {row.minutes} minutes ends with {end.minutes} and {rest.minutes or 0}")
    if row.expires_at is not None and end.at is not None:
        yield from _of_time(end.kind, end.at, row.expires_at, here)


def _of_time(kind: str | None, at: dt.datetime, expires_at: dt.datetime, here: str) -> Iterator[Difference]:
    if kind == TransferKind.SETTLE and at >= expires_at:
        yield Difference(here, "was settled after it had expired")
    if kind == TransferKind.LAPSE and at < expires_at:
        yield Difference(here, "lapsed before it had expired")


@dataclass(frozen=True)
class DebtRow:
    """A debt as it is stored, what the log knows of it, and what the trail said when it was incurred."""

    id: int
    code: str
    account_id: int
    creditor_id: int
    key: str
    reverses: int
    minutes: int
    repaid_minutes: int
    forgiven_minutes: int
    origin: str
    reason: str
    incurred_at: dt.datetime
    debtor_kind: str | None
    original: Sequence[int] | None  # payer, payee, minutes of the transfer that was to be taken back
    reversed_minutes: int  # what could be
    repaid_in_log: int
    repayments_astray: int  # between other accounts than those of the debt
    forgiven_in_rows: int
    said: Mapping[str, Any] | None  # the facts of the entry in the trail
    said_reason: str | None
    said_at: dt.datetime | None


def faults_of_debt(row: DebtRow) -> Iterator[Difference]:
    """What a debt says that neither the log nor the trail bears out."""
    here = f"debt {row.code}"
    if row.original is None:
        yield Difference(here, f"is of transfer {row.reverses}, which does not exist")
    else:
        payer, payee, minutes = row.original
        if (row.creditor_id, row.account_id) != (payer, payee):
            yield Difference(here, f"is between other accounts than transfer {row.reverses}")
        if row.minutes + row.reversed_minutes != minutes:
            yield Difference(here, f"of {row.minutes} minutes is not what the reversal left of {minutes}")
    if row.debtor_kind != AccountKind.MEMBER:
        yield Difference(here, "is owed by an account that is no member's")
    if row.repaid_minutes != row.repaid_in_log or row.repayments_astray:
        yield Difference(here, f"has {row.repaid_minutes} minutes repaid, the log {row.repaid_in_log}")
    if row.forgiven_minutes != row.forgiven_in_rows:
        yield Difference(here, f"has {row.forgiven_minutes} minutes forgiven, decided were {row.forgiven_in_rows}")
    if row.repaid_minutes + row.forgiven_minutes > row.minutes:
        yield Difference(here, "is overpaid")
    facts = {
        "row": row.id,
        "account": row.account_id,
        "creditor": row.creditor_id,
        "key": row.key,
        "reverses": row.reverses,
        "minutes": row.minutes,
        "origin": row.origin,
    }
    if (row.said, row.said_reason, row.said_at) != (facts, row.reason, row.incurred_at):
        yield Difference(here, "is not what the trail says of it")


@dataclass(frozen=True)
class ForgivenessRow:
    """A proposal to forgive as it is stored, and the two entries of the trail: who asked, and who decided."""

    id: int
    code: str
    debt_code: str | None
    reason: str
    asked_by: str | None  # codes of users
    asked_at: dt.datetime
    decided_by: str | None
    decided_at: dt.datetime | None
    is_granted: bool | None
    forgiven_minutes: int
    debtor: str | None
    asking: Sequence[Any] | None  # thing, actor, moment, reason, number of the row
    deciding: Sequence[Any] | None  # thing, actor, moment, verb, minutes


def faults_of_forgiveness(row: ForgivenessRow) -> Iterator[Difference]:
    """What a proposal or its decision says that the trail does not bear out."""
    here = f"forgiveness {row.code}"
    thing = f"debt:{row.debt_code}"
    if row.asking is None or tuple(row.asking) != (thing, row.asked_by, row.asked_at, row.reason, row.id):
        yield Difference(here, "was not asked for as the trail says")
    if row.decided_at is None:
        if row.deciding is not None or row.forgiven_minutes or row.decided_by or row.is_granted is not None:
            yield Difference(here, "is undecided, and yet says how it was decided")
        return
    verb = "forgave_debt" if row.is_granted else "declined_to_forgive"
    decided = (thing, row.decided_by, row.decided_at, verb, row.forgiven_minutes)
    if row.deciding is None or tuple(row.deciding) != decided:
        yield Difference(here, "was not decided as the trail says")
    if row.decided_by in (None, row.asked_by, row.debtor) or row.asked_by == row.debtor:
        yield Difference(here, "was not decided by two people other than the one who owes")
