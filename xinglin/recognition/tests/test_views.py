"""One's own stars, and the desk's pages about stars."""

from __future__ import annotations

import pytest
from django.urls import reverse

from conftest import at
from xinglin.people.tests.factories import make_staff, make_volunteer
from xinglin.recognition import actions
from xinglin.recognition.models import Bar, Grant, Privilege, Scheme
from xinglin.recognition.tests.factories import make_scheme, make_star, serve

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon(now_is):
    now_is(at("12:00"))


@pytest.fixture
def as_chen(client, bureau, sign_in):
    return sign_in(client, make_staff(unit=bureau, role="bureau_administrator", name="陈立新"))


@pytest.fixture
def as_wang(client, wang, sign_in):
    return sign_in(client, wang)


def url(name, *args):
    return reverse(f"recognition:{name}", args=args)


def test_the_page_says_the_star_the_way_on_and_what_opens(client, sign_in, hospital, blue, lin):
    scheme = make_scheme(unit=hospital)
    actions.add_privilege(unit=hospital, level=2, title="就诊绿色通道", note="导医台", by=None, at=at("08:00"))
    serve(lin.person, 25, unit=blue)
    actions.grant_stars(scheme=scheme, at=at("11:00"))

    page = sign_in(client, lin.person.user).get(url("mine")).text

    assert "您是一星志愿者" in page
    assert "再服务 5小时，就到二星" in page
    assert "十枚杏已熟 5 枚" in page
    assert "就诊绿色通道" in page


def test_without_a_scheme_the_page_says_so(client, sign_in, lin):
    page = sign_in(client, lin.person.user).get(url("mine")).text

    assert "您的单位还没有定星级办法" in page


def test_a_star_beyond_the_scheme_and_a_bar_are_told(client, sign_in, hospital, lin, wang):
    make_star(lin.person, scheme=make_scheme(unit=hospital, hours=(20,)), level=1, at=at("08:00"))
    actions.bar(person=lin.person, unit=hospital, by=wang, reason="多次爽约", until=at("08:00", days=9), at=at("09:00"))

    page = sign_in(client, lin.person.user).get(url("mine")).text

    assert "最高一颗星也到了" in page
    assert "多次爽约" in page


def test_a_staff_member_without_a_person_sees_an_empty_page(as_wang):
    assert as_wang.get(url("mine")).status_code == 200
    assert as_wang.get(url("publication")).status_code == 200


def test_published_stars_are_shown_with_half_a_name(client, sign_in, hospital, lin, blue):
    make_star(lin.person, scheme=make_scheme(unit=hospital), at=at("08:00"), days=5)
    mate = make_volunteer(name="何苗", unit=blue)

    page = sign_in(client, mate.person.user).get(url("publication")).text

    assert "林＊ · 一星" in page
    assert "林晓" not in page


def test_the_administrator_looks_before_setting_a_scheme(as_chen, hospital, blue, lin):
    serve(lin.person, 35, unit=blue)
    said = {"unit": hospital.code, "name": "医院星级", "preset": "three"}

    looked = as_chen.post(url("new_scheme"), said)

    assert looked.status_code == 200
    assert "二星" in looked.text
    assert not Scheme.objects.exists()

    as_chen.post(url("new_scheme"), said | {"sure": "1"})
    scheme = Scheme.objects.get()
    assert scheme.thresholds == [20 * 60, 30 * 60, 50 * 60]
    assert scheme.starts_at == at("12:00")
    assert "20 / 30 / 50" in as_chen.get(url("schemes")).text


def test_thresholds_that_make_no_scheme_are_said_at_the_field_and_nothing_is_lost(as_chen, hospital):
    page = as_chen.post(url("new_scheme"), {"unit": hospital.code, "name": "医院星级", "thresholds": "30 20"})

    assert page.status_code == 422
    assert "一级要比一级多" in page.text
    assert "医院星级" in page.text


def test_a_scheme_does_not_begin_in_the_past(as_chen, hospital):
    said = {"unit": hospital.code, "name": "旧", "thresholds": "20", "starts_on": "2026-11-01", "sure": "1"}

    assert "不能从过去开始" in as_chen.post(url("new_scheme"), said).text
    assert not Scheme.objects.exists()


def test_the_coordinator_withdraws_a_published_star(as_wang, hospital, lin):
    star = make_star(lin.person, scheme=make_scheme(unit=hospital), at=at("08:00"), days=5)
    assert "林晓" in as_wang.get(url("desk") + "?only=published").text

    refused = as_wang.post(url("withdraw", star.code), {"reason": "", "until": "2026-12-31"})
    as_wang.post(url("withdraw", star.code), {"reason": "时长有疑问", "until": "2026-12-31"})

    assert refused.status_code == 422
    star.refresh_from_db()
    assert star.withdraw_reason == "时长有疑问"
    assert "已收回" in as_wang.get(url("grant", star.code)).text


def test_the_list_is_found_by_name_and_number_in_few_queries(as_wang, hospital, blue, django_assert_max_num_queries):
    scheme = make_scheme(unit=hospital)
    for _ in range(30):
        make_star(make_volunteer(unit=blue).person, scheme=scheme, at=at("08:00"))
    found = make_volunteer(name="何苗", number="V0000042", unit=blue)
    make_star(found.person, scheme=scheme, at=at("09:00"))

    with django_assert_max_num_queries(20):
        as_wang.get(url("desk"))
    assert as_wang.get(url("desk") + "?q=v0000042").text.count("何苗") == 1
    assert "没有找到" in as_wang.get(url("desk") + "?q=张三").text


def test_bars_are_made_by_number_and_lifted(as_wang, lin):
    unknown = as_wang.post(url("bars"), {"number": "V999", "reason": "失信", "until": "2026-12-31"})
    as_wang.post(url("bars"), {"number": lin.number.lower(), "reason": "失信", "until": "2026-12-31"})

    assert unknown.status_code == 422
    assert "没有编号“V999”" in unknown.text
    bar = Bar.objects.get()
    assert bar.person == lin.person
    assert "失信" in as_wang.get(url("bars")).text

    as_wang.post(url("lift", bar.code))
    bar.refresh_from_db()
    assert bar.lifted_at is not None


def test_privileges_are_written_down_and_ended(as_chen, hospital):
    as_chen.post(url("privileges"), {"unit": hospital.code, "level": "3", "title": "就诊绿色通道", "note": ""})

    privilege = Privilege.objects.get()
    assert "就诊绿色通道" in as_chen.get(url("privileges")).text

    as_chen.post(url("end_privilege", privilege.code))
    assert "还没有礼遇" in as_chen.get(url("privileges")).text


def test_a_coordinator_of_another_hospital_finds_none_of_it(client, sign_in, association, hospital, lin):
    from xinglin.organisation.tests.factories import make_unit

    star = make_star(lin.person, scheme=make_scheme(unit=hospital), at=at("08:00"), days=5)
    other = make_staff(unit=make_unit(parent=association, kind="hospital"))
    sign_in(client, other)

    assert client.get(url("grant", star.code)).status_code == 404
    assert client.post(url("withdraw", star.code), {"reason": "x", "until": "2026-12-31"}).status_code == 404
    assert "林晓" not in client.get(url("desk")).text
    assert client.post(url("bars"), {"number": lin.number, "reason": "x", "until": "2026-12-31"}).status_code == 422
    assert Grant.objects.get().withdrawn_at is None
