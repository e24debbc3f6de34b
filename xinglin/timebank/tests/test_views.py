"""The statement page: one's own minutes and nobody else's."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xinglin.timebank import actions
from xinglin.timebank.rules import Service
from xinglin.timebank.tests.factories import NOON, credit

pytestmark = pytest.mark.django_db
PAGE = "timebank:statement"


@pytest.fixture
def client_of_lin(client: Client, lin, sign_in) -> Client:
    return sign_in(client, lin.person.user, second_factor=False)


def test_the_statement_says_what_is_free_and_where_it_came_from(client_of_lin, lin, now_is):
    now_is(NOON)
    credit(lin.person, 150, reason="门诊导医 · 一楼大厅")

    page = client_of_lin.get(reverse(PAGE)).content.decode()

    assert "门诊导医 · 一楼大厅" in page
    assert "今天 · 服务存入" in page
    assert "余 2小时30分" in page
    assert 'value="150"' in page


def test_nothing_yet_is_said_kindly(client_of_lin):
    page = client_of_lin.get(reverse(PAGE)).content.decode()

    assert "第一次服务生效以后，这里就有了。" in page


def test_a_stranger_sees_only_their_own(client, sign_in, lin, zhao):
    credit(lin.person, 150, reason="只给林晓看")

    page = sign_in(client, zhao).get(reverse(PAGE)).content.decode()

    assert "只给林晓看" not in page
    assert client.get(reverse(PAGE), {"person": lin.person.pk, "before": "x", "only": "x"}).status_code == 200


def test_who_is_not_signed_in_is_sent_to_the_door(client):
    response = client.get(reverse(PAGE))

    assert response.status_code == 302
    assert reverse("accounts:sign_in") in response["Location"]


def test_pages_follow_each_other_without_losing_an_entry(client_of_lin, lin):
    for number in range(35):
        credit(lin.person, 10, reason=f"第{number:02d}次")

    first = client_of_lin.get(reverse(PAGE))
    second = client_of_lin.get(reverse(PAGE), {"before": first.context["older_than"]})

    titles = [line["line"].title for line in first.context["lines"] + second.context["lines"]]
    assert titles == [f"第{number:02d}次" for number in reversed(range(35))]
    assert second.context["older_than"] is None


def test_many_entries_take_no_more_queries_than_one(client_of_lin, lin):
    credit(lin.person, 10)
    with CaptureQueriesContext(connection) as few:
        client_of_lin.get(reverse(PAGE))
    for _ in range(40):
        credit(lin.person, 10)
    with CaptureQueriesContext(connection) as many:
        client_of_lin.get(reverse(PAGE))

    assert len(many) == len(few)


@pytest.mark.parametrize("only", ["in", "out", "held"])
def test_filters_show_their_kind(client_of_lin, lin, only):
    credit(lin.person, 10)

    response = client_of_lin.get(reverse(PAGE), {"only": only})

    assert len(response.context["lines"]) == (1 if only == "in" else 0)


def test_a_period_shows_its_days_only_and_keeps_to_them(client_of_lin, lin, now_is, at):
    now_is(at("10:00"))
    for days, reason in ((-40, "上个月的"), (-3, "这个月的")):
        service = Service(person_id=lin.person.pk, key=f"record:P{days}", minutes=30, reason=reason, origin="")
        actions.credit_service(services=[service], at=at("09:00", days=days))

    page = client_of_lin.get(reverse(PAGE), {"since": "2026-11-01"}).content.decode()

    assert "这个月的" in page
    assert "上个月的" not in page
    assert "?only=in&amp;since=2026-11-01" in page


def test_days_that_make_no_sense_are_told_and_nothing_is_hidden(client_of_lin, lin):
    credit(lin.person, 30, reason="门诊导医")

    page = client_of_lin.get(reverse(PAGE), {"since": "2026-12-01", "until": "2026-11-01"}).content.decode()

    assert "结束的日子在开始之前，请换一下" in page
    assert "门诊导医" in page
    for odd in ("0001-01-01", "9999-12-31", "x", "2026-13-01"):
        assert client_of_lin.get(reverse(PAGE), {"since": odd, "until": odd}).status_code == 200


def test_what_is_held_says_for_what_and_until_when(client_of_lin, lin, now_is, at):
    now_is(at("10:00"))
    credit(lin.person, 90)
    actions.hold(
        person=lin.person,
        minutes=60,
        origin="order:1",
        reason="陪妈妈取药",
        expires_at=at("18:00", days=1),
        at=at("10:00"),
    )

    page = client_of_lin.get(reverse(PAGE)).content.decode()

    assert "为什么冻结" in page
    assert "陪妈妈取药" in page
    assert "到 明天 18:00 还没用，就退给您" in page


def test_a_credit_leads_to_the_service_it_came_from(client_of_lin, lin, now_is):
    now_is(NOON)
    credit(lin.person, 150, key="record:8F3KQ2TM")

    page = client_of_lin.get(reverse(PAGE)).content.decode()

    assert reverse("hours:own", args=["8F3KQ2TM"]) in page
