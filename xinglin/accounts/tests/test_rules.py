"""Phones, PINs and limits, without a database."""

from __future__ import annotations

import datetime as dt

import pytest

from conftest import at
from xinglin.accounts import rules
from xinglin.accounts.errors import BadPhone, BadPin, TooManyTries, WeakPin

MINUTE = dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        " 138 0013 8000 ",
        "138-0013-8000",
        "１３８００１３８０００",
        "+86 13800138000",
        "+86-138-0013-8000",
        "0086 13800138000",
        "8613800138000",
        "(+86)13800138000",
        "138\u00a00013\u30008000",
    ],
)
def test_a_phone_is_read_however_it_was_typed(typed: str):
    assert rules.normal_phone(typed) == "13800138000"


@pytest.mark.parametrize(
    "typed", ["", "1380013800", "138001380001", "12800138000", "0577-65812345", "abc", "1380013800a"]
)
def test_what_is_no_mobile_number_is_refused(typed: str):
    with pytest.raises(BadPhone):
        rules.normal_phone(typed)


def test_eleven_digits_that_begin_with_86_are_no_country_code():
    with pytest.raises(BadPhone):
        rules.normal_phone("86138001380")


def test_a_masked_phone_shows_three_and_four_digits():
    assert rules.masked_phone("13800130000") == "138****0000"


@pytest.mark.parametrize("pin", ["802751", "493806", "715290"])
def test_a_pin_that_nobody_guesses_first_is_taken(pin: str):
    assert rules.checked_pin(pin) == pin


@pytest.mark.parametrize(
    "pin",
    ["111111", "123456", "654321", "890123", "121212", "123123", "112233", "900307", "880229", "199003", "201912"],
)
def test_a_pin_that_everybody_tries_first_is_refused(pin: str):
    with pytest.raises(WeakPin):
        rules.checked_pin(pin)


@pytest.mark.parametrize("pin", ["", "80275", "8027510", "80275a"])
def test_a_pin_has_six_digits(pin: str):
    with pytest.raises(BadPin):
        rules.checked_pin(pin)


def test_a_pin_may_be_typed_in_full_width():
    assert rules.checked_pin("８０２ ７５１") == "802751"


def test_a_pin_that_stands_in_the_number_is_refused():
    with pytest.raises(WeakPin):
        rules.checked_pin("802751", never=("V0802751",))


def test_one_code_a_minute():
    sent = [at("09:00")]

    wait = rules.wait_by_limits(sent, rules.CODES_PER_PHONE, at=at("09:00") + dt.timedelta(seconds=20))

    assert wait == dt.timedelta(seconds=40)
    assert not rules.wait_by_limits(sent, rules.CODES_PER_PHONE, at=at("09:01"))


def test_five_codes_an_hour():
    sent = [at("09:00") + number * 2 * MINUTE for number in range(5)]

    assert rules.wait_by_limits(sent, rules.CODES_PER_PHONE, at=at("09:30")) == 30 * MINUTE
    assert not rules.wait_by_limits(sent, rules.CODES_PER_PHONE, at=at("10:00"))


def test_ten_codes_a_day():
    sent = [at("00:00") + number * 60 * MINUTE for number in range(10)]

    assert rules.wait_by_limits(sent, rules.CODES_PER_PHONE, at=at("12:00")) == dt.timedelta(hours=12)


def test_wrong_tries_wait_longer_and_longer():
    waits, wrong, now = [], [], at("09:00")
    for _number in range(8):
        wait = rules.wait_after_wrong(wrong, at=now)
        waits.append(int(wait.total_seconds()) // 60)
        now += wait
        wrong.append(now)

    assert waits == [0, 0, 0, 1, 5, 15, 60, 60]


def test_wrong_tries_of_yesterday_are_forgotten():
    wrong = [at("09:00", days=-1)] * 7

    assert not rules.wait_after_wrong(wrong, at=at("09:00"))


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_a_household_is_one_address(address: str, block: str):
    assert rules.address_block(address) == block


@pytest.mark.parametrize(("seconds", "words"), [(20, "1分"), (60, "1分"), (61, "2分"), (3600, "1小时")])
def test_the_wait_is_said_in_whole_minutes(seconds: int, words: str):
    assert words in str(TooManyTries(wait=dt.timedelta(seconds=seconds)))
