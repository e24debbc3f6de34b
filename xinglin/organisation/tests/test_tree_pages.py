"""The tree editor at the desk: opening, changing and moving units, roles with an end, brands, joint parents."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from xinglin.lib import clock
from xinglin.notices.models import Notice
from xinglin.organisation import actions, queries
from xinglin.organisation.models import Role, Unit
from xinglin.organisation.tests.factories import make_unit
from xinglin.people.tests.factories import make_staff, make_user, make_volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def li(bureau):
    return make_staff(unit=bureau, role="bureau_administrator", name="李局")


@pytest.fixture
def desk(client, sign_in, li):
    """李局's browser."""
    return sign_in(client, li)


def at_unit(name, unit, *more):
    return reverse(f"organisation:{name}", args=[unit.code, *more])


def test_where_a_unit_stands_is_changed_from_above_and_its_own_administrator_reads_by_whom(
    client, sign_in, desk, bureau, hospital
):
    from_above = desk.get(at_unit("unit", hospital)).text
    own = make_staff(unit=hospital, role="bureau_administrator")
    client = sign_in(Client(), own)

    from_within = client.get(at_unit("unit", hospital)).text
    doors = (at_unit("move", hospital), reverse("office:close_unit", args=[hospital.code]))

    upper = queries.above(hospital)
    assert [door for door in doors if door not in from_above] == []
    assert [door for door in doors if door in from_within] == []
    assert f"由{upper.name}的管理员办" in from_within
    assert "的管理员办" not in from_above
    assert [client.get(door).status_code for door in doors] == [403, 403]


def test_a_joint_parent_sees_what_it_carries_ends_that_and_both_sides_hear(sign_in, li, bureau, blue):
    beside = make_unit(parent=bureau, name="瑞安市中医院", kind="hospital")
    partner = make_staff(unit=beside, role="bureau_administrator")
    joint = actions.add_joint(unit=blue, parent=beside, by=li, at=clock.now())
    client = sign_in(Client(), partner)
    address = at_unit("end_joint", blue, beside.code)

    page = client.get(at_unit("unit", beside)).text
    answer = client.post(address)

    joint.refresh_from_db()
    assert "一起带的队伍" in page
    assert address in page
    assert joint.ended_at is not None
    assert answer.headers["Location"] == at_unit("unit", beside)
    assert address not in client.get(answer.headers["Location"]).text
    heard = Notice.objects.order_by("pk").values_list("user", "kind", "values__team")
    assert list(heard) == [(partner.pk, "joint_begun", blue.name), (li.pk, "joint_ended", blue.name)]


def test_a_unit_is_made_below_another(desk, hospital):
    told = {"name": "门诊志愿服务站", "kind": "station", "division_code": "330381001"}

    page = desk.get(at_unit("add", hospital))
    answer = desk.post(at_unit("add", hospital), told, follow=True)

    made = Unit.objects.get(name="门诊志愿服务站")
    assert "建在瑞安市人民医院下面" in page.text
    assert made.path.startswith(Unit.objects.get(pk=hospital.pk).path)
    assert "乡镇级" in answer.text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "请写上名称"),
        ("name", "瑞安市人民医院", "已经有一个单位叫“瑞安市人民医院”"),
        ("division_code", "12345", "没有“12345”这个区划代码"),
        ("division_code", "371600", "不在上级单位的区域"),
        ("level", "village", "层级和区划代码 330381 对不上"),
        ("credit_code", "91110000600037342L", "统一社会信用代码不对"),
    ],
)
def test_what_does_not_fit_is_said_beside_the_field_and_nothing_is_lost(desk, hospital, field, value, said):
    Unit.objects.filter(pk=hospital.pk).update(division_code="330381")
    told = {"name": "新站", "kind": "station", "division_code": "330381", field: value}

    page = desk.post(at_unit("add", hospital), told)

    assert page.status_code == 422
    assert page.context["form"].errors[field][0].startswith(said) or said in page.context["form"].errors[field][0]
    assert page.context["form"]["kind"].value() == "station"


def test_a_unit_is_renamed(desk, blue):
    told = {"name": "蓝衣陪诊队", "kind": "team", "service": "convenience"}

    page = desk.post(at_unit("edit", blue), told, follow=True)

    assert "<h1>蓝衣陪诊队</h1>" in page.text
    assert "便民服务" in page.text


def test_a_move_is_looked_at_before_it_is_done(desk, bureau, hospital, blue):
    make_volunteer(unit=blue)
    elsewhere = make_unit(parent=bureau, name="瑞安市中医院", kind="hospital")

    preview = desk.post(at_unit("move", blue), {"below": elsewhere.code})
    stood = Unit.objects.get(pk=blue.pk).path
    desk.post(at_unit("move", blue), {"below": elsewhere.code, "sure": "1"})

    effect = preview.context["effect"]
    assert (effect.units, effect.persons) == (1, 1)
    assert stood.startswith(Unit.objects.get(pk=hospital.pk).path)
    assert queries.above(Unit.objects.get(pk=blue.pk)) == elsewhere
    assert "移动了单位" in desk.get(at_unit("trail", blue)).text


