"""What happens in hours by the clock."""

from __future__ import annotations

from xinglin.cities import jobs
from xinglin.hours import actions
from xinglin.lib import clock

MOST_ROUNDS = 60  # what one minute may take on; the next minute goes on from there


@jobs.periodic(cron="* * * * *", name="hours.make_effective")
def make_effective(timestamp: int) -> int:
    """Each minute: records whose undo window and publication are over take effect."""
    done = 0
    for _round in range(MOST_ROUNDS):
        taken = actions.make_effective(at=clock.now(), limit=actions.LARGEST_ROUND)
        done += taken
        if taken < actions.LARGEST_ROUND:
            break
    return done
