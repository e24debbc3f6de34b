"""Making accounts and proving to whom they belong, on the database."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import at
from xinglin.accounts import actions, jobs, queries, second_factor, sending
from xinglin.accounts.errors import (
    AccountClosed,
    BadPhone,
    CodeExpired,
    CodeSpent,
    LoginNameTaken,
    PhoneTaken,
    SecondFactorReplayed,
    SmsUnavailable,
    TooManyTries,
    WeakPassword,
    WeakPin,
    WrongCode,
    WrongOldPassword,
    WrongPassword,
    WrongPin,
    WrongSecondFactor,
    WrongSlip,
)
from xinglin.accounts.models import Attempt, PhoneCode, PinSlip, User
from xinglin.accounts.tests.factories import (
    PASSWORD,
    PIN,
    SECRET,
    make_staff,
    make_user,
    make_user_with_pin,
)
from xinglin.audit.models import Entry
from xinglin.lib.channels.sms import Message, NotSent

pytestmark = pytest.mark.django_db
HERE = "192.0.2.1"
PHONE = "13800138000"
SECONDS = dt.timedelta(seconds=1)


class Postbox:
    """Takes what would leave the building."""

    is_fake = True

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def send(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def code(self) -> str:
        return self.messages[-1].values["code"]


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> Postbox:
    box = Postbox()
    monkeypatch.setattr(sending, "sender", lambda: box)
    return box


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


# Accounts ---------------------------------------------------------------------------------------------------------


def test_a_phone_is_sealed_and_found_again():
    lin = actions.register(login_name="V000001", name="林晓", phone="138-0013-8000", at=at("09:00"))

    lin.refresh_from_db()
    assert b"13800138000" not in bytes(lin.phone_sealed)
    assert queries.by_phone("+86 13800138000") == lin
    assert queries.phone_of(lin) == PHONE
    assert queries.masked_phone_of(lin) == "138****8000"
    assert queries.masked_phone_of(make_user()) is None


def test_one_phone_one_account():
    make_user(phone=PHONE)

    with pytest.raises(PhoneTaken):
        actions.register(login_name="other", phone=PHONE, at=at("09:00"))


def test_one_login_name_one_account_in_any_case():
    make_user(login_name="wangmin")

    with pytest.raises(LoginNameTaken):
        actions.register(login_name="WangMin", at=at("09:00"))


def test_a_roster_is_registered_in_few_queries():
    newcomers = [actions.Newcomer(f"V{number:06d}", "志愿者", f"139{number:08d}") for number in range(500)]

    with CaptureQueriesContext(
        connection,
    ) as asked:
        users = actions.register_many(newcomers=newcomers, at=at("09:00"))

    assert len(asked) <= 8
    assert len(users) == User.objects.count() == 500
    assert queries.by_phone("13900000007").pk == users[7]


def test_a_roster_with_a_taken_phone_is_refused_as_a_whole():
    make_user(phone=PHONE)

    with pytest.raises(PhoneTaken):
        actions.register_many(newcomers=[actions.Newcomer("a"), actions.Newcomer("b", phone=PHONE)], at=at("09:00"))

    assert User.objects.count() == 1


def test_taken_phones_are_named_in_one_query():
    lin = make_user(phone=PHONE)

    with CaptureQueriesContext(connection) as asked:
        taken = queries.phones_taken(["138 0013 8000", "13900000000"])

    assert taken == {"138 0013 8000": lin.pk}
    assert len(asked) == 1


def test_a_volunteer_number_takes_the_place_of_the_first_login_name():
    lin = make_user(login_name="uABC")

    actions.rename(user=lin, login_name="V000042", name="林晓", at=at("09:00"))

    lin.refresh_from_db()
    assert (lin.login_name, lin.name) == ("V000042", "林晓")
    assert Entry.objects.filter(verb="renamed_user", thing=f"user:{lin.code}").count() == 1


def test_a_taken_volunteer_number_is_refused():
    make_user(login_name="V000042")

    with pytest.raises(LoginNameTaken):
        actions.rename(user=make_user(), login_name="v000042", name="林晓", at=at("09:00"))


# Phone and code ---------------------------------------------------------------------------------------------------


def test_the_code_opens_the_account_of_its_phone(postbox: Postbox):
    lin = make_user(phone=PHONE)
    actions.send_code(phone=PHONE, address=HERE, at=at("09:00"))

    user = actions.sign_in_by_code(phone=PHONE, code=postbox.code, at=at("09:01"))

    assert user == lin
    assert postbox.messages[0].phone == PHONE


def test_a_new_phone_gets_an_account(postbox: Postbox):
    actions.send_code(phone=PHONE, address=HERE, at=at("09:00"))

    user = actions.sign_in_by_code(phone=PHONE, code=f" {postbox.code[:3]} {postbox.code[3:]}", at=at("09:01"))

    assert user.login_name.startswith("u")
    assert queries.phone_of(user) == PHONE
    assert Entry.objects.filter(verb="registered", thing=f"user:{user.code}").exists()


def test_a_code_is_kept_only_as_a_hash(postbox: Postbox):
    actions.send_code(phone=PHONE, address=HERE, at=at("09:00"))

    kept = PhoneCode.objects.get()
    assert postbox.code not in kept.code_hash
    assert PHONE.encode() not in bytes(kept.phone_blind)


def test_a_code_is_used_once(postbox: Postbox):
    actions.send_code(phone=PHONE, address=HERE, at=at("09:00"))
    actions.sign_in_by_code(phone=PHONE, code=postbox.code, at=at("09:01"))

    with pytest.raises(CodeExpired):
        actions.sign_in_by_code(phone=PHONE, code=postbox.code, at=at("09:01"))


def test_a_code_lives_five_minutes(postbox: Postbox):
    actions.send_code(phone=PHONE, address=HERE, at=at("09:00"))

    with pytest.raises(CodeExpired):
        actions.sign_in_by_code(phone=PHONE, code=postbox.code, at=at("09:05"))
    assert actions.sign_in_by_code(phone=PHONE, code=postbox.code, at=at("09:05") - SECONDS)


def test_a_newer_code_takes_the_place_of_the_older(postbox: Postbox):
    actions.send_code(phone=PHONE, address=HERE, at=at("09:00"))
    older = postbox.code
    actions.send_code(phone=PHONE, address=HERE, at=at("09:01"))

    if older != postbox.code:
        with pytest.raises(WrongCode):
            actions.sign_in_by_code(phone=PHONE, code=older, at=at("09:02"))
    assert actions.sign_in_by_code(phone=PHONE, code=postbox.code, at=at("09:02"))


def test_after_five_wrong_tries_the_right_code_counts_no_more(postbox: Postbox):
    actions.send_code(phone=PHONE, address=HERE, at=at("09:00"))
    wrong = other_than(postbox.code)
    for _number in range(4):
        with pytest.raises(WrongCode):
            actions.sign_in_by_code(phone=PHONE, code=wrong, at=at("09:01"))

    with pytest.raises(CodeSpent):
        actions.sign_in_by_code(phone=PHONE, code=wrong, at=at("09:01"))
    with pytest.raises(CodeSpent):
        actions.sign_in_by_code(phone=PHONE, code=postbox.code, at=at("09:01"))


def test_the_code_of_another_phone_does_not_open(postbox: Postbox):
    actions.send_code(phone=PHONE, address=HERE, at=at("09:00"))
    mine = postbox.code
    actions.send_code(phone="13900139000", address=HERE, at=at("09:00"))

    if mine != postbox.code:
        with pytest.raises(WrongCode):
            actions.sign_in_by_code(phone="13900139000", code=mine, at=at("09:01"))


def test_a_phone_without_a_code_and_one_with_an_old_code_sound_the_same(postbox: Postbox):
    make_user(phone=PHONE)

    for phone in (PHONE, "13900139000"):
        with pytest.raises(CodeExpired):
            actions.sign_in_by_code(phone=phone, code="123456", at=at("09:00"))


def test_one_code_a_minute_five_an_hour_ten_a_day(postbox: Postbox):
    sent, moment = [], at("00:00")
    while moment < at("23:59"):
        try:
            actions.send_code(phone=PHONE, address=HERE, at=moment)
            sent.append(moment)
        except TooManyTries as refusal:
            moment += refusal.wait
            continue
        moment += 30 * SECONDS

    assert len(sent) == len(postbox.messages) == 10
    assert sent[1] - sent[0] == 60 * SECONDS
    assert sent[5] - sent[0] == 3600 * SECONDS


def test_one_address_may_not_have_codes_sent_to_everyone(postbox: Postbox):
    for number in range(100):
        actions.send_code(phone=f"139{number:08d}", address=HERE, at=at("09:00"))

    with pytest.raises(TooManyTries):
        actions.send_code(phone=PHONE, address=HERE, at=at("09:01"))
    actions.send_code(phone=PHONE, address="192.0.2.2", at=at("09:01"))


def test_what_is_no_phone_is_refused_before_anything_is_kept(postbox: Postbox):
    with pytest.raises(BadPhone):
        actions.send_code(phone="12345", address=HERE, at=at("09:00"))

    assert not PhoneCode.objects.exists()
    assert not postbox.messages


def test_a_silent_gateway_is_told_and_still_counted(monkeypatch: pytest.MonkeyPatch):
    class Silent:
        is_fake = False

        def send(self, message: Message) -> None:
            raise NotSent("no answer")

    monkeypatch.setattr(sending, "sender", Silent)

    with pytest.raises(SmsUnavailable):
        actions.send_code(phone=PHONE, address=HERE, at=at("09:00"))
    with pytest.raises(TooManyTries):
        actions.send_code(phone=PHONE, address=HERE, at=at("09:00"))


def test_a_closed_account_stays_closed(postbox: Postbox):
    lin = make_user(phone=PHONE)
    User.objects.filter(pk=lin.pk).update(is_active=False)
    actions.send_code(phone=PHONE, address=HERE, at=at("09:00"))

    with pytest.raises(AccountClosed):
        actions.sign_in_by_code(phone=PHONE, code=postbox.code, at=at("09:01"))


# Number and PIN ---------------------------------------------------------------------------------------------------


def test_a_slip_sets_the_first_pin():
    lin, wang = make_user(login_name="V000001"), make_user()
    code = actions.print_slip(user=lin, printed_by=wang, at=at("09:00"))

    user = actions.set_pin(login_name="v000001", slip_code=code.lower(), pin=PIN, address=HERE, at=at("10:00"))

    assert user == lin
    assert actions.sign_in_by_pin(login_name=" V000001 ", pin=PIN, address=HERE, at=at("10:01")) == lin
    verbs = Entry.objects.filter(thing=f"user:{lin.code}").order_by("id").values_list("verb", "actor_code")
    assert list(verbs)[1:] == [("printed_pin_slip", wang.code), ("set_pin", lin.code)]


def test_slip_and_pin_are_kept_only_as_hashes():
    lin = make_user(login_name="V000001")
    code = actions.print_slip(user=lin, printed_by=lin, at=at("09:00"))
    actions.set_pin(login_name="V000001", slip_code=code, pin=PIN, address=HERE, at=at("10:00"))

    lin.refresh_from_db()
    assert len(code) == 10
    assert code not in PinSlip.objects.get().code_hash
    assert lin.pin.startswith("argon2")


def test_a_slip_is_used_once():
    lin = make_user(login_name="V000001")
    code = actions.print_slip(user=lin, printed_by=lin, at=at("09:00"))
    actions.set_pin(login_name="V000001", slip_code=code, pin=PIN, address=HERE, at=at("10:00"))

    with pytest.raises(WrongSlip):
        actions.set_pin(login_name="V000001", slip_code=code, pin="493806", address=HERE, at=at("10:01"))


def test_a_slip_lives_fourteen_days():
    lin = make_user(login_name="V000001")
    code = actions.print_slip(user=lin, printed_by=lin, at=at("09:00"))

    with pytest.raises(WrongSlip):
        actions.set_pin(login_name="V000001", slip_code=code, pin=PIN, address=HERE, at=at("09:00", days=14))


def test_a_new_slip_voids_the_older():
    lin = make_user(login_name="V000001")
    older = actions.print_slip(user=lin, printed_by=lin, at=at("09:00"))
    newer = actions.print_slip(user=lin, printed_by=lin, at=at("09:01"))

    with pytest.raises(WrongSlip):
        actions.set_pin(login_name="V000001", slip_code=older, pin=PIN, address=HERE, at=at("10:00"))
    assert actions.set_pin(login_name="V000001", slip_code=newer, pin=PIN, address=HERE, at=at("10:00")) == lin


def test_a_slip_of_someone_else_does_not_open():
    make_user(login_name="V000001")
    code = actions.print_slip(user=make_user(login_name="V000002"), printed_by=make_user(), at=at("09:00"))

    with pytest.raises(WrongSlip):
        actions.set_pin(login_name="V000001", slip_code=code, pin=PIN, address=HERE, at=at("10:00"))


def test_a_slip_is_guessed_at_five_times_at_most():
    lin = make_user(login_name="V000001")
    code = actions.print_slip(user=lin, printed_by=lin, at=at("09:00"))
    moment = at("09:00")
    for _number in range(5):
        moment += dt.timedelta(hours=2)
        with pytest.raises(WrongSlip):
            actions.set_pin(login_name="V000001", slip_code="2222222222", pin=PIN, address=HERE, at=moment)

    with pytest.raises(WrongSlip):
        actions.set_pin(login_name="V000001", slip_code=code, pin=PIN, address=HERE, at=moment + 7200 * SECONDS)


def test_an_easy_pin_costs_no_try():
    lin = make_user(login_name="V000001")
    code = actions.print_slip(user=lin, printed_by=lin, at=at("09:00"))

    for _number in range(6):
        with pytest.raises(WeakPin):
            actions.set_pin(login_name="V000001", slip_code=code, pin="123456", address=HERE, at=at("10:00"))
    assert actions.set_pin(login_name="V000001", slip_code=code, pin=PIN, address=HERE, at=at("10:00")) == lin


def test_a_known_number_and_an_unknown_one_hear_the_same():
    make_user_with_pin(login_name="V000001")
    heard = {}

    for number in ("V000001", "V999999"):
        heard[number] = []
        for minutes in range(8):
            moment = at("09:00") + dt.timedelta(minutes=minutes)
            with pytest.raises((WrongPin, TooManyTries)) as said:
                actions.sign_in_by_pin(login_name=number, pin="000000", address=f"192.0.2.{len(heard)}", at=moment)
            heard[number].append(str(said.value))

    assert heard["V000001"] == heard["V999999"]


def test_a_known_number_and_an_unknown_one_hear_the_same_about_slips():
    actions.print_slip(user=make_user(login_name="V000001"), printed_by=make_user(), at=at("08:00"))
    heard = {}

    for number in ("V000001", "V999999"):
        heard[number] = []
        for hours in range(8):
            moment = at("09:00") + dt.timedelta(hours=hours)
            with pytest.raises((WrongSlip, TooManyTries)) as said:
                actions.set_pin(login_name=number, slip_code="22", pin=PIN, address=f"192.0.2.{len(heard)}", at=moment)
            heard[number].append(str(said.value))

    assert heard["V000001"] == heard["V999999"]


def test_wrong_pins_wait_longer_and_longer_and_the_right_one_waits_too():
    lin = make_user_with_pin(login_name="V000001")
    for _number in range(3):
        with pytest.raises(WrongPin):
            actions.sign_in_by_pin(login_name="V000001", pin="000000", address=HERE, at=at("09:00"))

    with pytest.raises(TooManyTries) as refusal:
        actions.sign_in_by_pin(login_name="V000001", pin=PIN, address=HERE, at=at("09:00"))
    assert refusal.value.wait == 60 * SECONDS
    assert actions.sign_in_by_pin(login_name="V000001", pin=PIN, address=HERE, at=at("09:01")) == lin


def test_a_right_pin_forgets_the_wrong_ones():
    make_user_with_pin(login_name="V000001")
    for _round in range(3):
        for _number in range(2):
            with pytest.raises(WrongPin):
                actions.sign_in_by_pin(login_name="V000001", pin="000000", address=HERE, at=at("09:00"))
        assert actions.sign_in_by_pin(login_name="V000001", pin=PIN, address=HERE, at=at("09:00"))


def test_one_address_may_not_try_every_number():
    for number in range(60):
        with pytest.raises(WrongPin):
            actions.sign_in_by_pin(login_name=f"V{number:06d}", pin=PIN, address=HERE, at=at("09:00"))

    with pytest.raises(TooManyTries):
        actions.sign_in_by_pin(login_name="V000777", pin=PIN, address=HERE, at=at("09:01"))


def test_who_never_set_a_pin_cannot_come_in_by_an_empty_one():
    make_user(login_name="V000001")

    with pytest.raises(WrongPin):
        actions.sign_in_by_pin(login_name="V000001", pin="", address=HERE, at=at("09:00"))


# Password and second factor ---------------------------------------------------------------------------------------


def test_the_right_password_is_half_of_the_way():
    chen = make_staff()

    assert actions.prove_password(login_name="ChenLan", password=PASSWORD, address=HERE, at=at("09:00")) == chen


def test_a_known_login_name_and_an_unknown_one_hear_the_same_about_passwords():
    make_staff()
    make_user(login_name="lin")  # has an account without a password

    for name in ("chenlan", "nobody", "lin"):
        with pytest.raises(WrongPassword):
            actions.prove_password(login_name=name, password="no", address=HERE, at=at("09:00"))


def test_a_password_is_changed_against_the_old_one():
    chen = make_staff()

    with pytest.raises(WrongOldPassword):
        actions.change_password(user=chen, old="no", new="另一个-很长的-密码", address=HERE, at=at("09:00"))
    with pytest.raises(WeakPassword):
        actions.change_password(user=chen, old=PASSWORD, new="1234567890", address=HERE, at=at("09:00"))
    actions.change_password(user=chen, old=PASSWORD, new="另一个-很长的-密码", address=HERE, at=at("09:00"))

    assert actions.prove_password(login_name="chenlan", password="另一个-很长的-密码", address=HERE, at=at("09:01"))


def code_at(moment: dt.datetime) -> str:
    user = User(is_demo=True, pk=User.objects.get(login_name="chenlan").pk)
    return queries.current_totp_code(user, at=moment)


def test_the_authenticators_code_is_accepted_once():
    chen = make_staff()
    code = code_at(at("09:00"))

    assert second_factor.show_second_factor(user=chen, code=code, address=HERE, at=at("09:00")) == chen
    with pytest.raises(SecondFactorReplayed):
        second_factor.show_second_factor(user=chen, code=code, address=HERE, at=at("09:00") + 5 * SECONDS)


def test_an_older_code_is_refused_after_a_newer_one():
    chen = make_staff()
    second_factor.show_second_factor(user=chen, code=code_at(at("09:00")), address=HERE, at=at("09:00"))

    older = code_at(at("09:00") - 30 * SECONDS)
    with pytest.raises(SecondFactorReplayed):
        second_factor.show_second_factor(user=chen, code=older, address=HERE, at=at("09:00"))


def test_a_telephone_whose_clock_is_half_a_minute_off_still_works():
    chen = make_staff()

    assert second_factor.show_second_factor(
        user=chen, code=code_at(at("09:00") - 30 * SECONDS), address=HERE, at=at("09:00")
    )


def test_a_code_of_long_ago_is_refused():
    chen = make_staff()

    with pytest.raises(WrongSecondFactor):
        second_factor.show_second_factor(user=chen, code=code_at(at("08:00")), address=HERE, at=at("09:00"))


def test_a_recovery_code_opens_once():
    chen = make_staff()
    codes = second_factor.make_recovery_codes(user=chen, at=at("09:00"))

    assert second_factor.show_second_factor(user=chen, code=codes[3], address=HERE, at=at("09:00")) == chen
    with pytest.raises(WrongSecondFactor):
        second_factor.show_second_factor(user=chen, code=codes[3], address=HERE, at=at("09:00"))
    assert queries.recovery_codes_left(chen) == len(codes) - 1 == 9


def test_new_recovery_codes_void_the_older():
    chen = make_staff()
    older = second_factor.make_recovery_codes(user=chen, at=at("09:00"))
    second_factor.make_recovery_codes(user=chen, at=at("09:00"))

    with pytest.raises(WrongSecondFactor):
        second_factor.show_second_factor(user=chen, code=older[0], address=HERE, at=at("09:00"))


def test_a_second_factor_is_set_up_by_its_first_code_which_then_is_used():
    chen = make_staff(has_totp=False)
    other = actions.register(login_name="x", at=at("00:00"), is_demo=True)
    actions.set_totp(user=other, secret=SECRET, at=at("00:00"))
    code = queries.current_totp_code(other, at=at("09:00"))

    with pytest.raises(WrongSecondFactor):
        second_factor.set_up_second_factor(user=chen, secret=SECRET, code=other_than(code), at=at("09:00"))
    second_factor.set_up_second_factor(user=chen, secret=SECRET, code=code, at=at("09:00"))

    assert queries.has_totp(chen)
    assert queries.recovery_codes_left(chen) == 10
    with pytest.raises(SecondFactorReplayed):
        second_factor.show_second_factor(user=chen, code=code, address=HERE, at=at("09:00"))


def test_secrets_of_the_second_factor_are_sealed():
    from allauth.mfa.models import Authenticator

    make_staff()

    assert SECRET not in str(Authenticator.objects.get().data)


def test_a_reset_takes_the_second_factor_away_and_says_why():
    chen = make_staff()

    second_factor.reset_second_factor(user=chen, reason="手机丢了", at=at("09:00"))

    assert not queries.has_totp(chen)
    assert Entry.objects.get(verb="reset_second_factor").reason == "手机丢了"


def test_the_code_of_a_real_person_is_never_told():
    with pytest.raises(AssertionError):
        queries.current_totp_code(make_staff())


# Keeping house ----------------------------------------------------------------------------------------------------


def test_old_tries_are_forgotten_and_new_ones_kept(postbox: Postbox, now_is):
    lin = make_user()
    actions.send_code(phone=PHONE, address=HERE, at=at("09:00", days=-2))
    actions.print_slip(user=lin, printed_by=lin, at=at("09:00", days=-20))
    actions.send_code(phone=PHONE, address=HERE, at=at("08:00"))
    actions.print_slip(user=lin, printed_by=lin, at=at("08:00"))
    now_is(at("09:00"))

    for _twice in range(2):
        jobs.forget_old_tries(timestamp=0)

    assert (Attempt.objects.count(), PhoneCode.objects.count(), PinSlip.objects.count()) == (2, 1, 1)
