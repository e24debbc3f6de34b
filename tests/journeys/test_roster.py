"""A bureau's list of two thousand: handed in at the desk with every kind of error, looked at, taken in, given back."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

from conftest import at
from xinglin.lib import sheets
from xinglin.organisation.tests.factories import make_unit
from xinglin.people import roster, rosters
from xinglin.people.models import Person, Roster, Volunteer
from xinglin.people.tests.factories import make_application, make_id_number, make_person, make_volunteer
from xinglin.people.words import REASONS

from .conftest import DESK
from .test_first_journey import coordinator, sign_in_as_staff

__all__ = ["coordinator"]  # a fixture of the first journey
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

HEADINGS = (
    *("姓名", "性别", "证件类型", "证件号码", "手机号码", "政治面貌", "学历", "从业状况"),
    *("出生日期", "专业特长", "所属队伍", "加入日期", "可服务时段", "居住地", "备注"),
)
LINES = 2_000


def line(team: str, number: int, **changed: Any) -> dict[str, Any]:
    born_on = dt.date(1950, 1, 1) + dt.timedelta(days=number)  # so that no two numbers are alike
    plain = {"姓名": "志愿者", "性别": "女", "证件号码": make_id_number(born_on=born_on), "所属队伍": team}
    return {**plain, "手机号码": f"1370{number:07d}"} | changed


def every_error(team: str, elsewhere: str, applied: str, left: str) -> list[dict[str, Any]]:
    """One line for each reason there is."""
    good = line(team, 9_000)
    twice = good["证件号码"]
    changes: list[dict[str, Any]] = [
        {"姓名": ""},
        {"姓名": "志愿者9"},
        {"证件号码": ""},
        {"证件号码": 3.3038119900517e17},
        {"证件号码": "33038119900517"},
        {"证件号码": twice[:-1] + ("1" if twice[-1] != "1" else "2")},
        {"证件号码": "99" + twice[2:]},
        {"证件类型": "饭卡"},
        {"性别": "中"},
        {"性别": "男"},
        {"证件类型": "护照", "证件号码": "E12345670"},
        {"证件类型": "护照", "证件号码": "E12345671", "出生日期": "五月"},
        {"出生日期": "1911-01-01"},
        {"证件号码": make_id_number(born_on=dt.date(2023, 5, 17))},
        {"手机号码": "1370"},
        {"手机号码": "23700000001"},
        {"所属队伍": ""},
        {"所属队伍": "没有的队"},
        {"所属队伍": elsewhere},
        {"加入日期": "去年春天"},
        {"政治面貌": "好人"},
        {"学历": "自学"},
        {"从业状况": "神仙"},
        {"专业特长": "修表"},
        {"可服务时段": "随时"},
        {"备注": "好" * 201},
        {"证件号码": applied, "姓名": "沈佳"},
        {"证件号码": left, "姓名": "黄丽"},
        {"手机号码": good["手机号码"]},
        {"证件号码": twice, "手机号码": good["手机号码"], "姓名": "另一个"},
    ]
    return [good, *(line(team, 9_001 + number, **change) for number, change in enumerate(changes))]


def workbook(lines: list[dict[str, Any]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        for row, cells in enumerate(lines, start=1):
            for place, name in enumerate(HEADINGS):
                sheet.write(row, place, cells.get(name, ""))
    return content.getvalue()


def test_two_thousand_people_and_every_kind_of_error(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    tmp_path: Path,
    coordinator: Any,
    bureau: Any,
    blue: Any,
) -> None:
    applied, left = make_id_number(), make_id_number()
    make_application(unit=blue, person=make_person(name="沈佳", id_number=applied))
    gone = make_volunteer(unit=blue, name="黄丽", state="left")
    leaving = make_person(name="黄丽", id_number=left)
    Person.objects.filter(pk=gone.person_id).update(name="黄丽二")
    Volunteer.objects.filter(pk=gone.pk).update(person=leaving)
    bad = every_error(blue.name, make_unit(parent=bureau, name="别处的队").name, applied, left)
    file = tmp_path / "名册.xlsx"
    file.write_bytes(workbook([*(line(blue.name, number) for number in range(LINES - len(bad))), *bad]))
    now_is(at("09:30"))
    desk = window(DESK)
    sign_in_as_staff(desk, coordinator, now=at("09:30"))

    # The list is handed in; its first lines can be looked at while the rest is checked.
    desk.goto("/desk/people/")
    desk.get_by_role("link", name="导入").click()
    looks_right(desk)
    desk.get_by_label("名册文件").set_input_files(file)
    desk.get_by_role("button", name="上传并检查").click()
    expect(desk.get_by_role("table", name="读到的前几行")).to_contain_text("137****0000")
    looks_right(desk)
    made = Roster.objects.get()
    rosters.check(code=made.code, at=at("09:31"))

    # The page tells by itself what would come, and why lines go back.
    expect(desk.get_by_role("button", name="导入，新增")).to_be_visible()
    why = desk.get_by_role("table", name="为什么退回")
    for reason in REASONS.values():
        expect(why).to_contain_text(str(reason))
    looks_right(desk)

    # Taken in, with the progress to be seen.
    desk.get_by_role("button", name="导入，新增").click()
    expect(desk.get_by_role("progressbar")).to_be_visible()
    looks_right(desk)
    rosters.take_in(code=made.code, at=at("09:32"))
    expect(desk.get_by_text("已导入")).to_be_visible()
    looks_right(desk)
    made.refresh_from_db()
    assert (made.lines, made.back_lines) == (LINES, len(bad) - 1)
    assert Volunteer.objects.count() == LINES - made.back_lines + 1  # and who had left before

    # What goes back is mended and handed in again as it is.
    with desk.expect_download() as download:
        desk.get_by_role("link", name="下载退回的行").click()
    back = sheets.open_stream(download.value.path(), roster.COLUMNS)
    assert len(list(back.filled_lines())) == made.back_lines
