"""Whoever owns the tables changes one column of one row: verify_ledger or verify_log notices, always.

Every column of every kind of row is tried, read from the database's own list, so a new column or a new kind is tried as
soon as it exists. What only the sealed log can know stands in ONLY_THE_LOG, and in docs/decisions/0003.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from conftest import staff
from xinglin.audit import actions as audit
from xinglin.audit import verification as log
from xinglin.audit.tests.factories import seal_and_sign
from xinglin.people.tests.factories import make_person
from xinglin.timebank import actions, verification
from xinglin.timebank.models import Account, Debt, Forgiveness, OpenHold, RollUp, Transfer
from xinglin.timebank.rules import LIMITED, AccountKind, TransferKind
from xinglin.timebank.tests.factories import NOON, credit, make_account, make_transfer

pytestmark = pytest.mark.django_db(transaction=True)
TOMORROW = NOON + dt.timedelta(days=1)
TABLES = {model._meta.db_table: model for model in (Transfer, Account, OpenHold, Debt, Forgiveness, RollUp)}

# Another value of the same type. A kind becomes another one that exists, which is harder to notice than nonsense.
FLIPS = {
    "bigint": "coalesce({0}, 0) + 1",
    "integer": "coalesce({0}, 0) + 1",
    "character varying": "left(md5({0}), 9)",
    "timestamp with time zone": "coalesce({0}, now()) + interval '1 second'",
    "boolean": "NOT coalesce({0}, false)",
    "uuid": "gen_random_uuid()",
    "xid8": "({0}::text::bigint + 1)::text::xid8",
}
OTHER_KIND = {
    "timebank_transfer": "CASE kind WHEN 'grant' THEN 'gift' ELSE 'grant' END",
    "timebank_account": "CASE kind WHEN 'team' THEN 'pool' WHEN 'pool' THEN 'reserve' WHEN 'reserve' THEN 'team'"
    " WHEN 'member' THEN 'member_held' WHEN 'member_held' THEN 'member' WHEN 'peer' THEN 'overflow' ELSE 'peer' END",
}
# (table, column): changed in every kind of row without a contradiction in the ledger itself; only the seal tells.
ONLY_THE_LOG = {
    ("timebank_transfer", "reason"),
    ("timebank_transfer", "at"),
    ("timebank_transfer", "salt"),
    ("timebank_transfer", "xid"),
    ("timebank_account", "unit_id"),
    ("timebank_account", "opened_at"),
}


@pytest.fixture
def _every_kind(bureau: Any, hospital: Any) -> None:
    """A ledger with each kind of transfer and of account, debts repaid and forgiven, holds open and ended. Sealed."""
    wang, zhao = (staff(name=name, login_name=name, role="reviewer", unit=bureau) for name in ("wangmin", "zhaoyan"))
    person, other = make_person(), make_person()
    for letter in "AB":
        credit(person, 100, key=f"record:{letter}")
    for number, minutes in enumerate((10, 20, 30, 40)):
        actions.hold(
            person=person, minutes=minutes, origin=f"order:{number}", reason="陪诊", expires_at=TOMORROW, at=NOON
        )
    actions.settle(origin="order:0", minutes=4, at=NOON)
    actions.release(origin="order:1", at=NOON)
    actions.expire_holds(at=TOMORROW, limit=1)
    accounts = {kind: Account.objects.filter(kind=kind).first() for kind in AccountKind}
    for kind in AccountKind:
        accounts[kind] = accounts[kind] or make_account(kind, unit=hospital if kind in LIMITED else None)
    credit(other, 50, key="record:C")
    member = Account.objects.get(person=other)
    unlimited = [accounts[kind] for kind in AccountKind if kind not in LIMITED]
    actions.post(
        transfers=[
            make_transfer(accounts[AccountKind.ISSUANCE], accounts[AccountKind.POOL], 60, kind=TransferKind.GRANT),
            make_transfer(member, accounts[AccountKind.TEAM], 50),
            *(make_transfer(accounts[AccountKind.ISSUANCE], one, 5) for one in unlimited if one.kind != "issuance"),
        ],
        at=NOON,
    )
    actions.reverse(key="record:B", reversal_key="void:B", reason="记错", origin="record:B", at=NOON)
    actions.reverse(key="record:C", reversal_key="void:C", reason="记错", origin="record:C", at=NOON)
    credit(other, 20, key="record:D")
    asked = actions.ask_to_forgive(debt=Debt.objects.get(key="void:C"), by=wang, reason="困难", at=NOON)
    actions.forgive(forgiveness=asked, by=zhao, at=NOON)
    plain = set(TransferKind) - set(Transfer.objects.values_list("kind", flat=True))
    for kind in sorted(plain):  # whatever moves minutes in no way of its own
        issuance, pool = accounts[AccountKind.ISSUANCE], accounts[AccountKind.POOL]
        actions.post(transfers=[make_transfer(issuance, pool, 5, kind=kind)], at=NOON)
    _close(accounts[AccountKind.SUSPENSE])
    seal_and_sign(at=TOMORROW)
    actions.roll_up()


def _close(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(closed_at=TOMORROW)
    audit.record(actor=None, verb="closed_account", thing=f"account:{account.code}", at=TOMORROW)


@pytest.mark.usefixtures("_every_kind")
def test_every_column_of_every_kind_of_row_is_noticed_when_it_is_changed():
    missing = set(TransferKind) - set(Transfer.objects.values_list("kind", flat=True))
    missing |= set(AccountKind) - set(Account.objects.values_list("kind", flat=True))
    assert missing == set(), "the scene above lacks a kind"
    assert noticed() == set()

    unnoticed, by_the_log_alone, by_the_ledger = set(), set(), set()
    with no_guards():
        for table, row, column, kind in flippable():
            with flipped(table, row, column):
                seen = noticed()
            if not seen:
                unnoticed.add((table, column, kind))
            (by_the_log_alone if seen == {"log"} else by_the_ledger).add((table, column))
        assert noticed() == set(), "a flip was not taken back"

    assert unnoticed == set()
    assert by_the_log_alone - by_the_ledger == ONLY_THE_LOG


def noticed() -> set[str]:
    """Which verification says that something is wrong."""
    seen = set()
    if any(verification.differences(verification.Tally())):
        seen.add("ledger")
    if any(log.differences(log.Tally())):
        seen.add("log")
    return seen


def flippable() -> Iterator[tuple[str, Any, str, str]]:
    """One row of each kind in each table, and each of its columns."""
    for table, model in TABLES.items():
        has_kinds = any(field.name == "kind" for field in model._meta.fields)
        rows = model.objects.order_by("kind", "pk").distinct("kind") if has_kinds else model.objects.order_by("pk")
        assert rows
        for row in rows:
            for field in model._meta.concrete_fields:
                yield table, row, field.column, getattr(row, "kind", "")


@contextmanager
def flipped(table: str, row: Any, column: str) -> Iterator[None]:
    """Change one column of one row, and put the old value back."""
    key = row._meta.pk.column
    place = _run(f"SELECT ctid::text FROM {table} WHERE {key} = %s", row.pk)
    old = _run(f"SELECT {column}::text FROM {table} WHERE ctid = %s::tid", place)
    data_type = _run(
        "SELECT data_type FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND table_name = %s AND column_name = %s",
        table,
        column,
    )
    to = OTHER_KIND[table] if column == "kind" else FLIPS[data_type].format(column)
    to = f"{column} + 1000003" if column == key else to  # a number that no other row has
    place = _run(f"UPDATE {table} SET {column} = {to} WHERE ctid = %s::tid RETURNING ctid::text", place)
    assert _run(f"SELECT {column}::text FROM {table} WHERE ctid = %s::tid", place) != old, "nothing was changed"
    yield
    _run(f"UPDATE {table} SET {column} = %s::{data_type} WHERE ctid = %s::tid RETURNING ctid::text", old, place)


@contextmanager
def no_guards() -> Iterator[None]:
    """What the owner of the tables can do: no triggers, no checks, no keys, all rights. Put back afterwards."""
    names = ", ".join(f"'{table}'::regclass" for table in TABLES)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            f" WHERE (conrelid IN ({names}) OR confrelid IN ({names})) AND contype IN ('c', 'u', 'f')"
        )
        constraints = cursor.fetchall()
        for table, name, _definition in constraints:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            f" WHERE indrelid IN ({names}) AND indisunique AND NOT indisprimary"
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"GRANT UPDATE ON {table} TO CURRENT_USER")
        try:
            yield
        finally:
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute("REVOKE UPDATE ON timebank_transfer FROM CURRENT_USER")
            for _name, definition in indexes:
                cursor.execute(definition)
            for table, name, definition in constraints:
                cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _run(statement: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        [row] = cursor.fetchall()
        return row[0]
