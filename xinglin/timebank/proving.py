"""How holds prove themselves: each is one transfer there, at most one end, and a row while it is open. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

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
