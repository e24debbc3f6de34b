"""The cast of the tests, the clock of the tests, and how a test's rows go away again.

林晓 (`lin`) volunteers, 王敏 (`wang`) coordinates, 赵岩 (`zhao`) reviews. They belong to one bureau, with an
association, a hospital and its blue team below it. Build the rest with each app's `tests/factories.py`.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection, transaction
from django.test import Client, TransactionTestCase, override_settings
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings

from xinglin.lib import clock

# A busy machine is not a broken rule: what Hypothesis finds must not depend on how fast it was found.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

LANGUAGE = "zh-hans"
THE_DAY = dt.date(2026, 11, 24)  # a Tuesday, and no holiday
PLAIN_STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


def at(time: str, *, days: int = 0) -> dt.datetime:
    """`at("09:00")`: nine o'clock in Shanghai on the day of the tests, or some days after it."""
    moment = dt.datetime.combine(THE_DAY + dt.timedelta(days=days), dt.time.fromisoformat(time))
    return moment.replace(tzinfo=clock.SHANGHAI)


LONG_AGO = at("00:00", days=-400)


def sign_in(client: Client, user: Any, *, second_factor: bool = True) -> Client:
    """Sign `user` in on this client, as if by the page; with or without having shown a second factor."""
    from xinglin.accounts.middleware import SESSION_KEY

    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[SESSION_KEY] = second_factor
    session.save()
    user.has_second_factor = second_factor
    return client


# The tests' own settings ------------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _settings_of_the_tests() -> Iterator[None]:
    """No collected static files are needed, and a hash costs next to nothing."""
    costs = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}
    before = {name: getattr(Argon2PasswordHasher, name) for name in costs}
    for name, cost in costs.items():
        setattr(Argon2PasswordHasher, name, cost)
    with override_settings(STORAGES=PLAIN_STORAGES):
        yield
    for name, cost in before.items():
        setattr(Argon2PasswordHasher, name, cost)


@pytest.fixture(name="at")
def _at() -> Callable[..., dt.datetime]:
    """The same `at` for tests that would rather ask for it than import it."""
    return at


@pytest.fixture(name="sign_in")
def _sign_in() -> Callable[..., Client]:
    return sign_in


@pytest.fixture
def now_is(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.datetime], None]:
    """`now_is(at("09:00"))`: from here on the doors, and Django's sessions, read this moment from the clock."""

    def set_clock(moment: dt.datetime) -> None:
        for clocks in (clock, timezone):  # else a session of that day would have ended by today
            monkeypatch.setattr(clocks, "now", lambda: moment.astimezone(dt.UTC))

    return set_clock


# The cast ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def bureau(db: None) -> Any:
    """瑞安市卫生健康局, the root of the tree."""
    from xinglin.organisation.models import Unit

    return Unit.objects.add_root(instance=_unit("瑞安市卫生健康局", "bureau"))


@pytest.fixture
def association(bureau: Any) -> Any:
    return _below(bureau, _unit("瑞安市医疗志愿者协会", "association"))


@pytest.fixture
def hospital(association: Any) -> Any:
    return _below(association, _unit("瑞安市人民医院", "hospital"))


@pytest.fixture
def blue(hospital: Any) -> Any:
    """蓝衣陪护队, the team that 林晓 belongs to."""
    return _below(hospital, _unit("蓝衣陪护队", "team"))


@pytest.fixture
def lin(blue: Any) -> Any:
    """林晓: an active volunteer of the blue team who signed the agreement. `lin.person.user` is her account."""
    return member(name="林晓", number="V000001", phone="13800000001", unit=blue)


@pytest.fixture
def wang(hospital: Any) -> Any:
    """王敏: coordinates the hospital, and has shown a second factor."""
    return staff(name="王敏", login_name="wangmin", role="coordinator", unit=hospital)


@pytest.fixture
def zhao(hospital: Any) -> Any:
    """赵岩: reviews applications and records of the hospital."""
    return staff(name="赵岩", login_name="zhaoyan", role="reviewer", unit=hospital)


def _unit(name: str, kind: str) -> Any:
    from xinglin.organisation.models import Unit

    return Unit(name=name, kind=kind, opened_at=LONG_AGO)


def _below(parent: Any, unit: Any) -> Any:
    from xinglin.organisation.models import Unit

    return Unit.objects.add_child(parent, instance=unit)


def staff(*, name: str, login_name: str, role: str, unit: Any) -> Any:
    """A user who holds one role at one unit, in a session with a second factor."""
    from xinglin.accounts import actions as accounts
    from xinglin.organisation.models import Role

    user = accounts.register(login_name=login_name, name=name, at=LONG_AGO)
    Role.objects.create(user=user, unit=unit, name=role, starts_at=LONG_AGO)
    user.has_second_factor = True
    return user


