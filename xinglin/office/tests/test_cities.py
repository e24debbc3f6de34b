"""What operators do with cities, and that no page of theirs opens a table about people."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import at
from xinglin.cities import actions as cities
from xinglin.cities import current, routing
from xinglin.cities import queries as cities_of
from xinglin.cities.models import City, Hostname
from xinglin.office import queries, readiness, words
from xinglin.office.models import Deed, Operator

pytestmark = pytest.mark.django_db
NEW = {"name": "乐清市", "slug": "yueqing", "host": "yueqing.example.cn", "time_zone": "Asia/Shanghai"}
PAGES = ["/", "/cities/tested/", "/cities/new/", "/state/", "/versions/", "/trail/", "/security/"]
PAGES += ["/cities/tested/close/", "/sign-in/", "/security/authenticator/", "/security/codes/", "/security/password/"]


@pytest.fixture
def tested() -> City:
    with current.outside():
        return cities_of.by_slug("tested")


def deeds() -> list[tuple[str, str]]:
    return list(Deed.objects.exclude(verb="created_operator").values_list("verb", "thing"))


# Making and naming ------------------------------------------------------------------------------------------------


def test_a_new_city_stands_with_its_host_and_a_deed(desk: Client, qiao: Operator):
    answer = desk.post("/cities/new/", NEW)

    assert answer.url == "/cities/yueqing/"
    assert "yueqing.example.cn" in desk.get("/").content.decode()
    assert desk.get("/", headers={"host": "yueqing.example.cn"}).status_code == 200
    [deed] = Deed.objects.filter(verb="created_city")
    assert (deed.thing, deed.actor_code, deed.facts) == ("city:yueqing", qiao.code, {"host": "yueqing.example.cn"})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"slug": "Yue Qing"}, "小写字母开头"),
        ({"slug": "tested"}, "已经有代号"),
        ({"slug": ""}, "写上代号"),
        ({"name": ""}, "写上城市的名称"),
        ({"host": "localhost"}, "已经属于另一个城市"),
        ({"host": "no host"}, "不是域名"),
        ({"division_code": "33O381"}, "2 到 12 位数字"),
        ({"time_zone": "Asia/Wenzhou"}, "没有“Asia/Wenzhou”这个时区"),
    ],
)
def test_what_would_not_do_is_said_beside_the_field_and_nothing_is_made(changes: Any, said: str, desk: Client):
    answer = desk.post("/cities/new/", NEW | changes)

    assert answer.status_code in (409, 422)
    assert said in answer.content.decode()
    assert "乐清市" in answer.content.decode() or changes == {"name": ""}, "what was typed is still there"
    assert deeds() == []
    assert not City.objects.filter(name="乐清市").exists()


def test_a_city_made_twice_is_made_once(desk: Client):
    desk.post("/cities/new/", NEW)
    again = desk.post("/cities/new/", NEW)

    assert again.status_code == 409
    assert deeds() == [("created_city", "city:yueqing")]


def test_a_host_name_comes_and_goes(desk: Client, tested: City):
    desk.post("/cities/tested/hosts/", {"host": "New.example.cn"})
    page = desk.get("/cities/tested/").content.decode()
    desk.post("/cities/tested/hosts/remove/", {"host": "new.example.cn"})

    assert "new.example.cn" in page
    assert not Hostname.objects.filter(domain="new.example.cn").exists()
    assert deeds() == [("removed_host", "city:tested"), ("added_host", "city:tested")]


def test_when_the_main_name_goes_another_takes_its_place(desk: Client, tested: City):
    main = Hostname.objects.get(tenant=tested, is_primary=True)

    desk.post("/cities/tested/hosts/remove/", {"host": main.domain})

    assert Hostname.objects.filter(tenant=tested, is_primary=True).count() == 1


def test_another_citys_name_cannot_be_removed_here(desk: Client):
    desk.post("/cities/new/", NEW)

    answer = desk.post("/cities/tested/hosts/remove/", {"host": "yueqing.example.cn"})

    assert answer.status_code == 404
    assert Hostname.objects.filter(domain="yueqing.example.cn").exists()


def test_a_name_that_the_site_does_not_listen_to_is_told(desk: Client, settings: Any):
    settings.ALLOWED_HOSTS = ["console.example.cn", "localhost"]
    desk.post("/cities/tested/hosts/", {"host": "deaf.example.cn"})

    assert "XINGLIN_ALLOWED_HOSTS" in desk.get("/cities/tested/").content.decode()


# Closing and opening ----------------------------------------------------------------------------------------------


def test_closing_asks_for_the_name_and_a_reason(desk: Client, tested: City):
    wrong = desk.post("/cities/tested/close/", {"typed_name": "瑞安", "reason": "moved"})
    silent = desk.post("/cities/tested/close/", {"typed_name": tested.name, "reason": ""})
    tested.refresh_from_db()

    assert (wrong.status_code, silent.status_code) == (422, 422)
    assert "请照着写" in wrong.content.decode()
    assert tested.is_open
    assert deeds() == []


def test_a_city_is_closed_and_opened_again(desk: Client, tested: City):
    sure = {"typed_name": f" {tested.name} ", "reason": "moved to the province"}

    desk.post("/cities/tested/close/", sure)
    shut = desk.get("/activities/", headers={"host": "localhost"})
    desk.post("/cities/tested/open/", sure)
    back = desk.get("/activities/", headers={"host": "localhost"})

    assert (shut.status_code, back.status_code) == (404, 200)
    assert deeds() == [("reopened_city", "city:tested"), ("closed_city", "city:tested")]
    assert set(Deed.objects.filter(thing="city:tested").values_list("reason", flat=True)) == {"moved to the province"}


def test_closing_twice_is_closing_once(desk: Client, tested: City):
    sure = {"typed_name": tested.name, "reason": "moved"}
    desk.post("/cities/tested/close/", sure)
    again = desk.post("/cities/tested/close/", sure)

    assert again.url == "/cities/tested/"
    assert deeds() == [("closed_city", "city:tested")]


def test_a_city_that_is_not_there(desk: Client):
    for path in ("/cities/nowhere/", "/cities/nowhere/close/"):
        answer = desk.get(path)

        assert answer.status_code == 404
        assert "nowhere" in answer.content.decode()


# No people's data -------------------------------------------------------------------------------------------------

OF_PEOPLE = {
    model._meta.db_table
    for model in apps.get_models()
    if model._meta.app_label not in routing.SHARED and model._meta.app_label != "contenttypes"
}
# The one figure that is asked of a city's own table: how many records are late, and by how much.
COUNTS_ONLY = re.compile(r'SELECT COUNT\(\S+\) AS "\w+", MIN\("hours_record"\."\w+"\) AS "\w+" FROM "hours_record" ')


def opened(statements: list[str]) -> set[str]:
    """The tables about people that these statements name, besides the one that is only counted."""
    asked = [statement for statement in statements if not COUNTS_ONLY.match(statement)]
    return {table for table in OF_PEOPLE for statement in asked if re.search(rf"\b{table}\b", statement)}


@pytest.mark.parametrize("path", PAGES)
def test_no_page_opens_a_table_about_people(path: str, desk: Client, lin: Any):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = desk.get(path)

    assert answer.status_code == 200
    assert opened([query["sql"] for query in asked]) == set()
    for secret in (lin.person.name, lin.number, "13800000001", "138****0001"):
        assert secret not in answer.content.decode()


def test_such_a_page_would_be_found(lin: Any):
    with CaptureQueriesContext(connection) as asked:
        str(lin.person.__class__.objects.get(pk=lin.person.pk))

    assert opened([query["sql"] for query in asked]) == {"people_person"}


def test_every_page_is_in_that_list():
    from django.urls import get_resolver

    resolver = get_resolver("xinglin.office.console_urls")
    shown = {resolver.resolve(path).view_name for path in PAGES}
    every = {f"console:{entry.name}" for entry in resolver.url_patterns[0].url_patterns}
    only_by_button = {"console:add_host", "console:remove_host", "console:sign_out"}
    # The code is asked for after a password only, and opening again is the same page as closing.
    assert every - shown == only_by_button | {"console:second_factor", "console:reopen_city"}


def test_the_list_costs_as_many_statements_with_more_cities(desk: Client):
    with CaptureQueriesContext(connection) as few:
        desk.get("/")
    for number in range(3):
        cities.create(slug=f"more{number}", name=f"第{number}市", at=at("09:00"))
    with CaptureQueriesContext(connection) as more:
        desk.get("/")

    assert len(more) == len(few)


# What the pages say -----------------------------------------------------------------------------------------------


def test_each_complaint_has_its_words():
    worst = readiness.State(
        database_answers=False,
        migrations_missing=1,
        oldest_job_s=1e9,
        workers=0,
        oldest_record_delay_s=1e9,
        clock_offset_s=99.0,
        clock_synchronised=False,
        backup_succeeded=False,
        backup_age_s=1e9,
        disk_free_ratio=0.0,
        certificate_days=0.0,
    )

    assert set(readiness.complaints(worst)) == set(words.COMPLAINTS)


def test_what_is_wrong_stands_with_what_to_do(desk: Client):
    page = desk.get("/state/").content.decode()

    assert "后台任务没有在运行" in page
    assert "systemctl restart xinglin-worker" in page


def test_jobs_are_counted_by_city(desk: Client, tested: City):
    from xinglin.hours.jobs import make_effective

    with current.entered(tested):
        make_effective.defer(timestamp=0)
    with current.outside():
        [local, there] = queries.seen(list(queries.every_city()), at=at("09:00", days=9000))

    assert (local.queue.waiting, there.queue.waiting) == (0, 1)
    assert there.queue.oldest_s > 0


def test_a_city_that_lacks_a_migration_is_told(desk: Client, tested: City):
    with current.entered(tested), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'hours' AND name LIKE '0001%%'")

    assert "缺 1 步更新" in desk.get("/").content.decode()
    assert "tested" in desk.get("/versions/").content.decode()


def test_the_newest_verified_backup_is_told(settings: Any, tmp_path: Any, tested: City, console: str):
    from xinglin.lib.backup import copies

    settings.BACKUPS = tmp_path
    for days, schema, verified in ((3, "", "yes"), (2, "city_tested", "yes"), (1, "", "")):
        made = at("02:10", days=-days)
        path = copies.path_for(tmp_path, kind="nightly", schema=schema, at=made)
        path.touch()
        copies.note(copies.Copy(path, "nightly", schema, made, 1, "", 1.0, verified, {}))

    with current.outside():
        [local, there] = queries.seen(list(queries.every_city()), at=at("09:00"))

    assert (local.backed_up_at, there.backed_up_at) == (at("02:10", days=-3), at("02:10", days=-2))


def test_the_trail_names_operators_and_pages(desk: Client, qiao: Operator):
    desk.post("/cities/new/", NEW)

    page = desk.get("/trail/").content.decode()

    assert "新建城市" in page
    assert "qiao" in page
    assert "服务器上" in page, "the operator herself was made at the server"


def test_every_page_speaks_english(desk: Client):
    desk.cookies["language"] = "en"
    for path in PAGES:
        said = re.sub(r"(?s)<[^>]*>|瑞安市|本地|简体中文|杏林", "", desk.get(path).content.decode())

        assert re.findall(r"[\u4e00-\u9fff]+", said) == [], path
