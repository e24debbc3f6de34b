"""A host name leads to one city; whoever knocks elsewhere learns nothing."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, StreamingHttpResponse
from django.test import RequestFactory

from conftest import at, sign_in
from xinglin.cities import actions, current, queries
from xinglin.cities.middleware import CityMiddleware
from xinglin.organisation.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _hosts(settings):
    settings.ALLOWED_HOSTS = ["*"]


@pytest.fixture
def yueqing():
    return actions.create(slug="yueqing", name="乐清市", hosts=["yueqing.example.cn"], at=at("09:00"))


def test_an_unknown_host_gets_a_plain_page_that_lists_nothing(client, yueqing):
    response = client.get("/", headers={"host": "nobody.example.cn"})

    said = response.content.decode()
    assert response.status_code == 404
    assert "这个网址没有开通" in said
    assert "Nothing lives at this address" in said
    assert "yueqing" not in said
    assert "乐清" not in said
    assert 'href="/"' not in said


@pytest.mark.parametrize("path", ["/activities/", "/sign-in/", "/no/such/page/", "/desk/"])
def test_an_unknown_host_says_the_same_at_every_address(client, path):
    assert client.get(path, headers={"host": "nobody.example.cn"}).status_code == 404


def test_a_monitor_is_answered_at_any_host(client):
    client.cookies["sessionid"] = "a" * 32

    assert client.get("/health/", headers={"host": "10.0.0.7"}).json() == {"status": "ok"}


def test_a_session_opens_no_door_in_another_city(client, lin, yueqing):
    sign_in(client, lin.person.user)
    assert client.get("/me/").status_code == 200

    elsewhere = client.get("/me/", headers={"host": "yueqing.example.cn"})

    assert elsewhere.status_code == 302
    assert elsewhere.url.startswith("/sign-in/")


def test_even_a_copied_session_row_is_empty_in_another_city(client, lin, yueqing):
    from django.contrib.sessions.models import Session

    sign_in(client, lin.person.user)
    row = Session.objects.get(pk=client.session.session_key)
    with current.entered(yueqing):
        Session.objects.create(session_key=row.session_key, session_data=row.session_data, expire_date=row.expire_date)

    assert client.get("/me/", headers={"host": "yueqing.example.cn"}).status_code == 302


def test_a_closed_city_answers_as_an_unknown_one(client, yueqing):
    actions.close(city=yueqing, at=at("10:00"))

    assert client.get("/", headers={"host": "yueqing.example.cn"}).status_code == 404


def test_afterwards_one_is_where_one_was_before(client, yueqing):
    before = current.city()

    client.get("/", headers={"host": "yueqing.example.cn"})

    assert current.city() is before


def test_what_is_streamed_is_read_in_the_city_of_the_request(yueqing):
    def view(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(f"{current.slug()}:{Unit.objects.count()};" for _ in range(2))

    request = RequestFactory().get("/", headers={"host": "yueqing.example.cn"})
    queries.forget()
    response = CityMiddleware(view)(request)

    assert b"".join(response.streaming_content) == b"yueqing:0;yueqing:0;"
    assert current.slug() == "tested"
