"""What happens to stars by the clock."""

from __future__ import annotations

from xinglin.cities import jobs
from xinglin.lib import clock
from xinglin.recognition import actions, queries

MOST_ROUNDS = 40  # what one run may take on for one scheme; the next run goes on from there


@jobs.periodic(cron="*/5 * * * *", name="recognition.grant_stars")
def grant_stars(timestamp: int) -> int:
    """Every five minutes: whoever has the minutes for a star gets it, in order."""
    done = 0
    for scheme in queries.schemes_in_force(at=clock.now()):
        for _round in range(MOST_ROUNDS):
            granted = actions.grant_stars(scheme=scheme, at=clock.now())
            done += granted
            if not granted:
                break
    return done
