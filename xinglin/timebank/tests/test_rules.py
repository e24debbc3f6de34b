"""A ledger's proof, the strip under a balance, and what a link may name: values alone."""

from __future__ import annotations

import pytest

from xinglin.timebank import rules, walking
from xinglin.timebank.rules import Bar, Summary
from xinglin.timebank.tests.factories import NOON
from xinglin.timebank.walking import AccountRow, Leg, TransferRow, Walked

MEMBER = AccountRow(1, "member", 7, None, True, 0, 50, 2, None)
LEGS = [Leg(1, 10, 60, 60, 1, NOON), Leg(1, 12, -10, 50, 2, NOON)]
GIFT = {"id": 9, "key": "k", "payer_id": 1, "payee_id": 2, "minutes": 5, "kind": "gift", "reverses": None}
GIFT |= {"expires_at": None, "original": None}


def said(account, legs):
    return [str(difference) for difference in walking.walk(account, legs, Walked())]


def test_an_honest_account_says_nothing():
    assert said(MEMBER, LEGS) == []


def test_a_missing_leg_is_a_gap_and_a_wrong_sum():
    differences = said(MEMBER, LEGS[1:])

    assert "transfer 12: has sequence 2 of account 1, expected 1" in differences
    assert "account 1: holds 50, recomputed -10" in differences


def test_an_unlimited_account_keeps_no_balance():
    issuance = AccountRow(3, "issuance", None, None, False, None, None, None, None)

    assert said(issuance, [Leg(3, 10, -60, None, None, NOON)]) == []
    assert said(issuance, [Leg(3, 10, -60, -60, 1, NOON)]) == [
        "transfer 10: notes a balance or a sequence for the unlimited account 3"
    ]


def test_a_reversal_mirrors_what_was_there_before():
    fits = TransferRow(**GIFT | {"kind": "reversal", "reverses": 8, "original": (2, 1, 5)})
    later = TransferRow(**GIFT | {"kind": "reversal", "reverses": 10, "original": (2, 1, 5)})
    crooked = TransferRow(**GIFT | {"kind": "reversal", "reverses": 8, "original": (1, 2, 5)})

    assert list(walking.faults_of(fits)) == []
    assert "was not there before" in str(next(walking.faults_of(later)))
    assert "does not mirror" in str(next(walking.faults_of(crooked)))


@pytest.mark.parametrize(
    ("summary", "bar"),
    [
        (Summary(0, 0, 0, 0), None),
        (Summary(60, 0, 60, 0), Bar(100, 100, 0, 100, 0)),
        (Summary(50, 25, 100, 25), Bar(50, 50, 25, 75, 25)),
        (Summary(0, 0, 60, 60), Bar(0, 0, 0, 0, 100)),
    ],
)
def test_the_strip_shows_free_held_and_used(summary, bar):
    assert rules.bar_of(summary) == bar


@pytest.mark.parametrize(
    ("text", "place"), [("12", 12), ("", None), ("-1", None), ("x", None), ("９", None), ("9" * 30, None)]
)
def test_a_link_names_a_place_or_the_beginning(text, place):
    assert rules.sequence_from(text) == place
