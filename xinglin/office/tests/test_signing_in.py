"""Operators come in by password and authenticator, and by nothing less."""

from __future__ import annotations

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from conftest import at
from xinglin.accounts.errors import (
    SecondFactorReplayed,
    TooManyTries,
    WeakPassword,
    WrongPassword,
    WrongSecondFactor,
)
from xinglin.accounts.queries import totp_code_of
from xinglin.cities import current
from xinglin.lib import clock
from xinglin.lib.errors import BadInput, Refusal
from xinglin.office import actions, operators, queries
from xinglin.office.errors import OperatorClosed, OperatorExists
from xinglin.office.models import Deed, Operator, RecoveryCode, Session, Try
from xinglin.office.tests.factories import PASSWORD, SECRET, knocking, make_operator, signed_in

pytestmark = pytest.mark.django_db
HERE = {"address": "203.0.113.9"}


@pytest.fixture(autouse=True)
def _outside() -> Any:
    with current.outside():
        yield


@pytest.fixture
def now() -> dt.datetime:
    """Django itself looks at the clock when it reads a session, so these tests live in the present."""
    return clock.now()


def show(operator: Operator, moment: dt.datetime, code: str = "") -> Operator:
    typed = code or totp_code_of(SECRET, at=moment)
    return operators.show_second_factor(operator=operator, code=typed, at=moment, **HERE)


# The pages --------------------------------------------------------------------------------------------------------


def test_password_and_code_open_the_page_that_was_asked_for(qiao: Operator, now: dt.datetime):
    client = knocking()
    door = client.get("/state/").url

    halfway = client.post(door, {"login_name": "Qiao", "password": PASSWORD, "next": "/state/"})
    before = client.get("/state/").status_code
    inside = client.post(halfway.url, {"code": totp_code_of(SECRET, at=now)})

    assert (door, halfway.url, before) == ("/sign-in/?next=%2Fstate%2F", "/sign-in/code/", 302)
    assert inside.url == "/state/"
    assert client.get("/state/").status_code == 200


def test_the_password_alone_opens_one_page_only(console: str, now: dt.datetime):
    make_operator("xin", with_authenticator=False)
    client = knocking()

    first = client.post("/sign-in/", {"login_name": "xin", "password": PASSWORD})

    assert first.url == "/security/authenticator/"
    assert client.get("/").url == "/security/authenticator/"
    assert client.post("/cities/new/", {"name": "乐清市", "slug": "yueqing"}).url == "/security/authenticator/"
    assert not Deed.objects.filter(verb="created_city").exists()


def test_a_first_authenticator_is_set_up_and_its_recovery_codes_are_shown_once(console: str, now: dt.datetime):
    make_operator("xin", with_authenticator=False)
    client = knocking()
    client.post("/sign-in/", {"login_name": "xin", "password": PASSWORD})
    page = client.get("/security/authenticator/").content.decode()
    secret = re.search(r'translate="no">([A-Z2-7 ]+)<', page)[1].replace(" ", "")

    done = client.post("/security/authenticator/", {"code": totp_code_of(secret, at=now)})
    shown = client.get(done.url).content.decode()
    again = client.get(done.url).content.decode()

    codes = [code.replace(" ", "") for code in re.findall(r'class="num">([\d ]+)<', shown)]
    assert len(codes) == 10
    assert codes[0][:4] not in again
    assert client.get("/").status_code == 200
    operator = queries.operator_named("xin")
    assert show(operator, now, codes[0])
    with pytest.raises(WrongSecondFactor):
        show(operator, now, codes[0])


