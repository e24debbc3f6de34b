"""verify_ledger finds what somebody with the owner's rights has tampered with, column by column."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection

from xinglin.audit import actions as audit
from xinglin.people.tests.factories import make_person
from xinglin.timebank import actions, verification
from xinglin.timebank.models import Account, Transfer
from xinglin.timebank.rules import AccountKind, TransferKind
from xinglin.timebank.tests.factories import NOON, credit, make_account, make_transfer

pytestmark = pytest.mark.django_db(transaction=True)

TRANSFER_TAMPERINGS = {
    "id": "id = 900000 WHERE key = 'record:A'",
    "payer_id": "payer_id = (SELECT id FROM timebank_account WHERE kind = 'pool') WHERE key = 'gift'",
    "payer_id of an unlimited side": "payer_id = 999999 WHERE key = 'record:A'",
    "payee_id": "payee_id = (SELECT id FROM timebank_account WHERE kind = 'pool') WHERE key = 'record:A'",
    "minutes": "minutes = minutes + 1 WHERE key = 'record:A'",
    "minutes by a sign": "minutes = -minutes WHERE key = 'record:A'",
    "payer_balance_after": "payer_balance_after = payer_balance_after + 1 WHERE key = 'gift'",
    "payer_sequence": "payer_sequence = 77 WHERE key = 'gift'",
    "payer_sequence away": "payer_sequence = NULL WHERE key = 'gift'",
    "payee_balance_after": "payee_balance_after = 1 WHERE key = 'record:A'",
    "payee_sequence": "payee_sequence = 77 WHERE key = 'record:A'",
    "payer_sequence of an unlimited side": "payer_sequence = 1 WHERE key = 'record:A'",
    "reverses": "reverses = (SELECT id FROM timebank_transfer WHERE key = 'gift') WHERE key = 'void:B'",
    "reverses away": "reverses = NULL WHERE key = 'void:B'",
    "kind": "kind = 'bonus' WHERE key = 'record:A'",
    "kind of a reversal": "kind = 'gift' WHERE key = 'void:B'",
    "expires_at": "expires_at = now() WHERE key = 'record:A'",
    "key": "key = '' WHERE key = 'record:A'",
    "key of another": "key = 'record:B' WHERE key = 'record:A'",
    "at after closing": "at = now() + interval '90 years' WHERE key = 'shut'",
}
ACCOUNT_TAMPERINGS = {
    "balance_minutes": "balance_minutes = balance_minutes + 1 WHERE kind = 'member'",
    "sequence": "sequence = sequence + 1 WHERE kind = 'member'",
    "floor_minutes": "floor_minutes = 5000 WHERE kind = 'member'",
    "is_limited": "is_limited = NOT is_limited WHERE kind = 'member'",
    "is_limited of issuance": "is_limited = true WHERE kind = 'issuance'",
    "balance of issuance": "balance_minutes = 5 WHERE kind = 'issuance'",
    "kind": "kind = 'suspense' WHERE kind = 'member'",
    "kind unheard of": "kind = 'gold' WHERE kind = 'member'",
    "id": "id = 900000 WHERE kind = 'member'",
    "person_id": "person_id = NULL WHERE kind = 'member'",
    "closed_at": "closed_at = '2020-02-02' WHERE kind = 'member'",
}


@pytest.fixture(autouse=True)
def _ledger() -> None:
    """A person with three services, one of them voided; a gift; and an account that was closed later."""
    person = make_person()
    credit(person, 60, key="record:A")
    credit(person, 30, key="record:B")
    actions.reverse(key="record:B", reversal_key="void:B", reason="", origin="", at=NOON)
    credit(person, 45, key="record:D")
    member, pool = Account.objects.get(person=person), make_account(AccountKind.POOL)
    shut = make_account(AccountKind.SUSPENSE)
    issuance = Account.objects.get(kind=AccountKind.ISSUANCE)
    actions.post(
        transfers=[
            make_transfer(member, pool, 15, key="gift"),
            make_transfer(issuance, shut, 15, key="shut", kind=TransferKind.GRANT),
        ],
        at=NOON,
    )
    Account.objects.filter(pk=shut.pk).update(closed_at=NOON)
    audit.record(actor=None, verb="closed_account", thing=f"account:{shut.code}", at=NOON)


def verify() -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("verify_ledger", stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()


@contextmanager
def owner_without_guards(table: str) -> Iterator[None]:
    """What the owner of a table can do to it: no triggers, no checks, all rights. Everything is put back afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '{table}'::regclass"
        )
        checks = [(name, text) for name, text in cursor.fetchall() if text.startswith(("CHECK", "UNIQUE"))]
        cursor.execute(
            f"SELECT indexname, indexdef FROM pg_indexes WHERE tablename = '{table}' AND schemaname = current_schema()"
        )
        names = {name for name, _ in checks}
        indexes = [row for row in cursor.fetchall() if row[0] not in names and not row[0].endswith("_pkey")]
        for name, _ in checks:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"GRANT UPDATE, DELETE ON {table} TO CURRENT_USER")
        cursor.execute(f"CREATE TEMP TABLE kept AS TABLE {table}")
        try:
            yield
        finally:
            cursor.execute(f"DELETE FROM {table}")
            cursor.execute(f"INSERT INTO {table} TABLE kept")
            cursor.execute("DROP TABLE kept")
            if table == "timebank_transfer":
                cursor.execute(f"REVOKE UPDATE, DELETE ON {table} FROM CURRENT_USER")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            for _, definition in indexes:
                cursor.execute(definition)
            for name, definition in checks:
                cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def tamper(table: str, change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change}")
        assert cursor.rowcount == 1, "the tampering hit nothing"


