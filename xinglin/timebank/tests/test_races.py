"""Many sessions post at once, real threads on real connections: nothing twice, nothing lost, no deadlock."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from xinglin.people.tests.factories import make_person
from xinglin.timebank import actions, queries, verification
from xinglin.timebank.errors import HoldEnded, NoSuchHold, NotEnoughMinutes
from xinglin.timebank.models import Account, Remainder, Transfer
from xinglin.timebank.reckoning import Terms
from xinglin.timebank.rules import AccountKind, Balance, HoldEnd, Outcome, Service, TransferKind
from xinglin.timebank.rules import Transfer as Asked
from xinglin.timebank.tests.factories import NOON, make_account, make_transfer

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 12
DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 11, 24)


def at_once(work: Callable[[int], Any], threads: int = THREADS) -> list[Any]:
    """Run `work(0)` … `work(threads - 1)` at the same moment, each on its own connection."""
    start = Barrier(threads)

    def run(number: int) -> Any:
        try:
            start.wait()
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def faults() -> list[str]:
    return [str(difference) for difference in verification.differences(verification.Tally())]


def test_overlapping_batches_in_any_order_post_each_key_once():
    issuance = make_account(AccountKind.ISSUANCE)
    members = [make_account(kind) for kind in (AccountKind.POOL, AccountKind.RESERVE, AccountKind.TEAM)]
    members += [make_account(AccountKind.MEMBER, person=make_person()) for _ in range(5)]
    ids = [account.pk for account in members]
    chance = random.Random(20261124)
    all_items = [_item(chance, issuance.pk, ids, number) for number in range(300)]

    def work(number: int) -> Counter[str]:
        mine = random.Random(number)
        answers: Counter[str] = Counter()
        for _ in range(12):
            batch = mine.sample(all_items, 40)
            answers.update(
                answer.key for answer in actions.post(transfers=batch, at=NOON) if answer.outcome == Outcome.POSTED
            )
        return answers

    posted = sum(at_once(work), Counter())

    assert set(posted.values()) == {1}
    assert set(Transfer.objects.values_list("key", flat=True)) == posted.keys()
    assert faults() == []


def test_one_key_posted_by_all_at_once_is_posted_by_one():
    issuance, member = make_account(AccountKind.ISSUANCE), make_account(AccountKind.TEAM)
    gift = make_transfer(issuance, member, 30)

    answers = at_once(lambda _: actions.post(transfers=[gift], at=NOON)[0])

    assert Counter(answer.outcome for answer in answers) == {"posted": 1, "already_posted": THREADS - 1}
    member.refresh_from_db()
    assert member.balance_minutes == 30


def test_a_key_raced_for_with_other_bodies_and_accounts_gets_one_winner_and_conflicts():
    """No account in common: only the unique key can tell, and a batch around it must stay exact."""
    issuance = make_account(AccountKind.ISSUANCE)
    members = [make_account(AccountKind.MEMBER, person=make_person()) for _ in range(THREADS)]
    keys = [f"shared:{number}" for number in range(20)]

    def work(number: int) -> list[str]:
        order = random.Random(number).sample(keys, len(keys))
        batch = [make_transfer(issuance, members[number], 10, key=key) for key in order]
        return [str(answer.outcome) for answer in actions.post(transfers=batch, at=NOON)]

    outcomes = Counter(outcome for answers in at_once(work) for outcome in answers)

    assert outcomes == {"posted": len(keys), "conflict": len(keys) * (THREADS - 1)}
    assert faults() == []


def test_two_unlimited_accounts_race_without_a_lock_in_common():
    issuance, suspense = make_account(AccountKind.ISSUANCE), make_account(AccountKind.SUSPENSE)
    batch = [make_transfer(issuance, suspense, 5) for _ in range(30)]

    def work(number: int) -> Counter[str]:
        mine = random.Random(number).sample(batch, len(batch))
        return Counter(str(answer.outcome) for answer in actions.post(transfers=mine, at=NOON))

    outcomes = sum(at_once(work), Counter())

    assert outcomes == {"posted": 30, "already_posted": 30 * (THREADS - 1)}
    assert faults() == []


def test_the_last_minutes_are_spent_once():
    issuance, team, pool = (make_account(kind) for kind in (AccountKind.ISSUANCE, AccountKind.TEAM, AccountKind.POOL))
    actions.post(transfers=[make_transfer(issuance, team, 50)], at=NOON)

    answers = at_once(lambda _: actions.post(transfers=[make_transfer(team, pool, 20)], at=NOON)[0])

    assert Counter(answer.outcome for answer in answers) == {"posted": 2, "refused": THREADS - 2}
    assert faults() == []


def test_a_batch_that_rolls_back_leaves_its_keys_to_others():
    issuance, team = make_account(AccountKind.ISSUANCE), make_account(AccountKind.TEAM)
    gift = make_transfer(issuance, team, 20)

    def work(number: int) -> str:
        with transaction.atomic():
            [answer] = actions.post(transfers=[gift], at=NOON)
            transaction.set_rollback(number % 2 == 0)
        return str(answer.outcome)

    at_once(work)

    assert Transfer.objects.filter(key=gift.key).count() == 1
    assert faults() == []


def test_members_served_for_the_first_time_at_once_get_one_account_each():
    people = [make_person() for _ in range(6)]

    def work(number: int) -> None:
        order = random.Random(number).sample(people, len(people))
        services = [_service(person.pk, f"record:{person.pk}:{number}") for person in order]
        assert all(answer.stands for answer in actions.credit_service(services=services, at=NOON))

    at_once(work)

    members = Account.objects.filter(kind=AccountKind.MEMBER)
    assert sorted(members.values_list("balance_minutes", flat=True)) == [10 * THREADS] * len(people)
    assert Account.objects.filter(kind=AccountKind.ISSUANCE).count() == 1
    assert faults() == []


# Holds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("round_", range(4))
def test_a_hold_raced_for_by_all_ends_once(round_):
    person = make_person()
    actions.credit_service(services=[_service(person.pk, f"record:{number}") for number in range(12)], at=NOON)
    for origin in ("order:A", "order:B"):  # what the second holds must never end the first
        actions.hold(person=person, minutes=60, origin=origin, reason="陪诊", expires_at=NOON + DAY, at=NOON)
    ends = [
        lambda: actions.settle(origin="order:A", at=NOON).end,
        lambda: actions.settle(origin="order:A", minutes=25, at=NOON).end,
        lambda: actions.release(origin="order:A", at=NOON).end,
        lambda: (actions.expire_holds(at=NOON + DAY), None)[1],
    ]

    def work(number: int) -> Any:
        try:
            return ends[(number + round_) % len(ends)]()
        except HoldEnded:
            return "too late"

    answers = Counter(at_once(work))

    ended = queries.hold_of("order:A")
    used = ended.settled_minutes
    assert set(answers) <= {ended.end, None, "too late"}
    assert queries.hold_of("order:B").end in (None, HoldEnd.EXPIRED)
    open_now = [hold.minutes for hold in queries.open_holds()]
    assert queries.balance_of(person) == Balance(120 - used - sum(open_now), sum(open_now))
    assert faults() == []


def test_the_last_minutes_are_held_once_and_the_same_origin_by_one():
    person = make_person()
    actions.credit_service(services=[_service(person.pk, f"record:{number}") for number in range(5)], at=NOON)

    def work(number: int) -> str:
        try:
            actions.hold(
                person=person,
                minutes=20,
                origin=f"order:{number // 2}",
                reason="陪诊",
                expires_at=NOON + DAY,
                at=NOON,
            )
        except NotEnoughMinutes:
            return "not enough"
        return "held"

    answers = Counter(at_once(work))

    assert answers["held"] in range(2, 5)  # two holds fit; the twin of each may have asked as well
    assert queries.balance_of(person) == Balance(10, 40)
    assert len(list(queries.open_holds())) == 2
    assert faults() == []


def test_sweeps_settlements_and_new_holds_of_the_same_people_never_wait_in_a_circle():
    people = [make_person() for _ in range(4)]
    actions.credit_service(
        services=[_service(person.pk, f"r:{person.pk}:{n}") for person in people for n in range(60)], at=NOON
    )
    for number, person in enumerate(people * 5):
        actions.hold(person=person, minutes=10, origin=f"old:{number}", reason="", expires_at=NOON + DAY / 2, at=NOON)

    def work(number: int) -> None:
        mine = random.Random(number)
        for turn in range(10):
            person = mine.choice(people)
            origin = f"new:{number}:{turn}"
            with contextlib.suppress(HoldEnded, NotEnoughMinutes):
                actions.hold(person=person, minutes=5, origin=origin, reason="", expires_at=NOON + DAY, at=NOON)
                actions.settle(origin=f"old:{mine.randrange(20)}", minutes=mine.choice([3, 10]), at=NOON)
            with contextlib.suppress(HoldEnded, NoSuchHold):
                mine.choice([actions.settle, actions.release])(origin=origin, at=NOON)
            actions.expire_holds(at=NOON + DAY / 2, limit=3)

    at_once(work, threads=8)


def test_a_cap_holds_when_many_credit_one_person_at_once_and_remainders_are_not_lost():
    person, other = make_person(), make_person()
    terms = Terms(rate_percent=50, cap_minutes=100)

    def work(number: int) -> None:
        services = [
            replace(_service(one.pk, f"c:{number}:{n}:{one.pk}"), minutes=9, day=TODAY, terms=terms)
            for n in range(6)
            for one in random.Random(number).sample([person, other], 2)
        ]
        assert all(answer.stands for answer in actions.credit_service(services=services, at=NOON))

    at_once(work)

    worth = THREADS * 6 * 9 * 50  # of each person, in hundredths
    for one in (person, other):
        assert Account.objects.get(person=one).balance_minutes == min(100, worth // 100)
        assert Remainder.objects.get(person=one).hundredths == worth % 100
    over = Account.objects.get(kind=AccountKind.OVERFLOW)
    taken = Transfer.objects.filter(payee_id=over.pk).aggregate(total=Sum("minutes"))["total"] or 0
    assert taken == 2 * max(0, worth // 100 - 100)
    assert faults() == []


# Debts ------------------------------------------------------------------------------------------------------------


def test_credits_that_race_with_a_reversal_always_repay_what_it_could_not_take():
    person = make_person()
    actions.credit_service(services=[_service(person.pk, "record:A")], at=NOON)
    member, reserve = Account.objects.get(person=person), make_account(AccountKind.RESERVE)
    actions.post(transfers=[make_transfer(member, reserve, 10)], at=NOON)

    def work(number: int) -> None:
        if number % 2:
            actions.reverse(key="record:A", reversal_key="void:A", reason="", origin="", at=NOON)
        else:
            actions.credit_service(services=[_service(person.pk, f"record:{number}")], at=NOON)

    at_once(work)

    assert queries.balance_of(person) == Balance(10 * (THREADS // 2) - 10, 0, 0)
    assert faults() == []


def _item(chance: random.Random, issuance: int, ids: list[int], number: int) -> Asked:
    payer = issuance if number % 3 == 0 else chance.choice(ids)
    payee = chance.choice([other for other in ids if other != payer])
    return Asked(
        key=f"race:{number}",
        payer_id=payer,
        payee_id=payee,
        minutes=chance.randint(1, 60),
        kind=TransferKind.GIFT,
    )


def _service(person_id: int, key: str) -> Service:
    return Service(person_id=person_id, key=key, minutes=10, reason="导医", origin=key)
