"""What accounts does by the clock: forgetting what no limit asks for any more."""

from __future__ import annotations

from procrastinate.contrib.django import app

from xinglin.accounts import actions
from xinglin.lib import clock


@app.periodic(cron="23 19 * * *")  # 03:23 in Shanghai
@app.task(name="accounts.forget_old_tries", queueing_lock="accounts.forget_old_tries")
def forget_old_tries(timestamp: int) -> None:
    """Each night."""
    actions.forget_old_tries(at=clock.now())