def test_an_honest_ledger_passes_with_one_line():
    code, said = verify()

    assert code == 0
    assert said.count("\n") == 1
    assert "6 transfers, 4 accounts, 90 minutes" in said


@pytest.fixture
def verify_slowly(monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[int, str]]:
    """The same, but trusting no look of the database's: every account and every transfer goes through the rules."""

    def slowly() -> tuple[int, str]:
        with monkeypatch.context() as changed:
            every_account = verification.ACCOUNTS.replace("coalesce(s.are_sound, true)", "false")
            every_transfer = re.sub(
                "WHERE .* IS NOT TRUE", "WHERE %s::text[] <> '{}'", verification.TRANSFERS, flags=re.S
            )
            assert every_account != verification.ACCOUNTS
            assert every_transfer != verification.TRANSFERS
            changed.setattr(verification, "ACCOUNTS", every_account)
            changed.setattr(verification, "TRANSFERS", every_transfer)
            return verify()

    return slowly


@pytest.mark.parametrize("change", TRANSFER_TAMPERINGS.values(), ids=TRANSFER_TAMPERINGS.keys())
def test_a_tampered_transfer_is_named(change, verify_slowly):
    with owner_without_guards("timebank_transfer"):
        tamper("timebank_transfer", change)
        code, said = verify()
        assert verify_slowly() == (code, said)

    assert code == 1
    assert "✗" in said
    assert verify()[0] == 0


@pytest.mark.parametrize("change", ACCOUNT_TAMPERINGS.values(), ids=ACCOUNT_TAMPERINGS.keys())
def test_a_tampered_account_is_named(change, verify_slowly):
    with owner_without_guards("timebank_account"):
        tamper("timebank_account", change)
        code, said = verify()
        assert verify_slowly() == (code, said)

    assert code == 1
    assert "✗" in said


@pytest.mark.parametrize("key", ["record:A", "record:D", "gift", "void:B"])
def test_a_deleted_transfer_is_missed(key):
    with owner_without_guards("timebank_transfer"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM timebank_transfer WHERE key = %s", [key])
        code, _ = verify()

    assert code == 1


def test_a_deleted_account_is_missed():
    with owner_without_guards("timebank_account"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM timebank_account WHERE kind = 'member'")
        code, said = verify()

    assert code == 1
    assert "which does not exist" in said


def test_it_streams_a_ledger_larger_than_its_chunks(monkeypatch):
    from xinglin.timebank import beside_the_log

    monkeypatch.setattr(beside_the_log, "CHUNK", 2)
    tally = verification.Tally()

    assert list(verification.differences(tally)) == []
    assert tally.transfers == Transfer.objects.count()
    assert tally.total_minutes == 0
