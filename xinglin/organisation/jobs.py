"""What happens in the organisation by the clock."""

from __future__ import annotations

from xinglin.cities import jobs
from xinglin.lib import clock
from xinglin.organisation import telling


@jobs.periodic(cron="45 0 * * *", name="organisation.tell_of_ending_roles")
def tell_of_ending_roles(timestamp: int) -> int:
    """At 8:45 in China: whoever has a role that ends within a week hears of it."""
    return telling.ending(at=clock.now())
