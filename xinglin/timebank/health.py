"""The health of a time bank: what lies in it, how old it is, whether it moves. Pure: figures in, judgements out.

"Easy to save, hard to spend" is what ends time banks, so what is asked first is whether spending keeps up with saving.
All minutes are whole; a month is the first day of it, in China's calendar.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

MONTHS_SHOWN = 12
MONTHS_JUDGED = 6  # full months; the one that runs says little yet
FORECAST_MONTHS = 12
# The oldest age of each group in months; what is older stands in the last one.
AGES: tuple[int | None, ...] = (3, 6, 12, 24, None)


@dataclass(frozen=True)
class Month:
    """What crossed the members' border in one month: between them and everything that is no member."""

    month: dt.date
    earned_minutes: int = 0
    spent_minutes: int = 0  # settled for help or a benefit, whoever got them
    left_minutes: int = 0  # given to a pool, grown too old, repaid
    taken_back_minutes: int = 0
    change_minutes: int = 0  # of all that members hold

    @property
    def change_size(self) -> int:
        return abs(self.change_minutes)


@dataclass(frozen=True)
class Holder:
    """Somebody with much in the bank, by the public number."""

    number: str
    minutes: int


@dataclass(frozen=True)
class Figures:
    """All that is measured of one bank, or of one unit's members in it."""

    free_minutes: int = 0
    held_minutes: int = 0
    holders: int = 0
    ages_minutes: tuple[int, ...] = (0,) * len(AGES)
    ever_earned: int = 0  # persons
    ever_spent: int = 0
    months: Sequence[Month] = field(default_factory=tuple)
    largest: Sequence[Holder] = field(default_factory=tuple)

    @property
    def outstanding_minutes(self) -> int:
        return self.free_minutes + self.held_minutes


@dataclass(frozen=True)
class Judgement:
    """What follows from the figures; `None` where there is nothing to judge by."""

    earned_monthly: int
    spent_monthly: int
    spent_percent: int | None  # of what was earned in the months judged
    velocity_percent: int | None  # spent in the year, of what lay there on average
    spenders_percent: int | None
    largest_percent: int | None  # what the largest holders have, of all
    months_to_spend: int | None  # at today's rate, until what lies there is used
    forecast_minutes: tuple[int, ...]  # outstanding after each coming month
    lags: bool


def judge(figures: Figures, *, today: dt.date, lag_percent: int) -> Judgement:
    """Whether spending keeps up. Below `lag_percent` of what is earned the bank is called lagging; 0 is off."""
    this_month = today.replace(day=1)
    full = [month for month in figures.months if month.month < this_month]
    judged = full[-MONTHS_JUDGED:]
    earned, spent = (sum(values) for values in _columns(judged))
    spent_percent = _percent(spent, earned)
    change = sum(month.change_minutes for month in judged) // max(1, len(judged))
    return Judgement(
        earned_monthly=earned // max(1, len(judged)),
        spent_monthly=spent // max(1, len(judged)),
        spent_percent=spent_percent,
        velocity_percent=_velocity(figures, full[-MONTHS_SHOWN:]),
        spenders_percent=_percent(figures.ever_spent, figures.ever_earned),
        largest_percent=_percent(sum(holder.minutes for holder in figures.largest), figures.outstanding_minutes),
        months_to_spend=_months_to_spend(figures.outstanding_minutes, spent, len(judged)),
        forecast_minutes=tuple(
            max(0, figures.outstanding_minutes + change * ahead) for ahead in range(1, FORECAST_MONTHS + 1)
        ),
        lags=lag_percent > 0 and spent_percent is not None and spent_percent < lag_percent,
    )


def months_until(today: dt.date, count: int) -> list[dt.date]:
    """The first days of the last `count` months, this one included, the earliest first."""
    place = today.year * 12 + today.month - 1
    return [dt.date(number // 12, number % 12 + 1, 1) for number in range(place - count + 1, place + 1)]


def _columns(months: Sequence[Month]) -> tuple[list[int], list[int]]:
    """Earned, less what was taken back, since a service that did not count was never earned; and spent."""
    earned = [month.earned_minutes - month.taken_back_minutes for month in months]
    return earned, [month.spent_minutes for month in months]


def _velocity(figures: Figures, year: Sequence[Month]) -> int | None:
    """Spent over what lay there on average at the ends of the months, walking back from today's stand."""
    if not year:
        return None
    stands, stand = [], figures.outstanding_minutes
    stand -= sum(month.change_minutes for month in figures.months if month.month > year[-1].month)
    for month in reversed(year):
        stands.append(stand)
        stand -= month.change_minutes
    return _percent(sum(month.spent_minutes for month in year) * len(stands), sum(stands))


def _months_to_spend(outstanding: int, spent: int, months: int) -> int | None:
    return -(-outstanding * months // spent) if spent > 0 and outstanding > 0 else None


def _percent(part: int, whole: int) -> int | None:
    return 100 * part // whole if whole > 0 else None


# ── Drawing ──


@dataclass(frozen=True)
class Column:
    """One column of a chart: where it stands, how high it is, what it says."""

    x: int
    y: int
    height: int
    label_x: int
    minutes: int
    label: dt.date


CHART_WIDTH, CHART_HEIGHT = 720, 160
FOOT = 24  # room for the months' names


def columns(values: Sequence[tuple[dt.date, int]], *, highest: int, shift: int = 0, width: int = 16) -> list[Column]:
    """Columns side by side on a chart of CHART_WIDTH × CHART_HEIGHT; `highest` fills its height."""
    step = CHART_WIDTH // max(1, len(values))
    drawn = []
    for place, (label, minutes) in enumerate(values):
        height = minutes * CHART_HEIGHT // highest if highest > 0 else 0
        middle = place * step + step // 2
        drawn.append(Column(middle - width + shift, CHART_HEIGHT - height, height, middle, minutes, label))
    return drawn
