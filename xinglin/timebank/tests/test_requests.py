"""Minutes moved by the staff: asked by one, decided by another, posted once, never about oneself."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import at, member, staff
from xinglin.audit.models import Entry
from xinglin.lib.errors import NotFound
from xinglin.organisation.errors import MayNot
from xinglin.timebank import queries, requesting
from xinglin.timebank.actions import gifts, requests
from xinglin.timebank.errors import (
    AlreadyCorrecting,
    MovesReasonNeeded,
    NotAboutOneself,
    NotEnoughInAccount,
    NotMinutes,
    NotReversible,
    RequestDecided,
    SecondPersonDecides,
)
from xinglin.timebank.models import Request, Transfer
from xinglin.timebank.rules import AccountKind
from xinglin.timebank.tests.factories import credit

pytestmark = pytest.mark.django_db
NOW = at("12:00")


@pytest.fixture
def chief(bureau) -> Any:
    return staff(name="钱局", login_name="qian", role="bureau_administrator", unit=bureau)


def ask(unit: Any, lin: Any, by: Any, kind: str = "reserve_grant", **other: Any) -> Request:
    facts = {"kind": kind, "unit": unit, "person": lin and lin.person, "minutes": 60, "reason": "奖励"}
    return requests.ask(**facts | other, by=by, at=NOW)


def fill_reserve(unit: Any, chief: Any, zhao: Any, minutes: int = 100) -> None:
    asked = ask(unit, None, chief, "reserve_funding", minutes=minutes)
    requests.agree(request=asked, by=zhao, at=NOW)


def free(volunteer: Any) -> int:
    return queries.balance_of(volunteer.person).free_minutes


def donated(lin: Any, minutes: int = 20) -> Transfer:
    credit(lin.person, 60, key="record:GIVEN")
    gift = gifts.give(giver=lin.person, receiver=None, minutes=minutes, words="", at=NOW)
    return Transfer.objects.get(key=gift.origin)


def test_nothing_moves_until_a_second_person_agrees_and_then_once(hospital, lin, wang, zhao, chief):
    fill_reserve(hospital, chief, zhao)
    asked = ask(hospital, lin, wang)
    before = free(lin)

    for _ in range(2):
        requests.agree(request=asked, by=zhao, at=NOW)

    assert (before, free(lin)) == (0, 60)
    assert requesting.balance_of_unit(hospital, AccountKind.RESERVE) == 40
    assert Entry.objects.filter(verb="moved_minutes").count() == 2


def test_who_asked_may_not_decide_even_as_administrator(hospital, lin, chief, zhao):
    fill_reserve(hospital, chief, zhao)
    asked = ask(hospital, lin, chief)

    with pytest.raises(SecondPersonDecides):
        requests.agree(request=asked, by=chief, at=NOW)

    assert free(lin) == 0


def test_nobody_asks_or_decides_about_their_own_minutes(hospital, blue, lin, wang, zhao):
    from xinglin.organisation.models import Role

    Role.objects.create(user=lin.person.user, unit=hospital, name="reviewer", starts_at=at("00:00", days=-9))
    lin.person.user.has_second_factor = True
    asked = ask(hospital, lin, wang)

    with pytest.raises(NotAboutOneself):
        requests.agree(request=asked, by=lin.person.user, at=NOW)
    with pytest.raises(NotAboutOneself):
        ask(hospital, lin, lin.person.user)
    assert list(requesting.requests_waiting_for(lin.person.user)) == []


def test_where_a_unit_has_only_one_the_upper_unit_s_reviewer_is_the_second(bureau, hospital, lin, wang, chief):
    upper = staff(name="李审", login_name="li", role="reviewer", unit=bureau)
    fill_reserve(hospital, chief, upper)
    asked = ask(hospital, lin, wang)

    assert list(requesting.requests_waiting_for(upper)) == [asked]
    requests.agree(request=asked, by=upper, at=NOW)

    assert free(lin) == 60


def test_only_an_administrator_asks_to_fill_the_reserve(hospital, wang):
    with pytest.raises(MayNot):
        ask(hospital, None, wang, "reserve_funding")


def test_a_pool_gives_no_more_than_it_has_and_the_request_goes_on_waiting(hospital, lin, wang, zhao):
    asked = ask(hospital, lin, wang, "pool_grant")

    with pytest.raises(NotEnoughInAccount):
        requests.agree(request=asked, by=zhao, at=NOW)

    asked.refresh_from_db()
    assert asked.state == Request.State.WAITING


def test_a_gift_is_reversed_whole_by_a_transfer_that_names_it(hospital, lin, wang, zhao):
    original = donated(lin)
    asked = ask(hospital, lin, wang, "reversal", transfer_id=original.pk, minutes=0)

    requests.agree(request=asked, by=zhao, at=NOW)

    assert Transfer.objects.get(reverses=original.pk).minutes == 20
    assert free(lin) == 60
    with pytest.raises(NotReversible):
        ask(hospital, lin, wang, "reversal", transfer_id=original.pk)


def test_one_reversal_is_asked_for_once_at_a_time(hospital, lin, wang, zhao):
    original = donated(lin)
    ask(hospital, lin, wang, "reversal", transfer_id=original.pk)

    with pytest.raises(AlreadyCorrecting):
        ask(hospital, lin, zhao, "reversal", transfer_id=original.pk)


def test_what_comes_from_a_record_goes_with_the_record_and_a_stranger_s_transfer_is_not_found(
    hospital, lin, wang, blue
):
    credit(lin.person, 60, key="record:A")
    credited = Transfer.objects.get(key="record:A")
    stranger = member(name="何苗", number="V000010", phone="13800000010", unit=blue)

    with pytest.raises(NotReversible):
        ask(hospital, lin, wang, "reversal", transfer_id=credited.pk)
    with pytest.raises(NotReversible):
        ask(hospital, stranger, wang, "adjustment", transfer_id=credited.pk)


def test_an_adjustment_adds_and_points_to_what_it_corrects(hospital, lin, wang, zhao):
    credit(lin.person, 60, key="record:A")
    credited = Transfer.objects.get(key="record:A")
    asked = ask(hospital, lin, wang, "adjustment", transfer_id=credited.pk, minutes=15)

    requests.agree(request=asked, by=zhao, at=NOW)

    assert free(lin) == 75
    assert Transfer.objects.get(key=asked.thing).origin == f"transfer:{credited.pk}"


def test_it_takes_a_reason_and_minutes(hospital, lin, wang, zhao):
    with pytest.raises(MovesReasonNeeded):
        ask(hospital, lin, wang, reason=" ")
    with pytest.raises(NotMinutes):
        ask(hospital, lin, wang, minutes=0)
    with pytest.raises(MovesReasonNeeded):
        requests.decline(request=ask(hospital, lin, wang), by=zhao, reason="", at=NOW)


def test_declined_or_withdrawn_it_is_over(hospital, lin, wang, zhao):
    declined, withdrawn = ask(hospital, lin, wang), ask(hospital, lin, wang)

    requests.decline(request=declined, by=zhao, reason="分钟数不对", at=NOW)
    requests.withdraw(request=withdrawn, by=wang, at=NOW)

    for one in (declined, withdrawn):
        with pytest.raises(RequestDecided):
            requests.agree(request=one, by=zhao, at=NOW)


# Pages ------------------------------------------------------------------------------------------------------------


def test_asked_at_the_desk_and_decided_among_what_waits(client, sign_in, hospital, lin, wang, zhao, chief, now_is):
    now_is(NOW)
    fill_reserve(hospital, chief, zhao)
    sign_in(client, wang)
    said = {"number": lin.number, "kind": "reserve_grant", "unit": hospital.code, "minutes": "45", "reason": "奖励"}
    wrong = client.post(reverse("timebank:ask"), said | {"minutes": ""})
    client.post(reverse("timebank:ask"), said)
    asked = Request.objects.get(kind="reserve_grant")
    own = client.get(reverse("home:desk"), {"kind": "minutes"}).text

    sign_in(client, zhao)
    waiting = client.get(reverse("home:desk"), {"kind": "minutes"}).text
    client.post(reverse("home:decide", args=["minutes", asked.code]), {"verb": "agree"})

    assert wrong.status_code == 422
    assert "储备发放" not in own
    assert "储备发放" in waiting
    assert free(lin) == 45
    assert "已入账" in client.get(reverse("timebank:requests")).text


def test_a_volunteer_of_another_unit_is_not_found(client, sign_in, lin, association, now_is):
    from conftest import _below, _unit

    elsewhere = _below(association, _unit("瑞安市中医院", "hospital"))
    zhou = staff(name="周正", login_name="zhou", role="coordinator", unit=elsewhere)
    sign_in(client, zhou)

    page = client.get(reverse("timebank:ask"), {"number": lin.number}).text

    assert "您负责的单位里没有这个编号" in page
    assert "林晓" not in page


def test_only_who_asked_withdraws(client, sign_in, hospital, lin, wang, zhao, now_is):
    now_is(NOW)
    asked = ask(hospital, lin, wang)

    sign_in(client, zhao)
    assert client.post(reverse("timebank:withdraw_request", args=[asked.code])).status_code == 404
    sign_in(client, wang)
    client.post(reverse("timebank:withdraw_request", args=[asked.code]))

    asked.refresh_from_db()
    assert asked.state == Request.State.WITHDRAWN


def test_only_who_asked_takes_it_back(hospital, lin, wang, zhao, chief):
    asked = ask(hospital, lin, wang)

    with pytest.raises(NotFound):
        requests.withdraw(request=asked, by=zhao, at=NOW)

    asked.refresh_from_db()
    assert asked.state == Request.State.WAITING


def test_the_list_asks_no_more_for_many_houses_and_teams(client, sign_in, bureau, chief, now_is):
    from xinglin.organisation.tests.factories import make_unit

    now_is(NOW)
    sign_in(client, chief)
    make_unit(parent=bureau, name="第一家医院", kind="hospital")
    address = reverse("timebank:requests")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(6):
        make_unit(parent=bureau, name=f"医院{number}", kind="hospital")
    with CaptureQueriesContext(connection) as many:
        client.get(address)

    assert len(many) == len(few)
