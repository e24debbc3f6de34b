"""What happens about people by the clock."""

from __future__ import annotations

from xinglin.cities import jobs
from xinglin.lib import clock
from xinglin.people.vetting import keeping


@jobs.periodic(cron="17 * * * *", name="people.delete_old_files")
def delete_old_files(timestamp: int) -> int:
    """Each hour: papers that were decided long enough ago, or whose consent was withdrawn, are deleted."""
    return keeping.delete_old_files(at=clock.now())
