"""The sheet of paper: printed with what one needs, typed in afterwards, and what is wrong stays with its reason."""

import pytest
from django.urls import reverse

from conftest import at, member, sign_in
from xinglin.activities import actions
from xinglin.activities.evidence import BY_LEADER
from xinglin.activities.models import Attendance
from xinglin.activities.tests.factories import make_shift, make_signup
from xinglin.hours.models import Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def shift(blue):
    return make_shift(places=9, unit=blue)  # 9:00 to 12:00


@pytest.fixture
def signups(shift, blue):
    people = [
        member(name=name, number=f"V00001{number:02d}", phone=f"138123400{number:02d}", unit=blue)
        for number, name in enumerate(("何苗", "周海燕", "陈思远"))
    ]
    return [make_signup(shift, volunteer) for volunteer in people]


@pytest.fixture
def desk(client, wang, now_is):
    now_is(at("15:00"))
    return sign_in(client, wang)


def enter(desk, shift, **rows):
    sent = {}
    for code, (came, left) in rows.items():
        sent |= {f"here-{code}": "1", f"came-{code}": came, f"left-{code}": left}
    return desk.post(reverse("activities:enter", args=[shift.code]), sent)


def test_the_sheet_has_names_masked_phones_and_room_for_more(desk, shift, signups):
    page = desk.get(reverse("activities:roster", args=[shift.code])).content.decode()

    assert "何苗" in page
    assert "138****0000" in page
    assert "13812340000" not in page
    assert page.count("<tr>") == 1 + 3 + 4


def test_a_row_that_is_ticked_becomes_a_later_entry_for_a_second_person(desk, shift, signups):
    first = signups[0]

    enter(desk, shift, **{first.code: ("9:05", "12点")})

    record = Record.objects.get()
    assert (record.minutes, record.provenance, record.state) == (175, "team_entry", "recorded")
    assert Attendance.objects.count() == 1


def test_good_rows_are_kept_and_bad_ones_stay_as_typed_with_their_reason(desk, shift, signups):
    good, unreadable, backwards = signups

    page = enter(
        desk,
        shift,
        **{good.code: ("9:00", "12:00"), unreadable.code: ("早上", "12:00"), backwards.code: ("11:00", "10:00")},
    )

    html = page.content.decode()
    assert Record.objects.get().person == good.volunteer.person
    assert "“早上”看不出是几点" in html
    assert 'value="早上"' in html
    assert 'value="10:00"' in html
    assert "2 行还没有记上" in html
    assert not Attendance.objects.exclude(signup=good).exists()  # half a row is none


def test_who_has_come_by_code_only_gets_the_leaving(desk, shift, signups, wang):
    signup = signups[0]
    actions.come(signup=signup, evidence=BY_LEADER, by=wang, at=at("09:00"))

    enter(desk, shift, **{signup.code: ("", "11:30")})

    assert Record.objects.get().minutes == 150


def test_saving_twice_is_saving_once(desk, shift, signups):
    for _time in range(2):
        enter(desk, shift, **{signups[0].code: ("9:00", "12:00")})

    assert Record.objects.count() == 1


def test_nobody_enters_their_own_row(client, shift, blue, now_is):
    from xinglin.organisation.tests.factories import make_role

    now_is(at("15:00"))
    leader = member(name="吴队", number="V000200", phone="13812349999", unit=blue)
    make_role(user=leader.person.user, unit=blue, name="team_leader")
    own = make_signup(shift, leader)

    page = enter(sign_in(client, leader.person.user), shift, **{own.code: ("9:00", "12:00")})

    assert page.status_code == 422
    assert not Attendance.objects.exists()


def test_two_days_later_the_table_says_that_it_is_too_late(desk, shift, signups, now_is):
    now_is(at("15:00", days=2))

    page = desk.get(reverse("activities:enter", args=[shift.code])).content.decode()

    assert "录入的时间过了" in page
