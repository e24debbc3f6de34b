"""Merges and erasures wait at the desk: for the second person, and once the waiting time is over."""

import datetime as dt

import pytest
from django.urls import reverse

from conftest import at, sign_in, staff
from xinglin.home import queries
from xinglin.office import erasing, merging
from xinglin.organisation.tests.factories import make_unit
from xinglin.people.models import Merging
from xinglin.people.tests.factories import make_volunteer

pytestmark = pytest.mark.django_db

NOW = at("09:30")


@pytest.fixture(autouse=True)
def _morning(now_is):
    now_is(NOW)


@pytest.fixture
def desk(client, wang):
    return sign_in(client, wang)


def decide(client, kind, code, verb, **sent):
    address = reverse("home:decide", args=[kind, code])
    return client.post(address, {"verb": verb, **sent}, headers={"HX-Request": "true"})


def two_accounts(blue):
    kept = make_volunteer(name="孙桂英", number="V000301", unit=blue)
    gone = make_volunteer(name="孙桂英", number="V000302", unit=blue)
    return kept, gone


def test_a_merge_waits_for_the_second_person_and_is_done_from_the_list(desk, blue, hospital, wang):
    kept, gone = two_accounts(blue)
    li = staff(name="李静", login_name="lijing", role="coordinator", unit=hospital)
    own = merging.propose(kept=kept.person, gone=gone.person, paper="身份证", by=wang, at=NOW)
    assert [todo.kind for todo in queries.todos(wang, at=NOW)] == []

    merging.withdraw(merging=own, by=wang, at=NOW)
    asked = merging.propose(kept=kept.person, gone=gone.person, paper="身份证", by=li, at=NOW)
    page = desk.get("/desk/")
    done = decide(desk, "merging", asked.code, "merge")

    assert "合并 孙桂英" in page.content.decode()
    assert 'value="merge" data-key' not in page.content.decode()  # nobody presses it on the way through the list
    assert done.status_code == 200
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == (Merging.State.DONE, wang)


def test_a_merge_is_declined_with_a_reason(desk, blue, hospital):
    kept, gone = two_accounts(blue)
    li = staff(name="李静", login_name="lijing", role="coordinator", unit=hospital)
    asked = merging.propose(kept=kept.person, gone=gone.person, paper="身份证", by=li, at=NOW)

    decide(desk, "merging", asked.code, "decline")
    asked.refresh_from_db()
    assert asked.state == Merging.State.WAITING  # it asks for the reason first
    decide(desk, "merging", asked.code, "decline", reason="不是同一个人")

    asked.refresh_from_db()
    assert (asked.state, asked.reason) == (Merging.State.DECLINED, "不是同一个人")


def test_who_asked_to_be_forgotten_waits_once_the_days_are_over(desk, blue, wang, now_is):
    sun = make_volunteer(name="孙桂英", number="V000301", unit=blue)
    asked = erasing.ask(person=sun.person, by=sun.person.user, at=NOW)
    assert [todo.kind for todo in queries.todos(wang, at=NOW)] == []

    later = asked.decide_from + dt.timedelta(minutes=1)
    now_is(later)
    sign_in(desk, wang)
    page = desk.get("/desk/")
    decide(desk, "erasure", asked.code, "erase")

    assert "注销 孙桂英" in page.content.decode()
    sun.person.refresh_from_db()
    assert sun.person.erased_at is not None


def test_nobody_of_another_hospital_finds_a_merge_or_an_erasure(desk, blue, wang, hospital, association):
    kept, gone = two_accounts(blue)
    li = staff(name="李静", login_name="lijing", role="coordinator", unit=hospital)
    merging.propose(kept=kept.person, gone=gone.person, paper="身份证", by=li, at=NOW)
    elsewhere = make_unit(name="瑞安市中医院", kind="hospital", parent=association)
    other = staff(name="周平", login_name="zhouping", role="coordinator", unit=elsewhere)

    assert queries.todos(other, at=NOW) == []
    assert [todo.kind for todo in queries.todos(wang, at=NOW)] == ["merging"]
