"""J2: from application through review, interview, exam, agreement and insurance to the first shift."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from conftest import at
from xinglin.activities.tests.factories import make_shift
from xinglin.organisation.models import Policy
from xinglin.people.models import Agreement, Question, Volunteer
from xinglin.people.tests.factories import PNG, make_id_number, make_insurance, make_texts
from xinglin.people.vetting import exams, insurance, signing

from .conftest import DESK
from .test_first_journey import (  # noqa: F401
    APPLICANT,
    coordinator,
    leader,
    letterbox,
    sign_in_as_staff,
    sign_in_by_phone,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
GATES = ["review", "interview", "training", "agreement", "insurance", "no_record"]


@pytest.fixture
def strict(blue: Any, wang: Any) -> Any:
    """The blue team asks for everything that J2 names, and has three questions of its own."""
    make_texts()
    Policy.objects.create(unit=blue, name="gates", value=GATES, starts_at=at("00:00", days=-9))
    Policy.objects.create(unit=blue, name="exam_questions", value=3, starts_at=at("00:00", days=-9))
    Question.objects.update(retired_at=at("00:00"))
    for text, choices in (
        ("接触病人以前做什么？", ["洗手", "看手机"]),
        ("口罩湿了怎么办？", ["换新的", "晾干再戴"]),
        ("病人请您调输液，怎么办？", ["请护士来", "调慢一点"]),
    ):
        exams.add_question(unit=blue, text=text, choices=choices, right=0, why="要点", by=wang, at=at("07:00"))
    return blue


def test_from_application_to_on_duty(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    letterbox: Any,  # noqa: F811
    coordinator: Any,  # noqa: F811
    leader: Any,  # noqa: F811
    strict: Any,
) -> None:
    shift = make_shift(
        unit=strict, starts_at=at("14:00", days=2), places=2, leader=leader, kinds_of_service=["dangerous"]
    )
    contract = make_insurance(strict, by=coordinator, at=at("07:00"))

    # 08:00 沈佳 applies by phone.
    now_is(at("08:00"))
    phone = window()
    sign_in_by_phone(phone, APPLICANT, letterbox)
    phone.get_by_role("link", name="开始填写").click()
    phone.get_by_label("姓名").fill("沈佳")
    phone.get_by_label("证件号码").fill(make_id_number(born_on=dt.date(1992, 3, 8)))
    phone.get_by_label("想加入的队伍").fill("蓝衣")
    phone.get_by_label("我看过并同意个人信息处理说明").check()
    phone.get_by_role("button", name="交上去").click()
    expect(phone.locator("main")).to_contain_text("已经交上去了")

    # 09:00 王敏 opens a time for talks, and approves by keyboard.
    now_is(at("09:00"))
    desk = window(DESK)
    sign_in_as_staff(desk, coordinator, now=at("09:00"))
    desk.goto("/desk/interviews/")
    looks_right(desk)
    desk.get_by_label("哪个单位").select_option(label="蓝衣陪护队")
    desk.get_by_label("日期").fill("2026-11-24")
    desk.get_by_label("开始").fill("15:00")
    desk.get_by_label("结束").fill("15:30")
    desk.get_by_label("地点").fill("门诊楼 402")
    desk.get_by_role("button", name="开放这个时段").click()
    expect(desk.locator("main")).to_contain_text("门诊楼 402")
    looks_right(desk)
    desk.goto("/desk/?kind=application")
    desk.keyboard.press("a")
    expect(desk.get_by_role("status")).to_contain_text("已通过")

    # 10:00 沈佳 sees what is next, books the talk, takes the exam with one slip, signs.
    now_is(at("10:00"))
    phone.goto("/me/gates/")
    expect(phone.locator("main")).to_contain_text("离上岗还有 5 步")
    looks_right(phone)
    phone.get_by_role("link", name="选面谈的时间").click()
    looks_right(phone)
    phone.get_by_role("button", name=re.compile("就选 今天 15:00")).click()
    expect(phone.locator("main")).to_contain_text("约在今天 15:00")
    looks_right(phone)
    phone.get_by_role("link", name="去考试").click()
    looks_right(phone)
    phone.get_by_role("button", name="看完了，开始答题").click()
    looks_right(phone)
    phone.get_by_label("洗手").check()
    phone.get_by_label("换新的").check()
    phone.get_by_label("调慢一点").check()
    phone.get_by_role("button", name="交卷").click()
    expect(phone.locator("main")).to_contain_text("对的是：请护士来")
    looks_right(phone)
    phone.get_by_role("button", name="再考一次").click()
    for right in ("洗手", "换新的", "请护士来"):
        phone.get_by_label(right).check()
    phone.get_by_role("button", name="交卷").click()
    expect(phone.locator("main")).to_contain_text("考试通过了")
    phone.get_by_role("link", name="看看还差哪一步").click()
    phone.get_by_role("link", name="去签服务协议").click()
    looks_right(phone)
    phone.get_by_label("姓名").fill("沈佳")
    field = phone.locator("[data-sign] canvas")
    field.scroll_into_view_if_needed()
    edge = field.bounding_box()
    phone.mouse.move(edge["x"] + 40, edge["y"] + 40)
    phone.mouse.down()
    phone.mouse.move(edge["x"] + 120, edge["y"] + 60, steps=5)
    phone.mouse.up()
    phone.get_by_role("button", name="我读过了，签名").click()
    expect(phone.locator("main")).to_contain_text("沈佳 已签")
    assert len(signing.drawing_of(Agreement.objects.get(volunteer__person__name="沈佳"))) == 1
    with phone.expect_download() as copy:
        phone.get_by_role("link", name="存一份 PDF").click()
    assert copy.value.path().read_bytes().startswith(b"%PDF-")

    # The certificate goes up as a picture.
    phone.goto("/me/gates/")
    phone.get_by_role("link", name="交无犯罪记录证明").click()
    looks_right(phone)
    phone.get_by_label("开具日期").fill("2026-11-20")
    phone.get_by_label("照片或文件").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": PNG})
    phone.get_by_role("button", name="交上去").click()
    expect(phone.locator("main")).to_contain_text("审核的人正在看")
    looks_right(phone)

    # The shift has some danger and refuses, kindly, whoever is not covered.
    asks = phone.context.new_page()  # a window of its own: Chromium logs a refusal's status as an error
    asks.goto(f"/shifts/{shift.code}/")
    looks_right(asks)
    asks.get_by_role("button", name="报名这个班次").click()
    expect(asks.get_by_role("alert")).to_contain_text("要先过“见面聊聊”")
    looks_right(asks)

    # 15:40 the talk went well; 王敏 works by keyboard: the paper is opened, then accepted.
    now_is(at("15:40"))
    desk.goto("/desk/?kind=interview")
    looks_right(desk)
    desk.keyboard.press("a")
    expect(desk.get_by_role("status")).to_contain_text("面谈通过了")
    desk.goto("/desk/?kind=paper")
    looks_right(desk)
    desk.keyboard.press("a")
    expect(desk.get_by_role("alert")).to_contain_text("还没有打开看过")
    with desk.expect_response(re.compile(r"/desk/papers/\w+/file/")) as looked:
        desk.keyboard.press("o")
    assert looked.value.headers["content-security-policy"] == "sandbox; default-src 'none'"
    desk.keyboard.press("a")
    expect(desk.get_by_role("status")).to_contain_text("通过了")

    # Still uncovered: refused for that alone. Then the whole team is insured.
    asks.goto(f"/shifts/{shift.code}/")
    asks.get_by_role("button", name="报名这个班次").click()
    expect(asks.get_by_role("alert")).to_contain_text("那一天您还没有保险")
    looks_right(asks)
    desk.goto("/desk/insurance/")
    looks_right(desk)
    desk.get_by_role("link", name=re.compile(contract.number)).click()
    looks_right(desk)
    desk.get_by_label("整支队伍").select_option(label="蓝衣陪护队")
    desk.get_by_role("button", name="加进这张保单").click()
    expect(desk.locator("main")).to_contain_text("沈佳")
    looks_right(desk)

    # On duty.
    phone.goto("/me/gates/")
    expect(phone.locator("main")).to_contain_text("都办好了，可以上岗")
    looks_right(phone)
    phone.goto(f"/shifts/{shift.code}/")
    phone.get_by_role("button", name="报名这个班次").click()
    expect(phone.locator("main")).to_contain_text("已报名")
    desk.goto(f"/desk/people/{Volunteer.objects.get(person__name='沈佳').number}/gates/")
    looks_right(desk)
    assert insurance.insured_by(contract).filter(volunteer__signups__shift=shift).exists()
