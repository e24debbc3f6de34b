"""What happens to notices by the clock: they go out, and old ones are forgotten."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter

from xinglin.cities import current, jobs
from xinglin.lib import clock
from xinglin.notices import actions, delivering
from xinglin.notices.delivering import Outcome
from xinglin.notices.rules import State

MOST_A_RUN = 2000  # what one minute may take on; the next minute goes on from there
LONGEST_RUN = dt.timedelta(seconds=50)
TROUBLES = 3  # after so many without a success in between a channel is left alone
LEFT_ALONE = dt.timedelta(minutes=3)
MOST_ROUNDS = 50

logger = logging.getLogger(__name__)


class Patience:
    """Which channels this process leaves alone, and until when.

    The settings name one server for all cities, so what one city has found broken no other need find out anew.
    """

    def __init__(self) -> None:
        self._troubles: Counter[str] = Counter()
        self._until: dict[str, dt.datetime] = {}

    def left_alone(self, *, at: dt.datetime) -> list[str]:
        return [channel for channel, until in self._until.items() if at < until]

    def note(self, outcome: Outcome, *, at: dt.datetime) -> bool:
        """Take an outcome into account; was it the trouble that was too much?"""
        if outcome.state == State.SENT:
            self._troubles[outcome.channel] = 0
        self._troubles[outcome.channel] += outcome.is_broken
        is_too_much = outcome.is_broken and self._troubles[outcome.channel] >= TROUBLES
        if is_too_much:
            self._troubles[outcome.channel] = 0
            self._until[outcome.channel] = at + LEFT_ALONE
        return is_too_much


patience = Patience()


@jobs.periodic(cron="* * * * *", name="notices.deliver")
def deliver(timestamp: int) -> int:
    """Each minute: what is due goes out. A channel that does not answer keeps no other waiting."""
    begun, sent = clock.now(), 0
    for _number in range(MOST_A_RUN):
        at = clock.now()
        without = patience.left_alone(at=at)
        outcome = delivering.deliver_next(at=at, without=without) if at - begun < LONGEST_RUN else None
        if outcome is None:
            break
        sent += outcome.state == State.SENT
        if patience.note(outcome, at=at):
            logger.error("%s: notices do not go out by %s: %s", current.slug(), outcome.channel, outcome.trouble)
    return sent


@jobs.periodic(cron="41 19 * * *", name="notices.forget_old")  # 03:41 in Shanghai
def forget_old(timestamp: int) -> int:
    """Each night."""
    forgotten = 0
    for _round in range(MOST_ROUNDS):
        gone = actions.forget_old(at=clock.now())
        forgotten += gone
        if gone < actions.BATCH:
            break
    return forgotten
