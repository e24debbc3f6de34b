"""What runs on a clock: attendances that somebody forgot to close."""

from __future__ import annotations

from procrastinate.contrib.django import app

from xinglin.activities import actions
from xinglin.lib import clock


@app.periodic(cron="*/5 * * * *")
@app.task(name="activities.close_forgotten", queueing_lock="activities.close_forgotten", pass_context=False)
def close_forgotten(timestamp: int) -> None:
    """Sign out whoever forgot, once the late window of their shift is over."""
    at = clock.now()
    actions.close_forgotten(at=at)
    actions.end_shifts(at=at)
