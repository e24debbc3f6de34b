"""post(batch) has a quick way for one transfer, a hopeful one for many, and a careful one: all come to the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.people.tests.factories import make_person
from xinglin.timebank import actions, post, queries, verification
from xinglin.timebank.models import Account, Transfer
from xinglin.timebank.rules import AccountKind, Answer, Balance, Outcome, TransferKind
from xinglin.timebank.rules import Transfer as Asked
from xinglin.timebank.tests.factories import NOON, credit, make_account, make_transfer

LATER = NOON + dt.timedelta(days=9)
ACCOUNTS = 8  # two unlimited, four limited, a closed one, and one that does not exist
KINDS = (TransferKind.GIFT, TransferKind.GIFT, TransferKind.GIFT, TransferKind.HOLD, TransferKind.REVERSAL)

ITEMS = st.fixed_dictionaries(
    {
        "key": st.sampled_from([f"k{number}" for number in range(12)] * 3 + ["", "k" * 81]),
        "payer": st.integers(0, ACCOUNTS - 1),
        "payee": st.integers(0, ACCOUNTS - 1),
        "minutes": st.integers(-1, 90) | st.just(10_000_001),
        "kind": st.sampled_from(KINDS),
        "expires_at": st.sampled_from([None, None, None, LATER]),
        "reverses": st.sampled_from([None, None, None, "first", "second", 2**60]),
        "origin": st.sampled_from(["", "", "record:A", "o" * 81]),
        "reason": st.sampled_from(["", "", "导医", "r" * 161]),
        "at": st.sampled_from([None, LATER]),
    }
)


@pytest.mark.django_db
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(items=st.lists(ITEMS, min_size=1, max_size=12))
def test_one_by_one_all_at_once_and_beside_a_bad_one_are_the_same(items):
    with transaction.atomic():
        accounts, posted = _ledger()
        asked = [_asked(item, accounts, posted) for item in items]

        quick = _outcome_of(lambda: [_post(one)[0] for one in asked])
        together = _outcome_of(lambda: _post(*asked))
        careful = _outcome_of(lambda: [_post(one, _bad(accounts))[0] for one in asked])

        assert quick == together == careful
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_database_has_the_functions_that_stand_in_the_code():
    with connection.cursor() as cursor:
        for name, text in (("post", post.FUNCTION), ("post_unless_owing", post.FUNCTION_UNLESS_OWING)):
            cursor.execute(f"SELECT prosrc FROM pg_proc WHERE oid = '{name}(jsonb)'::regprocedure")
            [source] = cursor.fetchone()
            assert source.strip() == text.split("$post$")[1].strip()


@pytest.mark.django_db
def test_a_batch_gives_every_row_a_salt_of_its_own():
    issuance, pool = make_account(AccountKind.ISSUANCE), make_account(AccountKind.POOL)
    batches = [[make_transfer(issuance, pool, 1) for _ in range(20)] for _ in range(2)]

    for batch in batches:
        _post(*batch)

    assert len(set(Transfer.objects.values_list("salt", flat=True))) == 40


@pytest.mark.django_db
def test_nothing_but_post_moves_a_balance_after_a_post():
    """The leave to move balances ends with the call, by each of its ways."""
    issuance, pool = make_account(AccountKind.ISSUANCE), make_account(AccountKind.POOL)

    for batch in ([make_transfer(issuance, pool, 1)], [make_transfer(issuance, pool, 1) for _ in range(2)]):
        _post(*batch)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('xinglin.posting', true)")
            assert cursor.fetchone() == ("",)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [1, 3])
def test_who_owes_repays_also_where_no_transaction_is_open(size):
    """Posting is tried as one bare statement, which finds the debt, undoes itself and leaves it to the long way."""
    person = make_person()
    credit(person, 100, key="record:A")
    reserve, member = make_account(AccountKind.RESERVE), Account.objects.get(person=person)
    _post(make_transfer(member, reserve, 70))
    actions.reverse(key="record:A", reversal_key="void:A", reason="", origin="", at=NOON)
    assert queries.balance_of(person) == Balance(free_minutes=0, held_minutes=0, owed_minutes=70)

    answers = _post(*(make_transfer(reserve, member, 20) for _ in range(size)))

    assert {answer.outcome for answer in answers} == {Outcome.POSTED}
    assert queries.balance_of(person) == Balance(free_minutes=0, held_minutes=0, owed_minutes=70 - 20 * size)
    assert list(verification.differences(verification.Tally())) == []


@pytest.mark.django_db(transaction=True)
def test_who_owes_nothing_is_paid_by_one_statement():
    issuance, pool = make_account(AccountKind.ISSUANCE), make_account(AccountKind.POOL)

    with CaptureQueriesContext(connection) as seen:
        _post(make_transfer(issuance, pool))

    assert len(seen) == 1


def _ledger() -> tuple[list[int], dict[str, int]]:
    """Accounts with something on them, and two transfers that may be taken back."""
    unlimited = [make_account(kind) for kind in (AccountKind.ISSUANCE, AccountKind.SUSPENSE)]
    kinds = (AccountKind.POOL, AccountKind.RESERVE, AccountKind.TEAM, AccountKind.MEMBER)
    limited = [make_account(kind, floor=floor) for kind, floor in zip(kinds, (0, 0, -50, -5), strict=True)]
    shut = make_account(AccountKind.PEER, closed_at=NOON)
    first, second = _post(make_transfer(unlimited[0], limited[0], 70), make_transfer(unlimited[1], unlimited[0], 5))
    return [account.pk for account in (*unlimited, *limited, shut)] + [2**60], {
        "first": first.transfer_id or 0,
        "second": second.transfer_id or 0,
    }


def _asked(item: dict[str, Any], accounts: list[int], posted: dict[str, int]) -> Asked:
    facts = dict(item)
    reverses = facts.pop("reverses")
    return Asked(
        payer_id=accounts[facts.pop("payer")],
        payee_id=accounts[facts.pop("payee")],
        reverses=posted.get(reverses, reverses),
        **facts,
    )


def _bad(accounts: list[int]) -> Asked:
    """Is always refused, and has nothing to do with what stands beside it."""
    return Asked(key="", payer_id=accounts[0], payee_id=accounts[0], minutes=0, kind=TransferKind.GIFT)


def _outcome_of(work: Callable[[], list[Answer]]) -> tuple[Any, ...]:
    """What was answered and what stands in the tables afterwards; then all is undone."""
    with transaction.atomic():
        answers = [(answer.outcome, answer.reason, _key_of(answer.transfer_id)) for answer in work()]
        drawn_anew = {"id", "xid", "salt"}
        names = [field.attname for field in Transfer._meta.concrete_fields if field.attname not in drawn_anew]
        rows = list(Transfer.objects.order_by("key").values_list(*names))
        balances = list(Account.objects.order_by("pk").values_list("pk", "balance_minutes", "sequence"))
        transaction.set_rollback(True)
    return answers, rows, balances


def _key_of(transfer_id: int | None) -> str | None:
    return Transfer.objects.get(pk=transfer_id).key if transfer_id else None


def _post(*transfers: Asked) -> list[Answer]:
    return actions.post(transfers=transfers, at=NOON)
