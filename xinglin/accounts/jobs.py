"""What accounts does by the clock: forgetting what no limit asks for any more."""

from __future__ import annotations

from xinglin.accounts import actions
from xinglin.cities import jobs
from xinglin.lib import clock


@jobs.periodic(cron="23 19 * * *", name="accounts.forget_old_tries")  # 03:23 in Shanghai
def forget_old_tries(timestamp: int) -> None:
    """Each night."""
    actions.forget_old_tries(at=clock.now())
