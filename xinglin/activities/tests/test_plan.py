"""A bureau's month plan: what each line means, which go back, and that a file may come as often as it likes."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path

import pytest
import xlsxwriter
from django.core.management import CommandError, call_command
from django.utils import translation
from python_calamine import load_workbook

from conftest import at
from xinglin.activities import plan
from xinglin.activities.models import Activity, Post, Shift
from xinglin.lib import sheets
from xinglin.lib.clock import SHANGHAI
from xinglin.lib.sheets import Line
from xinglin.organisation.policies import KINDS_OF_SERVICE
from xinglin.organisation.tests.factories import make_unit
from xinglin.projects.models import Project

ROOT = Path(__file__).resolve().parents[3]
RUIAN = ROOT / "demo" / "ruian"
GOOD = {
    plan.NAME: "门诊导医",
    plan.UNIT: "心理援助队",
    plan.CATEGORY: "卫生健康",
    plan.PLACE: "市人民医院门诊大厅",
    plan.TOWNSHIP: "安阳街道",
    plan.DAY: "2020-12-01",
    plan.STARTS: "08:00",
    plan.ENDS: "11:30",
    plan.POST: "导医",
    plan.PLACES: 6.0,
    plan.REQUIRES: "",
    plan.RISKS: "久站；注意手卫生",
}


def read(*changes, units=("心理援助队",)):
    lines = [Line(number=row, cells=GOOD | change) for row, change in enumerate(changes or [{}], start=3)]
    return plan.read_all(lines, units=units)


def test_a_line_is_a_post():
    [entry], bad = read()

    assert bad == {}
    assert (entry.places, entry.category, entry.post) == (6, "0004", "导医")
    assert entry.starts_at == dt.datetime(2020, 12, 1, 8, 0, tzinfo=SHANGHAI)
    assert entry.ends_at == dt.datetime(2020, 12, 1, 11, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({plan.UNIT: "没有这个队"}, plan.UNIT),
        ({plan.CATEGORY: "卫生"}, plan.CATEGORY),
        ({plan.ENDS: "08:00"}, plan.ENDS),
        ({plan.ENDS: "07:30"}, plan.ENDS),
        ({plan.PLACES: 0.0}, plan.PLACES),
        ({plan.PLACES: 2.5}, plan.PLACES),
        ({plan.PLACES: "若干"}, plan.PLACES),
        ({plan.PLACES: -3}, plan.PLACES),
        ({plan.DAY: "十二月初"}, plan.DAY),
        ({plan.DAY: "2020-02-30"}, plan.DAY),
        ({plan.STARTS: "一早"}, plan.STARTS),
        ({plan.STARTS: "25:00"}, plan.STARTS),
        ({plan.NAME: ""}, plan.NAME),
        ({plan.RISKS: ""}, plan.RISKS),
        ({plan.PLACE: "长" * 121}, plan.PLACE),
        ({plan.KINDS: "进病区、爬山"}, plan.KINDS),
    ],
)
def test_what_cannot_be_used_goes_back_with_the_cell_and_a_reason(change, column):
    entries, bad = read(change)

    assert entries == []
    assert list(bad[3]) == [column]
    assert bad[3][column]


def test_every_bad_cell_of_a_line_is_named_at_once():
    _, bad = read({plan.UNIT: "没有", plan.CATEGORY: "没有", plan.PLACES: "没有"})

    assert set(bad[3]) == {plan.UNIT, plan.CATEGORY, plan.PLACES}


def test_lines_that_contradict_an_earlier_one_go_back():
    entries, bad = read({}, {plan.ENDS: "12:00", plan.POST: "秩序"}, {}, {plan.CATEGORY: "支教助学", plan.POST: "登记"})

    assert len(entries) == 1
    assert {row: list(why) for row, why in bad.items()} == {4: [plan.ENDS], 5: [plan.POST], 6: [plan.CATEGORY]}


@pytest.mark.parametrize(
    "written",
    ["8:30", "08:30", "08：30", "8点半", "8点30分", "08:30:00", dt.time(8, 30), 8.5 / 24, dt.timedelta(hours=8.5)],
)
def test_times_are_read_as_people_write_them(written):
    assert plan.read_clock(written) == dt.time(8, 30)


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ("进病区", ("wards",)),
        ("上门", ("home_visit",)),
        ("儿童，病房", ("wards", "child_care")),
        ("入户/照看儿童", ("home_visit", "child_care")),
        ("病房和上门；危险", ("wards", "home_visit", "dangerous")),
        ("dangerous", ("dangerous",)),
        ("无", ()),
        ("/", ()),
        ("", ()),
        (None, ()),
    ],
)
def test_kinds_of_service_are_read_as_people_write_them(written, kinds):
    [entry], bad = read({plan.KINDS: written})

    assert bad == {}
    assert entry.kinds == kinds


def test_every_kind_of_service_can_be_written_as_the_desk_says_it():
    with translation.override("zh-hans"):
        said = {kind: str(words) for kind, words in KINDS_OF_SERVICE.items()}

    assert {kind: words[0] for kind, words in plan.KINDS_WRITTEN.items()} == said


def test_an_unknown_kind_of_service_is_answered_with_those_there_are():
    _, bad = read({plan.KINDS: "爬山"})

    assert bad[3][plan.KINDS] == "“爬山”不是服务情形。可以写：进病区、上门入户、照看儿童、有一定危险；都不是就空着"


def test_one_line_may_say_the_kinds_for_its_activity_and_no_other_line_contradicts_them():
    entries, bad = read({}, {plan.POST: "秩序", plan.KINDS: "病房"}, {plan.POST: "登记", plan.KINDS: "上门"})

    assert [entry.line for entry in entries] == [3, 4]
    assert list(bad[5]) == [plan.KINDS]


def test_what_a_line_says_of_kinds_holds_for_its_activity_also_where_the_line_itself_goes_back():
    entries, bad = read({}, {plan.POST: "秩序", plan.PLACES: "若干", plan.KINDS: "病房"})

    assert [(entry.line, entry.kinds) for entry in entries] == [(3, ("wards",))]
    assert list(bad[4]) == [plan.PLACES]


def test_kinds_that_nobody_understands_keep_the_whole_activity_back():
    entries, bad = read({}, {plan.POST: "秩序", plan.KINDS: "爬山"}, {plan.NAME: "义诊"})

    assert [entry.name for entry in entries] == ["义诊"]
    assert bad[3] == {plan.KINDS: "同一个活动的第4行没写清服务情形，改好那一行再一起导入"}


def test_lines_of_two_places_are_two_activities():
    entries, _ = read({}, {plan.POST: "轮椅陪护", plan.PLACE: "市中医院门诊大厅"}, {plan.POST: "登记"})

    assert len({entry.source for entry in entries}) == 2


# The real file -------------------------------------------------------------------------------------------------


def plant_the_tree() -> None:
    def names(node):
        return [(node["name"], node["kind"])] + [pair for below in node.get("below", []) for pair in names(below)]

    for name, kind in names(json.loads((RUIAN / "units.json").read_text(encoding="utf-8"))):
        make_unit(name=name, kind=kind)


def run(*args: str, **options: object) -> str:
    out = io.StringIO()
    call_command("import_plan", *args, stdout=out, **options)
    return out.getvalue()


def counts() -> tuple[int, int, int, int]:
    return (Project.objects.count(), Activity.objects.count(), Shift.objects.count(), Post.objects.count())


@pytest.mark.django_db
def test_the_plan_of_december_2020_comes_in_whole():
    plant_the_tree()

    said = run(str(RUIAN / "plan-2020-12.xlsx"), not_own_duty=True)

    assert "共 280 行：可用 280 行，退回 0 行" in said
    assert counts() == (108, 175, 181, 280)
    guides = Shift.objects.filter(activity__name="门诊导医")
    assert guides.count() == 68  # of 70 lines two met at one place and time
    assert Shift.objects.order_by("starts_at")[0].starts_at == dt.datetime(2020, 12, 1, 8, 0, tzinfo=SHANGHAI)


@pytest.mark.django_db
def test_the_same_plan_twice_makes_nothing_new():
    plant_the_tree()
    run(str(RUIAN / "plan-2020-12.xlsx"), not_own_duty=True)
    before = counts()

    said = run(str(RUIAN / "plan-2020-12.xlsx"), not_own_duty=True)

    assert "新建：项目 0 个，活动 0 个，班次 0 个，岗位 0 个" in said
    assert counts() == before


@pytest.mark.django_db
def test_a_plan_moves_as_a_whole():
    plant_the_tree()

    run(str(RUIAN / "plan-2020-12.xlsx"), not_own_duty=True, shift_to="2026-11-24")

    shifts = Shift.objects.order_by("starts_at")
    first, last = shifts.first(), shifts.last()
    assert first.starts_at == at("08:00")
    assert (last.starts_at - first.starts_at).days == 30


@pytest.mark.django_db
def test_a_dry_run_writes_nothing():
    plant_the_tree()

    said = run(str(RUIAN / "plan-2020-12.xlsx"), dry_run=True)

    assert "只检查" in said
    assert counts() == (0, 0, 0, 0)


@pytest.mark.django_db
def test_nobody_declares_for_others_that_it_is_not_their_duty():
    plant_the_tree()

    with pytest.raises(CommandError, match="--not-own-duty"):
        run(str(RUIAN / "plan-2020-12.xlsx"))
    assert counts() == (0, 0, 0, 0)


@pytest.mark.django_db
def test_bad_rows_come_back_as_a_spreadsheet_that_can_be_mended(tmp_path):
    make_unit(name="心理援助队")
    headings = list(GOOD)
    rows = [GOOD, GOOD | {plan.POST: "秩序", plan.PLACES: "若干"}, GOOD | {plan.UNIT: "没有这个队"}]
    path, back = tmp_path / "plan.xlsx", tmp_path / "back.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["十二月活动计划"])
        sheet.write_row(2, 0, headings)
        for place, row in enumerate(rows, start=3):
            sheet.write_row(place, 0, [row[heading] for heading in headings])

    said = run(str(path), not_own_duty=True, bad_rows=str(back))

    assert "共 3 行：可用 1 行，退回 2 行" in said
    assert counts() == (1, 1, 1, 1)
    table = sheets.read(back, plan.COLUMNS)
    assert [sheets.folded(line.cells[plan.UNIT]) for line in table.lines] == ["心理援助队", "没有这个队"]
    assert "人数" in str(table.lines[0].raw[-1])


@pytest.mark.django_db
def test_the_kinds_of_service_of_a_plan_ask_for_their_gates(tmp_path):
    make_unit(name="心理援助队")
    rows = [GOOD | {plan.KINDS: ""}, GOOD | {plan.POST: "陪护", plan.KINDS: "病房、儿童"}]

    run(str(make_plan(tmp_path / "plan.xlsx", *rows)), not_own_duty=True)

    assert Activity.objects.get().kinds_of_service == ["wards", "child_care"]


@pytest.mark.django_db
def test_a_plan_that_comes_again_with_kinds_gives_them_to_an_activity_without_and_takes_none_away(tmp_path):
    make_unit(name="心理援助队")
    for number, kinds in enumerate(["", "病房", "上门", ""]):
        path = make_plan(tmp_path / f"plan{number}.xlsx", GOOD | {plan.KINDS: kinds})
        run(str(path), not_own_duty=True)

    assert Activity.objects.get().kinds_of_service == ["wards"]


@pytest.mark.django_db
def test_a_blank_plan_has_every_column_and_replaces_no_file(tmp_path):
    path = tmp_path / "blank.xlsx"

    said = run(str(path), blank=True)

    assert "进病区" in said
    [headings] = load_workbook(path).get_sheet_by_index(0).to_python()
    assert [str(cell).rstrip("*") for cell in headings] == [column.name for column in plan.COLUMNS]
    with pytest.raises(CommandError, match="换一个"):
        run(str(path), blank=True)
    assert counts() == (0, 0, 0, 0)


def make_plan(path: Path, *rows: dict[str, object]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        headings = list(rows[0])
        sheet.write_row(0, 0, headings)
        for place, row in enumerate(rows, start=1):
            sheet.write_row(place, 0, [row[heading] for heading in headings])
    return path


@pytest.mark.django_db
def test_a_unit_with_wide_brackets_in_its_name_is_found_however_they_are_typed(tmp_path):
    make_unit(name="急救队（东区）")
    rows = [GOOD | {plan.UNIT: "急救队（东区）"}, GOOD | {plan.UNIT: "急救队(东区)", plan.POST: "秩序"}]

    said = run(str(make_plan(tmp_path / "plan.xlsx", *rows)), not_own_duty=True)

    assert "可用 2 行，退回 0 行" in said


@pytest.mark.django_db
def test_bad_rows_that_cannot_be_written_are_said_and_no_traceback(tmp_path):
    make_unit(name="心理援助队")
    path = make_plan(tmp_path / "plan.xlsx", GOOD, GOOD | {plan.UNIT: "没有这个队"})

    with pytest.raises(CommandError, match="计划已经导入"):
        run(str(path), not_own_duty=True, bad_rows=str(tmp_path / "no" / "such" / "place.xlsx"))
    assert counts() == (1, 1, 1, 1)


def test_a_sheet_without_the_headings_says_which(tmp_path):
    path = tmp_path / "other.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, ["姓名", "电话"])

    with pytest.raises(CommandError, match="活动名称"):
        run(str(path), not_own_duty=True)
