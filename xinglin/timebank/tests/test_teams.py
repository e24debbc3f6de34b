"""Team accounts: members give to their team, two people give on to the pool or to somebody in need, nowhere else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import at, member, staff
from xinglin.organisation.errors import MayNot
from xinglin.organisation.models import Policy
from xinglin.organisation.tests.factories import make_unit
from xinglin.people import relations
from xinglin.timebank import queries, requesting, teams, verification
from xinglin.timebank.actions import gifts, requests
from xinglin.timebank.errors import (
    GiftNotPermitted,
    NotEnoughInAccount,
    NotInNeed,
    NotOfTheHouse,
    NotOfTheTeam,
    ReceiverIsFull,
    SecondPersonDecides,
)
from xinglin.timebank.models import Account, Gift, Request
from xinglin.timebank.rules import AccountKind
from xinglin.timebank.tests.factories import credit

pytestmark = pytest.mark.django_db
NOW = at("12:00")


@pytest.fixture
def leader(blue) -> Any:
    """吴队 leads the blue team."""
    return staff(name="吴队", login_name="leader", role="team_leader", unit=blue)


@pytest.fixture
def he(hospital) -> Any:
    """何苗 belongs to the hospital, and is in hardship."""
    return member(name="何苗", number="V000002", phone="13800000002", unit=hospital)


@pytest.fixture
def rich(blue, lin) -> Any:
    """The blue team with 100 minutes from 林晓."""
    credit(lin.person, 120)
    give_to(blue, lin, 100)
    return blue


def give_to(team: Any, giver: Any, minutes: int) -> Gift:
    return gifts.give(giver=giver.person, receiver=None, team=team, minutes=minutes, words="", at=NOW)


def ask(team: Any, leader: Any, *, person: Any = None, minutes: int = 40) -> Request:
    receiver = person.person if person is not None else None
    said = {"minutes": minutes, "reason": "大家的心意", "by": leader, "at": NOW}
    return requests.ask(kind="team_gift", unit=team, person=receiver, **said)


def register_hardship(volunteer: Any, wang: Any) -> None:
    until = dt.date(2027, 1, 1)
    relations.decide_hardship(person=volunteer.person, paper="低保证", until=until, by=wang, at=at("09:00"))


def set_policy(unit: Any, name: str, value: Any) -> None:
    Policy.objects.create(unit=unit, name=name, value=value, starts_at=at("00:00", days=-10))


def faults() -> list[str]:
    return [str(difference) for difference in verification._found(verification.Tally())]


# Into the team ----------------------------------------------------------------------------------------------------


def test_a_member_gives_to_their_team_at_once(blue, lin):
    credit(lin.person, 120)

    gift = give_to(blue, lin, 100)

    assert gift.state == Gift.State.ARRIVED
    assert teams.minutes_of(blue) == 100
    assert queries.balance_of(lin.person).free_minutes == 20
    assert [entry.reason for entry in teams.statement(blue, limit=5)] == ["捐给志愿服务队"]
    assert faults() == []


def test_nobody_gives_to_a_team_that_is_not_theirs_or_where_the_policy_is_against_it(hospital, blue, lin, he):
    credit(lin.person, 120)
    credit(he.person, 120)
    with pytest.raises(NotOfTheTeam):
        give_to(blue, he, 10)

    set_policy(hospital, "permitted_gifts", ["pool"])
    with pytest.raises(GiftNotPermitted, match="本人的志愿服务队"):
        give_to(blue, lin, 10)

    assert teams.minutes_of(blue) == 0


def test_who_may_only_donate_may_give_to_the_team_too(blue, lin):
    credit(lin.person, 60)
    lin.person.born_on = dt.date(2012, 1, 1)
    lin.person.save()

    give_to(blue, lin, 60)

    assert teams.minutes_of(blue) == 60


# Out of it --------------------------------------------------------------------------------------------------------


def test_two_people_give_a_teams_minutes_to_the_pool_of_its_house(hospital, rich, leader, wang):
    asked = ask(rich, leader)
    assert teams.minutes_of(rich) == 100

    requests.agree(request=asked, by=wang, at=NOW)
    requests.agree(request=asked, by=wang, at=NOW)

    assert teams.minutes_of(rich) == 60
    assert requesting.balance_of_unit(hospital, AccountKind.POOL) == 40
    assert faults() == []


def test_or_to_somebody_of_the_house_in_need(rich, leader, wang, he):
    register_hardship(he, wang)

    requests.agree(request=ask(rich, leader, person=he), by=wang, at=NOW)

    assert queries.balance_of(he.person).free_minutes == 40
    assert teams.minutes_of(rich) == 60
    assert faults() == []


def test_whoever_decides_learns_that_there_is_no_need_and_the_leader_does_not_before(rich, leader, wang, he):
    asked = ask(rich, leader, person=he)

    with pytest.raises(NotInNeed):
        requests.agree(request=asked, by=wang, at=NOW)

    assert teams.minutes_of(rich) == 100


def test_one_person_alone_gives_nothing(hospital, rich, leader, wang):
    own = ask(rich, wang)

    with pytest.raises(SecondPersonDecides):
        requests.agree(request=own, by=wang, at=NOW)
    with pytest.raises(MayNot):
        requests.agree(request=own, by=leader, at=NOW)  # who may ask, and not decide


def test_not_outside_the_house_not_more_than_there_is_and_not_against_the_policy(
    association, hospital, rich, leader, wang
):
    from conftest import _below, _unit

    elsewhere = _below(association, _unit("瑞安市中医院", "hospital"))
    stranger = member(name="周到", number="V000003", phone="13800000003", unit=elsewhere)
    with pytest.raises(NotOfTheHouse):
        ask(rich, leader, person=stranger)
    with pytest.raises(NotEnoughInAccount, match="现在有1小时40分"):
        ask(rich, leader, minutes=101)

    set_policy(hospital, "team_gifts", ["need"])
    with pytest.raises(GiftNotPermitted, match="公益池"):
        ask(rich, leader)


def test_a_receiver_who_is_full_gets_nothing_and_the_team_keeps_it(hospital, rich, leader, wang, he):
    register_hardship(he, wang)
    credit(he.person, 50)
    set_policy(hospital, "holding_cap_hours", 1)

    with pytest.raises(ReceiverIsFull):
        requests.agree(request=ask(rich, leader, person=he), by=wang, at=NOW)

    assert teams.minutes_of(rich) == 100


def test_two_requests_for_the_same_minutes_give_them_once(rich, leader, wang):
    first, second = ask(rich, leader, minutes=60), ask(rich, leader, minutes=60)
    requests.agree(request=first, by=wang, at=NOW)

    with pytest.raises(NotEnoughInAccount):
        requests.agree(request=second, by=wang, at=NOW)

    assert teams.minutes_of(rich) == 40


def test_who_leads_another_team_asks_for_nothing_of_this_one(hospital, rich):
    from conftest import _below, _unit

    red = _below(hospital, _unit("红马甲队", "team"))
    other = staff(name="郑队", login_name="zheng", role="team_leader", unit=red)

    with pytest.raises(MayNot):
        ask(rich, other)


def test_a_team_can_neither_hold_nor_overdraw(rich, leader):
    account = Account.objects.get(unit=rich, kind=AccountKind.TEAM)

    assert account.person_id is None, "and holds are of persons"
    assert (account.floor_minutes, account.overdraft_minutes) == (0, 0)


# Pages ------------------------------------------------------------------------------------------------------------


def test_a_member_gives_on_the_phone_and_the_leader_asks_there(client, sign_in, blue, lin, leader, wang, he, now_is):
    now_is(NOW)
    credit(lin.person, 120)
    register_hardship(he, wang)
    sign_in(client, lin.person.user, second_factor=False)
    said = {"to": f"team-{blue.code}", "minutes": "100"}
    shown = client.post(reverse("timebank:give"), said).text
    client.post(reverse("timebank:give"), said | {"sure": "1"})
    own = client.get(reverse("timebank:gifts")).text

    sign_in(client, leader, second_factor=False)
    page = reverse("timebank:team", args=[blue.code])
    listed = client.get(reverse("timebank:teams")).text
    nobody = client.post(page, {"to": "need", "number": "V999999", "minutes": "30", "reason": "有困难"})
    client.post(page, {"to": "need", "number": " v000002 ", "minutes": "30", "reason": "有困难"})
    waiting = client.get(page).text

    sign_in(client, wang)
    desk = client.get(reverse("home:desk"), {"kind": "minutes"}).text
    asked = Request.objects.get()
    looked_at = client.get(reverse("home:waits", args=["minutes", asked.code])).text
    client.post(reverse("home:decide", args=["minutes", asked.code]), {"verb": "agree"})

    assert blue.name in shown
    assert f"送给{blue.name}" in own
    assert blue.name in listed
    assert nobody.status_code == 422
    assert "请核对后再试" in nobody.text
    assert "有困难" in nobody.text, "what was typed stays"
    assert "捐给何苗" in waiting
    assert "团队捐出 30分" in desk
    assert "登记着困难" in looked_at
    assert queries.balance_of(he.person).free_minutes == 30
    assert blue.name in client.get(reverse("timebank:requests")).text
    assert "团队捐出" in client.get(reverse("timebank:desk_team", args=[blue.code])).text


def test_the_leader_withdraws_what_waits(client, sign_in, rich, leader, now_is):
    now_is(NOW)
    asked = ask(rich, leader)
    sign_in(client, leader, second_factor=False)

    client.post(reverse("timebank:withdraw_team_gift", args=[asked.code]))

    asked.refresh_from_db()
    assert asked.state == Request.State.WITHDRAWN


def test_where_the_policy_lets_teams_give_nothing_the_page_says_so(client, sign_in, hospital, rich, leader, now_is):
    now_is(NOW)
    set_policy(hospital, "team_gifts", [])
    sign_in(client, leader, second_factor=False)

    page = client.get(reverse("timebank:team", args=[rich.code])).text

    assert "本单位现在不让志愿服务队捐出时间" in page


def test_a_link_to_the_teams_minutes_stands_only_where_somebody_leads(client, sign_in, lin, leader, now_is):
    now_is(NOW)
    address = reverse("timebank:teams")

    assert address not in sign_in(client, lin.person.user, second_factor=False).get(reverse("timebank:statement")).text
    assert address in sign_in(client, leader, second_factor=False).get(reverse("timebank:statement")).text


def test_the_list_of_teams_asks_no_more_for_many(client, sign_in, hospital, blue, wang, now_is):
    now_is(NOW)
    sign_in(client, wang)
    address = reverse("timebank:teams")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(6):
        make_unit(parent=hospital, name=f"{number}号队", kind="team")
    with CaptureQueriesContext(connection) as many:
        shown = client.get(address).text

    assert "5号队" in shown
    assert len(many) == len(few)
