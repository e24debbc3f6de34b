"""What a city does, week by week: which activity, by which team, where and when. Pure: one day, one programme."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xinglin.lib.clock import SHANGHAI

HEALTH_CENTRES = "@health_centre"  # stands for the teams of the health centres, each in turn
YEARS = 6


@dataclass(frozen=True)
class Post:
    """A kind of work: how many people it needs, and what it requires."""

    name: str
    places: int
    requires: str


@dataclass(frozen=True)
class Kind:
    """One line of the programme: what is done, by whom in turn, and in which rhythm."""

    name: str
    category: str
    teams: Sequence[str]
    place: str
    times: Sequence[tuple[dt.time, dt.time]]
    posts: Sequence[Post]
    briefing: str
    risks: str
    guarantees: str
    weekdays: Sequence[int] = ()
    every_weeks: int = 1
    week_offset: int = 0
    until_week: int | None = None  # of the six years: a campaign that came to an end
    month_day: int | None = None
    months: Sequence[int] = range(1, 13)
    townships: Sequence[str] = ()
    is_filler: bool = False  # as many of it as are missing to the number that was asked for


@dataclass(frozen=True)
class Team:
    """A team, the unit it belongs to, and where that unit stands."""

    name: str
    host: str
    township: str
    is_of_health_centre: bool


@dataclass(frozen=True)
class Occasion:
    """One activity: its kind, team and place, and the spans of time in which people serve."""

    kind: Kind
    team: str
    township: str
    place: str
    slots: tuple[tuple[dt.datetime, dt.datetime], ...]

    @property
    def starts_at(self) -> dt.datetime:
        return self.slots[0][0]

    @property
    def key(self) -> str:
        """What makes it one and the same however often the programme is read."""
        return f"demo:{self.kind.name}:{self.team}:{self.starts_at:%Y-%m-%d}"


def kinds_from(lines: Sequence[dict[str, Any]]) -> list[Kind]:
    """The programme as its file says it."""
    return [_kind(line) for line in lines]


def past(kinds: Sequence[Kind], teams: Mapping[str, Team], *, today: dt.date, count: int) -> list[Occasion]:
    """`count` activities of the six years before today, the earliest first."""
    first = six_years_before(today)
    found = _all(kinds, teams, first, today - dt.timedelta(days=1), began=first)
    wanted = [one for one in found if not one.kind.is_filler]
    if len(wanted) > count:
        return _spread(found, count)
    fillers = [one for one in found if one.kind.is_filler]
    return _in_order([*wanted, *_spread(fillers, count - len(wanted))])


def coming(kinds: Sequence[Kind], teams: Mapping[str, Team], *, today: dt.date, count: int) -> list[Occasion]:
    """The next `count` activities after today, the soonest first."""
    days = dt.timedelta(days=7 + 14 * count)
    return _all(kinds, teams, today + dt.timedelta(days=1), today + days, began=six_years_before(today))[:count]


def six_years_before(today: dt.date) -> dt.date:
    """The first day of the past that is told; of a leap day, the last of February."""
    return today.replace(year=today.year - YEARS, day=min(today.day, 28))


def _all(
    kinds: Sequence[Kind], teams: Mapping[str, Team], first: dt.date, last: dt.date, *, began: dt.date
) -> list[Occasion]:
    return _in_order([one for kind in kinds for one in _of_kind(kind, teams, first, last, began)])


def _of_kind(
    kind: Kind, teams: Mapping[str, Team], first: dt.date, last: dt.date, began: dt.date
) -> Iterator[Occasion]:
    rounds = _weeks(kind, first, last, began) if kind.weekdays else _months(kind, first, last)
    for turn, days in rounds:
        days = [day for day in days if first <= day <= last and day.month in kind.months]
        if days:
            yield _occasion(kind, teams, turn, days)


def _weeks(kind: Kind, first: dt.date, last: dt.date, began: dt.date) -> Iterator[tuple[int, list[dt.date]]]:
    for week in range(_week(first), _week(last) + 1):
        is_over = kind.until_week is not None and week - _week(began) > kind.until_week
        if week % kind.every_weeks == kind.week_offset and not is_over:
            monday = dt.date.fromordinal(week * 7 + 1)  # day 1 of the calendar was a Monday
            yield week // kind.every_weeks, [monday + dt.timedelta(days=weekday) for weekday in kind.weekdays]


def _week(day: dt.date) -> int:
    """Weeks since the first Monday of the calendar."""
    return (day.toordinal() - 1) // 7


def _months(kind: Kind, first: dt.date, last: dt.date) -> Iterator[tuple[int, list[dt.date]]]:
    day = kind.month_day
    assert day is not None, "a kind without weekdays has a day of the month"
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield month, [dt.date(month // 12, month % 12 + 1, day)]


def _occasion(kind: Kind, teams: Mapping[str, Team], turn: int, days: Sequence[dt.date]) -> Occasion:
    team = _team(kind, teams, turn)
    township = team.township
    if kind.townships or ("{township}" in kind.place and not team.is_of_health_centre):
        choice = kind.townships or sorted({one.township for one in teams.values()})
        township = choice[turn * 5 % len(choice)]
    place = kind.place.format(host=team.host, township=township)
    slots = tuple((_moment(day, starts), _moment(day, ends)) for day in days for starts, ends in kind.times)
    return Occasion(kind, team.name, township, place, slots)


def _team(kind: Kind, teams: Mapping[str, Team], turn: int) -> Team:
    name = kind.teams[turn % len(kind.teams)]
    if name != HEALTH_CENTRES:
        return teams[name]
    centres = [team for team in teams.values() if team.is_of_health_centre]
    return centres[turn * 5 % len(centres)]


def _moment(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, tzinfo=SHANGHAI)


def _spread(occasions: Sequence[Occasion], count: int) -> list[Occasion]:
    """So many of them, evenly over the years."""
    assert len(occasions) >= count, f"the programme has only {len(occasions)} of {count}"
    return [occasions[place * len(occasions) // count] for place in range(count)]


def _in_order(occasions: list[Occasion]) -> list[Occasion]:
    return sorted(occasions, key=lambda one: (one.starts_at, one.key))


def _kind(line: dict[str, Any]) -> Kind:
    times = [(dt.time.fromisoformat(starts), dt.time.fromisoformat(ends)) for starts, ends in line["times"]]
    return Kind(**{**line, "times": times, "posts": [Post(*post) for post in line["posts"]]})
