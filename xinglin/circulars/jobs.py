"""What happens to circulars by the clock."""

from __future__ import annotations

import datetime as dt

from xinglin.circulars import actions, queries, telling
from xinglin.circulars.models import Circular
from xinglin.cities import jobs
from xinglin.lib import clock

CHUNKS_A_TURN = 5  # some seconds, in which nobody else's job runs
LOOKED_BACK = dt.timedelta(days=7)


@jobs.periodic(cron="*/5 * * * *", name="circulars.lay_out")
def lay_out(timestamp: int) -> int:
    """Each five minutes: what a release that knew nothing of reached units wrote beside this one reaches them, too."""
    found = list(queries.not_laid_out(since=clock.now() - LOOKED_BACK))
    actions.lay_out(circulars=found)
    return len(found)


@jobs.task(name="circulars.tell")
def tell(telling_key: int) -> None:
    """Tell those who have not opened a circular, or a part of them: then it waits for its next turn."""
    if not telling.set_out(telling=telling_key):
        return
    for _chunk in range(CHUNKS_A_TURN):
        if not telling.go_on(telling=telling_key, at=clock.now()):
            return
    tell.defer(lock=f"circular:{telling_key}", telling_key=telling_key)


@jobs.periodic(cron="* * * * *", name="circulars.go_on_telling")
def go_on_telling(timestamp: int) -> int:
    """Each minute: where a worker died, the next one goes on."""
    stuck = telling.stuck(at=clock.now())
    for key in stuck:
        tell.defer(lock=f"circular:{key}", telling_key=key)
    return len(stuck)


@jobs.task(name="circulars.take_back")
def take_back(code: str) -> None:
    """What was told by phone of a circular that is withdrawn, and has not gone out, goes."""
    telling.take_back(circular=Circular.objects.get(code=code))
