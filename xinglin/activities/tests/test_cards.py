"""A volunteer's card: the leader of the shift sees who it is and marks them; nobody else learns anything by it."""

import pytest
from django.test import Client
from django.urls import reverse

from conftest import at, member, sign_in
from xinglin.activities.models import Attendance
from xinglin.activities.tests.factories import make_shift, make_signup
from xinglin.hours.models import Record
from xinglin.organisation.tests.factories import make_role
from xinglin.people import cards
from xinglin.people.errors import NoCard
from xinglin.people.models import Card

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader(blue):
    leader = member(name="吴队", number="V000200", phone="13812349999", unit=blue)
    make_role(user=leader.person.user, unit=blue, name="team_leader")
    return leader


@pytest.fixture
def signup(blue, lin):
    return make_signup(make_shift(places=3, unit=blue), lin)  # 9:00 to 12:00


@pytest.fixture
def card(lin, wang):
    return cards.issue(volunteer=lin, by=wang, at=at("08:00"))


def scan(user, card):
    client = sign_in(Client(), user) if user is not None else Client()
    return client.get(reverse("activities:card", args=[card.token])).content.decode()


def mark(user, card):
    return sign_in(Client(), user).post(reverse("activities:card_mark", args=[card.token]))


def test_the_leader_sees_who_it_is_and_marks_coming_and_leaving(card, signup, leader, now_is):
    now_is(at("09:00"))
    user = leader.person.user
    assert "林晓" in scan(user, card)

    mark(user, card)
    now_is(at("11:00"))
    mark(user, card)

    attendance = Attendance.objects.get()
    assert (attendance.came_how, attendance.came_marked_by, attendance.left_marked_by) == ("leader", user, user)
    assert Record.objects.get().minutes == 120


def test_marked_twice_in_a_row_is_here_and_gone_and_no_more(card, signup, leader, now_is):
    now_is(at("09:30"))
    for _press in range(3):
        mark(leader.person.user, card)

    assert Attendance.objects.count() == 1


@pytest.mark.parametrize("who", ["visitor", "lin", "other"])
def test_others_learn_no_name(card, signup, blue, lin, now_is, who):
    now_is(at("09:00"))
    other = member(name="何苗", number="V000777", phone="13800000777", unit=blue)
    user = {"visitor": None, "lin": lin.person.user, "other": other.person.user}[who]

    page = scan(user, card)

    assert "杏林志愿者卡" in page
    assert "林晓" not in page
    assert lin.number not in page


def test_a_leader_of_another_time_learns_no_name(card, signup, leader, now_is):
    now_is(at("18:00"))

    assert "林晓" not in scan(leader.person.user, card)


def test_a_leader_whose_shift_the_person_did_not_take_is_told_only_that(card, blue, leader, lin, now_is):
    make_shift(places=3, unit=blue)
    now_is(at("09:00"))

    page = scan(leader.person.user, card)

    assert "没有报您现在带的班次" in page
    assert "林晓" not in page


def test_nobody_marks_themselves_by_their_own_card(blue, leader, now_is):
    make_signup(make_shift(places=3, unit=blue), leader)
    own = cards.issue(volunteer=leader, by=leader.person.user, at=at("08:00"))
    now_is(at("09:00"))

    page = scan(leader.person.user, own)
    answer = mark(leader.person.user, own)

    assert "这是您自己的卡" in page
    assert answer.status_code == 403
    assert not Attendance.objects.exists()


def test_a_lost_card_tells_nobody_and_a_new_one_has_another_code(card, signup, leader, lin, wang, now_is):
    now_is(at("09:00"))
    cards.void(volunteer=lin, by=lin.person.user, at=at("08:30"))

    new = cards.issue(volunteer=lin, by=wang, at=at("08:40"))

    assert "林晓" not in scan(leader.person.user, card)
    assert "已经挂失" in scan(leader.person.user, card)
    assert mark(leader.person.user, card).status_code == 404
    assert "林晓" in scan(leader.person.user, new)
    assert new.token != card.token


def test_printing_again_voids_nothing(card, lin, wang):
    again = cards.issue(volunteer=lin, by=wang, at=at("10:00"))

    assert again == card
    assert len(card.token) >= 24


def test_what_is_not_there_cannot_be_lost(lin, wang):
    with pytest.raises(NoCard):
        cards.void(volunteer=lin, by=wang, at=at("08:30"))


def test_a_made_up_code_looks_like_any_other_card(leader, now_is):
    now_is(at("09:00"))

    assert "杏林志愿者卡" in scan(None, Card(token="made-up-code"))


def test_a_coordinator_prints_the_selection_ten_on_a_sheet(client, wang, lin, blue):
    for number in range(11):
        member(name=f"志愿者{number}", number=f"V0007{number:02d}", phone=f"138000007{number:02d}", unit=blue)
    numbers = [f"V0007{number:02d}" for number in range(11)] + [lin.number, "V999999"]

    page = sign_in(client, wang).post(reverse("people:print_cards"), {"number": numbers}).content.decode()

    assert page.count('class="member-card"') == 12
    assert page.count("card-sheet") == 2
    assert Card.objects.count() == 12


def test_nobody_prints_cards_of_another_hospital(client, association, lin):
    from conftest import _below, _unit, staff

    elsewhere = _below(association, _unit("瑞安市中医院", "hospital"))
    stranger = staff(name="周正", login_name="zhou", role="coordinator", unit=elsewhere)

    answer = sign_in(client, stranger).post(reverse("people:print_cards"), {"number": [lin.number]})

    assert answer.status_code == 422
    assert not Card.objects.exists()


def test_ones_own_card_is_made_shown_and_reported_lost(client, lin):
    own = sign_in(client, lin.person.user)
    own.post(reverse("people:new_card"))

    assert "<svg" in own.get(reverse("people:card")).content.decode()

    own.post(reverse("people:lose_card"))

    assert "您还没有卡" in own.get(reverse("people:card")).content.decode()
