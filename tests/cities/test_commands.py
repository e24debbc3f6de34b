"""Commands find their city; migrating names who failed and finishes the others."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from conftest import at
from xinglin.cities import actions, commands, current, migrating, queries
from xinglin.cities.commands import Wish
from xinglin.lib.terminal import Halt
from xinglin.office.models import Deed

pytestmark = pytest.mark.django_db


def test_a_command_line_says_which_city():
    said = commands.read(["manage.py", "import_roster", "--city", "ruian", "roster.xlsx"])
    briefly = commands.read(["manage.py", "verify_ledger", "--city=ruian"])
    everywhere = commands.read(["manage.py", "verify_ledger", "--all"])

    assert said == Wish(["manage.py", "import_roster", "roster.xlsx"], slug="ruian")
    assert briefly.slug == "ruian"
    assert everywhere == Wish(["manage.py", "verify_ledger"], everywhere=True)


@pytest.mark.parametrize("name", ["import_roster", "verify_ledger", "create_staff", "load_demo", "shell"])
def test_what_touches_a_city_is_a_command_of_a_city(name):
    assert commands.is_of_a_city(name)


@pytest.mark.parametrize("name", ["migrate", "city", "procrastinate", "check", "collectstatic", "nothing_like_this"])
def test_what_serves_the_installation_is_none(name):
    assert not commands.is_of_a_city(name)


@pytest.fixture
def home():
    """Puts back where the tests are at home."""
    before = current.city()
    yield
    current.make_home(before)


def visited(wish: Wish) -> list[str]:
    seen: list[str] = []
    commands.in_cities(wish, lambda: seen.append(current.slug()))
    return seen


def test_a_command_works_in_the_city_it_was_told(home):
    assert visited(Wish([], slug="local")) == ["local"]


def test_a_command_for_all_works_in_each_open_city(home):
    actions.close(city=actions.create(slug="shut", name="关市", at=at("09:00")), at=at("10:00"))

    assert visited(Wish([], everywhere=True)) == ["local", "tested"]


def test_with_several_cities_a_command_asks_which(home):
    with pytest.raises(Halt, match="local、tested"):
        visited(Wish([]))


def test_with_one_city_a_command_need_not_ask(home):
    actions.close(city=queries.by_slug("local"), at=at("10:00"))

    assert visited(Wish([])) == ["tested"]


def test_an_unknown_city_is_named_with_those_there_are(home):
    with pytest.raises(Halt, match="nowhere"):
        visited(Wish([], slug="nowhere"))


def test_of_all_cities_those_that_failed_are_named(home):
    def fail() -> None:
        if current.slug() == "local":
            raise SystemExit(1)

    with pytest.raises(Halt, match="local"):
        commands.in_cities(Wish([], everywhere=True), fail)


def test_the_city_command_makes_lists_names_and_closes(settings):
    settings.ALLOWED_HOSTS = ["testserver"]

    made = said("create", "yueqing", "--name", "乐清市", "--code", "330382", "--host", "yueqing.example.cn")
    said("host", "yueqing", "zyz.yueqing.example.cn")
    said("close", "yueqing")

    assert "XINGLIN_ALLOWED_HOSTS" in made
    assert deeds() == [
        ("created_city", "city:yueqing"),
        ("added_host", "city:yueqing"),
        ("closed_city", "city:yueqing"),
    ]
    assert "yueqing\t已停用 closed\t乐清市\tyueqing.example.cn, zyz.yueqing.example.cn" in said("list")


def test_the_city_command_says_refusals_plainly():
    with pytest.raises(CommandError, match="tested"):
        said("create", "tested", "--name", "再来一个")


def test_the_city_command_moves_a_city(tmp_path):
    (tmp_path / "words").write_text("a long passphrase\n", encoding="utf-8")
    options = ["--passphrase-file", str(tmp_path / "words")]

    said("export", "tested", str(tmp_path / "tested.city"), *options)
    said("import", str(tmp_path / "tested.city"), "--slug", "moved", *options)

    assert "moved" in said("list")
    assert deeds() == [("exported_city", "city:tested"), ("imported_city", "city:moved")]


def deeds() -> list[tuple[str, str]]:
    """What the console's trail knows of whoever sat at the server."""
    return list(Deed.objects.filter(actor_code="").order_by("id").values_list("verb", "thing"))


def said(*words: str) -> str:
    out = io.StringIO()
    with current.outside():
        call_command("city", *words, stdout=out)
    return out.getvalue()


# Migrating --------------------------------------------------------------------------------------------------------


@pytest.fixture
def three_behind(transactional_db):
    """Three cities that lack the migration of sessions; for the second one it cannot succeed."""
    cities = [actions.create(slug=slug, name=slug, at=at("09:00")) for slug in ("first", "second", "third")]
    for city in cities:
        with current.entered(city), connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
            cursor.execute("DROP TABLE django_session")
    with current.entered(cities[1]), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE django_session (id bigint)")
    yield cities
    with current.outside(), connection.cursor() as cursor:
        for city in cities:
            cursor.execute(f'DROP SCHEMA "{city.schema_name}" CASCADE')


@pytest.mark.parametrize("processes", [1, 2])
def test_migrating_names_who_failed_and_finishes_the_others(three_behind, processes):
    out, err = io.StringIO(), io.StringIO()

    with current.outside(), pytest.raises(SystemExit) as end:
        call_command("migrate", processes=processes, stdout=out, stderr=err)

    assert end.value.code == 1
    assert "✗ second: " in err.getvalue()
    assert "django_session" in err.getvalue()
    assert {"✓ first", "✓ third"} <= set(out.getvalue().splitlines())
    assert migrating.behind([city.schema_name for city in three_behind]) == ["city_second"]


def test_migrating_goes_on_where_it_failed(three_behind):
    with current.outside(), pytest.raises(SystemExit):
        call_command("migrate", processes=1, stdout=io.StringIO(), stderr=io.StringIO())
    with current.entered(three_behind[1]), connection.cursor() as cursor:
        cursor.execute("DROP TABLE django_session")

    with current.outside():
        call_command("migrate", processes=1, stdout=io.StringIO())

    assert migrating.behind([city.schema_name for city in three_behind]) == []


def test_one_city_can_be_migrated_alone(three_behind):
    with current.outside():
        call_command("migrate", city="first", processes=1, stdout=io.StringIO())

    assert migrating.behind([city.schema_name for city in three_behind]) == ["city_second", "city_third"]


def test_a_database_from_before_cities_is_refused():
    err = io.StringIO()
    with current.outside(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE public.accounts_user (id bigint)")

    with current.outside(), pytest.raises(SystemExit):
        call_command("migrate", stderr=err)

    assert "分城市以前" in err.getvalue()
