"""How accounts and transfers prove themselves: an account recomputed leg by leg, a transfer by what it says. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from xinglin.timebank.rules import LIMITED, AccountKind, Difference, TransferKind


@dataclass(frozen=True)
class AccountRow:
    """An account as it is stored."""

    id: int
    kind: str
    person_id: int | None
    unit_id: int | None
    is_limited: bool
    floor_minutes: int | None
    balance_minutes: int | None
    sequence: int | None
    closed_at: dt.datetime | None
    overdraft_minutes: int = 0
    overdraft_in_trail: int = 0


@dataclass(frozen=True)
class Leg:
    """One side of a transfer as it is stored: what it did to one account."""

    account_id: int
    transfer_id: int
    minutes: int  # signed: negative for the payer
    balance_after: int | None
    sequence: int | None
    at: dt.datetime
    overdraft_minutes: int = 0  # as the trail has it for this place of the account


@dataclass
class Walked:
    """What a walk over one account's legs adds up to."""

    balance_minutes: int = 0
    legs: int = 0


def walk(account: AccountRow, legs: Iterable[Leg], walked: Walked) -> Iterator[Difference]:
    """Recompute one account from zero, leg by leg in the order of its sequence; `walked` holds the sums afterwards."""
    where = f"account {account.id}"
    yield from _of_account(account, where)
    last_id = 0
    for leg in legs:
        walked.balance_minutes += leg.minutes
        walked.legs += 1
        here = f"transfer {leg.transfer_id}"
        if account.closed_at is not None and leg.at > account.closed_at:
            yield Difference(here, f"was made after {where} was closed")
        if account.is_limited:
            yield from _of_limited_leg(account, leg, walked, last_id, here)
            last_id = leg.transfer_id
        elif leg.balance_after is not None or leg.sequence is not None:
            yield Difference(here, f"notes a balance or a sequence for the unlimited {where}")
    if account.is_limited:
        yield from _of_end(account, walked, where)


def _of_account(account: AccountRow, where: str) -> Iterator[Difference]:
    kind_is_limited = account.kind in LIMITED
    if account.kind not in set(AccountKind):
        yield Difference(where, f"has the unknown kind {account.kind!r}")
    elif kind_is_limited != account.is_limited:
        yield Difference(where, f"of kind {account.kind} is {'' if account.is_limited else 'not '}limited")
    if account.kind in (AccountKind.MEMBER, AccountKind.MEMBER_HELD) and account.person_id is None:
        yield Difference(where, "is a member's account without a member")
    if account.overdraft_minutes != account.overdraft_in_trail:
        what = f"may be overdrawn by {account.overdraft_minutes}, the trail says {account.overdraft_in_trail}"
        yield Difference(where, what)
    numbers = (account.floor_minutes, account.balance_minutes, account.sequence)
    if not account.is_limited and numbers != (None, None, None):
        yield Difference(where, "is unlimited, yet keeps a floor, a balance or a sequence")


def _of_limited_leg(account: AccountRow, leg: Leg, walked: Walked, last_id: int, here: str) -> Iterator[Difference]:
    where = f"account {account.id}"
    if leg.sequence != walked.legs:
        yield Difference(here, f"has sequence {leg.sequence} of {where}, expected {walked.legs}")
    if leg.balance_after != walked.balance_minutes:
        yield Difference(here, f"notes balance {leg.balance_after} of {where}, recomputed {walked.balance_minutes}")
    if leg.transfer_id <= last_id:
        yield Difference(here, f"stands after transfer {last_id} of {where}, against the order of time")
    lowest = None if account.floor_minutes is None else account.floor_minutes - leg.overdraft_minutes
    if leg.minutes < 0 and lowest is not None and walked.balance_minutes < lowest:
        yield Difference(here, f"takes {where} to {walked.balance_minutes}, below its floor {lowest}")


def _of_end(account: AccountRow, walked: Walked, where: str) -> Iterator[Difference]:
    if account.balance_minutes != walked.balance_minutes:
        yield Difference(where, f"holds {account.balance_minutes}, recomputed {walked.balance_minutes}")
    if account.sequence != walked.legs:
        yield Difference(where, f"counts {account.sequence} entries, found {walked.legs}")
    balance = account.balance_minutes
    lowest = None if account.floor_minutes is None else account.floor_minutes - account.overdraft_minutes
    if lowest is None or (balance is not None and balance < lowest):
        yield Difference(where, f"holds {balance}, below its floor {lowest}")


@dataclass(frozen=True)
class TransferRow:
    """A transfer as it is stored, with the transfer that it reverses, if there is one."""

    id: int
    key: str
    payer_id: int
    payee_id: int
    minutes: int
    kind: str
    reverses: int | None
    expires_at: dt.datetime | None
    original: Sequence[int] | None  # its payer, payee and minutes


def faults_of(row: TransferRow) -> Iterator[Difference]:
    """What one transfer says about itself that cannot be."""
    here = f"transfer {row.id}"
    if not row.key:
        yield Difference(here, "has no key")
    if row.minutes <= 0:
        yield Difference(here, f"moves {row.minutes} minutes")
    if row.payer_id == row.payee_id:
        yield Difference(here, "pays an account from itself")
    if row.kind not in set(TransferKind):
        yield Difference(here, f"has the unknown kind {row.kind!r}")
    if (row.kind == TransferKind.HOLD) != (row.expires_at is not None):
        yield Difference(here, "is a hold without an expiry" if row.expires_at is None else "expires, but is no hold")
    if (row.kind == TransferKind.REVERSAL) != (row.reverses is not None):
        yield Difference(here, "is a reversal of nothing" if row.reverses is None else "reverses, but is no reversal")
    if row.reverses is not None:
        yield from _of_reversal(row, here)


def _of_reversal(row: TransferRow, here: str) -> Iterator[Difference]:
    if row.original is None or row.reverses is None or row.reverses >= row.id:
        yield Difference(here, f"reverses transfer {row.reverses}, which was not there before it")
        return
    payer, payee, minutes = row.original
    if (row.payer_id, row.payee_id) != (payee, payer) or row.minutes > minutes:
        yield Difference(here, f"does not mirror transfer {row.reverses}")
