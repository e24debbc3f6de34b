"""What happens to notices by the clock: they go out, and old ones are forgotten."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter

from xinglin.cities import current, jobs
from xinglin.lib import clock
from xinglin.notices import actions, delivering

MOST_A_RUN = 2000  # what one minute may take on; the next minute goes on from there
LONGEST_RUN = dt.timedelta(seconds=50)
TROUBLES = 3  # after so many in one run a channel is left alone until the next one
MOST_ROUNDS = 50

logger = logging.getLogger(__name__)


@jobs.periodic(cron="* * * * *", name="notices.deliver")
def deliver(timestamp: int) -> int:
    """Each minute: what is due goes out. A channel that does not answer keeps no other waiting."""
    begun, sent = clock.now(), 0
    broken: Counter[str] = Counter()
    for _number in range(MOST_A_RUN):
        at = clock.now()
        without = [channel for channel, times in broken.items() if times >= TROUBLES]
        outcome = delivering.deliver_next(at=at, without=without) if at - begun < LONGEST_RUN else None
        if outcome is None:
            break
        sent += outcome.state == "sent"
        if outcome.is_broken:
            broken[outcome.channel] += 1
            if broken[outcome.channel] == TROUBLES:
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
