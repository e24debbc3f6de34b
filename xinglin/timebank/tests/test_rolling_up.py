"""Unlimited accounts: the sum follows the log, and with the tail it is exact at every moment."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from xinglin.audit import sealer
from xinglin.audit.tests.factories import seal_everything
from xinglin.timebank import actions, jobs, queries, verification
from xinglin.timebank.models import Account, RollUp, Transfer
from xinglin.timebank.rules import LARGEST_TRANSFER_MINUTES, AccountKind
from xinglin.timebank.tests.factories import NOON, make_account, make_transfer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def issuance() -> Account:
    return make_account(AccountKind.ISSUANCE)


@pytest.fixture
def team() -> Account:
    return make_account(AccountKind.TEAM)


def post(*transfers: Any) -> None:
    assert all(answer.stands for answer in actions.post(transfers=transfers, at=NOON))


def faults() -> list[str]:
    return [str(difference) for difference in verification.differences(verification.Tally())]


def test_a_balance_is_exact_before_the_first_roll_up_between_two_and_after(issuance, team):
    post(make_transfer(issuance, team, 60))
    before = queries.balance_of_unlimited(issuance.pk)
    seal_everything()
    moved = actions.roll_up()
    post(make_transfer(team, issuance, 10))
    with_tail = queries.balance_of_unlimited(issuance.pk)

    assert (before, moved, with_tail) == (-60, 1, -50)
    assert RollUp.objects.get().minutes == -60
    assert faults() == []


def test_what_is_not_sealed_yet_is_not_rolled_up(issuance, team):
    post(make_transfer(issuance, team, 60))

    actions.roll_up()

    assert RollUp.objects.get().minutes == 0
    assert queries.balance_of_unlimited(issuance.pk) == -60


def test_rolling_up_twice_is_once_and_the_job_does_it_by_the_clock(issuance, team):
    post(make_transfer(issuance, team, 60))
    seal_everything()

    first, second = (jobs.roll_up(timestamp=0) for _ in range(2))

    assert (first, second) == (1, 0)
    assert queries.balance_of_unlimited(issuance.pk) == -60


def test_an_account_opened_later_catches_up_from_its_first_transfer(issuance, team):
    post(make_transfer(issuance, team, 60))
    seal_everything()
    actions.roll_up()
    suspense = make_account(AccountKind.SUSPENSE)
    post(make_transfer(team, suspense, 20), make_transfer(suspense, issuance, 5))
    seal_everything()

    actions.roll_up()

    sums = {row.account_id: row.minutes for row in RollUp.objects.all()}
    assert sums == {issuance.pk: -55, suspense.pk: 15}
    assert faults() == []


def test_a_transaction_that_still_runs_is_never_left_out(issuance, team):
    """Its transfers have lower numbers than those that others commit meanwhile."""
    with ThreadPoolExecutor(1) as other:

        def post_and_commit() -> None:
            post(make_transfer(issuance, make_account(AccountKind.RESERVE), 7))
            sealer.seal()
            actions.roll_up()
            connection.close()

        with transaction.atomic():
            post(make_transfer(issuance, team, 60))
            other.submit(post_and_commit).result()
    seen = queries.balance_of_unlimited(issuance.pk)
    seal_everything()
    actions.roll_up()

    assert seen == queries.balance_of_unlimited(issuance.pk) == -67
    assert faults() == []


def test_while_many_post_and_roll_up_the_balance_is_always_that_of_the_log(issuance):
    teams = [make_account(kind) for kind in (AccountKind.TEAM, AccountKind.POOL, AccountKind.RESERVE)]

    def work(number: int) -> list[tuple[int, int]]:
        mine, seen = random.Random(number), []
        try:
            for _ in range(15):
                if number < 3:
                    post(*(make_transfer(issuance, mine.choice(teams), mine.randint(1, 9)) for _ in range(5)))
                elif number == 3:
                    sealer.seal()
                    actions.roll_up()
                else:
                    seen.append(_both(issuance))
            return seen
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        seen = [pair for pairs in pool.map(work, range(6)) for pair in pairs]

    assert seen
    assert all(said == summed for said, summed in seen)
    assert faults() == []


def test_the_largest_transfers_do_not_overflow_a_sum(issuance, team):
    post(*(make_transfer(issuance, team, LARGEST_TRANSFER_MINUTES) for _ in range(300)))
    seal_everything()
    actions.roll_up()

    assert queries.balance_of_unlimited(issuance.pk) == -300 * LARGEST_TRANSFER_MINUTES  # more than an integer holds
    assert faults() == []


def _both(account: Account) -> tuple[int, int]:
    """What the query says and what the log adds up to, seen in one snapshot."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        said = queries.balance_of_unlimited(account.pk)
        legs: Iterator[tuple[int, int]] = Transfer.objects.values_list("payer_id", "minutes").iterator()
        return said, -sum(minutes for payer, minutes in legs if payer == account.pk)
