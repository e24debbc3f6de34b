"""What a transfer is, which accounts there are, and how a ledger proves itself. Pure: values in, answers out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from xinglin.timebank.reckoning import PLAIN, Terms

LARGEST_BATCH = 10_000
LARGEST_TRANSFER_MINUTES = 10_000_000
LONGEST_KEY = 80
LONGEST_ORIGIN = 80
LONGEST_REASON = 160


class AccountKind(StrEnum):
    """Whose minutes an account holds, or what it stands for."""

    MEMBER = "member"
    MEMBER_HELD = "member_held"
    TEAM = "team"
    POOL = "pool"
    RESERVE = "reserve"
    OVERFLOW = "overflow"
    PEER = "peer"
    IN_FLIGHT = "in_flight"
    SUSPENSE = "suspense"
    ISSUANCE = "issuance"


# A limited account has a floor and is exact at every moment. The others are not updated by a transfer, so that the
# many who serve at once never queue behind one row; their balance is the sum of the log.
LIMITED = frozenset(
    {AccountKind.MEMBER, AccountKind.MEMBER_HELD, AccountKind.TEAM, AccountKind.POOL, AccountKind.RESERVE}
)


class TransferKind(StrEnum):
    """What a transfer is for."""

    CREDIT = "credit"
    HOLD = "hold"
    SETTLE = "settle"
    RELEASE = "release"
    LAPSE = "lapse"  # a hold that nobody ended in time
    GIFT = "gift"
    GRANT = "grant"
    REVERSAL = "reversal"
    REPAYMENT = "repayment"  # of what a reversal could not take back
    ADJUSTMENT = "adjustment"  # minutes that an earlier transfer should have brought as well
    EXPIRY = "expiry"  # minutes that grew too old
    OVERFLOW = "overflow"  # of what somebody was paid: above the cap on what they may hold
    MERGE = "merge"  # from one account of a human being to the other, when two become one


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """Minutes that shall go from one account to another, once. `key` makes a repeat harmless."""

    key: str
    payer_id: int
    payee_id: int
    minutes: int
    kind: TransferKind
    origin: str = ""
    reason: str = ""
    reverses: int | None = None
    expires_at: dt.datetime | None = None
    at: dt.datetime | None = None  # empty: at the moment of its batch; set where history is brought in


@dataclass(frozen=True, kw_only=True)
class Service:
    """Minutes that a person served and that the time bank shall credit, once per `key`."""

    person_id: int
    key: str
    minutes: int
    reason: str
    origin: str
    at: dt.datetime | None = None  # empty: at the moment of its batch; set where history is brought in
    day: dt.date | None = None  # of the service, in China: needed where a daily limit holds
    terms: Terms = PLAIN


HOLD_KINDS = frozenset({TransferKind.HOLD, TransferKind.RELEASE, TransferKind.LAPSE})  # there and back again


class HoldEnd(StrEnum):
    """How a hold ended; each ends once."""

    SETTLED = "settled"
    RELEASED = "released"
    EXPIRED = "expired"


END_OF_KIND = {
    TransferKind.SETTLE: HoldEnd.SETTLED,
    TransferKind.RELEASE: HoldEnd.RELEASED,
    TransferKind.LAPSE: HoldEnd.EXPIRED,
}


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Minutes of a person set aside for what `origin` names, until when, and how it ended once it has."""

    origin: str
    person_id: int
    minutes: int
    expires_at: dt.datetime
    end: HoldEnd | None = None
    settled_minutes: int = 0  # of `minutes`: what was used; the rest went back

    @property
    def is_open(self) -> bool:
        return self.end is None


def over_key(key: str) -> str:
    """The key of the part that went to overflow."""
    return f"{key}:over"


class OrderPayment(StrEnum):
    """Who pays for what an order asked for, by the policy of its day."""

    NOBODY = "nobody"  # the volunteer is credited from issuance, and nothing is set aside
    VOLUNTEER = "volunteer"  # what was set aside goes to the volunteer
    BANK = "bank"  # what was set aside is retired, and the volunteer is credited from issuance


@dataclass(frozen=True)
class OrderPaid:
    """What an order's end came to; what was set aside and not used has gone back to the requester."""

    key: str  # of the transfer that paid the volunteer
    paid_minutes: int = 0  # by the requester
    credited_minutes: int = 0  # to the volunteer
    overflow_minutes: int = 0  # above the volunteer's cap


@dataclass(frozen=True)
class OpenHold:
    """A hold that nobody has ended: as the ledger lists it, and as the app that placed it should know it."""

    origin: str
    person_id: int
    minutes: int
    expires_at: dt.datetime


