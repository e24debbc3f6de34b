"""Refusals, private pages and NUL bytes: what happens around every view."""

import json

import pytest
from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.test import RequestFactory

from xinglin.lib.errors import Refusal
from xinglin.lib.web import toast
from xinglin.lib.web.middleware import NoStoreMiddleware, NulMiddleware, RefusalMiddleware


class Full(Refusal):
    code = "full"
    message = "这个班次已经报满，看看别的时间吧"
    status = 409


def answer(request, refusal=None):
    """What someone gets whose request is refused."""
    request._messages = CookieStorage(request)
    return RefusalMiddleware(lambda _: HttpResponse()).process_exception(request, refusal or Full())


def test_after_a_form_on_our_own_page_the_person_returns_there_and_reads_why():
    request = RequestFactory().post("/take/", HTTP_REFERER="http://testserver/shift/8F3K/?a=1")

    response = answer(request, Full(next_url="/activities/", next_text="看看别的班次"))

    assert (response.status_code, response["Location"]) == (303, "http://testserver/shift/8F3K/?a=1")
    [message] = messages.get_messages(request)
    assert "refusal" in message.tags
    assert toast.read(message) == toast.Told(
        Full.message, is_refusal=True, next_url="/activities/", next_text="看看别的班次"
    )


def test_a_form_on_a_strangers_page_sends_nobody_back_there():
    request = RequestFactory().post("/take/", HTTP_REFERER="https://stranger.example/")

    response = answer(request)

    assert response.status_code == 409
    assert Full.message in response.content.decode()


def test_a_page_that_is_refused_says_so_with_a_way_on():
    response = answer(RequestFactory().get("/shift/8F3K/"), Full(next_url="/activities/", next_text="看看别的班次"))

    page = response.content.decode()
    assert response.status_code == 409
    assert Full.message in page
    assert 'href="/activities/"' in page
    assert "看看别的班次" in page


def test_a_program_gets_problem_details():
    response = answer(RequestFactory().post("/take/", HTTP_ACCEPT="application/json"))

    assert response["Content-Type"] == "application/problem+json"
    problem = json.loads(response.content)
    assert (problem["code"], problem["status"], problem["detail"]) == ("full", 409, Full.message)
    assert problem["title"]


def test_a_part_of_a_page_asks_the_browser_to_go_back_whole():
    request = RequestFactory().post("/take/", HTTP_REFERER="http://testserver/shift/", HTTP_HX_REQUEST="true")

    assert answer(request)["HX-Redirect"] == "http://testserver/shift/"


def test_a_refusal_without_a_sentence_still_says_something():
    page = answer(RequestFactory().get("/"), Refusal()).content.decode()

    assert "这件事现在办不了" in page


def test_what_is_no_refusal_crashes_as_it_should():
    assert (
        RefusalMiddleware(lambda _: HttpResponse()).process_exception(RequestFactory().get("/"), ValueError()) is None
    )


class SomeoneSignedIn:
    is_authenticated = True


class Nobody:
    is_authenticated = False


@pytest.mark.parametrize(("user", "expected"), [(SomeoneSignedIn(), "no-store"), (Nobody(), None)])
def test_only_pages_of_someone_signed_in_stay_in_no_cache(user, expected):
    request = RequestFactory().get("/")
    request.user = user

    assert NoStoreMiddleware(lambda _: HttpResponse())(request).get("Cache-Control") == expected


def test_a_page_that_says_itself_how_long_it_keeps_is_left_alone():
    request = RequestFactory().get("/")
    request.user = SomeoneSignedIn()

    response = NoStoreMiddleware(lambda _: HttpResponse(headers={"Cache-Control": "private, max-age=60"}))(request)

    assert response["Cache-Control"] == "private, max-age=60"


@pytest.mark.parametrize(
    "request_with_nul",
    [
        RequestFactory().get("/shift/%00/"),
        RequestFactory().get("/", {"q": "a\x00b"}),
        RequestFactory().get("/", {"a\x00b": "q"}),
        RequestFactory().post("/", {"name": "a\x00b"}),
        RequestFactory().post("/", "name=a%00b", content_type="application/x-www-form-urlencoded"),
    ],
)
def test_a_nul_byte_is_answered_kindly_before_any_view(request_with_nul):
    response = NulMiddleware(lambda _: HttpResponse())(request_with_nul)

    assert response.status_code == 400
    assert "没看懂" in response.content.decode()


def test_an_honest_form_passes():
    assert NulMiddleware(lambda _: HttpResponse())(RequestFactory().post("/", {"name": "林晓"})).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/shifts/8F3KQ2TM/take/", "../"),
        ("/shifts/8F3KQ2TM/lead/9A3KQ2TM/came/", "../../"),
        ("/preferences/", "../"),
    ],
)
def test_who_follows_a_link_to_a_buttons_address_is_led_to_its_page(client, sign_in, wang, address, page):
    answer = sign_in(client, wang).get(address)

    assert answer.status_code == 405
    assert "POST" in answer["Allow"]
    assert f'href="{page}"' in answer.text
    assert "8F3KQ2TM" not in answer.text  # nothing of the address is said again


def test_a_nul_in_a_cookie_is_answered_calmly(client):
    answer = client.get("/", HTTP_COOKIE='sessionid="a\\000b"')  # as it travels; newer Pythons make no such cookie

    assert answer.status_code == 400
