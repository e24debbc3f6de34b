"""A connection follows the city one is in, whatever happened on it before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from conftest import at
from xinglin.accounts.models import User
from xinglin.cities import actions, current, queries

pytestmark = pytest.mark.django_db


def here() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


@pytest.fixture
def yueqing():
    return actions.create(slug="yueqing", name="乐清市", at=at("09:00"))


def test_a_rollback_takes_the_path_back_and_the_connection_notices(yueqing):
    with suppress(ZeroDivisionError), transaction.atomic(), current.entered(yueqing):
        assert here() == "city_yueqing"
        raise ZeroDivisionError

    with current.entered(yueqing):
        assert here() == "city_yueqing"
    assert here() == "city_tested"


def test_a_cursor_that_is_older_than_the_change_follows_too(yueqing):
    with connection.cursor() as cursor, current.entered(yueqing):
        cursor.execute("SELECT current_schema()")

        assert cursor.fetchone() == ("city_yueqing",)


def test_an_error_inside_a_savepoint_leaves_nobody_in_the_wrong_city(yueqing):
    with current.entered(yueqing), suppress(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM there_is_no_such_table")

    assert here() == "city_tested"
    with current.entered(yueqing):
        assert here() == "city_yueqing"


def test_outside_of_all_cities_no_table_of_a_city_is_seen():
    with current.outside(), pytest.raises(ProgrammingError), transaction.atomic():
        User.objects.count()


def test_following_is_no_query_of_the_page(yueqing):
    with CaptureQueriesContext(connection) as seen, current.entered(yueqing):
        User.objects.count()

    assert len(seen) == 1


def test_one_who_changes_cities_asks_the_server_once_for_each_change(yueqing, monkeypatch):
    said = []
    execute = psycopg.ClientCursor.execute

    def listen(self, query, *args, **kwargs):
        said.append(str(query))
        return execute(self, query, *args, **kwargs)

    monkeypatch.setattr(psycopg.ClientCursor, "execute", listen)
    monkeypatch.setattr(psycopg.Cursor, "execute", listen)
    with current.entered(yueqing):
        User.objects.count()
        User.objects.count()
    User.objects.count()

    assert len([query for query in said if query.startswith("SET search_path")]) == 2


@pytest.mark.django_db(transaction=True)
def test_a_connection_from_the_pool_forgets_where_its_last_holder_was():
    first, second = (queries.by_slug(slug) for slug in ("local", "tested"))

    def look(city) -> bool:
        with current.entered(city):
            found = here()
            connection.close()  # back into the pool: the next thread gets the same one
            return found == city.schema_name

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(look, [first, second] * 100))


def test_content_types_are_remembered_for_each_city(yueqing):
    from django.contrib.contenttypes.models import ContentType

    mine = ContentType.objects.get_for_model(User)
    with current.entered(yueqing), connection.cursor() as cursor:
        cursor.execute("TRUNCATE django_content_type CASCADE")
        ContentType.objects.clear_cache()
        theirs = ContentType.objects.get_for_model(User)

    assert theirs.pk != mine.pk
    assert ContentType.objects.get_for_model(User) == mine
    assert ContentType.objects.get_for_id(mine.pk).model == "user"
