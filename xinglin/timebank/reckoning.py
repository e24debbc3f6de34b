"""How served minutes become a credit: rate, daily limit, cap. And what grows too old. Pure: values in, answers out.

Whole numbers only. A rate is in percent, so what a service is worth is counted in hundredths of a minute; what is
left below a whole minute is carried to the person's next service. Nothing is ever rounded to the member's gain.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

WHOLE = 100  # hundredths of a minute in a minute; also the percent at which a minute is a minute


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the policies say about crediting one service; `None` is no limit."""

    rate_percent: int = WHOLE
    daily_limit_minutes: int | None = None
    cap_minutes: int | None = None
    overflow_unit_id: int | None = None  # whose account takes what exceeds the cap; None: the city's

    @property
    def are_plain(self) -> bool:
        """A minute is a minute, and nothing else needs to be known of the person."""
        return self.rate_percent == WHOLE and self.daily_limit_minutes is None and self.cap_minutes is None


PLAIN = Terms()


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What must be known of a person before a service is reckoned."""

    carried_hundredths: int = 0  # left over from earlier services; below zero after one of them was taken back
    day_minutes: int = 0  # what the time bank took already of this day's services
    holding_minutes: int = 0  # free and held together: what is held is still the member's


@dataclass(frozen=True, kw_only=True)
class Reckoned:
    """What one service came to."""

    credited_minutes: int
    overflow_minutes: int = 0
    refused_minutes: int = 0  # above the daily limit: they count for honour only
    carried_hundredths: int = 0

    @property
    def taken_minutes(self) -> int:
        """What left issuance for it."""
        return self.credited_minutes + self.overflow_minutes


def reckon(minutes: int, terms: Terms, standing: Standing) -> Reckoned:
    """First the rate, with what is carried; then the limit of the day; then the cap on what a person may hold."""
    worth = minutes * terms.rate_percent + standing.carried_hundredths
    whole = max(0, worth // WHOLE)
    carried = worth - whole * WHOLE
    taken = whole
    if terms.daily_limit_minutes is not None:
        taken = min(whole, max(0, terms.daily_limit_minutes - standing.day_minutes))
    credited = taken
    if terms.cap_minutes is not None:
        credited = min(taken, max(0, terms.cap_minutes - standing.holding_minutes))
    return Reckoned(
        credited_minutes=credited,
        overflow_minutes=taken - credited,
        refused_minutes=whole - taken,
        carried_hundredths=carried,
    )


def carried_after_taking_back(carried_hundredths: int, *, minutes: int, rate_percent: int, whole_minutes: int) -> int:
    """What is carried once a service no longer counts: its worth goes, the whole minutes that it gave come back.

    It may fall below zero by less than a minute: the part of a minute that an earlier credit had borrowed from the
    service. The next service fills that first.
    """
    return carried_hundredths - (minutes * rate_percent - whole_minutes * WHOLE)


# ── Expiry ──


def expired_minutes(*, free_minutes: int, young_minutes: int) -> int:
    """What has grown too old, first in, first out, on running sums.

    `young_minutes` is what came in within the lifetime and was not taken back. What is held or used was the oldest;
    so whatever is free beyond the young minutes must be old.
    """
    return max(0, free_minutes - young_minutes)


def months_before(day: dt.date, months: int) -> dt.date:
    """The day so many months earlier; the last of a month where that one has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = (dt.date(year + (month == 11), (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(day.day, last))


# ── Who may spend ──


@dataclass(frozen=True, kw_only=True)
class Spending:
    """What the policies say about using minutes, and what they must know of the person."""

    age: int | None
    in_hardship: bool = False
    spending_age: int = 0
    hardship_age: int = 0
    adult_age: int = 18
    donate_only: Sequence[str] = ()
    overdraft_minutes: int = 0  # how far below zero spending may go

    @property
    def is_minor(self) -> bool:
        return self.age is not None and self.age < self.adult_age

    @property
    def may_only_donate(self) -> bool:
        return self.is_minor and "minor" in self.donate_only

    @property
    def age_needed(self) -> int:
        """From which age this person may use minutes; nought is any."""
        return min(self.hardship_age, self.spending_age) if self.in_hardship else self.spending_age

    @property
    def is_too_young(self) -> bool:
        """Whose birthday is not known is as good as too young, where an age is asked for at all."""
        return self.age_needed > 0 and (self.age is None or self.age < self.age_needed)

    @property
    def may_spend(self) -> bool:
        return not self.may_only_donate and not self.is_too_young

    @property
    def may_overdraw(self) -> int:
        """How many minutes below zero this person may spend."""
        return self.overdraft_minutes if self.may_spend else 0


# ── Gifts ──

POOL = "pool"
TEAM = "team"
# What a relation is called in the policy: the closest ones are one word.
WORD_OF_RELATION = {
    "parent": "family",
    "spouse": "family",
    "child": "family",
    "relative": "relative",
    "friend": "friend",
}


def room_minutes(*, holding_minutes: int, cap_minutes: int | None) -> int | None:
    """How much somebody may still take; None is any."""
    return None if cap_minutes is None else max(0, cap_minutes - holding_minutes)
