"""Many tries at the same moment, by real threads on real connections."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection

from conftest import at
from xinglin.accounts import actions, queries, second_factor, sending
from xinglin.accounts.errors import TooManyTries
from xinglin.accounts.models import PhoneCode, PinSlip, User
from xinglin.accounts.tests.factories import PIN, make_staff, make_user, make_user_with_pin
from xinglin.accounts.tests.test_actions import HERE, PHONE, Postbox, other_than
from xinglin.lib.errors import Refusal

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 20


def at_once(tries: list[Callable[[], object]]) -> Counter[str]:
    """Run all of them at the same moment; what each came to: `done`, or the code of its refusal."""
    outcomes: list[str] = []
    gate = threading.Barrier(len(tries))

    def run(one: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=30)
            one()
            outcomes.append("done")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        except Exception as trouble:
            outcomes.append(repr(trouble))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return Counter(outcomes)


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> Postbox:
    box = Postbox()
    monkeypatch.setattr(sending, "sender", lambda: box)
    return box


def test_twenty_guesses_at_a_pin_get_three_tries():
    make_user_with_pin(login_name="V000001")

    def guess(number: int) -> Callable[[], object]:
        return lambda: actions.sign_in_by_pin(
            login_name="V000001", pin=f"{number:06d}", address=f"192.0.2.{number}", at=at("09:00")
        )

    outcomes = at_once([guess(number) for number in range(MANY)])

    assert outcomes == {"wrong_pin": 3, "too_many_tries": MANY - 3}
    with pytest.raises(TooManyTries):
        actions.sign_in_by_pin(login_name="V000001", pin=PIN, address=HERE, at=at("09:00"))


def test_twenty_guesses_at_a_code_get_five_tries(postbox: Postbox):
    actions.send_code(phone=PHONE, address=HERE, at=at("09:00"))
    wrong = other_than(postbox.code)

    outcomes = at_once([lambda: actions.sign_in_by_code(phone=PHONE, code=wrong, at=at("09:01"))] * MANY)

    assert outcomes["wrong_code"] == 4
    assert outcomes["code_spent"] == MANY - 4  # the fifth try is told already that the code counts no more
    assert PhoneCode.objects.get().tries_left == 0


def test_one_right_code_twice_at_once_opens_once_and_makes_one_account(postbox: Postbox):
    actions.send_code(phone=PHONE, address=HERE, at=at("09:00"))

    outcomes = at_once([lambda: actions.sign_in_by_code(phone=PHONE, code=postbox.code, at=at("09:01"))] * 4)

    assert outcomes == {"done": 1, "code_expired": 3}
    assert User.objects.count() == 1


def test_twenty_asks_for_a_code_send_one(postbox: Postbox):
    outcomes = at_once([lambda: actions.send_code(phone=PHONE, address=HERE, at=at("09:00"))] * MANY)

    assert outcomes == {"done": 1, "too_many_tries": MANY - 1}
    assert len(postbox.messages) == 1


def test_twenty_guesses_at_a_slip_get_three_tries():
    lin = make_user(login_name="V000001")
    actions.print_slip(user=lin, printed_by=lin, at=at("08:00"))

    outcomes = at_once(
        [lambda: actions.set_pin(login_name="V000001", slip_code="2222222222", pin=PIN, address=HERE, at=at("09:00"))]
        * MANY
    )

    assert outcomes == {"wrong_slip": 3, "too_many_tries": MANY - 3}
    assert PinSlip.objects.get().tries_left == 2


def test_one_slip_twice_at_once_sets_one_pin():
    lin = make_user(login_name="V000001")
    code = actions.print_slip(user=lin, printed_by=lin, at=at("08:00"))

    def use(pin: str) -> Callable[[], object]:
        return lambda: actions.set_pin(login_name="V000001", slip_code=code, pin=pin, address=HERE, at=at("09:00"))

    outcomes = at_once([use("802751"), use("493806"), use("715290")])

    assert outcomes == {"done": 1, "wrong_slip": 2}


def test_two_desks_printing_at_once_leave_one_good_slip():
    lin = make_user(login_name="V000001")

    outcomes = at_once([lambda: actions.print_slip(user=lin, printed_by=lin, at=at("09:00"))] * 4)

    assert outcomes == {"done": 4}
    assert PinSlip.objects.filter(expires_at__gt=at("09:00"), used_at__isnull=True).count() == 1


def test_one_code_of_an_authenticator_at_once_from_many_places_opens_once():
    chen = make_staff()
    chen.is_demo = True
    code = queries.current_totp_code(chen, at=at("09:00"))

    def show(number: int) -> Callable[[], object]:
        return lambda: second_factor.show_second_factor(
            user=chen, code=code, address=f"192.0.2.{number}", at=at("09:00")
        )

    outcomes = at_once([show(number) for number in range(3)])

    assert outcomes["done"] == 1
    assert outcomes["second_factor_replayed"] == 2


def test_twenty_guesses_at_a_second_factor_get_three_tries():
    chen = make_staff()
    chen.is_demo = True
    wrong = other_than(queries.current_totp_code(chen, at=at("09:00")))

    outcomes = at_once(
        [lambda: second_factor.show_second_factor(user=chen, code=wrong, address=HERE, at=at("09:00"))] * MANY
    )

    assert outcomes["too_many_tries"] == MANY - 3
    assert outcomes["done"] == 0


def test_one_phone_registered_twice_at_once_has_one_account():
    def join(name: str) -> Callable[[], object]:
        return lambda: actions.register(login_name=name, phone=PHONE, at=at("09:00"))

    outcomes = at_once([join(f"u{number}") for number in range(6)])

    assert outcomes == {"done": 1, "phone_taken": 5}