def test_another_authenticator_asks_for_the_password(desk: Client, qiao: Operator, now: dt.datetime):
    page = desk.get("/security/authenticator/").content.decode()
    secret = re.search(r'translate="no">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    code = totp_code_of(secret, at=now)

    refused = desk.post("/security/authenticator/", {"code": code, "password": "not mine at all"})
    accepted = desk.post("/security/authenticator/", {"code": code, "password": PASSWORD})

    assert refused.status_code == 409
    assert accepted.url == "/security/codes/"


def test_a_session_ends_after_four_hours(desk: Client, qiao: Operator, now: dt.datetime):
    client = knocking()
    client.post("/sign-in/", {"login_name": "qiao", "password": PASSWORD})
    client.post("/sign-in/code/", {"code": totp_code_of(SECRET, at=now)})

    [row] = Session.objects.filter(session_key=client.cookies["sessionid"].value)

    left = row.expire_date - now
    assert dt.timedelta(hours=3, minutes=59) < left <= dt.timedelta(hours=4, minutes=1)


def test_a_new_password_ends_all_other_sessions(desk: Client, qiao: Operator, now: dt.datetime):
    other = signed_in(qiao)

    new = "四个 很长 的词 在此"
    answer = desk.post("/security/password/", {"old": PASSWORD, "new": new, "again": new})

    assert answer.url == "/security/"
    assert desk.get("/").status_code == 200
    assert other.get("/").status_code == 302


def test_signing_out_ends_the_session(desk: Client):
    assert desk.post("/sign-out/").url == "/sign-in/"
    assert desk.get("/").status_code == 302
    assert Session.objects.count() == 0


def test_nobody_is_led_to_a_strangers_site(qiao: Operator, now: dt.datetime):
    client = knocking()

    client.post("/sign-in/", {"login_name": "qiao", "password": PASSWORD, "next": "https://example.org/"})
    inside = client.post("/sign-in/code/", {"code": totp_code_of(SECRET, at=now)})

    assert inside.url == "/"


def test_unknown_name_and_wrong_password_sound_the_same(qiao: Operator):
    said = [
        knocking().post("/sign-in/", {"login_name": name, "password": "wrong wrong wrong"}) for name in ("qiao", "nie")
    ]

    assert [answer.status_code for answer in said] == [409, 409]
    errors = [re.findall(r'class="error".*?</p>', answer.content.decode(), re.DOTALL) for answer in said]
    assert errors[0] == errors[1] != []


# The verbs --------------------------------------------------------------------------------------------------------


def test_tries_are_limited_and_waits_grow(qiao: Operator):
    for _ in range(3):
        with pytest.raises(WrongPassword):
            operators.prove_password(login_name="qiao", password="wrong", at=at("09:00"), **HERE)

    with pytest.raises(TooManyTries):
        operators.prove_password(login_name="qiao", password=PASSWORD, at=at("09:00"), **HERE)
    assert operators.prove_password(login_name="qiao", password=PASSWORD, at=at("09:02"), **HERE) == qiao
    assert not Try.objects.filter(kind="password").exists(), "a right answer takes the wrong ones back"


def test_a_code_opens_the_door_once(qiao: Operator):
    show(qiao, at("09:00"))

    with pytest.raises(SecondFactorReplayed):
        show(qiao, at("09:00"))


@pytest.mark.parametrize("code", ["", "12345", "000000", "123456789", "０００００１"])
def test_other_codes_open_nothing(code: str, qiao: Operator):
    with pytest.raises(WrongSecondFactor):
        show(qiao, at("09:00"), code or "x")


@pytest.mark.django_db(transaction=True)
def test_eight_threads_with_the_same_code_open_it_once(settings: Any):
    operator = make_operator("qiao")

    def knock(number: int) -> bool:
        try:
            with current.outside():
                operators.show_second_factor(
                    operator=operator,
                    code=totp_code_of(SECRET, at=at("09:00")),
                    address=f"10.0.0.{number}",
                    at=at("09:00"),
                )
        except Refusal:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(knock, range(8))) == 1


def test_recovery_codes_are_kept_as_hashes(qiao: Operator):
    codes = operators.make_recovery_codes(operator=qiao, at=at("09:00"))

    kept = b"".join(bytes(row.code_blind) for row in RecoveryCode.objects.all())
    assert len(set(codes)) == 10
    assert not [code for code in codes if code.encode() in kept]


def test_new_recovery_codes_void_the_old_ones(qiao: Operator):
    [old, *_more] = operators.make_recovery_codes(operator=qiao, at=at("09:00"))
    operators.make_recovery_codes(operator=qiao, at=at("09:01"))

    with pytest.raises(WrongSecondFactor):
        show(qiao, at("09:02"), old)


def test_a_closed_operator_hears_so_only_after_the_right_password(qiao: Operator):
    operators.close(operator=qiao, reason="left the bureau", at=at("09:00"))

    with pytest.raises(OperatorClosed):
        operators.prove_password(login_name="qiao", password=PASSWORD, at=at("09:01"), **HERE)
    with pytest.raises(WrongPassword):
        operators.prove_password(login_name="qiao", password="guess", at=at("09:01"), **HERE)


def test_a_reset_takes_everything_away_but_the_account(qiao: Operator):
    client = signed_in(qiao)
    operators.make_recovery_codes(operator=qiao, at=at("09:00"))

    operators.reset(operator=qiao, password="一个 全新 的 密码", reason="telephone lost", at=at("09:01"))

    assert not queries.operator_named("qiao").has_authenticator
    assert queries.codes_left(qiao) == 0
    assert client.get("/").status_code == 302
    assert Deed.objects.get(verb="reset_operator").reason == "telephone lost"


@pytest.mark.parametrize("login_name", ["", "x", "1st", "王敏", "a b/c", "a" * 60])
def test_a_login_name_is_a_short_word(login_name: str):
    with pytest.raises(BadInput):
        operators.create(login_name=login_name, password=PASSWORD, at=at("09:00"))


def test_one_operator_per_name_in_any_case(qiao: Operator):
    with pytest.raises(OperatorExists):
        operators.create(login_name="QIAO", password=PASSWORD, at=at("09:00"))


def test_a_weak_password_is_refused():
    with pytest.raises(WeakPassword):
        operators.create(login_name="xin", password="12345", at=at("09:00"))


def test_the_authenticators_secret_is_sealed(qiao: Operator):
    assert SECRET.encode() not in bytes(qiao.totp_sealed or b"")


def test_old_tries_and_sessions_are_forgotten(qiao: Operator):
    with pytest.raises(WrongPassword):
        operators.prove_password(login_name="qiao", password="wrong", at=at("09:00"), **HERE)

    gone = actions.forget_old_tries(at=at("09:01", days=1))

    assert gone["tries"] == 2
    assert actions.forget_old_tries(at=at("09:01", days=1)) == {"tries": 0, "sessions": 0}


def test_a_deed_can_neither_be_changed_nor_deleted(qiao: Operator):
    for statement in ("UPDATE office_deed SET verb = 'x'", "DELETE FROM office_deed", "TRUNCATE office_deed"):
        with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
            connection.cursor().execute(statement)
