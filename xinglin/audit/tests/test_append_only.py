"""The trail can only grow: the database refuses anything else."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from conftest import at
from xinglin.audit import actions
from xinglin.audit.models import Entry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET verb = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
@pytest.mark.parametrize("has_rights", [False, True])
def test_an_entry_is_neither_changed_nor_taken_away(statement, has_rights):
    """Without the right the statement fails at once; with it, at the trigger."""
    actions.record(actor=None, verb="took_shift", thing="shift:A", at=at("09:00"))
    if has_rights:
        _run("GRANT UPDATE, DELETE, TRUNCATE ON audit_entry TO CURRENT_USER")

    with pytest.raises(DatabaseError, match="append-only" if has_rights else "permission denied"), transaction.atomic():
        _run(statement)

    assert Entry.objects.get().verb == "took_shift"


def test_many_happenings_are_written_in_one_statement(django_assert_num_queries):
    happenings = [actions.Happening(thing=f"record:{number}", facts={"minutes": number}) for number in range(50)]

    with django_assert_num_queries(1):
        actions.record_many(actor=None, verb="record_took_effect", happenings=happenings, at=at("09:00"))

    assert Entry.objects.filter(verb="record_took_effect").count() == 50


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
