"""What runs on a clock: attendances that somebody forgot to close."""

from __future__ import annotations

from xinglin.activities import actions
from xinglin.cities import jobs
from xinglin.lib import clock


@jobs.periodic(cron="*/5 * * * *", name="activities.close_forgotten")
def close_forgotten(timestamp: int) -> None:
    """Sign out whoever forgot, once the late window of their shift is over."""
    at = clock.now()
    actions.close_forgotten(at=at)
    actions.end_shifts(at=at)
