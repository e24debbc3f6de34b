"""verify_log finds what somebody with the owner's rights has tampered with: column by column, in every kind of row."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from conftest import at
from xinglin.audit import actions, sealer, signing
from xinglin.audit.models import Checkpoint, Entry, Node, Stretch
from xinglin.audit.tests.factories import seal_and_sign
from xinglin.hours import actions as hours
from xinglin.hours.tests.factories import make_record
from xinglin.lib.tlog import notes
from xinglin.timebank import actions as timebank
from xinglin.timebank.models import Account
from xinglin.timebank.rules import AccountKind, TransferKind
from xinglin.timebank.tests.factories import NOON, make_account, make_transfer

pytestmark = pytest.mark.django_db(transaction=True)

# table → column → another value. Every column of every table that is sealed, or that the log consists of.
TAMPERINGS: dict[str, dict[str, str]] = {
    "audit_entry": {
        "id": "id + 1000",
        "at": "at + interval '1 microsecond'",
        "actor_code": "'X'",
        "verb": "'y'",
        "thing": "thing || 'x'",
        "unit_path": "'0001'",
        "reason": "'x'",
        "facts": """'{"minutes": 1}'""",
        "salt": "gen_random_uuid()",
    },
    "timebank_transfer": {
        "id": "id + 1000",
        "key": "'x'",
        "payer_id": "payer_id + 1000",
        "payee_id": "payee_id + 1000",
        "minutes": "minutes + 1",
        "kind": "'grant'",
        "origin": "'x'",
        "reason": "'x'",
        "at": "at + interval '1 microsecond'",
        "payer_balance_after": "coalesce(payer_balance_after, 0) + 1",
        "payer_sequence": "coalesce(payer_sequence, 0) + 1000",
        "payee_balance_after": "coalesce(payee_balance_after, 0) + 1",
        "payee_sequence": "coalesce(payee_sequence, 0) + 1000",
        "reverses": "coalesce(reverses, 0) + 1000",
        "expires_at": "now()",
        "xid": "'5'",
        "salt": "gen_random_uuid()",
    },
    "hours_effect": {
        "id": "id + 1000",
        "record_code": "'X'",
        "state": "'voided'",
        "person_code": "'X'",
        "unit_code": "'X'",
        "source": "'X'",
        "title": "'X'",
        "category": "'99'",
        "starts_at": "starts_at - interval '1 microsecond'",
        "ends_at": "ends_at - interval '1 microsecond'",
        "minutes": "minutes + 1",
        "credited_minutes": "credited_minutes + 1",
        "provenance": "'nod'",
        "recorded_at": "recorded_at - interval '1 microsecond'",
        "recorded_by_code": "'X'",
        "confirmed_at": "now()",
        "confirmed_by_code": "'X'",
        "effective_at": "effective_at - interval '1 microsecond'",
        "void_reason": "'X'",
        "corrects_code": "'X'",
        "salt": "gen_random_uuid()",
    },
    "audit_stretch": {
        "first_index": "first_index + 5000",
        "source": "'other'",
        "last_row": "last_row + 1000",
        "row_ids": "row_ids || 1000::bigint",
        "hashes": "set_byte(hashes, 7, get_byte(hashes, 7) # 1)",
    },
    "audit_node": {
        "height": "height + 5",
        "number": "number + 5",
        "hash": "set_byte(hash, 31, get_byte(hash, 31) # 128)",
    },
    "audit_checkpoint": {
        "at": "at + interval '1 second'",
        "size": "size + 1",
        "root": "set_byte(root, 0, get_byte(root, 0) # 1)",
        "note": "replace(note, 'time 2026', 'time 2025')",
    },
    "audit_logkey": {
        "origin": "origin || 'x'",
        "public": "set_byte(public, 0, get_byte(public, 0) # 1)",
        "from_size": "from_size + 1",
        "begun_at": "begun_at + interval '1 second'",
    },
}
# A number of rows in the order that they were written; nothing is read from it.
MEANS_NOTHING = {("audit_checkpoint", "id"), ("audit_logkey", "id")}


@pytest.fixture(autouse=True)
def _log() -> None:
    """Entries enough for a stored node, a credited record, transfers, and two checkpoints."""
    happenings = [actions.Happening(thing=f"thing:{number}") for number in range(260)]
    actions.record_many(actor=None, verb="tried", happenings=happenings, at=NOON)
    make_record()
    hours.make_effective(at=at("20:00"))
    seal_and_sign(at=at("20:01"))
    issuance, pool = Account.objects.get(kind=AccountKind.ISSUANCE), make_account(AccountKind.POOL)
    timebank.post(transfers=[make_transfer(issuance, pool, 15, kind=TransferKind.CREDIT)], at=NOON)
    seal_and_sign(at=at("20:05"))
    assert {row.source for row in Stretch.objects.all()} >= {"entry", "record", "transfer"}
    assert Node.objects.exists()


def verify(**options: Any) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("verify_log", stdout=out, **options)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()


@contextmanager
def owner_without_guards(table: str) -> Iterator[Any]:
    """What the owner of a table can do to it: no triggers, no checks, all rights. Everything is put back afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass"
            " AND contype IN ('c', 'u', 'f')",
            [table],
        )
        constraints = cursor.fetchall()
        for name, _definition in constraints:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"GRANT UPDATE, DELETE ON {table} TO CURRENT_USER")
        cursor.execute(f"CREATE TEMP TABLE kept AS TABLE {table}")
        try:
            yield cursor
        finally:
            cursor.execute(f"DELETE FROM {table}")
            cursor.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE kept")
            cursor.execute("DROP TABLE kept")
            cursor.execute(f"REVOKE UPDATE, DELETE ON {table} FROM CURRENT_USER")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            for name, definition in constraints:
                cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def one_of(table: str, cursor: Any) -> str:
    """A row somewhere in the table, as a condition. Keys differ, so it is told by its place on the disk."""
    cursor.execute(f"SELECT ctid FROM {table} ORDER BY ctid LIMIT 1")
    return f"ctid = '{cursor.fetchone()[0]}'"