def hold_key(origin: str) -> str:
    """The key of the transfer that sets minutes aside."""
    return f"hold:{origin}"


def end_key(origin: str) -> str:
    """The one key of whatever ends a hold, so that it can end only once."""
    return f"end:{origin}"


def rest_key(origin: str) -> str:
    """The key of what goes back when only a part was settled."""
    return f"rest:{origin}"


@dataclass(frozen=True)
class TakenBack:
    """What a reversal could take back, what the member owes since, and the transfer, if any minute moved."""

    taken_minutes: int
    owed_minutes: int = 0
    transfer_id: int | None = None


class Outcome(StrEnum):
    """How the ledger answered one item of a batch."""

    POSTED = "posted"
    ALREADY_POSTED = "already_posted"
    CONFLICT = "conflict"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why the ledger refused an item."""

    MALFORMED = "malformed"
    MINUTES = "minutes"
    SAME_ACCOUNT = "same_account"
    UNKNOWN_ACCOUNT = "unknown_account"
    CLOSED = "closed"
    UNKNOWN_ORIGINAL = "unknown_original"
    NO_MIRROR = "no_mirror"
    ALREADY_REVERSED = "already_reversed"
    FLOOR = "floor"


@dataclass(frozen=True)
class Answer:
    """What became of one item: its outcome, why it was refused, and the transfer that stands under its key."""

    key: str
    outcome: Outcome
    reason: Reason | None = None
    transfer_id: int | None = None

    @property
    def stands(self) -> bool:
        """Is the transfer in the ledger as it was asked for, now or from an earlier try?"""
        return self.outcome in (Outcome.POSTED, Outcome.ALREADY_POSTED)


@dataclass(frozen=True)
class Credited(Answer):
    """What became of one service: minutes for the member, and above the cap for the overflow account.

    A service may come to nothing, by the daily limit say: then it stands, and there is no transfer.
    """

    credited_minutes: int = 0
    overflow_minutes: int = 0


@dataclass(frozen=True)
class Balance:
    """What a person may spend now, and what is reserved for something already asked for."""

    free_minutes: int = 0
    held_minutes: int = 0
    owed_minutes: int = 0  # taken back later, from what comes in


@dataclass(frozen=True)
class Summary:
    """A person's account in figures. Earned is what came in from outside and stayed, used what went out for good."""

    free_minutes: int = 0
    held_minutes: int = 0
    earned_minutes: int = 0
    used_minutes: int = 0
    owed_minutes: int = 0


@dataclass(frozen=True)
class Period:
    """Days of a statement in China's calendar, both included; `None` is open."""

    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True)
class Bar:
    """The strip under a balance: where its parts begin and how wide they are, in whole percent."""

    free_width: int
    held_starts: int
    held_width: int
    used_starts: int
    used_width: int


def bar_of(summary: Summary) -> Bar | None:
    """Free, held and used as parts of what was earned; nothing to draw before anything was earned."""
    lies_free = max(0, summary.free_minutes)  # below zero there is nothing to draw
    whole = lies_free + summary.held_minutes + summary.used_minutes
    if whole <= 0:
        return None
    free = round(100 * lies_free / whole)
    free_and_held = max(free, round(100 * (lies_free + summary.held_minutes) / whole))
    return Bar(free, free, free_and_held - free, free_and_held, 100 - free_and_held)


def sequence_from(text: str) -> int | None:
    """The place in a statement that a link names; anything else means the beginning."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def body_of(transfer: Transfer, *, moment: str) -> dict[str, object]:
    """A transfer as the ledger's function reads it; `moment`, in ISO 8601, is that of its batch.

    What is empty stays out: it comes by the thousand.
    """
    body: dict[str, object] = {
        "key": transfer.key,
        "payer": transfer.payer_id,
        "payee": transfer.payee_id,
        "minutes": transfer.minutes,
        "kind": transfer.kind,
        "at": transfer.at.isoformat() if transfer.at else moment,
    }
    if transfer.origin:
        body["origin"] = transfer.origin
    if transfer.reason:
        body["reason"] = transfer.reason
    if transfer.reverses is not None:
        body["reverses"] = transfer.reverses
    if transfer.expires_at:
        body["expires_at"] = transfer.expires_at.isoformat()
    return body


# ── The ledger proves itself: see `walking` and `proving` ──


@dataclass(frozen=True)
class Difference:
    """Something in the ledger that cannot be as it stands."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"
