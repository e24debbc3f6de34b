"""Below zero: only where the policy says, only as far as it says, only for spending; and the trail knows of it."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from conftest import at
from xinglin.audit.models import Entry
from xinglin.organisation.models import Policy
from xinglin.people import relations
from xinglin.people.tests.factories import make_volunteer
from xinglin.timebank import actions, queries, verification
from xinglin.timebank.actions import gifts
from xinglin.timebank.errors import NotEnoughMinutes
from xinglin.timebank.models import Account
from xinglin.timebank.rules import AccountKind, Balance
from xinglin.timebank.tests.factories import credit, make_account, make_transfer
from xinglin.timebank.tests.test_races import at_once

pytestmark = pytest.mark.django_db
NOW = at("12:00")


def set_policy(unit: Any, value: int, *, days: int = -10) -> None:
    Policy.objects.create(unit=unit, name="overdraft_minutes", value=value, starts_at=at("00:00", days=days))


def spend(person: Any, minutes: int, number: int = 1, *, when: dt.datetime = NOW) -> None:
    origin = f"order:{number}"
    until = when + dt.timedelta(days=1)
    actions.hold(person=person, minutes=minutes, origin=origin, reason="陪诊", expires_at=until, at=when)
    actions.settle(origin=origin, at=when)


def account_of(person: Any) -> Account:
    return Account.objects.get(person=person, kind=AccountKind.MEMBER)


def faults() -> list[str]:
    return [str(difference) for difference in verification._found(verification.Tally())]


def test_without_a_policy_nobody_goes_below_zero(lin):
    credit(lin.person, 30)

    with pytest.raises(NotEnoughMinutes):
        spend(lin.person, 31)

    assert not Entry.objects.filter(verb="allowed_overdraft").exists()


def test_with_one_a_member_goes_down_to_the_floor_and_no_further(lin, hospital):
    set_policy(hospital, 60)
    credit(lin.person, 30)

    spend(lin.person, 80)
    with pytest.raises(NotEnoughMinutes, match="有10分可用"):
        spend(lin.person, 11, 2)
    spend(lin.person, 10, 3)

    assert queries.balance_of(lin.person) == Balance(-60, 0)
    assert faults() == []


def test_what_comes_in_fills_it_up_first(lin, hospital):
    set_policy(hospital, 60)
    spend(lin.person, 50)

    credit(lin.person, 70)

    assert queries.balance_of(lin.person) == Balance(20, 0)
    assert faults() == []


def test_the_trail_says_from_which_entry_on_and_once(lin, hospital):
    set_policy(hospital, 60)
    credit(lin.person, 30)

    spend(lin.person, 10, 1)
    spend(lin.person, 10, 2)

    entry = Entry.objects.get(verb="allowed_overdraft")
    assert entry.thing == f"account:{account_of(lin.person).code}"
    assert entry.facts == {"before": 0, "after": 60, "entries": 1}


def test_a_stricter_policy_takes_nobody_up_but_lets_nobody_further_down(lin, hospital):
    set_policy(hospital, 60)
    spend(lin.person, 50, when=at("10:00", days=-1))
    set_policy(hospital, 0, days=0)

    with pytest.raises(NotEnoughMinutes, match="有0分可用"):
        spend(lin.person, 1, 2)
    credit(lin.person, 70)
    spend(lin.person, 20, 3)
    with pytest.raises(NotEnoughMinutes):
        spend(lin.person, 1, 4)

    assert queries.balance_of(lin.person) == Balance(0, 0)
    assert account_of(lin.person).overdraft_minutes == 0
    assert faults() == []


def test_nobody_gives_away_what_they_do_not_have(lin, hospital):
    set_policy(hospital, 60)
    credit(lin.person, 30)
    spend(lin.person, 10)

    with pytest.raises(NotEnoughMinutes):
        gifts.give(giver=lin.person, receiver=None, minutes=21, words="", at=NOW)
    gifts.give(giver=lin.person, receiver=None, minutes=20, words="", at=NOW)
    spend(lin.person, 60, 2)

    assert queries.balance_of(lin.person) == Balance(-60, 0)
    assert faults() == []


def test_a_reversal_takes_nothing_below_zero_the_rest_is_owed_and_repaid_from_above_zero(lin, hospital):
    set_policy(hospital, 60)
    credit(lin.person, 30, key="record:A")
    spend(lin.person, 50)

    actions.reverse(key="record:A", reversal_key="void:A", reason="记错", origin="record:A", at=NOW)
    credit(lin.person, 40)

    assert queries.balance_of(lin.person) == Balance(0, 0, owed_minutes=10)
    assert faults() == []


def test_the_database_itself_lets_only_members_below_and_only_by_its_own_function(lin, hospital):
    set_policy(hospital, 60)
    spend(lin.person, 50)
    held = Account.objects.get(person=lin.person, kind=AccountKind.MEMBER_HELD)

    with pytest.raises(IntegrityError, match="only_members_overdraw"), transaction.atomic():
        _allow(held.pk, 10)
    with pytest.raises(DatabaseError, match="only by post"), transaction.atomic():
        Account.objects.filter(pk=account_of(lin.person).pk).update(overdraft_minutes=5_000)


def test_who_is_further_down_than_the_trail_allowed_is_named(lin, hospital):
    set_policy(hospital, 60)
    spend(lin.person, 50)
    account, pool = account_of(lin.person), make_account(unit=hospital)

    _allow(account.pk, 400)  # by the function, but with nothing on the trail
    [answer] = actions.post(transfers=[make_transfer(account, pool, 100)], at=NOW)

    assert faults() == [
        f"account {account.pk}: may be overdrawn by 400, the trail says 60",
        f"transfer {answer.transfer_id}: takes account {account.pk} to -150, below its floor -60",
    ]


@pytest.mark.django_db(transaction=True)
def test_many_who_spend_at_once_stop_at_the_floor(lin, hospital):
    set_policy(hospital, 60)
    credit(lin.person, 30)

    def spend_some(number: int) -> bool:
        try:
            spend(lin.person, 10, number)
        except NotEnoughMinutes:
            return False
        return True

    done = at_once(spend_some, 12)

    assert sum(done) == 9
    assert queries.balance_of(lin.person) == Balance(-60, 0)
    assert list(verification.differences(verification.Tally())) == []


@pytest.mark.django_db(transaction=True)
def test_a_gift_waits_for_a_spending_that_is_under_way_and_is_none_of_its_advance(lin, hospital, wang):
    set_policy(hospital, 60)
    mother, began = make_volunteer(unit=hospital, name="林母"), Event()
    tie = {"person": lin.person, "relative": mother.person, "kind": "parent", "paper": "户口簿"}
    relations.register(**tie, by=wang, at=NOW)
    credit(lin.person, 30)

    def give() -> Any:
        try:
            began.set()
            return gifts.give(giver=lin.person, receiver=mother.person, minutes=30, words="", at=NOW)
        except NotEnoughMinutes as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            spend(lin.person, 20)  # which lets the account go down to -60
            given = pool.submit(give)
            began.wait()
            wait([given], timeout=1)  # it has come as far as it can
        answer = given.result(timeout=30)

    assert isinstance(answer, NotEnoughMinutes)
    assert queries.balance_of(lin.person).free_minutes == 10


def _allow(account_id: int, minutes: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM allow_overdraft(%s, %s)", [account_id, minutes])