def test_nothing_is_moved_below_itself_by_the_page(desk, hospital, blue):
    page = desk.post(at_unit("move", hospital), {"below": blue.code, "sure": "1"})

    assert page.status_code == 422
    assert "请从列出的单位里选一个" in page.text


def test_a_role_may_have_a_last_day(desk, blue):
    new = make_user(login_name="sunqi", name="孙琪")

    desk.post(at_unit("grant_role", blue), {"login_name": "sunqi", "name": "reviewer", "until": "2099-12-31"})
    again = desk.post(at_unit("grant_role", blue), {"login_name": "sunqi", "name": "reviewer"})
    past = desk.post(at_unit("grant_role", blue), {"login_name": "sunqi", "name": "clerk", "until": "2020-01-01"})

    assert f"{new.roles.get().ends_at:%Y-%m-%d %H:%M}" == "2099-12-31 16:00"  # midnight in China
    assert "已经是审核员" in again.text
    assert past.context["form"].errors["until"]


def test_roles_that_conflict_are_asked_about_and_listed(desk, hospital, blue):
    new = make_staff(unit=hospital, role="auditor", name="孙琪")
    told = {"login_name": new.login_name, "name": "coordinator"}

    asked = desk.post(at_unit("grant_role", blue), told)
    desk.post(at_unit("grant_role", blue), {**told, "knows_conflict": "on"})
    listed = desk.get(reverse("organisation:roles"))

    assert "知道这两个角色有冲突" in asked.text
    assert {pair.one.name for pair in listed.context["conflicts"]} | {
        pair.other.name for pair in listed.context["conflicts"]
    } == {"auditor", "coordinator"}


def test_a_coordinator_names_helpers_and_nobody_names_themself(client, sign_in, wang, blue, li):
    make_user(login_name="sunqi", name="孙琪")
    browser = sign_in(client, wang)

    page = browser.get(at_unit("unit", blue))
    browser.post(at_unit("grant_role", blue), {"login_name": "sunqi", "name": "team_leader"})
    more = browser.post(at_unit("grant_role", blue), {"login_name": "sunqi", "name": "coordinator"})
    own = sign_in(client, li).post(at_unit("grant_role", blue), {"login_name": li.login_name, "name": "reviewer"})

    assert "请队长、核销员" in page.text
    assert Role.objects.get(user__login_name="sunqi").name == "team_leader"
    assert more.status_code == own.status_code == 422
    assert "不能给自己授予角色" in own.text


def test_how_people_come_in_and_a_brand_stand_on_one_page(client, sign_in, wang, blue):
    browser = sign_in(client, wang)

    browser.post(at_unit("about", blue), {"mode": "password", "password": "杏林春暖"})
    without = browser.post(at_unit("about", blue), {"mode": "closed"}, follow=True)
    brand = {"name": "蓝衣有约", "leader": "王敏", "story": "从一件蓝马甲说起。"}
    page = browser.post(at_unit("add_brand", blue), brand, follow=True)
    again = browser.post(at_unit("add_brand", blue), brand)
    ended = browser.post(at_unit("end_brand", blue, blue.brands.get().code), follow=True)

    assert Unit.objects.get(pk=blue.pk).joining == "closed"
    assert "暂不收人" in without.text
    assert "从一件蓝马甲说起" in page.text
    assert "已经有叫“蓝衣有约”的品牌" in again.text
    assert "还没有品牌" in ended.text


def test_a_joint_parent_is_added_and_ended(desk, bureau, blue):
    elsewhere = make_unit(parent=bureau, name="瑞安市中医院", kind="hospital")

    page = desk.post(at_unit("add_joint", blue), {"parent": elsewhere.code}, follow=True)
    twice = desk.post(at_unit("add_joint", blue), {"parent": elsewhere.code})
    desk.post(at_unit("end_joint", blue, elsewhere.code))

    assert "不再和瑞安市中医院共建" in page.text
    assert "已经是它的上级" in twice.text
    assert not queries.joints_of(blue).exists()


def test_a_large_tree_opens_branch_by_branch_and_is_searched_by_name(desk, bureau, hospital, blue):
    deep = make_unit(parent=blue, name="深处的分队")
    for _ in range(60):
        make_unit(parent=blue)

    def shown(**asked):
        return [branch.unit.name for branch in desk.get(reverse("organisation:desk"), asked).context["branches"]]

    assert deep.name not in shown()
    assert deep.name in shown(open=blue.code)
    assert shown(q="深处") == [deep.name]
    assert shown(q="没有这样的队") == []
