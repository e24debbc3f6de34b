"""What happens to vouchers by the clock."""

from __future__ import annotations

from xinglin.benefits import actions, reminding
from xinglin.cities import jobs
from xinglin.lib import clock

MOST_ROUNDS = 10  # what one minute may take on; the next minute goes on from there


@jobs.periodic(cron="* * * * *", name="benefits.expire_vouchers")
def expire_vouchers(timestamp: int) -> int:
    """Each minute: vouchers whose time is over end, their minutes and places go back."""
    done = 0
    for _round in range(MOST_ROUNDS):
        ended = actions.expire_vouchers(at=clock.now())
        done += ended
        if ended < actions.LARGEST_ROUND:
            break
    return done


@jobs.periodic(cron="5 * * * *", name="benefits.warn_of_expiry")
def warn_of_expiry(timestamp: int) -> int:
    """Each hour: whoever holds a voucher that ends within days is told, once."""
    done = 0
    for _round in range(MOST_ROUNDS):
        told = reminding.warn_of_expiry(at=clock.now())
        done += told
        if told < reminding.BATCH:
            break
    return done
