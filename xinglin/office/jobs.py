"""What runs later or by the clock: the installation's own, outside of all cities, and a city's whole-person verbs."""

from __future__ import annotations

from xinglin.cities import jobs
from xinglin.lib import clock
from xinglin.office import actions, bare_accounts, copies, erasing, retention


@jobs.of_the_installation(cron="37 19 * * *", name="office.forget_old_tries")  # 03:37 in Shanghai
def forget_old_tries() -> None:
    """Each night."""
    actions.forget_old_tries(at=clock.now())


@jobs.task(name="office.make_data_copy")
def make_data_copy(code: str) -> None:
    """Somebody asked for a copy of their data."""
    copies.make(code=code, at=clock.now())


@jobs.periodic(cron="17 * * * *", name="office.expire_data_copies")
def expire_data_copies(timestamp: int) -> int:
    """Each hour."""
    return copies.expire(at=clock.now())


@jobs.periodic(cron="50 18 * * *", name="office.retention")
def end_of_retention(timestamp: int) -> tuple[int, int]:
    """At 2:50 in China: propose who left long ago or never joined, and forget whoever was proposed and nobody kept."""
    at = clock.now()
    proposed = retention.propose(at=at) + bare_accounts.propose(at=at)
    return proposed, erasing.carry_out_due(at=at) + bare_accounts.close_due(at=at)
