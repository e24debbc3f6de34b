"""Who may redeem what, and the life of a voucher. Pure: values in, answers out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from xinglin.benefits.errors import (
    BadBenefit,
    BadRestock,
    BalanceTooSmall,
    BenefitPaused,
    NoLongerOffered,
    NotAVolunteerYet,
    NotForYourUnit,
    NotYetOffered,
    OutOfStock,
    QuotaUsed,
    QuotaUsedForGood,
    RedeemingPaused,
    StarNeeded,
    VoucherEnded,
    VoucherExpired,
    VoucherReasonNeeded,
)
from xinglin.lib.errors import Refusal
from xinglin.lib.web import words
from xinglin.recognition.words import star_said
from xinglin.timebank.errors import DonatesOnly, MaySpendLater

MOST_STOCK = 100_000
MOST_VOUCHER_DAYS = 730
LONGEST_REASON = 300
WARNED_BEFORE = dt.timedelta(days=3)  # its end
# The ledger's own sweep comes some minutes after the voucher's end: only if our job has not run for so long.
HOLD_OUTLIVES = dt.timedelta(minutes=10)


class State(StrEnum):
    """Where a voucher stands."""

    UNUSED = "unused"
    USED = "used"
    RETURNED = "returned"
    REFUSED = "refused"
    EXPIRED = "expired"


# state → what may be done with it → where that leads. A voucher ends once.
STEPS: dict[State, dict[str, State]] = {
    State.UNUSED: {
        "use": State.USED,
        "give_back": State.RETURNED,
        "refuse": State.REFUSED,
        "expire": State.EXPIRED,
    },
    State.USED: {},
    State.RETURNED: {},
    State.REFUSED: {},
    State.EXPIRED: {},
}
COUNTS = frozenset({State.UNUSED, State.USED})  # towards a quota: what went back was not had


class Period(StrEnum):
    """Within which a person may redeem a benefit so many times."""

    MONTH = "month"
    YEAR = "year"
    EVER = "ever"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A benefit as it stands now."""

    unit_name: str
    price_minutes: int
    level: int
    stock_left: int | None
    is_paused: bool
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    quota: int | None
    period: str
    period_said: str = ""


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who would redeem it; `taken` counts what they had of it in the period."""

    is_member: bool
    state: str | None
    state_said: str
    star: int
    free_minutes: int
    taken: int
    donates_only: bool = False
    spends_from_age: int | None = None  # what the time bank's policies ask for, while the person is younger


def hindrances(offer: Offer, asker: Asker, *, at: dt.datetime) -> Iterator[Refusal]:
    """Everything that stands between this person and this benefit, what weighs most first."""
    if asker.state is None:
        yield NotAVolunteerYet()
        return
    if asker.state != "active":
        yield RedeemingPaused(state=asker.state_said)
    if not asker.is_member:
        yield NotForYourUnit(unit=offer.unit_name)
    yield from _of_the_offer(offer, at=at)
    if asker.star < offer.level:
        yield StarNeeded(star=star_said(offer.level))
    if offer.quota is not None and asker.taken >= offer.quota:
        yield _quota_used(offer, at=at)
    if offer.price_minutes and asker.donates_only:
        yield DonatesOnly()
    elif offer.price_minutes and asker.spends_from_age is not None:
        yield MaySpendLater(age=asker.spends_from_age)
    if asker.free_minutes < offer.price_minutes:
        yield BalanceTooSmall(missing=words.minutes_said(offer.price_minutes - asker.free_minutes))


def _of_the_offer(offer: Offer, *, at: dt.datetime) -> Iterator[Refusal]:
    if at < offer.starts_at:
        yield NotYetOffered(day=words.day_said(words.in_china(offer.starts_at).date(), today=words.in_china(at).date()))
    if offer.ends_at is not None and at >= offer.ends_at:
        yield NoLongerOffered()
    if offer.is_paused:
        yield BenefitPaused()
    if offer.stock_left == 0:
        yield OutOfStock()


def period_begins(period: str, *, at: dt.datetime) -> dt.datetime | None:
    """When the month or the year of this moment began in China; nothing for ever."""
    now = words.in_china(at)
    if period == Period.EVER:
        return None
    month = 1 if period == Period.YEAR else now.month
    return dt.datetime(now.year, month, 1, tzinfo=now.tzinfo)


def next_period_begins(period: str, *, at: dt.datetime) -> dt.datetime | None:
    """When the next one begins: from then on one may redeem again."""
    now = words.in_china(at)
    if period == Period.EVER:
        return None
    if period == Period.YEAR or now.month == 12:
        return dt.datetime(now.year + 1, 1, 1, tzinfo=now.tzinfo)
    return dt.datetime(now.year, now.month + 1, 1, tzinfo=now.tzinfo)


def expires_at(*, at: dt.datetime, days: int, offer_ends_at: dt.datetime | None) -> dt.datetime:
    """A voucher holds for so many whole days after today, and never longer than its benefit is given."""
    today = words.in_china(at)
    end = dt.datetime.combine(today.date() + dt.timedelta(days=days + 1), dt.time(), tzinfo=today.tzinfo)
    return end if offer_ends_at is None else min(end, offer_ends_at)


def last_day(ends_at: dt.datetime) -> dt.date:
    """The last day on which something is to be had that ends at this moment: of midnight it is the day before."""
    return words.in_china(ends_at - dt.timedelta(seconds=1)).date()


def after(state: str, step: str, *, state_said: str) -> State:
    """Where a step leads, or a refusal that says how the voucher ended."""
    steps = STEPS[State(state)]
    if step not in steps:
        raise VoucherEnded(state=state_said)
    return steps[step]


def refuse_expired(expires_at: dt.datetime, *, at: dt.datetime) -> None:
    """From its end on a voucher is over, whether the job has come by or not."""
    if at >= expires_at:
        raise VoucherExpired


def reason_as_kept(reason: str) -> str:
    """The reason as the person will read it, or a refusal when there is none."""
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise VoucherReasonNeeded
    return reason


def restocked(left: int | None, change: int) -> int:
    """What is left after some were added or taken away."""
    if left is None or not 0 <= left + change <= MOST_STOCK:
        raise BadRestock(left="∞" if left is None else left, most=MOST_STOCK)
    return left + change


def refuse_backward(starts_at: dt.datetime, ends_at: dt.datetime | None) -> None:
    """A benefit ends after it begins."""
    if ends_at is not None and ends_at <= starts_at:
        raise BadBenefit


def code_from(text: str) -> str:
    """A voucher's code as somebody typed or scanned it: the last part of an address, without blanks and dashes."""
    last = text.strip().rstrip("/").rpartition("/")[2]
    return "".join(letter for letter in last.upper() if letter.isalnum())[:12]


def spaced(code: str) -> str:
    """A code in groups of four, to be read aloud."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _quota_used(offer: Offer, *, at: dt.datetime) -> Refusal:
    assert offer.quota is not None, "no quota can't be used up"
    begins = next_period_begins(offer.period, at=at)
    if begins is None:
        return QuotaUsedForGood(quota=offer.quota)
    day = words.day_said(begins.date(), today=words.in_china(at).date())
    return QuotaUsed(period=offer.period_said, quota=offer.quota, day=day)
