"""The trail of units, roles and policies as it can be read: what exactly was done, page by page; and terms of roles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse

import xinglin.organisation as app
from conftest import staff
from xinglin.audit.models import Entry
from xinglin.organisation import actions, reading, trail
from xinglin.organisation.errors import (
    EndsBeforeItStarts,
    LastAdministrator,
    MayNot,
    NotToOneself,
    RoleEndedAlready,
)
from xinglin.organisation.models import Role, Unit
from xinglin.organisation.tests.factories import make_role, make_unit
from xinglin.people.tests.factories import make_staff, make_user

pytestmark = pytest.mark.django_db
ADMINISTRATOR = "bureau_administrator"


@pytest.fixture
def li(bureau):
    return staff(name="李院", login_name="liyuan", role=ADMINISTRATOR, unit=bureau)


def told(unit, **asked):
    return [(str(line.said), *line.about) for line in trail.of(Unit.objects.get(pk=unit.pk), **asked).lines]


def test_a_line_says_to_whom_which_role_until_when(hospital, blue, li, at):
    new = make_user(name="王强")
    role = actions.grant_role(
        user=new, unit=blue, name="team_leader", granted_by=li, at=at("09:00"), ends_at=at("00:00", days=8)
    )
    actions.change_term(role=role, ends_at=None, by=li, at=at("09:01"))
    actions.end_role(role=role, ended_by=li, at=at("09:02"))

    assert told(hospital) == [
        ("收回了角色", "队长 · 王强"),
        ("改了角色的期限", "队长 · 王强", "到 2026-12-01 → 一直有效"),
        ("授予了角色", "队长 · 王强", "到 2026-12-01"),
    ]
    assert {line.who for line in trail.of(hospital).lines} == {"李院"}


def test_a_line_says_what_changed_of_policies_and_units(bureau, hospital, blue, li, at):
    other = make_unit(parent=bureau, name="瑞安市中医院", kind="hospital")
    actions.set_policy(
        unit=hospital, name="publication_days", value=5, starts_at=at("10:00"), set_by=li, at=at("09:00")
    )
    named = dict.fromkeys(("division_code", "level", "credit_code", "service"), "")
    actions.edit_unit(unit=blue, name="蓝衣队", kind="station", by=li, at=at("09:01"), **named)
    actions.set_joining(unit=blue, mode="closed", password="", by=li, at=at("09:02"))
    brand = actions.add_brand(unit=blue, name="蓝马甲", leader="", story="十年", by=li, at=at("09:03"))
    actions.end_brand(brand=brand, by=li, at=at("09:04"))
    actions.add_joint(unit=blue, parent=other, by=li, at=at("09:05"))
    actions.move_unit(unit=blue, below=bureau, by=li, at=at("09:06"))

    assert told(blue) == [
        ("移动了单位", "瑞安市人民医院 → 瑞安市卫生健康局"),
        ("加了共建上级", "瑞安市中医院"),
        ("撤了品牌", "蓝马甲"),
        ("加了品牌", "蓝马甲"),
        ("改了入队方式", "申请后审核 → 暂不收人"),
        ("改了单位资料", "名称：蓝衣陪护队 → 蓝衣队", "类别：志愿服务队 → 志愿服务站"),
    ]
    [(said, *about)] = told(hospital)
    assert (said, about[2]) == ("定了政策", "2026-11-24 起")
    assert about[1].split(" → ")[1].startswith("5")


def test_who_was_erased_is_named_no_more(hospital, blue, li, at):
    new = make_user(name="王强")
    actions.grant_role(user=new, unit=blue, name="team_leader", granted_by=li, at=at("09:00"))
    type(new).objects.filter(pk=new.pk).update(name="", is_active=False)

    assert told(blue) == [("授予了角色", "队长 · （已注销）", "一直有效")]


def test_all_that_the_app_writes_down_can_be_read(hospital):
    written = set()
    for file in [*Path(app.__file__).parent.rglob("*.py")]:
        if "tests" not in file.parts:
            text = file.read_text(encoding="utf-8")
            written |= set(re.findall(r'(?:verb=|_record\(\w+, )"(\w+)"', text))

    assert written == set(trail.WORDS)


def test_the_trail_has_pages_and_kinds(client, sign_in, hospital, blue, li, at, django_assert_max_num_queries):
    users = [make_user() for _ in range(70)]
    for user in users:
        actions.grant_role(user=user, unit=blue, name="volunteer", granted_by=li, at=at("09:00"))
    led = actions.grant_role(user=users[0], unit=blue, name="team_leader", granted_by=li, at=at("09:00"))
    desk, address = sign_in(client, li), reverse("organisation:trail", args=[hospital.code])

    with django_assert_max_num_queries(30):
        first = desk.get(address)
    older = desk.get(address, {"before": first.context["page"].older})
    roles = desk.get(address, {"kind": "roles"})
    odd = desk.get(address, {"kind": "nonsense", "before": "x"})

    assert len(first.context["page"].lines) == trail.A_PAGE
    assert len(older.context["page"].lines) == 71 - trail.A_PAGE
    assert older.context["page"].older is None
    assert f'href="{address}"' in older.text.split("回到最新的")[0].rpartition("<a ")[2]
    assert [line.about[0] for line in roles.context["page"].lines] == [f"队长 · {led.user.name}"]
    assert len(told(hospital, kind="volunteers")) == trail.A_PAGE
    assert odd.status_code == 200


def test_an_entry_of_which_nothing_is_known_any_more_is_still_a_line(hospital, li, at):
    odd = {"policy": "given_up", "role": "gone", "user": "NOBODY"}
    for verb in trail.WORDS:
        Entry.objects.create(
            at=at("09:00"), verb=verb, thing=f"unit:{hospital.code}", unit_path=hospital.path, facts=odd
        )
        Entry.objects.create(at=at("09:00"), verb=verb, thing="unit:GONE", unit_path=hospital.path)

    assert len(told(hospital)) == len(trail.WORDS) * 2
    assert reading.known([]).person("") == ""


# The term of a role -----------------------------------------------------------------------------------------------


def test_a_role_goes_on_for_longer_and_whoever_may_not_cannot(hospital, blue, li, wang, zhao, at):
    role = make_role(user=make_user(), unit=blue, name="team_leader")
    Role.objects.filter(pk=role.pk).update(ends_at=at("00:00", days=2))

    actions.change_term(role=role, ends_at=at("00:00", days=30), by=wang, at=at("09:00"))
    for _twice in range(2):
        actions.change_term(role=role, ends_at=at("00:00", days=60), by=wang, at=at("09:01"))

    role.refresh_from_db()
    assert role.ends_at == at("00:00", days=60)
    assert Entry.objects.filter(verb="changed_term").count() == 2
    with pytest.raises(MayNot):
        actions.change_term(role=role, ends_at=None, by=zhao, at=at("09:02"))
    with pytest.raises(EndsBeforeItStarts):
        actions.change_term(role=role, ends_at=at("09:00"), by=wang, at=at("09:02"))
    actions.end_role(role=role, ended_by=wang, at=at("10:00"))
    with pytest.raises(RoleEndedAlready):
        actions.change_term(role=role, ends_at=None, by=wang, at=at("10:01"))


def test_nobody_extends_their_own_and_the_last_administrator_gets_no_end(bureau, li, at):
    other = make_staff(unit=make_unit(parent=bureau), role=ADMINISTRATOR)
    with pytest.raises(NotToOneself):
        actions.change_term(role=li.roles.get(), ends_at=at("00:00", days=9), by=li, at=at("09:00"))
    second = make_staff(unit=bureau, role=ADMINISTRATOR)
    actions.change_term(role=second.roles.get(), ends_at=at("00:00", days=9), by=li, at=at("09:00"))

    with pytest.raises(LastAdministrator):
        actions.change_term(role=li.roles.get(), ends_at=at("00:00", days=9), by=second, at=at("09:01"))
    assert other.roles.get().ends_at is None


def test_the_desk_changes_a_term(client, sign_in, blue, wang):
    role = make_role(user=make_user(), unit=blue, name="team_leader")
    desk = sign_in(client, wang)
    address = reverse("organisation:role_term", args=[blue.code, role.code])

    unit_page = reverse("organisation:unit", args=[blue.code])
    unit = desk.get(unit_page)
    past = desk.post(address, {"until": "2020-01-01"})
    desk.post(address, {"until": "2099-12-31"})
    shown = desk.get(address)
    listed = [desk.get(page).text for page in (unit_page, reverse("organisation:roles"))]

    role.refresh_from_db()
    assert address in unit.text
    assert past.status_code == 422
    assert "结束的日子要在今天以后" in past.text
    assert role.ends_at.isoformat() == "2099-12-31T16:00:00+00:00"
    assert 'value="2099-12-31"' in shown.text
    assert ["，到 2099-12-31" in page for page in listed] == [True, True]  # the day, not the midnight after it
