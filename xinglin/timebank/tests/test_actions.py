"""post(batch): one answer per item, in order, whatever the other items are."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from xinglin.timebank import actions, queries
from xinglin.timebank.errors import AlreadySpent, NotInTheLedger
from xinglin.timebank.models import Account, Entry, Transfer
from xinglin.timebank.rules import AccountKind, Answer, Balance, Outcome, Reason, Service, TransferKind
from xinglin.timebank.tests.factories import NOON, credit, make_account, make_transfer

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuance() -> Account:
    return make_account(AccountKind.ISSUANCE)


@pytest.fixture
def pool(hospital: Any) -> Account:
    return make_account(AccountKind.POOL, unit=hospital)


@pytest.fixture
def team(blue: Any) -> Account:
    return make_account(AccountKind.TEAM, unit=blue)


def post(*transfers: Any, at: dt.datetime = NOON) -> list[Answer]:
    return actions.post(transfers=transfers, at=at)


def outcomes(answers: list[Answer]) -> list[str]:
    return [answer.reason or answer.outcome for answer in answers]


def balance(account: Account) -> int:
    account.refresh_from_db()
    return account.balance_minutes


def test_a_credit_raises_the_limited_side_and_leaves_issuance_alone(issuance, team):
    gift = make_transfer(issuance, team, 150)

    [answer] = post(gift)

    row = Transfer.objects.get(pk=answer.transfer_id)
    assert (row.payee_balance_after, row.payee_sequence) == (150, 1)
    assert (row.payer_balance_after, row.payer_sequence) == (None, None)
    assert balance(team) == 150
    assert balance(issuance) is None


def test_the_same_transfer_twice_is_once(issuance, team):
    gift = make_transfer(issuance, team, 150)
    [first] = post(gift)

    [second] = post(gift, at=NOON + dt.timedelta(hours=1))

    assert second == Answer(gift.key, Outcome.ALREADY_POSTED, None, first.transfer_id)
    assert balance(team) == 150


@pytest.mark.parametrize(
    "change", [{"minutes": 1}, {"kind": TransferKind.GRANT}, {"origin": "x"}, {"reason": "x"}, {"payee": "pool"}]
)
def test_another_body_under_the_same_key_is_a_conflict(issuance, team, pool, change):
    gift = make_transfer(issuance, team, 150)
    post(gift)

    payee = pool if change.pop("payee", None) else team
    other = make_transfer(issuance, payee, **({"minutes": 150, "key": gift.key} | change))
    [answer] = post(other)

    assert answer.outcome == Outcome.CONFLICT
    assert balance(team) == 150
    assert balance(pool) == 0


def test_an_earlier_credit_funds_a_later_debit_and_order_counts(issuance, team, pool):
    too_early = make_transfer(team, pool, 60)
    funds = make_transfer(issuance, team, 60)
    in_time = make_transfer(team, pool, 60)

    answers = post(too_early, funds, in_time)

    assert outcomes(answers) == [Reason.FLOOR, "posted", "posted"]
    assert (balance(team), balance(pool)) == (0, 60)


def test_one_refused_item_never_aborts_the_others(issuance, team, pool, hospital):
    shut = make_account(AccountKind.RESERVE, unit=hospital, closed_at=NOON)
    batch = [
        make_transfer(issuance, team, 10),
        make_transfer(issuance, 999_999_999, 10),
        make_transfer(issuance, shut, 10),
        make_transfer(team, team, 10),
        make_transfer(issuance, team, 0),
        make_transfer(issuance, team, -5),
        make_transfer(issuance, team, 10, key=""),
        make_transfer(issuance, team, 10, kind=TransferKind.HOLD),
        make_transfer(issuance, team, 10, kind=TransferKind.REVERSAL),
        make_transfer(issuance, team, 10, kind=TransferKind.REVERSAL, reverses=999_999_999),
        make_transfer(team, pool, 11),
        make_transfer(team, pool, 10),
    ]

    answers = post(*batch)

    assert outcomes(answers) == [
        "posted",
        Reason.UNKNOWN_ACCOUNT,
        Reason.CLOSED,
        Reason.SAME_ACCOUNT,
        Reason.MINUTES,
        Reason.MINUTES,
        Reason.MALFORMED,
        Reason.MALFORMED,
        Reason.MALFORMED,
        Reason.UNKNOWN_ORIGINAL,
        Reason.FLOOR,
        "posted",
    ]
    assert Transfer.objects.count() == 2


def test_a_key_may_stand_in_a_batch_more_than_once(issuance, team):
    gift = make_transfer(issuance, team, 10)
    other = make_transfer(issuance, team, 11, key=gift.key)

    answers = post(gift, gift, other)

    assert outcomes(answers) == ["posted", "already_posted", "conflict"]
    assert {answer.transfer_id for answer in answers} == {answers[0].transfer_id}
    assert balance(team) == 10


def test_a_refused_key_may_be_tried_again(issuance, team, pool):
    gift = make_transfer(team, pool, 10)
    refused = post(gift)

    later = post(make_transfer(issuance, team, 10), gift)

    assert outcomes(refused) == [Reason.FLOOR]
    assert outcomes(later) == ["posted", "posted"]


def test_a_floor_below_zero_lets_a_balance_go_below_zero_and_no_further(team, hospital):
    friendly = make_account(AccountKind.RESERVE, unit=hospital, floor=-30)

    answers = post(make_transfer(friendly, team, 30), make_transfer(friendly, team, 1))

    assert outcomes(answers) == ["posted", Reason.FLOOR]
    assert balance(friendly) == -30


def test_a_hold_keeps_its_expiry(issuance, team, pool):
    until = NOON + dt.timedelta(days=3)
    hold = make_transfer(team, pool, 10, kind=TransferKind.HOLD, expires_at=until)

    answers = post(make_transfer(issuance, team, 10), hold, hold)

    assert outcomes(answers) == ["posted", "posted", "already_posted"]
    assert Transfer.objects.get(key=hold.key).expires_at == until


def test_an_empty_batch_answers_nothing():
    assert post() == []


def test_more_than_a_batch_holds_is_refused_as_a_whole(issuance, team):
    item = {"key": "k", "payer": issuance.pk, "payee": team.pk, "minutes": 1, "kind": "gift", "at": NOON.isoformat()}
    sql = "SELECT * FROM post((SELECT jsonb_agg(%s::jsonb) FROM generate_series(1, 10001)))"

    with pytest.raises(Exception, match="at most 10000"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [json.dumps(item)])


def test_a_reversal_takes_a_transfer_back_once(issuance, team):
    gift = make_transfer(issuance, team, 90)
    [posted] = post(gift)
    back = {"kind": TransferKind.REVERSAL, "reverses": posted.transfer_id}

    answers = post(
        make_transfer(team, issuance, 91, **back),
        make_transfer(issuance, team, 90, **back),
        make_transfer(team, issuance, 90, **back),
        make_transfer(team, issuance, 90, **back),
    )
    [again] = post(make_transfer(team, issuance, 90, **back))

    assert outcomes(answers) == [Reason.NO_MIRROR, Reason.NO_MIRROR, "posted", Reason.ALREADY_REVERSED]
    assert again.reason == Reason.ALREADY_REVERSED
    assert balance(team) == 0


def test_reverse_takes_back_by_key_and_may_be_repeated(lin):
    credit(lin.person, 90, key="record:A")

    back = {"key": "record:A", "reversal_key": "void:A", "reason": "门诊导医", "origin": "record:A", "at": NOON}
    first, second = actions.reverse(**back), actions.reverse(**back)

    assert first == second
    assert (first.taken_minutes, first.owed_minutes) == (90, 0)
    assert queries.balance_of(lin.person) == Balance(0, 0)


def test_reverse_refuses_what_never_was_and_what_a_team_has_spent(issuance, team, pool):
    grant = make_transfer(issuance, team, 90, key="grant:A")
    post(grant, make_transfer(team, pool, 1))

    with pytest.raises(AlreadySpent):
        actions.reverse(key="grant:A", reversal_key="void:A", reason="", origin="", at=NOON)
    with pytest.raises(NotInTheLedger):
        actions.reverse(key="grant:B", reversal_key="void:B", reason="", origin="", at=NOON)

    assert balance(team) == 89


def test_history_that_is_brought_in_keeps_its_own_days(lin):
    last_year = NOON - dt.timedelta(days=365)
    then = Service(person_id=lin.person_id, key="record:A", minutes=60, reason="导医", origin="record:A", at=last_year)
    now = Service(person_id=lin.person_id, key="record:B", minutes=30, reason="导医", origin="record:B")

    actions.credit_service(services=[then, now], at=NOON)

    assert [entry.at for entry in queries.statement(lin.person)] == [NOON, last_year]


def test_credit_service_opens_accounts_once_and_pays_from_issuance(lin):
    services = [
        Service(person_id=lin.person.pk, key=f"record:{minutes}", minutes=minutes, reason="导医", origin="record")
        for minutes in (30, 60, 30)
    ]

    first = actions.credit_service(services=services, at=NOON)
    with CaptureQueriesContext(connection) as queries_made:
        second = actions.credit_service(services=services, at=NOON)

    assert outcomes(first) == ["posted", "posted", "already_posted"]
    assert outcomes(second) == ["already_posted"] * 3
    assert queries.balance_of(lin.person) == Balance(90, 0)
    assert Account.objects.filter(person=lin.person).count() == 1
    assert len([query for query in queries_made if "SAVEPOINT" not in query["sql"]]) == 3


# What the database refuses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE timebank_transfer SET minutes = 1",
        "DELETE FROM timebank_transfer",
        "TRUNCATE timebank_transfer",
        "DELETE FROM timebank_account",
        "TRUNCATE timebank_account CASCADE",
        "UPDATE timebank_account SET balance_minutes = 1 WHERE is_limited",
        "UPDATE timebank_account SET sequence = 9 WHERE is_limited",
        "UPDATE timebank_account SET kind = 'pool'",
        "UPDATE timebank_account SET is_limited = NOT is_limited",
        "UPDATE timebank_account SET floor_minutes = 1000 WHERE is_limited",
        "INSERT INTO timebank_account (code, kind, is_limited, floor_minutes, balance_minutes, sequence, opened_at)"
        " VALUES ('X', 'suspense', true, 0, 5, 0, now())",
        "INSERT INTO timebank_transfer (key, payer_id, payee_id, minutes, kind, origin, reason, at)"
        " VALUES ('x', 1, 2, 0, 'gift', '', '', now())",
        "INSERT INTO timebank_transfer (key, payer_id, payee_id, minutes, kind, origin, reason, at)"
        " VALUES ('x', 1, 1, 5, 'gift', '', '', now())",
    ],
)
def test_the_database_refuses_to_change_the_ledger(statement, issuance, team):
    post(make_transfer(issuance, team, 150))

    with pytest.raises(DatabaseError), transaction.atomic():
        _run(statement)

    assert balance(team) == 150


def test_the_floor_stands_even_when_the_guard_is_talked_down(issuance, team):
    post(make_transfer(issuance, team, 150))

    _run("SET LOCAL xinglin.posting = 'on'")

    with pytest.raises(IntegrityError, match="limited_account_never_below_floor"), transaction.atomic():
        _run("UPDATE timebank_account SET balance_minutes = -1 WHERE is_limited")


def test_the_guard_is_up_again_after_a_post(issuance, team):
    post(make_transfer(issuance, team, 150))

    with pytest.raises(Exception, match="only by post"), transaction.atomic():
        Account.objects.filter(pk=team.pk).update(balance_minutes=151)


# Reading ----------------------------------------------------------------------------------------------------------


def test_a_statement_comes_in_pages_with_the_balance_after_each_entry(lin, pool):
    for minutes in (10, 20, 30, 40):
        credit(lin.person, minutes)
    post(make_transfer(Account.objects.get(person=lin.person), pool, 5))

    first = queries.statement(lin.person, limit=3)
    rest = queries.statement(lin.person, before=first[-1].sequence, limit=3)

    assert [(entry.minutes, entry.balance_after) for entry in first] == [(-5, 95), (40, 100), (30, 60)]
    assert [(entry.minutes, entry.balance_after) for entry in rest] == [(20, 30), (10, 10)]
    assert [entry.minutes for entry in queries.statement(lin.person, only="out")] == [-5]


def test_a_summary_keeps_free_held_and_used_apart(lin, pool):
    credit(lin.person, 100, key="record:A")
    credit(lin.person, 20, key="record:B")
    actions.reverse(key="record:B", reversal_key="void:B", reason="", origin="", at=NOON)
    member = Account.objects.get(person=lin.person)
    held = make_account(AccountKind.MEMBER_HELD, person=lin.person)
    until = NOON + dt.timedelta(days=1)
    post(
        make_transfer(member, pool, 10, kind=TransferKind.GIFT),
        make_transfer(member, held, 30, kind=TransferKind.HOLD, expires_at=until),
        make_transfer(held, pool, 20, kind=TransferKind.SETTLE),
        make_transfer(held, member, 5, kind=TransferKind.RELEASE),
    )

    summary = queries.summary_of(lin.person)

    assert (summary.free_minutes, summary.held_minutes) == (65, 5)
    assert (summary.earned_minutes, summary.used_minutes) == (100, 30)


def test_nobody_has_a_balance_before_the_first_service(lin):
    assert queries.balance_of(lin.person) == Balance(0, 0)
    assert queries.statement(lin.person) == []
    assert not Entry.objects.exists()


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
