"""What happens in the time bank by the clock."""

from __future__ import annotations

from xinglin.cities import jobs
from xinglin.lib import clock
from xinglin.timebank import actions, measuring
from xinglin.timebank.actions import ageing, gifts, merging
from xinglin.timebank.actions.holds import LARGEST_ROUND

MOST_ROUNDS = 60  # what one minute may take on; the next minute goes on from there


@jobs.periodic(cron="* * * * *", name="timebank.expire_holds")
def expire_holds(timestamp: int) -> int:
    """Each minute: holds whose time is over go back to their owners."""
    gifts.mark_lapsed(at=clock.now())
    done = 0
    for _round in range(MOST_ROUNDS):
        ended = actions.expire_holds(at=clock.now(), limit=LARGEST_ROUND)
        done += ended
        if ended < LARGEST_ROUND:
            break
    return done


@jobs.periodic(cron="* * * * *", name="timebank.roll_up")
def roll_up(timestamp: int) -> int:
    """Each minute: the sums of unlimited accounts follow the log."""
    return actions.roll_up()


@jobs.periodic(cron="20 19 * * *", name="timebank.measure_health")
def measure_health(timestamp: int) -> None:
    """At 3:20 in China, when few look: the bank's health of the new day, so that nobody waits for it."""
    measuring.measure(None, at=clock.now())


@jobs.periodic(cron="40 16 * * *", name="timebank.expire_minutes")
def expire_minutes(timestamp: int) -> int:
    """At 0:40 in China: minutes past their lifetime end, where a policy gives them one."""
    return ageing.expire(at=clock.now())


@jobs.periodic(cron="*/10 * * * *", name="timebank.welcome")
def welcome(timestamp: int) -> int:
    """Every ten minutes: starting minutes for whoever is new, where a policy gives some."""
    return ageing.welcome(at=clock.now())


@jobs.periodic(cron="*/10 * * * *", name="timebank.follow_debts")
def follow_debts(timestamp: int) -> int:
    """Every ten minutes: what is owed on an account that was merged, and what came to it, is the one's that stayed."""
    return merging.follow_debts(at=clock.now()) + merging.bring_home(at=clock.now())
