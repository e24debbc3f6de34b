"""Who came, when, and how it was seen: the turnout of six years. Pure: the same seed, the same turnout.

Nobody serves twice on one day, so that no two records of a person can overlap.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from xinglin.home.demo.programme import Occasion, Post

TRIES = 60
# How a coming and a leaving were seen, and how often of a thousand.
HOWS = {"code": 820, "location": 60, "nod": 50, "leader": 40, "forced": 20, "team_entry": 10}
MISSED, CANCELLED = 0.02, 0.03


@dataclass(frozen=True)
class Server:
    """A volunteer as the turnout knows them."""

    number: str
    born_on: dt.date | None
    joined_on: dt.date
    abilities: frozenset[str]
    zeal: float  # how often this one comes, beside the others


@dataclass(frozen=True)
class Seat:
    """One place of one post in one span of time."""

    occasion: int
    slot: int
    post: int

    def of(self, occasions: Sequence[Occasion]) -> tuple[tuple[dt.datetime, dt.datetime], Post, str]:
        """The span, the post, and the team."""
        occasion = occasions[self.occasion]
        return occasion.slots[self.slot], occasion.kind.posts[self.post], occasion.team


@dataclass(frozen=True)
class Stay:
    """A place that was taken: by whom, when, and what became of it. Without `came_at` nobody came."""

    seat: Seat
    number: str
    taken_at: dt.datetime
    cancelled_at: dt.datetime | None = None
    came_at: dt.datetime | None = None
    left_at: dt.datetime | None = None
    how: str = ""


@dataclass
class Turnout:
    """Fills seats until so many minutes were served."""

    chance: random.Random
    teams: Mapping[str, Sequence[Server]]
    youngest: int = 16
    leaders: Mapping[str, str] = field(default_factory=dict)  # team → number of who leads its shifts, and so serves not
    stays: list[Stay] = field(default_factory=list)
    served_minutes: int = 0
    _busy: set[tuple[str, dt.date]] = field(default_factory=set)
    _weights: dict[str, list[float]] = field(default_factory=dict)

    def seat(self, server: Server, seat: Seat, occasions: Sequence[Occasion]) -> bool:
        """Put one person into a seat if they can take it, and write down that they came."""
        (starts_at, ends_at), post, team = seat.of(occasions)
        if not self._can(server, starts_at.date(), post, team):
            return False
        self._sit(server, seat, starts_at, ends_at, surely=True)
        return True

    def fill(self, seats: Sequence[Seat], occasions: Sequence[Occasion], *, minutes: int) -> None:
        """So many seats, by chance, that about `minutes` are served; then one by one until they are."""
        whole = sum(_minutes(seat, occasions) for seat in seats)
        share = (minutes - self.served_minutes) / whole if whole else 0
        left = []
        for seat in seats:
            if self.chance.random() < share and self.served_minutes < minutes:
                self._fill(seat, occasions)
            else:
                left.append(seat)
        self.chance.shuffle(left)
        for seat in left:
            if self.served_minutes >= minutes:
                return
            self._fill(seat, occasions)

    def _fill(self, seat: Seat, occasions: Sequence[Occasion]) -> None:
        (starts_at, ends_at), post, team = seat.of(occasions)
        servers = self.teams.get(team, ())
        if not servers:
            return
        weights = self._weights.setdefault(team, list(accumulate(server.zeal for server in servers)))
        for server in self.chance.choices(servers, cum_weights=weights, k=TRIES):
            if self._can(server, starts_at.date(), post, team):
                return self._sit(server, seat, starts_at, ends_at)

    def _can(self, server: Server, day: dt.date, post: Post, team: str) -> bool:
        is_old_enough = server.born_on is None or server.born_on.year + self.youngest < day.year
        return (
            (server.number, day) not in self._busy
            and server.joined_on <= day
            and is_old_enough
            and (not post.requires or post.requires in server.abilities)
            and self.leaders.get(team) != server.number
        )

    def _sit(
        self, server: Server, seat: Seat, starts_at: dt.datetime, ends_at: dt.datetime, *, surely: bool = False
    ) -> None:
        chance = self.chance
        taken_at = starts_at - dt.timedelta(minutes=chance.randint(14 * 60, 9 * 24 * 60))
        self._busy.add((server.number, starts_at.date()))
        fate = 1.0 if surely else chance.random()
        if fate < CANCELLED:
            cancelled_at = taken_at + (starts_at - taken_at) * chance.uniform(0.1, 0.9)
            self.stays.append(Stay(seat, server.number, taken_at, cancelled_at=cancelled_at))
            return
        if fate < CANCELLED + MISSED:
            self.stays.append(Stay(seat, server.number, taken_at))
            return
        [how] = ["code"] if surely else chance.choices(list(HOWS), weights=list(HOWS.values()))
        came_at = starts_at + dt.timedelta(seconds=chance.randint(-15 * 60, 0 if chance.random() < 0.9 else 12 * 60))
        left_at = ends_at + dt.timedelta(seconds=chance.randint(0 if chance.random() < 0.93 else -20 * 60, 9 * 60))
        if how == "forced":
            left_at = ends_at
        self.stays.append(Stay(seat, server.number, taken_at, came_at=came_at, left_at=left_at, how=how))
        self.served_minutes += int((min(ends_at, left_at) - max(starts_at, came_at)).total_seconds()) // 60


def seats_of(occasions: Sequence[Occasion]) -> list[Seat]:
    """Every place there is, in the order of the programme."""
    return [
        Seat(number, slot, post)
        for number, occasion in enumerate(occasions)
        for slot in range(len(occasion.slots))
        for post, work in enumerate(occasion.kind.posts)
        for _ in range(work.places)
    ]


def _minutes(seat: Seat, occasions: Sequence[Occasion]) -> int:
    (starts_at, ends_at), _post, _team = seat.of(occasions)
    return int((ends_at - starts_at).total_seconds()) // 60