def member(*, name: str, number: str, phone: str, unit: Any) -> Any:
    """An active volunteer of a unit with a signed agreement."""
    from xinglin.people.tests.factories import make_volunteer

    return make_volunteer(name=name, number=number, phone=phone, unit=unit)


# The city of the tests ---------------------------------------------------------------------------------------------

HOSTS = ("testserver", "localhost", "127.0.0.1", "[::1]")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The tests live in a city that isn't the first: whatever strays into the first one is found to be missing.

    Then remember what the migrations wrote, and empty tables after transaction tests in our own way: Django's flush
    would fail on append-only tables and lose the rows that migrations made (texts, sequences).
    """
    from xinglin.cities import current, queries

    with django_db_blocker.unblock():
        current.make_home(_second_city())
        global _cities_at_first
        _cities_at_first = queries.look_up()
        rows, sequences = _rows_of_migrations(), _sequences()
    assert "accounts_user" not in rows, "an earlier run left rows in the test database: run once with --create-db"
    djangos_own = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda self: _back_to(rows, sequences)  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = djangos_own  # type: ignore[method-assign]
    current.make_home(None)


@pytest.fixture(autouse=True)
def _cities_are_as_they_were() -> None:
    """A test that made cities takes them back with its transaction; and to look them up shall not count as a query."""
    from xinglin.cities import queries

    queries.forget(but=_cities_at_first)


_cities_at_first: Any = None


@pytest.fixture(autouse=True)
def _the_language_is_the_first_one() -> None:
    """A page that was asked for in English leaves its thread in English: no test inherits that from the one before."""
    translation.activate(LANGUAGE)


def _second_city() -> Any:
    """The city under test, beside a first one in which somebody lives."""
    from xinglin.cities import actions, current, queries

    with current.outside():
        if not queries.every_city().filter(schema_name="city_tested").exists():
            [first] = queries.every_city()
            with current.entered(first):
                _someone_else()
            actions.create(slug="tested", name="瑞安市", hosts=HOSTS, at=LONG_AGO)
        return queries.by_slug("tested")


def _someone_else() -> None:
    from xinglin.organisation.models import Unit

    elsewhere = Unit.objects.add_root(instance=_unit("乐清市卫生健康局", "bureau"))
    member(name="林晓", number="V000001", phone="13800000001", unit=elsewhere)


# How rows go away -------------------------------------------------------------------------------------------------


def _back_to(rows: dict[str, bytes], sequences: list[tuple[str, int, bool]]) -> None:
    """Empty every table, append-only ones too, and put back what the migrations had written."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '20s'")  # a forgotten thread shall fail the test, not hang it
        tables = _tables()
        guarded = _column("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        guarded = [table for table in guarded if table in tables]
        closed = _column(
            "SELECT oid::regclass::text FROM pg_class WHERE oid = ANY(%s::regclass[])"
            " AND NOT has_table_privilege(oid, 'TRUNCATE')",
            [tables],
        )
        for table in closed:
            cursor.execute(f"GRANT TRUNCATE ON {table} TO CURRENT_USER")
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {', '.join(tables)}")
        for table, lines in rows.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(lines)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with waiting key checks cannot be altered
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        for table in closed:
            cursor.execute(f"REVOKE TRUNCATE ON {table} FROM CURRENT_USER")
        for name, value, is_called in sequences:
            cursor.execute("SELECT setval(%s::regclass, %s, %s)", [name, value, is_called])


def _rows_of_migrations() -> dict[str, bytes]:
    rows = {}
    with connection.cursor() as cursor:
        for table in _tables():
            kept = io.BytesIO()
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                for block in copy:
                    kept.write(block)
            if kept.getvalue():
                rows[table] = kept.getvalue()
    return rows


def _sequences() -> list[tuple[str, int, bool]]:
    names = _column(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'S' AND relnamespace::regnamespace::text = ANY(%s)",
        [_schemas()],
    )
    found = []
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"SELECT last_value, is_called FROM {name}")
            value, is_called = cursor.fetchone()
            found.append((name, value, is_called))
    return found


def _tables() -> list[str]:
    return _column(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p')"
        " AND relnamespace::regnamespace::text = ANY(%s) AND relname <> 'django_migrations' ORDER BY oid",
        [_schemas()],
    )


def _schemas() -> list[str]:
    """The city under test, and what all cities share."""
    from xinglin.cities import current

    return [current.schema(), current.PUBLIC]


def _column(query: str, values: list[Any] | None = None) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [row[0] for row in cursor.fetchall()]
