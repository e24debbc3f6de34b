"""How the installation is, in figures, and which of them somebody should look at. Values in, answers out."""

from __future__ import annotations

from dataclasses import dataclass

MOST_JOB_WAIT_S = 300.0  # a code, a record's effect: people wait for these
MOST_RECORD_DELAY_S = 900.0  # a job of every minute makes records effective; it failed many times over
MOST_BACKUP_AGE_S = 26 * 3600.0  # nightly, and two hours for a large one
LEAST_DISK_FREE = 0.10
LEAST_CERTIFICATE_DAYS = 14.0  # it is renewed in its last 30: renewing has failed for two weeks
MOST_CLOCK_OFFSET_S = 2.0
SCRAPED_EVERY_S = 60.0


@dataclass(frozen=True)
class State:
    """Everything that may be known without looking at anybody's data. None: it cannot be known here."""

    database_answers: bool
    migrations_missing: int | None = None
    jobs_waiting: int | None = None
    oldest_job_s: float | None = None
    jobs_failed: int | None = None
    workers: int | None = None
    records_delayed: int | None = None
    oldest_record_delay_s: float | None = None
    clock_offset_s: float | None = None
    clock_synchronised: bool | None = None
    backup_age_s: float | None = None
    backup_succeeded: bool | None = None
    disk_free_bytes: int = 0
    disk_free_ratio: float = 1.0
    certificate_days: float | None = None


def complaints(state: State) -> list[str]:
    """What is not as it should be, by a short word for machines; empty when all is well."""
    judged = {
        "database_down": not state.database_answers,
        "migrations_missing": bool(state.migrations_missing),
        "jobs_wait_long": _above(state.oldest_job_s, MOST_JOB_WAIT_S),
        "no_worker": state.workers == 0,
        "records_delayed": _above(state.oldest_record_delay_s, MOST_RECORD_DELAY_S),
        "clock_differs_from_database": _above(abs(state.clock_offset_s or 0.0), MOST_CLOCK_OFFSET_S),
        "clock_not_synchronised": state.clock_synchronised is False,
        "backup_failed": state.backup_succeeded is False,
        "backup_old": _above(state.backup_age_s, MOST_BACKUP_AGE_S),
        "disk_nearly_full": state.disk_free_ratio < LEAST_DISK_FREE,
        "certificate_ends_soon": state.certificate_days is not None and state.certificate_days < LEAST_CERTIFICATE_DAYS,
    }
    return [word for word, is_so in judged.items() if is_so]


def may_serve(state: State) -> bool:
    """Can pages be answered? A full disk or an old backup is for people to mend, not a reason to send none."""
    return state.database_answers and not state.migrations_missing


def _above(value: float | None, limit: float) -> bool:
    return value is not None and value > limit
