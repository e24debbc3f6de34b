"""What happens to people later or by the clock."""

from __future__ import annotations

from xinglin.cities import jobs
from xinglin.lib import clock
from xinglin.people import rosters, seeking, telling
from xinglin.people.bulk import running
from xinglin.people.models import Roster
from xinglin.people.teams import moving
from xinglin.people.vetting import expiring, keeping, returning

CHUNKS_A_TURN = 10  # of a bulk action: some seconds, in which nobody else's job runs
MOST_ROUNDS = 20  # what one run may take on; the next one goes on from there


@jobs.task(name="people.check_roster")
def check_roster(roster: str) -> None:
    """What would come of a roster that was handed in."""
    rosters.check(code=roster, at=clock.now())


@jobs.task(name="people.import_roster")
def import_roster(roster: str) -> None:
    """Take in a roster, or the rest of it."""
    rosters.take_in(code=roster, at=clock.now())


@jobs.periodic(cron="* * * * *", name="people.go_on_with_rosters")
def go_on_with_rosters(timestamp: int) -> int:
    """Each minute: where a worker died, the next one goes on."""
    stuck = rosters.stuck(at=clock.now())
    for one in stuck:
        if one.state == Roster.State.CHECKING:
            check_roster.defer(lock=f"check:{one.code}", roster=one.code)
        else:
            import_roster.defer(lock=f"import:{one.code}", roster=one.code)
    return len(stuck)


@jobs.task(name="people.do_bulk")
def do_bulk(bulk: str) -> None:
    """Do a bulk action, or undo it, or a part of the rest: then it waits behind the others for its next turn."""
    if not running.set_out(code=bulk):
        return
    for _chunk in range(CHUNKS_A_TURN):
        if not running.go_on(code=bulk, at=clock.now()):
            return
    do_bulk.defer(lock=f"bulk:{bulk}", bulk=bulk)


@jobs.periodic(cron="* * * * *", name="people.go_on_with_bulks")
def go_on_with_bulks(timestamp: int) -> int:
    """Each minute: where a worker died, the next one goes on."""
    stuck = running.stuck(at=clock.now())
    for code in stuck:
        do_bulk.defer(lock=f"bulk:{code}", bulk=code)
    return len(stuck)


@jobs.periodic(cron="55 19 * * *", name="people.forget_bulks")
def forget_bulks(timestamp: int) -> int:
    """At 3:55 in China: who was in old bulk actions is forgotten."""
    return running.forget_old(at=clock.now())


@jobs.periodic(cron="50 19 * * *", name="people.forget_rosters")
def forget_rosters(timestamp: int) -> int:
    """At 3:50 in China: what is personal of old rosters goes."""
    return rosters.forget_old(at=clock.now())


@jobs.periodic(cron="17 * * * *", name="people.delete_old_files")
def delete_old_files(timestamp: int) -> int:
    """Each hour: papers that were decided long enough ago, or whose consent was withdrawn, are deleted."""
    return keeping.delete_old_files(at=clock.now())


@jobs.periodic(cron="23 * * * *", name="people.tell_of_new_agreement")
def tell_of_new_agreement(timestamp: int) -> int:
    """Each hour: whoever signed an older agreement hears that there is a new one."""
    told = 0
    for _round in range(MOST_ROUNDS):
        more = telling.tell_of_new_agreement(at=clock.now())
        told += more
        if more < telling.BATCH:
            break
    return told


@jobs.periodic(cron="29 * * * *", name="people.tell_of_new_guardian_text")
def tell_of_new_guardian_text(timestamp: int) -> int:
    """Each hour: guardians who consented to an older text hear that there is a new one."""
    return telling.tell_of_new_guardian_text(at=clock.now())


@jobs.periodic(cron="35 0 * * *", name="people.tell_of_expiry")
def tell_of_expiry(timestamp: int) -> int:
    """At 8:35 in China: whoever has a gate, a licence or a cover that ends soon, or has just ended, hears of it."""
    return expiring.tell(at=clock.now())


@jobs.periodic(cron="* * * * *", name="people.fill_sought")
def fill_sought(timestamp: int) -> int:
    """Each minute: whoever cannot be found by name yet can be from here on."""
    done = 0
    for _round in range(MOST_ROUNDS):
        filled = seeking.fill()
        done += filled
        if filled < seeking.LARGEST_ROUND:
            break
    return done


@jobs.periodic(cron="3 * * * *", name="people.turn_suspensions")
def turn_suspensions(timestamp: int) -> int:
    """Each hour: whoever was suspended until today is back on duty."""
    return returning.turn(at=clock.now())


@jobs.periodic(cron="7 * * * *", name="people.turn_moves")
def turn_moves(timestamp: int) -> int:
    """Each hour: transfers and loans begin and end on their days, and what nobody answered lapses."""
    return moving.turn(at=clock.now())
