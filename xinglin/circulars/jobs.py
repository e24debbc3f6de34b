"""What happens to circulars by the clock."""

from __future__ import annotations

import datetime as dt

from xinglin.circulars import actions, queries
from xinglin.cities import jobs
from xinglin.lib import clock

LOOKED_BACK = dt.timedelta(days=7)


@jobs.periodic(cron="*/5 * * * *", name="circulars.lay_out")
def lay_out(timestamp: int) -> int:
    """Each five minutes: what a release that knew nothing of reached units wrote beside this one reaches them, too."""
    found = list(queries.not_laid_out(since=clock.now() - LOOKED_BACK))
    actions.lay_out(circulars=found)
    return len(found)
