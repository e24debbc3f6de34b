"""The diary: one person, one place at a time."""

from __future__ import annotations

import pytest

from conftest import at
from xinglin.diary import actions, queries
from xinglin.diary.errors import AlreadyBusy
from xinglin.diary.models import Commitment

pytestmark = pytest.mark.django_db


def book(person, *, begins="09:00", ends="12:00", source="signup:AAAA2222"):
    return actions.book(person=person, starts_at=at(begins), ends_at=at(ends), source=source)


def test_what_is_booked_stands_in_the_diary(lin):
    booked = book(lin.person)

    assert list(queries.commitments_of(lin.person, at("11:00"), at("13:00"))) == [booked]
    assert not queries.commitments_of(lin.person, at("12:00"), at("13:00"))


def test_an_overlap_is_refused_with_its_time_and_without_its_kind(lin, now_is):
    now_is(at("07:00"))
    book(lin.person)

    with pytest.raises(AlreadyBusy) as refused:
        book(lin.person, begins="11:59", ends="13:00", source="signup:BBBB2222")

    assert str(refused.value) == "您今天 9:00–12:00已经有安排了，和这个时间有重叠"
    assert Commitment.objects.count() == 1  # and the transaction goes on


def test_one_may_begin_when_another_ends(lin):
    book(lin.person)

    assert book(lin.person, begins="12:00", ends="13:00", source="signup:BBBB2222")


def test_two_people_may_be_busy_at_once(lin, blue):
    from xinglin.people.tests.factories import make_volunteer

    book(lin.person)

    assert book(make_volunteer(unit=blue).person, source="signup:BBBB2222")


def test_booking_twice_is_booking_once(lin):
    assert book(lin.person) == book(lin.person)


def test_released_time_can_be_booked_again_and_the_row_stays(lin):
    book(lin.person)

    assert actions.release(source="signup:AAAA2222", at=at("08:00"))
    assert not actions.release(source="signup:AAAA2222", at=at("08:01"))

    assert book(lin.person, source="signup:BBBB2222")
    assert Commitment.objects.count() == 2
    assert Commitment.objects.get(source="signup:AAAA2222").released_at == at("08:00")