def test_an_honest_log_passes_and_says_what_it_has_seen():
    code, said = verify()

    assert code == 0, said
    assert "no difference" in said
    assert f"{Checkpoint.objects.last().size} leaves, 2 checkpoints, 0 rows not sealed yet" in said


def test_a_log_that_goes_on_while_rows_wait_passes():
    actions.record(actor=None, verb="tried", thing="thing:late", at=NOON)

    code, said = verify()

    assert (code, "1 rows not sealed yet" in said) == (0, True)


def test_an_empty_log_passes(db):
    with owner_without_guards("audit_stretch") as cursor:
        for table in ("audit_stretch", "audit_node", "audit_checkpoint", "audit_logkey"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"GRANT DELETE ON {table} TO CURRENT_USER")
            cursor.execute(f"DELETE FROM {table}")
        try:
            assert verify()[0] == 0
        finally:
            for table in ("audit_node", "audit_checkpoint", "audit_logkey"):
                cursor.execute(f"REVOKE DELETE ON {table} FROM CURRENT_USER")
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.parametrize("table", TAMPERINGS)
def test_no_column_is_forgotten(table):
    with connection.cursor() as cursor:
        columns = {column.name for column in connection.introspection.get_table_description(cursor, table)}

    assert columns == set(TAMPERINGS[table]) | {column for name, column in MEANS_NOTHING if name == table}


@pytest.mark.parametrize("table", TAMPERINGS)
def test_every_flipped_column_is_noticed(table):
    missed = []

    for column, value in TAMPERINGS[table].items():
        with owner_without_guards(table) as cursor:
            cursor.execute(f"UPDATE {table} SET {column} = {value} WHERE {one_of(table, cursor)}")
            assert cursor.rowcount == 1, column
            code, said = verify()
        if code != 1 or "✗" not in said:
            missed.append(column)

    assert missed == []
    assert verify()[0] == 0, "everything was put back"


@pytest.mark.parametrize("table", TAMPERINGS)
def test_a_row_taken_away_is_noticed(table):
    with owner_without_guards(table) as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {one_of(table, cursor)}")
        code, said = verify()

    assert code == 1, said


@pytest.mark.parametrize("table", ["audit_entry", "timebank_transfer", "hours_effect"])
def test_a_row_slipped_in_between_is_noticed(table):
    with owner_without_guards(table) as cursor:
        columns = ", ".join(name for name in TAMPERINGS[table] if name != "id" and not name.endswith("sequence"))
        cursor.execute(
            f"INSERT INTO {table} (id, {columns}) OVERRIDING SYSTEM VALUE SELECT 0, {columns} FROM {table} LIMIT 1"
        )
        code, said = verify()

    assert code == 1, said


