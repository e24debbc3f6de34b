"""A connection follows the city one is in, whatever happened on it before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg
import pytest
from django.db import OperationalError, ProgrammingError, connection, connections, transaction
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


# A transaction begins and finds its city on one way to the server -------------------------------------------------


@pytest.fixture
def local_and_tested():
    """Two cities whose rows a test may leave: it commits."""
    with current.outside():
        return queries.by_slug("local"), queries.by_slug("tested")


def users_of(city) -> int:
    with current.entered(city):
        return User.objects.count()


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_begins_in_another_city_is_one(local_and_tested):
    local, tested = local_and_tested
    before = users_of(local)

    with suppress(ZeroDivisionError), current.entered(tested), transaction.atomic():
        register("gone")
        raise ZeroDivisionError
    with current.entered(tested), transaction.atomic():
        register("kept")

    assert users_of(tested) == 1
    assert users_of(local) == before
    with current.entered(tested):
        assert User.objects.get().login_name == "kept"


@pytest.mark.django_db(transaction=True)
def test_the_path_goes_to_the_server_together_with_the_beginning(local_and_tested, monkeypatch):
    local, tested = local_and_tested
    users_of(local)
    begun, said = [], []
    wrapper = type(connections["default"])
    begin, execute = wrapper._begin_and, psycopg.ClientCursor.execute
    monkeypatch.setattr(wrapper, "_begin_and", lambda self, text: (begun.append(text), begin(self, text)))
    monkeypatch.setattr(
        psycopg.ClientCursor,
        "execute",
        lambda self, text, *more, **how: (said.append(text), execute(self, text, *more, **how))[1],
    )

    with current.entered(tested), transaction.atomic():
        assert User.objects.count() == 0
        assert User.objects.count() == 0

    assert begun == ['SET search_path = "city_tested", "public"']
    assert len(said) == 2


@pytest.mark.django_db(transaction=True)
def test_a_transaction_with_a_level_of_its_own_keeps_it(local_and_tested):
    local, tested = local_and_tested
    users_of(local)
    connection.connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
    try:
        with current.entered(tested), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('transaction_isolation'), current_schema()")
            assert cursor.fetchone() == ("serializable", "city_tested")
    finally:
        connection.connection.isolation_level = None


@pytest.mark.django_db(transaction=True)
def test_a_server_that_is_gone_is_told_as_such(local_and_tested):
    local, tested = local_and_tested
    users_of(local)
    with psycopg.connect(**connection.get_connection_params() | {"autocommit": True}) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])

    with pytest.raises(OperationalError), current.entered(tested), transaction.atomic():
        User.objects.count()
    connection.close()

    assert users_of(tested) == 0


def register(login_name: str) -> None:
    User.objects.create(login_name=login_name, created_at=at("09:00"))
