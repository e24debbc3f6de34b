"""A list from a group becomes sign-ups: who is meant, who must be chosen, what is refused, and who did it."""

import pytest
from django.urls import reverse

from conftest import at, member, sign_in
from xinglin.activities import chatlist
from xinglin.activities.models import Signup
from xinglin.activities.recognising import recognise
from xinglin.activities.tests.factories import make_shift
from xinglin.audit.models import Entry
from xinglin.people.queries import volunteers_seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def shift(blue):
    return make_shift(places=3, unit=blue, starts_at=at("09:00", days=2))


@pytest.fixture
def desk(client, wang, now_is):
    now_is(at("10:00"))
    return sign_in(client, wang)


@pytest.fixture
def red(hospital):
    from conftest import _below, _unit

    return _below(hospital, _unit("红马甲队", "team"))


def who(text, shift, user):
    found = recognise(chatlist.read(text), shift=shift, among=volunteers_seen_by(user))
    return [one.surely.number if one.surely else None for one in found]


def sign_up(desk, shift, text, **picked):
    return desk.post(reverse("activities:chat_sign_up", args=[shift.code]), {"text": text, **picked})


def test_one_name_one_person(shift, lin, wang):
    assert who("1. 林晓\n2. 没有这个人", shift, wang) == ["V000001", None]


def test_of_two_with_one_name_the_one_of_the_shifts_own_team_is_meant(shift, lin, wang, red):
    member(name="林晓", number="V000555", phone="13800000555", unit=red)

    assert who("1. 林晓", shift, wang) == ["V000001"]


def test_two_of_one_name_in_one_team_must_be_chosen_unless_the_tail_says_which(shift, lin, wang, blue):
    member(name="林晓", number="V000555", phone="13800000555", unit=blue)

    assert who("1. 林晓", shift, wang) == [None]
    assert who("1. 林晓 0555", shift, wang) == ["V000555"]
    assert who("1. 林晓 9999", shift, wang) == [None]
    assert who("1. 林晓 13800000001", shift, wang) == ["V000001"]


def test_a_number_goes_before_a_name_but_not_against_it(shift, lin, wang):
    assert who("1. V000001", shift, wang) == ["V000001"]
    assert who("1. 王芳 V000001", shift, wang) == [None]


def test_whom_one_may_not_see_one_does_not_find(shift, lin, association):
    from conftest import _below, _unit, staff

    elsewhere = _below(association, _unit("瑞安市中医院", "hospital"))
    stranger = staff(name="周正", login_name="zhou", role="coordinator", unit=elsewhere)

    assert who("1. 林晓\n2. V000001\n3. 13800000001", shift, stranger) == [None, None, None]


def test_the_page_shows_each_line_and_signs_nobody_up(desk, shift, lin):
    page = desk.post(reverse("activities:chat_list", args=[shift.code]), {"text": "#接龙\n1. 林晓\n2. 谁呀"})

    html = page.content.decode()
    assert "认出来了" in html
    assert "没认出来" in html
    assert not Signup.objects.exists()


def test_who_is_confirmed_is_signed_up_and_the_trail_names_who_did_it(desk, shift, lin, wang):
    page = sign_up(desk, shift, "1. 林晓", **{"who-0": "V000001"}).content.decode()

    signup = Signup.objects.get()
    assert (signup.volunteer, signup.taken_by) == (lin, wang)
    assert Entry.objects.filter(verb="signed_up_other", actor_code=wang.code).count() == 1
    assert "1 人报上了" in page


def test_a_line_that_is_refused_keeps_the_others_and_says_why(desk, shift, lin, blue):
    unsigned = member(name="何苗", number="V000777", phone="13800000777", unit=blue)
    unsigned.agreements.all().delete()

    page = sign_up(
        desk, shift, "1. 何苗\n2. 林晓\n3. 谁呀", **{"who-0": "V000777", "who-1": "V000001"}
    ).content.decode()

    assert Signup.objects.get().volunteer == lin
    assert "何苗：" in page
    assert "3. 谁呀" in page


def test_the_last_place_goes_to_the_earlier_line(desk, blue, lin):
    shift = make_shift(places=1, unit=blue, starts_at=at("09:00", days=2))
    member(name="何苗", number="V000777", phone="13800000777", unit=blue)

    page = sign_up(desk, shift, "1. 何苗\n2. 林晓", **{"who-0": "V000777", "who-1": "V000001"}).content.decode()

    assert Signup.objects.get().volunteer.person.name == "何苗"
    assert "林晓：" in page


def test_twice_pasted_is_once_signed_up(desk, shift, lin):
    for _time in range(2):
        sign_up(desk, shift, "1. 林晓", **{"who-0": "V000001"})

    assert Signup.objects.count() == 1


def test_the_volunteer_reads_who_signed_them_up_and_may_cancel(desk, client, shift, lin, now_is):
    sign_up(desk, shift, "1. 林晓", **{"who-0": "V000001"})
    own = sign_in(type(client)(), lin.person.user)

    page = own.get(reverse("activities:shift", args=[shift.code])).content.decode()
    own.post(reverse("activities:cancel", args=[shift.code]))

    assert "王敏按群里的接龙替您报的名" in page
    assert Signup.objects.get().state == Signup.State.CANCELLED


def test_a_named_leader_without_the_role_signs_nobody_up(client, blue, lin, now_is):
    now_is(at("10:00"))
    leader = member(name="何苗", number="V000777", phone="13800000777", unit=blue).person.user
    shift = make_shift(places=3, unit=blue, starts_at=at("09:00", days=2), leader=leader)

    answer = sign_up(sign_in(client, leader), shift, "1. 林晓", **{"who-0": "V000001"})

    assert answer.status_code == 403
    assert not Signup.objects.exists()


def test_a_long_list_asks_no_more_of_the_database(desk, shift, blue, django_assert_max_num_queries):
    names = [f"何苗{last}" for last in "一二三四五六七八九十壬癸"]
    for number, name in enumerate(names):
        member(name=name, number=f"V0007{number:02d}", phone=f"138000007{number:02d}", unit=blue)
    text = "\n".join(f"{number}. {name}" for number, name in enumerate(names, 1))

    with django_assert_max_num_queries(26):
        desk.post(reverse("activities:chat_list", args=[shift.code]), {"text": text})
