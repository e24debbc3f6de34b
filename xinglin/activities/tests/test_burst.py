"""A whole shift leaves at once: nobody waits for the ledger, few batches credit them, each has an own answer."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import at
from xinglin.activities import actions
from xinglin.activities.evidence import Evidence
from xinglin.activities.tests.factories import make_shift, make_signup
from xinglin.activities.tests.test_races import all_at_once
from xinglin.hours import actions as hours
from xinglin.hours.models import Record
from xinglin.people.tests.factories import make_volunteer
from xinglin.timebank import queries as timebank
from xinglin.timebank.rules import AccountKind
from xinglin.timebank.tests.factories import make_account

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 30
CODE = Evidence("code")


def shift_at_work(unit):
    """A shift whose people have all come, each a minute after the one before."""
    shift = make_shift(places=MANY, unit=unit)
    signups = [make_signup(shift, make_volunteer(unit=unit)) for _ in range(MANY)]
    for number, signup in enumerate(signups):
        come_at = at(f"09:{number:02d}")
        actions.come(signup=signup, evidence=CODE, by=signup.volunteer.person.user, at=come_at)
    return signups


def leave(signup):
    user = signup.volunteer.person.user
    return actions.leave(signup=signup, evidence=CODE, by=user, at=at("12:00"))


def batches(asked) -> int:
    return len([query for query in asked if "FROM post" in query["sql"]])


def test_thirty_who_check_out_at_once_are_credited_in_one_batch(blue):
    signups = shift_at_work(blue)
    people = [signup.volunteer.person for signup in signups]
    make_account(AccountKind.MEMBER, person=people[0], closed_at=at("08:00"))  # one that takes nothing any more

    answers = all_at_once([lambda one=one: leave(one) for one in signups])
    with CaptureQueriesContext(connection) as asked:
        taken = hours.make_effective(at=at("12:30"))

    assert len({answer.pk for answer in answers}) == MANY
    assert (taken, batches(asked)) == (MANY, 1)
    credited = dict(Record.objects.values_list("person_id", "credited_minutes"))
    assert credited == {person.pk: 180 - number if number else 0 for number, person in enumerate(people)}
    for person in people:
        assert timebank.balance_of(person).free_minutes == credited[person.pk]


def test_while_they_leave_the_job_credits_in_rounds_and_each_record_once(blue):
    signups = shift_at_work(blue)
    everybody_left, posts = threading.Event(), []

    def work() -> None:
        has_more = True
        while has_more:
            has_more = not everybody_left.is_set()
            with CaptureQueriesContext(connection) as asked:
                hours.make_effective(at=at("12:30"))
            posts.append(batches(asked))

    def leave_all() -> None:
        for signup in signups:
            leave(signup)
        everybody_left.set()

    all_at_once([work, leave_all])

    people = [signup.volunteer.person for signup in signups]
    assert max(posts) == 1, "a round is one batch, however many it finds"
    assert [timebank.balance_of(person).free_minutes for person in people] == [180 - number for number in range(MANY)]
