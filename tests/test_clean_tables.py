"""How rows go away after tests that commit: append-only tables are emptied, and what migrations wrote is put back."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, transaction

from conftest import at
from xinglin.audit.append_only import FUNCTION, protect
from xinglin.audit.models import Entry


@pytest.fixture
def guarded(transactional_db):
    """A table that is surely append-only, whichever of the apps protects its own."""
    with connection.cursor() as cursor:
        for statement in [FUNCTION, "CREATE TABLE guarded (id bigint)", *protect("guarded")]:
            cursor.execute(statement)
    yield "guarded"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE guarded")


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_that_commits_finds_no_row_of_the_one_before(turn, transactional_db, lin):
    found = Entry.objects.filter(verb="looked").count()

    Entry.objects.create(at=at("09:00"), verb="looked", thing="unit:8F3K")

    assert found == 0
    assert ContentType.objects.filter(app_label="audit").exists()


def test_an_append_only_table_is_emptied_and_stays_append_only(guarded):
    from conftest import _back_to, _rows_of_migrations, _sequences

    rows, sequences = _rows_of_migrations(), _sequences()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO guarded VALUES (1)")

    _back_to(rows, sequences)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM guarded")
        assert cursor.fetchone() == (0,)
        cursor.execute("INSERT INTO guarded VALUES (2)")
    for change in ("UPDATE guarded SET id = 3", "DELETE FROM guarded", "TRUNCATE guarded"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
