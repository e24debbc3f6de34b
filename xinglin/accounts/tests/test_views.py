"""The pages of accounts, as a browser asks for them."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from conftest import at
from xinglin.accounts import actions, queries, second_factor, sending, sessions
from xinglin.accounts.models import User
from xinglin.accounts.tests.factories import PASSWORD, PIN, SECRET, make_staff, make_user, make_user_with_pin
from xinglin.accounts.tests.test_actions import PHONE, Postbox, other_than
from xinglin.audit.models import Entry

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _nine_o_clock(now_is: Callable[[dt.datetime], None]) -> None:
    now_is(at("09:00"))


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> Postbox:
    box = Postbox()
    monkeypatch.setattr(sending, "sender", lambda: box)
    return box


def totp(user: User, moment: dt.datetime) -> str:
    return queries.current_totp_code(User(pk=user.pk, is_demo=True), at=moment)


def said(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def signed_in_as(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def come_in_as_staff(client: Client, chen: User) -> None:
    client.post(reverse("accounts:staff"), {"login_name": chen.login_name, "password": PASSWORD})
    client.post(reverse("accounts:second_factor"), {"code": totp(chen, at("09:00"))})
    assert client.session[sessions.SECOND_FACTOR] is True


# Phone and code ---------------------------------------------------------------------------------------------------


def test_a_phone_and_its_code_open_the_house(client: Client, postbox: Postbox):
    asked = client.post(reverse("accounts:sign_in"), {"phone": "138 0013 8000"})
    came = client.post(reverse("accounts:code"), {"code": postbox.code})

    assert asked.url == reverse("accounts:code")
    assert came.url == "/"
    assert signed_in_as(client) == str(queries.by_phone(PHONE).pk)
    assert client.session[sessions.SECOND_FACTOR] is False


def test_the_code_page_names_the_phone_masked(client: Client, postbox: Postbox):
    client.post(reverse("accounts:sign_in"), {"phone": PHONE})

    page = client.get(reverse("accounts:code"))

    assert "138****8000" in said(page)
    assert PHONE not in said(page)
    assert 'autocomplete="one-time-code"' in said(page)
    assert f'data-wait-until="{at("09:01").astimezone(dt.UTC).isoformat()}"' in said(page)


def test_the_session_holds_no_phone_that_can_be_read(client: Client, postbox: Postbox):
    client.post(reverse("accounts:sign_in"), {"phone": PHONE})

    assert PHONE not in str(Session.objects.get().get_decoded())


def test_a_phone_with_a_digit_too_few_hears_it_beside_the_field(client: Client, postbox: Postbox):
    page = client.post(reverse("accounts:sign_in"), {"phone": "1380013800"})

    assert page.status_code == 422
    assert "共 11 位" in said(page)
    assert 'aria-invalid="true"' in said(page)


def test_a_known_phone_and_an_unknown_one_see_the_same_pages(client: Client, postbox: Postbox):
    make_user(phone=PHONE)
    pages = {}

    for phone in (PHONE, "13900138000"):
        visitor = Client()
        asked = visitor.post(reverse("accounts:sign_in"), {"phone": phone})
        typed = other_than(postbox.code)
        wrong = visitor.post(reverse("accounts:code"), {"code": typed})
        tokens = r'(csrfmiddlewaretoken" value="|"X-CSRFToken": ")\w+'
        page = re.sub(tokens, "", said(wrong)).replace(typed, "").replace(phone[:3], "")
        pages[phone] = (asked.status_code, asked.url, wrong.status_code, page)

    assert pages[PHONE] == pages["13900138000"]


def test_a_wrong_code_hears_it_beside_the_field(client: Client, postbox: Postbox):
    client.post(reverse("accounts:sign_in"), {"phone": PHONE})

    page = client.post(reverse("accounts:code"), {"code": other_than(postbox.code)})

    assert page.status_code == 409
    assert "验证码不对" in said(page)
    assert signed_in_as(client) is None


def test_the_owner_of_a_closed_account_hears_it(client: Client, postbox: Postbox):
    lin = make_user(phone=PHONE)
    User.objects.filter(pk=lin.pk).update(is_active=False)
    client.post(reverse("accounts:sign_in"), {"phone": PHONE})

    page = client.post(reverse("accounts:code"), {"code": postbox.code})

    assert page.status_code == 403
    assert "已经停用" in said(page)
    assert signed_in_as(client) is None


def test_typing_goes_on_where_the_error_is(client: Client):
    page = client.post(reverse("accounts:number"), {"login_name": "V000777", "pin": ""})

    assert re.search(r'<input[^>]*name="pin"[^>]*autofocus', said(page))


def test_a_second_code_within_the_minute_waits_and_offers_the_way_back(client: Client, postbox: Postbox):
    client.post(reverse("accounts:sign_in"), {"phone": PHONE})

    page = client.post(reverse("accounts:sign_in"), {"phone": PHONE})

    assert page.status_code == 429
    assert "请过1分再来" in said(page)
    assert reverse("accounts:code") in said(page)


def test_a_code_is_sent_again_after_a_minute(client: Client, postbox: Postbox, now_is):
    client.post(reverse("accounts:sign_in"), {"phone": PHONE})
    now_is(at("09:01"))

    again = client.post(reverse("accounts:send_again"))

    assert again.url == reverse("accounts:code")
    assert len(postbox.messages) == 2
    assert client.post(reverse("accounts:code"), {"code": postbox.code}).url == "/"


def test_without_a_phone_in_the_session_the_code_page_leads_back(client: Client, postbox: Postbox):
    assert client.get(reverse("accounts:code")).url == reverse("accounts:sign_in")
    assert client.post(reverse("accounts:send_again")).url == reverse("accounts:sign_in")


def test_trying_out_says_where_the_code_is(client: Client, postbox: Postbox):
    assert "终端" in said(client.get(reverse("accounts:sign_in")))

    postbox.is_fake = False
    assert "终端" not in said(client.get(reverse("accounts:sign_in")))


def test_a_hospital_without_text_messages_asks_for_the_number(client: Client, settings):
    settings.SMS_SENDER = "none"

    page = client.get(reverse("accounts:sign_in") + "?next=/timebank/")

    assert page.url == reverse("accounts:number") + "?next=/timebank/"
    assert reverse("accounts:staff") in said(client.get(page.url))


@pytest.mark.parametrize(
    ("asked", "way_on"),
    [
        ("/timebank/?page=2", "/timebank/?page=2"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\\evil.example", "/"),
    ],
)
def test_the_way_on_stays_on_this_site(client: Client, postbox: Postbox, asked: str, way_on: str):
    client.post(reverse("accounts:sign_in"), {"phone": PHONE, "next": asked})

    assert client.post(reverse("accounts:code"), {"code": postbox.code}).url == way_on


def test_the_session_key_changes_at_sign_in_and_nothing_of_before_survives(client: Client, postbox: Postbox):
    client.post(reverse("accounts:sign_in"), {"phone": PHONE})
    session = client.session
    session["planted"] = "by a stranger"
    session[sessions.SECOND_FACTOR] = True
    session.save()
    before = client.session.session_key

    client.post(reverse("accounts:code"), {"code": postbox.code})

    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert "planted" not in client.session
    assert client.session[sessions.SECOND_FACTOR] is False


def test_a_volunteers_session_lasts_thirty_days(client: Client, postbox: Postbox):
    client.post(reverse("accounts:sign_in"), {"phone": PHONE})
    client.post(reverse("accounts:code"), {"code": postbox.code})

    assert client.session.get_expiry_age() == 30 * 24 * 3600


def test_who_is_signed_in_needs_no_door(client: Client):
    client.force_login(make_user(), backend=sessions.BACKEND)

    assert client.get(reverse("accounts:sign_in")).url == "/"
    assert client.get(reverse("accounts:number")).url == "/"


# Number and PIN ---------------------------------------------------------------------------------------------------


def test_number_and_pin_open_the_house(client: Client):
    lin = make_user_with_pin(login_name="V000777")

    came = client.post(reverse("accounts:number"), {"login_name": "v000777", "pin": PIN, "next": "/timebank/"})

    assert came.url == "/timebank/"
    assert signed_in_as(client) == str(lin.pk)
    assert client.session[sessions.SECOND_FACTOR] is False


def test_a_wrong_pin_hears_it_beside_the_field_and_is_not_sent_back(client: Client):
    make_user_with_pin(login_name="V000777")

    page = client.post(reverse("accounts:number"), {"login_name": "V000777", "pin": "493806"})

    assert page.status_code == 409
    assert "编号或 PIN 不对" in said(page)
    assert "493806" not in said(page)


def test_a_slip_sets_the_pin_and_opens_the_house(client: Client):
    lin = make_user(login_name="V000777")
    code = actions.print_slip(user=lin, printed_by=make_user(), at=at("08:00"))
    typed = {"login_name": "V000777", "slip_code": f"{code[:5]} {code[5:]}", "pin": PIN, "pin_again": PIN}

    came = client.post(reverse("accounts:first_pin"), typed)

    assert came.url == "/"
    assert signed_in_as(client) == str(lin.pk)


@pytest.mark.parametrize(
    ("pin", "again", "sentence"),
    [("123456", "123456", "太容易被猜到"), (PIN, "802752", "两遍 PIN 不一样"), ("1234", "1234", "PIN 是 6 位数字")],
)
def test_a_pin_that_will_not_do_hears_why(client: Client, pin: str, again: str, sentence: str):
    make_user(login_name="V000777")
    typed = {"login_name": "V000777", "slip_code": "2222222222", "pin": pin, "pin_again": again}

    page = client.post(reverse("accounts:first_pin"), typed)

    assert page.status_code == 422
    assert sentence in said(page)


def test_a_new_pin_ends_the_sessions_opened_before(client: Client):
    lin = make_user_with_pin(login_name="V000777")
    client.post(reverse("accounts:number"), {"login_name": "V000777", "pin": PIN})
    code = actions.print_slip(user=lin, printed_by=lin, at=at("09:00"))

    actions.set_pin(login_name="V000777", slip_code=code, pin="493806", address="192.0.2.2", at=at("09:00"))

    assert client.get(reverse("accounts:security")).status_code == 302


# Staff ------------------------------------------------------------------------------------------------------------


def test_password_and_code_open_the_desk(client: Client):
    chen = make_staff()

    half = client.post(reverse("accounts:staff"), {"login_name": "chenlan", "password": PASSWORD})
    assert half.url == reverse("accounts:second_factor")
    assert signed_in_as(client) is None
    whole = client.post(reverse("accounts:second_factor"), {"code": totp(chen, at("09:00"))})

    assert whole.url == "/desk/"
    assert signed_in_as(client) == str(chen.pk)
    assert client.session[sessions.SECOND_FACTOR] is True


def test_a_staff_session_ends_after_twelve_hours(client: Client):
    come_in_as_staff(client, make_staff())

    assert client.session.get_expiry_date() == at("21:00")


def test_a_wrong_password_does_not_lead_on(client: Client):
    make_staff()

    page = client.post(reverse("accounts:staff"), {"login_name": "chenlan", "password": "no"})

    assert page.status_code == 409
    assert "登录名或密码不对" in said(page)
    assert client.get(reverse("accounts:second_factor")).url == reverse("accounts:staff")


def test_a_wrong_code_keeps_the_door_shut(client: Client):
    chen = make_staff()
    client.post(reverse("accounts:staff"), {"login_name": "chenlan", "password": PASSWORD})

    page = client.post(reverse("accounts:second_factor"), {"code": other_than(totp(chen, at("09:00")))})

    assert page.status_code == 409
    assert signed_in_as(client) is None


def test_half_a_sign_in_is_forgotten_after_ten_minutes(client: Client, now_is):
    chen = make_staff()
    client.post(reverse("accounts:staff"), {"login_name": "chenlan", "password": PASSWORD})
    now_is(at("09:11"))

    page = client.post(reverse("accounts:second_factor"), {"code": totp(chen, at("09:11"))})

    assert page.url == reverse("accounts:staff")
    assert signed_in_as(client) is None


def test_half_a_sign_in_ends_when_the_password_changes(client: Client):
    chen = make_staff()
    client.post(reverse("accounts:staff"), {"login_name": "chenlan", "password": PASSWORD})

    actions.set_password(user=User.objects.get(pk=chen.pk), password="another one entirely", at=at("09:00"))

    assert client.get(reverse("accounts:second_factor")).url == reverse("accounts:staff")


def test_who_has_no_authenticator_sees_only_the_page_that_sets_it_up(client: Client):
    make_staff(has_totp=False)
    came = client.post(reverse("accounts:staff"), {"login_name": "chenlan", "password": PASSWORD, "next": "/desk/"})

    assert came.url == reverse("accounts:authenticator")
    assert client.session[sessions.SECOND_FACTOR] is False
    for url in ("/", "/desk/", reverse("accounts:security"), reverse("accounts:password")):
        assert client.get(url).url == reverse("accounts:authenticator")


def test_an_authenticator_is_set_up_by_its_first_code(client: Client, monkeypatch: pytest.MonkeyPatch):
    chen = make_staff(has_totp=False)
    monkeypatch.setattr(second_factor, "new_secret", lambda: SECRET)
    client.post(reverse("accounts:staff"), {"login_name": "chenlan", "password": PASSWORD})
    page = client.get(reverse("accounts:authenticator"))
    other = actions.set_totp(user=make_user(), secret=SECRET, at=at("08:00"))

    done = client.post(reverse("accounts:authenticator"), {"code": totp(other, at("09:00"))}, follow=True)

    assert "<svg" in said(page)
    assert "data:" not in said(page)
    assert "style=" not in said(page)
    assert "JBSW Y3DP" in said(page)
    assert client.session[sessions.SECOND_FACTOR] is True
    assert queries.has_totp(chen)
    assert all(f"{code[:4]} {code[4:]}" in said(done) for code in queries.unused_recovery_codes(chen))


def test_recovery_codes_are_shown_once(client: Client):
    chen = make_staff()
    come_in_as_staff(client, chen)

    shown = client.post(reverse("accounts:recovery_codes"), follow=True)
    again = client.get(reverse("accounts:recovery_codes"))

    code = queries.unused_recovery_codes(chen)[0]
    assert f"{code[:4]} {code[4:]}" in said(shown)
    assert f"{code[:4]} {code[4:]}" not in said(again)
    assert "no-store" in shown.headers["Cache-Control"]


def test_a_recovery_code_opens_the_desk_and_then_another_authenticator(client: Client, monkeypatch):
    chen = make_staff()
    code = second_factor.make_recovery_codes(user=chen, at=at("08:00"))[0]
    client.post(reverse("accounts:staff"), {"login_name": "chenlan", "password": PASSWORD})
    client.post(reverse("accounts:second_factor"), {"code": f"{code[:4]} {code[4:]}"})
    monkeypatch.setattr(second_factor, "new_secret", lambda: "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")
    other = actions.set_totp(user=make_user(), secret="KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU", at=at("08:00"))
    first = totp(other, at("09:00"))

    wrong = client.post(reverse("accounts:authenticator"), {"code": first, "password": "no"})
    right = client.post(reverse("accounts:authenticator"), {"code": first, "password": PASSWORD})

    assert "现在的密码不对" in said(wrong)
    assert right.url == reverse("accounts:recovery_codes")
    assert totp(chen, at("09:05")) == totp(other, at("09:05"))


def test_a_new_password_keeps_this_session_and_ends_the_others(client: Client, now_is):
    chen, elsewhere = make_staff(), Client()
    come_in_as_staff(client, chen)
    now_is(at("09:01"))
    elsewhere.post(reverse("accounts:staff"), {"login_name": "chenlan", "password": PASSWORD})
    elsewhere.post(reverse("accounts:second_factor"), {"code": totp(chen, at("09:01"))})
    assert signed_in_as(elsewhere)
    new = "另一个-很长的-密码"

    done = client.post(reverse("accounts:password"), {"old": PASSWORD, "new": new, "again": new})

    assert done.url == reverse("accounts:security")
    assert client.get(reverse("accounts:security")).status_code == 200
    assert client.session[sessions.SECOND_FACTOR] is True
    assert elsewhere.get(reverse("accounts:security")).status_code == 302


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"old": "no", "new": "另一个-很长的-密码", "again": "另一个-很长的-密码"}, "现在的密码不对"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "太容易被猜到"),
        ({"old": PASSWORD, "new": "另一个-很长的-密码", "again": "不一样"}, "两遍新密码不一样"),
    ],
)
def test_a_password_that_will_not_do_hears_why(client: Client, typed: dict[str, str], sentence: str):
    come_in_as_staff(client, make_staff())

    assert sentence in said(client.post(reverse("accounts:password"), typed))


@pytest.mark.parametrize("name", ["authenticator", "recovery_codes", "password"])
def test_a_phone_session_of_staff_cannot_change_how_staff_come_in(client: Client, name: str):
    chen = make_staff()
    client.force_login(chen, backend=sessions.BACKEND)

    for page in (client.get(reverse(f"accounts:{name}")), client.post(reverse(f"accounts:{name}"))):
        assert page.status_code == 403
        assert reverse("accounts:staff") in said(page)
    assert Entry.objects.filter(verb="made_recovery_codes").count() == 0


def test_signing_in_by_phone_after_staff_loses_the_second_factor(client: Client, postbox: Postbox):
    chen = make_staff()
    come_in_as_staff(client, chen)
    client.post(reverse("accounts:sign_out"))
    client.post(reverse("accounts:sign_in"), {"phone": PHONE})
    client.post(reverse("accounts:code"), {"code": postbox.code})

    assert client.session[sessions.SECOND_FACTOR] is False


# Everyone ---------------------------------------------------------------------------------------------------------


def test_signing_out_is_a_post(client: Client):
    client.force_login(make_user(), backend=sessions.BACKEND)

    assert client.get(reverse("accounts:sign_out")).status_code == 405
    assert signed_in_as(client)
    assert client.post(reverse("accounts:sign_out")).url == reverse("accounts:sign_in")
    assert signed_in_as(client) is None


@pytest.mark.parametrize("name", ["security", "authenticator", "recovery_codes", "password"])
def test_a_stranger_is_led_to_the_door(client: Client, name: str):
    page = client.get(reverse(f"accounts:{name}"))

    assert page.url == f"{reverse('accounts:sign_in')}?next={reverse(f'accounts:{name}')}"


@pytest.mark.parametrize("name", ["sign_in", "number", "first_pin", "staff"])
def test_a_post_without_the_token_is_refused(name: str, postbox: Postbox):
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(reverse(f"accounts:{name}"), {"phone": PHONE}).status_code == 403
    assert not postbox.messages


@pytest.mark.parametrize("name", ["sign_in", "number", "first_pin", "staff"])
def test_a_page_with_secrets_stays_in_no_cache(client: Client, name: str, postbox: Postbox):
    page = client.get(reverse(f"accounts:{name}"))

    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]


def test_the_address_is_the_one_that_the_trusted_proxy_saw(rf, settings):
    request = rf.get("/", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.7"}, REMOTE_ADDR="127.0.0.1")

    assert sessions.address_of(request) == "127.0.0.1"
    settings.PROXIES = 1
    assert sessions.address_of(request) == "203.0.113.7"


# Commands ---------------------------------------------------------------------------------------------------------


def test_a_password_is_set_from_the_terminal(monkeypatch: pytest.MonkeyPatch):
    make_user(login_name="chenlan")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))

    call_command("set_password", "chenlan", stdout=io.StringIO())

    assert actions.prove_password(login_name="chenlan", password=PASSWORD, address="192.0.2.1", at=at("09:00"))


@pytest.mark.parametrize(("login", "typed"), [("nobody", PASSWORD), ("chenlan", "short")])
def test_a_password_that_cannot_be_set_says_why(monkeypatch: pytest.MonkeyPatch, login: str, typed: str):
    make_user(login_name="chenlan")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))

    with pytest.raises(CommandError):
        call_command("set_password", login, stdout=io.StringIO())


def test_a_lost_second_factor_is_reset_with_a_reason():
    chen = make_staff()

    with pytest.raises(CommandError):
        call_command("reset_second_factor", "chenlan", "--reason", " ", stdout=io.StringIO())
    call_command("reset_second_factor", "chenlan", "--reason", "手机丢了", stdout=io.StringIO())

    assert not queries.has_totp(chen)
    assert Entry.objects.get(verb="reset_second_factor").reason == "手机丢了"