def test_a_changed_row_is_named():
    entry = Entry.objects.order_by("pk")[4]
    with owner_without_guards("audit_entry") as cursor:
        cursor.execute("UPDATE audit_entry SET reason = 'x' WHERE id = %s", [entry.pk])
        code, said = verify()

    assert (code, f"✗ entry {entry.pk}: is not as it was sealed" in said) == (1, True)


# ── Against a checkpoint that somebody kept ──


def kept(tmp_path: Path, checkpoint: Checkpoint) -> Path:
    path = tmp_path / "kept.txt"
    path.write_text(checkpoint.note, encoding="utf-8")
    return path


def test_the_log_continues_every_checkpoint_that_was_handed_out(tmp_path):
    for checkpoint in Checkpoint.objects.all():
        code, said = verify(since=kept(tmp_path, checkpoint))
        assert code == 0, said


def test_rows_and_leaves_taken_off_the_end_show_only_against_a_kept_checkpoint(tmp_path):
    path = kept(tmp_path, Checkpoint.objects.last())
    cut("audit_stretch", "first_index = (SELECT max(first_index) FROM audit_stretch)")
    cut("audit_checkpoint", "id = (SELECT max(id) FROM audit_checkpoint)")

    alone, against = verify(), verify(since=path)

    assert alone[0] == 0, alone[1]
    assert (against[0], "cut off" in against[1]) == (1, True)


def test_a_log_that_was_made_anew_shows_against_a_kept_checkpoint(tmp_path):
    """Whoever has the key can make a whole new log; but not one that begins as the old one did."""
    path = kept(tmp_path, Checkpoint.objects.first())
    for table in ("audit_stretch", "audit_node", "audit_checkpoint", "audit_logkey"):
        cut(table, "true")
    cut("audit_entry", "id = (SELECT min(id) FROM audit_entry)")
    seal_and_sign(at=at("21:00"))

    alone, against = verify(), verify(since=path)

    assert alone[0] == 0, alone[1]
    assert (against[0], "is not what this log was" in against[1]) == (1, True)


@pytest.mark.parametrize("text", ["", "nonsense", "a\n1\nAAAA\n\n— a AAAAAAAA\n"])
def test_a_kept_text_that_is_no_checkpoint_is_told(tmp_path, text):
    path = tmp_path / "kept.txt"
    path.write_text(text or " ", encoding="utf-8")

    code, said = verify(since=path)

    assert (code, "the earlier checkpoint: cannot be read" in said) == (1, True)


# ── Another key ──


def test_after_a_rotation_old_and_new_checkpoints_pass():
    call_command("rotate_log_key", stdout=io.StringIO())
    actions.record(actor=None, verb="tried", thing="thing:after", at=NOON)
    latest = seal_and_sign(at=at("23:00", days=300))

    code, said = verify()

    assert code == 0, said
    first, second = (line for line in said.splitlines() if line.startswith("密钥"))
    assert ("signed 3" in first, "signed 2" in second) == (True, True)
    assert len(latest.note.split("\n— ")) == 2, "from now on the new key signs alone"
    assert Entry.objects.filter(verb="rotated_log_key").count() == 1


def test_the_checkpoint_of_a_rotation_is_signed_by_both():
    checkpoint = sealer.rotate_key(at=at("21:00"))

    keys = [(key.origin, bytes(key.public)) for key in signing.every_key()]
    assert notes.signed_by(checkpoint.note, keys) == [0, 1]


def test_a_key_that_comes_without_the_old_ones_word_is_noticed():
    sealer.rotate_key(at=at("21:00"))
    with owner_without_guards("audit_checkpoint") as cursor:
        cursor.execute("DELETE FROM audit_checkpoint WHERE id = (SELECT max(id) FROM audit_checkpoint)")
        actions.record(actor=None, verb="tried", thing="thing:after", at=NOON)
        seal_and_sign(at=at("22:00"))
        code, said = verify()

    assert (code, "without the signature of the old one" in said) == (1, True)


def cut(table: str, which: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"GRANT DELETE ON {table} TO CURRENT_USER")
        cursor.execute(f"DELETE FROM {table} WHERE {which}")
        assert cursor.rowcount, "nothing was cut"
        cursor.execute(f"REVOKE DELETE ON {table} FROM CURRENT_USER")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
