"""One's own records on the phone, and a record at the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import at, staff
from xinglin.hours import actions
from xinglin.hours.models import Record
from xinglin.hours.tests.factories import make_record
from xinglin.organisation.tests.factories import make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(lin: Any, hospital: Any) -> Record:
    return make_record(person=lin.person, unit=hospital, provenance="nod", waits_for_confirmation=True)


def url(name: str, record: Record) -> str:
    return reverse(f"hours:{name}", args=[record.code])


# The phone --------------------------------------------------------------------------------------------------------


def test_my_hours_say_where_each_record_stands(client, sign_in, lin, wang, hospital):
    make_record(person=lin.person, unit=hospital, minutes=60, starts_at=at("07:00"))
    actions.make_effective(at=at("09:00"))
    make_record(person=lin.person, unit=hospital, minutes=90, starts_at=at("09:00"), waits_for_confirmation=True)
    voided = make_record(person=lin.person, unit=hospital, minutes=15, starts_at=at("12:00"))
    actions.void(record=voided, by=wang, reason="登记到别人名下了", at=at("13:00"))

    response = sign_in(client, lin.person.user, second_factor=False).get(reverse("hours:mine"))

    page = response.content.decode()
    assert response.context["totals"].honour_minutes == 60
    for words in ("已生效", "待确认", "已作废", "登记到别人名下了", "扫码签到签退", "已存入时间银行"):
        assert words in page


def test_my_hours_are_empty_at_first_and_nobody_elses(client, sign_in, lin, zhao, hospital):
    make_record(person=lin.person, unit=hospital, title="只给林晓看")

    page = sign_in(client, zhao).get(reverse("hours:mine")).content.decode()

    assert "只给林晓看" not in page
    assert "第一次服务结束以后，这里就有了。" in page


def test_my_hours_take_the_same_queries_for_many(client, sign_in, lin, hospital):
    sign_in(client, lin.person.user, second_factor=False)
    make_record(person=lin.person, unit=hospital, minutes=5, starts_at=at("00:00"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("hours:mine"))
    for number in range(1, 25):
        make_record(person=lin.person, unit=hospital, minutes=5, starts_at=at(f"00:{number * 2:02d}", days=-number))

    with CaptureQueriesContext(connection) as many:
        response = client.get(reverse("hours:mine"))

    assert len(many) == len(few)
    assert response.context["page_obj"].has_next()


# The desk ---------------------------------------------------------------------------------------------------------


def test_a_coordinator_sees_how_we_know_and_confirms(client, sign_in, wang, waiting):
    sign_in(client, wang)

    before = client.get(url("record", waiting)).content.decode()
    answer = client.post(url("confirm", waiting))
    after = client.get(url("record", waiting)).content.decode()

    assert "带队人确认" in before
    assert "确认这次服务" in before
    assert answer.status_code == 302
    assert "王敏" in after
    assert "公示中" in after


def test_a_record_is_voided_with_a_reason_that_stays(client, sign_in, wang, waiting):
    sign_in(client, wang)

    without = client.post(url("void", waiting), {"reason": " "})
    with_one = client.post(url("void", waiting), {"reason": "重复登记"})

    waiting.refresh_from_db()
    assert (without.status_code, with_one.status_code) == (422, 302)
    assert (waiting.state, waiting.void_reason) == ("voided", "重复登记")
    assert "重复登记" in client.get(url("record", waiting)).content.decode()


def test_who_entered_a_record_is_not_offered_to_confirm_it(client, sign_in, wang, lin, hospital):
    record = make_record(person=lin.person, unit=hospital, recorded_by=wang, waits_for_confirmation=True)
    sign_in(client, wang)

    page = client.get(url("record", record)).content.decode()
    client.post(url("confirm", record))

    record.refresh_from_db()
    assert url("confirm", record) not in page
    assert record.state == "recorded"


@pytest.mark.parametrize("name", ["record", "confirm", "void"])
def test_strangers_find_nothing(client, sign_in, waiting, lin, bureau, name):
    elsewhere = type(bureau)(name="别的医院", kind="hospital", opened_at=at("00:00", days=-400))
    elsewhere = type(bureau).objects.add_child(bureau, instance=elsewhere)
    strangers = [
        lin.person.user,
        staff(name="周", login_name="zhou", role="coordinator", unit=elsewhere),
        staff(name="吴", login_name="wu", role="auditor", unit=bureau),
    ]

    for stranger in strangers:
        sign_in(client, stranger)
        assert ask(client, name, waiting) == 404

    waiting.refresh_from_db()
    assert waiting.state == "recorded"


def test_a_coordinator_without_second_factor_finds_nothing(client, sign_in, wang, waiting):
    sign_in(client, wang, second_factor=False)

    assert ask(client, "record", waiting) == 404


@pytest.mark.parametrize("name", ["record", "confirm", "void", "mine"])
def test_who_is_not_signed_in_is_sent_to_the_door(client, waiting, name):
    if name == "mine":
        response = client.get(reverse("hours:mine"))
    else:
        response = (client.get if name == "record" else client.post)(url(name, waiting))

    assert response.status_code == 302
    assert reverse("accounts:sign_in") in response["Location"]


def test_nothing_is_decided_by_a_link(client, sign_in, wang, waiting):
    sign_in(client, wang)

    assert client.get(url("confirm", waiting)).status_code == 405
    assert client.get(url("void", waiting)).status_code == 405


def ask(client: Client, name: str, record: Record) -> int:
    if name == "record":
        return client.get(url(name, record)).status_code
    return client.post(url(name, record), {"reason": "不该"}).status_code


def test_ones_own_service_tells_how_it_came_to_be(client, sign_in, lin, blue, at):
    record = make_record(person=lin.person, unit=blue, starts_at=at("09:00", days=-3))

    page = sign_in(client, lin.person.user, second_factor=False).get(reverse("hours:own", args=[record.code]))

    assert record.title in page.content.decode()
    assert "记下了这次服务" in page.content.decode()


def test_nobody_finds_anothers_service(client, sign_in, lin, zhao, blue, at):
    record = make_record(person=lin.person, unit=blue, starts_at=at("09:00", days=-3))

    answer = sign_in(client, zhao).get(reverse("hours:own", args=[record.code]))

    assert answer.status_code == 404


def test_the_desk_reads_what_a_volunteer_did_in_its_own_units_and_nothing_else(
    client, sign_in, lin, wang, hospital, bureau
):
    here = make_record(person=lin.person, unit=hospital, title="门诊导诊")
    make_record(person=lin.person, unit=make_unit(parent=bureau), title="别家的陪诊", starts_at=at("14:00"))

    page = sign_in(client, wang).get(reverse("hours:of_volunteer", args=[lin.number])).content.decode()

    assert url("record", here) in page
    assert "别家的陪诊" not in page
