"""What the installation does by the clock for itself, outside of all cities."""

from __future__ import annotations

from xinglin.cities import jobs
from xinglin.lib import clock
from xinglin.office import actions


@jobs.of_the_installation(cron="37 19 * * *", name="office.forget_old_tries")  # 03:37 in Shanghai
def forget_old_tries() -> None:
    """Each night."""
    actions.forget_old_tries(at=clock.now())
