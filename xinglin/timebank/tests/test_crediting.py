"""Credits under rate, daily limit and cap: one batch, each service once, and taken back as it came."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest

from xinglin.people.tests.factories import make_person
from xinglin.timebank import actions, queries
from xinglin.timebank.models import Account, Reckoning, Remainder, Transfer
from xinglin.timebank.reckoning import Terms
from xinglin.timebank.rules import AccountKind, Outcome, Reason, Service
from xinglin.timebank.tests.factories import NOON, credit

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 24)


def service(person: Any, key: str, minutes: int = 60, day: dt.date = TODAY, **terms: Any) -> Service:
    return Service(
        person_id=person.pk, key=key, minutes=minutes, reason="导医", origin=key, day=day, terms=Terms(**terms)
    )


def credited(*services: Service) -> list[tuple[str, int, int]]:
    answers = actions.credit_service(services=services, at=NOON)
    return [
        (str(answer.reason or answer.outcome), answer.credited_minutes, answer.overflow_minutes) for answer in answers
    ]


def free_minutes(person: Any) -> int:
    return queries.balance_of(person).free_minutes


def overflow_minutes(unit: Any = None) -> int:
    account = Account.objects.get(kind=AccountKind.OVERFLOW, unit=unit)
    return sum(Transfer.objects.filter(payee_id=account.pk).values_list("minutes", flat=True)) - sum(
        Transfer.objects.filter(payer_id=account.pk).values_list("minutes", flat=True)
    )


def take_back(key: str, minutes: int) -> None:
    actions.take_back_service(key=key, minutes=minutes, reversal_key=f"void:{key}", reason="", origin=key, at=NOON)


def test_a_rate_counts_and_its_remainder_is_carried(lin):
    half = {"minutes": 45, "rate_percent": 50}

    answers = credited(service(lin.person, "a", **half), service(lin.person, "b", **half))

    assert answers == [("posted", 22, 0), ("posted", 23, 0)]
    assert free_minutes(lin.person) == 45
    assert Remainder.objects.get(person=lin.person).hundredths == 0


def test_a_day_has_a_limit_and_the_next_day_begins_anew(lin):
    limit = {"minutes": 200, "daily_limit_minutes": 300}
    credited(service(lin.person, "a", **limit))

    answers = credited(
        service(lin.person, "b", **limit), service(lin.person, "c", day=TODAY + dt.timedelta(days=1), **limit)
    )

    assert answers == [("posted", 100, 0), ("posted", 200, 0)]
    assert Reckoning.objects.get(key="b").refused_minutes == 100


def test_above_the_cap_the_overflow_account_takes_it(lin, hospital):
    credit(lin.person, 580)

    answers = credited(
        service(lin.person, "a", cap_minutes=600),
        service(lin.person, "b", cap_minutes=600, overflow_unit_id=hospital.pk),
    )

    assert answers == [("posted", 20, 40), ("posted", 0, 60)]
    assert free_minutes(lin.person) == 600
    assert (overflow_minutes(), overflow_minutes(hospital)) == (40, 60)


def test_plain_and_other_services_of_one_batch_know_of_each_other(lin):
    answers = credited(service(lin.person, "a", 590), service(lin.person, "b", cap_minutes=600))

    assert answers == [("posted", 590, 0), ("posted", 10, 50)]


def test_twice_is_once_whatever_the_balance_is_by_then(lin):
    services = [
        service(lin.person, "a", 45, rate_percent=50),
        service(lin.person, "b", 90, cap_minutes=60),
        service(lin.person, "c", 60, daily_limit_minutes=10),
    ]
    first = credited(*services)

    second = credited(*services, *services)

    assert first == [("posted", 22, 0), ("posted", 38, 52), ("posted", 0, 0)]
    assert second == [("already_posted", *minutes) for _outcome, *minutes in first] * 2
    assert free_minutes(lin.person) == 60


def test_the_same_key_twice_in_a_batch_is_once_and_with_other_minutes_a_conflict(lin):
    half = service(lin.person, "a", 45, rate_percent=50)

    answers = credited(half, half, service(lin.person, "a", 44, rate_percent=50))

    assert [outcome for outcome, *_minutes in answers] == ["posted", "already_posted", "conflict"]
    assert free_minutes(lin.person) == 22


def test_what_was_credited_plainly_stays_so_under_later_terms(lin):
    credited(service(lin.person, "a", 60))

    answers = credited(service(lin.person, "a", 60, cap_minutes=10))

    assert answers == [("already_posted", 60, 0)]


def test_a_closed_account_takes_nothing_and_nothing_overflows_in_its_place(lin):
    credit(lin.person, 10)
    Account.objects.filter(person=lin.person).update(closed_at=NOON)
    other = make_person(name="何苗")

    answers = credited(service(lin.person, "a", cap_minutes=20), service(other, "b", cap_minutes=20))

    assert answers == [(Reason.CLOSED, 0, 0), ("posted", 20, 40)]
    assert not Reckoning.objects.filter(key="a").exists()


def test_taking_back_returns_the_member_s_part_the_overflow_and_the_remainder(lin):
    credited(
        service(lin.person, "a", 45, rate_percent=50), service(lin.person, "b", 90, rate_percent=50, cap_minutes=30)
    )

    take_back("b", minutes=8)
    take_back("b", minutes=8)

    assert free_minutes(lin.person) == 22
    assert overflow_minutes() == 0
    assert Remainder.objects.get(person=lin.person).hundredths == 50


def test_a_voided_service_frees_its_part_of_the_day(lin):
    limit = {"minutes": 200, "daily_limit_minutes": 300}
    credited(service(lin.person, "a", **limit))
    take_back("a", minutes=200)

    assert credited(service(lin.person, "b", **limit)) == [("posted", 200, 0)]


def test_taking_back_what_came_to_nothing_is_nothing(lin):
    credited(
        service(lin.person, "a", 60, daily_limit_minutes=60, cap_minutes=10),
        service(lin.person, "b", 60, daily_limit_minutes=60),
    )

    take_back("b", minutes=0)

    assert Reckoning.objects.get(key="b").taken_back_at == NOON
    assert free_minutes(lin.person) == 10


def test_many_services_take_no_more_queries_than_few(lin, django_assert_max_num_queries):
    people = [make_person(name="何苗") for _ in range(3)]
    credited(*(service(person, f"w{person.pk}", rate_percent=50) for person in people))

    with django_assert_max_num_queries(16):
        answers = credited(
            *(service(person, f"{person.pk}:{n}", 7, rate_percent=50) for n in range(30) for person in people)
        )

    assert Counter(outcome for outcome, *_minutes in answers) == {str(Outcome.POSTED): 90}
