"""The pages: what each shows, to whom, and that a stranger gets nothing that isn't theirs."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse

from conftest import at
from xinglin.benefits.models import Benefit, Voucher
from xinglin.benefits.tests.factories import make_benefit, make_voucher
from xinglin.organisation.tests.factories import make_unit
from xinglin.people.tests.factories import make_person, make_staff, make_volunteer
from xinglin.recognition import actions as recognition
from xinglin.recognition.tests.factories import make_scheme, make_star
from xinglin.timebank.tests.factories import credit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon(now_is):
    now_is(at("12:00"))


@pytest.fixture
def as_lin(client, lin, sign_in):
    credit(lin.person, 300)
    return sign_in(client, lin.person.user)


@pytest.fixture
def as_wang(client, wang, sign_in):
    return sign_in(client, wang)


def url(name, *args):
    return reverse(f"benefits:{name}", args=args)


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.text))


# The phone -------------------------------------------------------------------------------------------------------


def test_the_catalogue_tells_apart_what_stars_open_and_what_minutes_buy(as_lin, hospital, lin):
    recognition.add_privilege(unit=hospital, level=3, title="就诊绿色通道", note="导医台", by=None, at=at("08:00"))
    make_star(lin.person, scheme=make_scheme(unit=hospital), level=3, at=at("08:00"))
    make_benefit(unit=hospital, title="免专家门诊挂号费", price_minutes=0, level=3)
    make_benefit(unit=hospital, title="急救课一席", price_minutes=180, stock=6)
    make_benefit(unit=hospital, title="健康体检一次", price_minutes=6000, level=5)

    page = text(as_lin.get(url("catalogue")))

    assert "就诊绿色通道" in page
    assert "免专家门诊挂号费" in page
    assert "还有 6 份" in page
    assert "五星可换" in page


def test_an_empty_catalogue_is_said_kindly(as_lin):
    assert "您的单位还没有放上权益" in text(as_lin.get(url("catalogue")))


def test_the_catalogue_shows_one_kind_when_asked(as_lin, hospital):
    make_benefit(unit=hospital, title="急救课一席")
    make_benefit(unit=hospital, title="接送一趟", kind=Benefit.Kind.SERVICE)

    page = text(as_lin.get(url("catalogue") + "?kind=service"))

    assert "接送一趟" in page
    assert "急救课一席" not in page


def test_the_catalogue_asks_the_same_few_questions_for_many(as_lin, hospital, django_assert_max_num_queries):
    for _ in range(30):
        make_benefit(unit=hospital, quota=2)

    with django_assert_max_num_queries(22):
        as_lin.get(url("catalogue"))


def test_a_benefit_explains_all_that_stands_in_the_way_with_a_way_on(as_lin, hospital):
    benefit = make_benefit(unit=hospital, price_minutes=360, level=2)

    page = as_lin.get(url("benefit", benefit.code))

    assert "还差1小时就够了" in text(page)
    assert "这份权益从二星开始" in text(page)
    assert reverse("recognition:mine") in page.text
    assert url("redeem", benefit.code) not in page.text


def test_redeeming_leads_to_the_slip_with_code_and_qr(as_lin, hospital):
    benefit = make_benefit(unit=hospital, price_minutes=120)
    shown = as_lin.get(url("benefit", benefit.code))
    key = re.search(r'name="request" value="(\w+)"', shown.text)[1]

    slip = as_lin.post(url("redeem", benefit.code), {"request": key}, follow=True)

    voucher = Voucher.objects.get()
    assert f"{voucher.code[:4]} {voucher.code[4:]}" in text(slip)
    assert "<svg" in slip.text
    assert "预留 2小时，用了才扣" in text(slip)
    assert "谢谢您，林晓" in text(slip)


def test_the_button_pressed_twice_gives_one_voucher(as_lin, hospital):
    benefit = make_benefit(unit=hospital, price_minutes=120)

    answers = [as_lin.post(url("redeem", benefit.code), {"request": "tap"}) for _ in range(2)]

    assert Voucher.objects.count() == 1
    assert answers[0].headers["Location"] == answers[1].headers["Location"]


def test_who_comes_too_late_reads_why_and_where_to_go_on(as_lin, hospital):
    benefit = make_benefit(unit=hospital, stock=0)

    refused = as_lin.post(url("redeem", benefit.code), {"request": "tap"})

    assert refused.status_code == 409
    assert "最后一份刚刚被换走了" in text(refused)
    assert url("catalogue") in refused.text


def test_one_gives_back_the_own_voucher_and_sees_its_end(as_lin, hospital, lin):
    voucher = make_voucher(make_benefit(unit=hospital, price_minutes=120), lin, at=at("11:00"))
    assert voucher.title in text(as_lin.get(url("vouchers")))

    back = as_lin.post(url("give_back", voucher.code), follow=True)

    assert "已退回，时间又是您的了" in text(back)
    assert "2小时 已退回" in text(back)
    assert "用过的、退回的" in text(as_lin.get(url("vouchers")))


def test_a_voucher_past_its_end_shows_no_code_for_cameras(client, sign_in, hospital, lin, now_is):
    credit(lin.person, 60)
    voucher = make_voucher(make_benefit(unit=hospital), lin, at=at("11:00"))
    now_is(voucher.expires_at)

    page = sign_in(client, lin.person.user).get(url("voucher", voucher.code))

    assert 'class="qr"' not in page.text
    assert "已过期" in text(page)


def test_without_vouchers_the_page_leads_to_the_catalogue(as_lin):
    page = as_lin.get(url("vouchers"))

    assert "还没有券" in text(page)
    assert url("catalogue") in page.text


def test_a_strangers_voucher_is_not_there(client, sign_in, hospital, blue, lin):
    credit(lin.person, 60)
    voucher = make_voucher(make_benefit(unit=hospital), lin, at=at("11:00"))
    stranger = make_volunteer(unit=blue)
    sign_in(client, stranger.person.user)

    assert client.get(url("voucher", voucher.code)).status_code == 404
    assert client.post(url("give_back", voucher.code)).status_code == 404
    assert client.get(url("scan", voucher.code)).status_code == 403
    voucher.refresh_from_db()
    assert voucher.state == "unused"


def test_somebody_who_only_applied_finds_an_empty_shelf(client, sign_in, hospital):
    benefit = make_benefit(unit=hospital)
    sign_in(client, make_person().user)

    assert client.get(url("catalogue")).status_code == 200
    assert client.get(url("benefit", benefit.code)).status_code == 404


def test_a_benefit_that_is_gone_from_the_unit_is_still_found_by_its_holder(as_lin, hospital, lin):
    benefit = make_benefit(unit=hospital)
    make_voucher(benefit, lin, at=at("11:00"))
    lin.memberships.update(left_on=dt.date(2026, 11, 24))

    assert "这份权益是" in text(as_lin.get(url("benefit", benefit.code)))


# The counter -----------------------------------------------------------------------------------------------------


@pytest.fixture
def voucher(hospital, lin):
    credit(lin.person, 300)
    return make_voucher(make_benefit(unit=hospital, title="急救课一席", price_minutes=120), lin, at=at("11:00"))


def test_the_desk_finds_a_voucher_by_code_and_marks_it_used(as_wang, voucher):
    found = as_wang.get(url("counter"), {"code": voucher.code.lower()[:4] + " " + voucher.code[4:]}, follow=True)
    assert "林晓" in text(found)

    done = as_wang.post(url("use", voucher.code), follow=True)

    assert "核销好了：急救课一席" in text(done)
    assert "已使用" in text(done)
    assert "这张券已经用过了" in text(as_wang.get(url("desk_voucher", voucher.code)))


def test_a_wrong_code_is_said_beside_the_field_and_kept(as_wang):
    page = as_wang.get(url("counter"), {"code": "AAAA BBBB"})

    assert page.status_code == 404
    assert "没有找到这张券" in text(page)
    assert 'value="AAAA BBBB"' in page.text


def test_the_desk_refuses_with_a_reason_that_the_person_reads(as_wang, voucher, lin, sign_in, client):
    nothing_said = as_wang.post(url("refuse", voucher.code), {"reason": ""})
    as_wang.post(url("refuse", voucher.code), {"reason": "本周课程取消"})

    assert nothing_said.status_code == 422
    sign_in(client, lin.person.user)
    assert "没能用上：本周课程取消" in text(client.get(url("voucher", voucher.code)))


def test_a_scanned_code_leads_the_desk_and_the_owner_each_to_their_page(client, sign_in, voucher, wang, lin):
    address = url("scan", voucher.code)

    assert client.get(address).headers["Location"].startswith(reverse("accounts:sign_in"))
    assert sign_in(client, wang).get(address).headers["Location"] == url("desk_voucher", voucher.code)
    assert sign_in(client, lin.person.user).get(address).headers["Location"] == url("voucher", voucher.code)


def test_a_clerk_needs_no_second_factor_and_sees_nothing_else(client, sign_in, hospital, voucher):
    clerk = make_staff(unit=hospital, role="clerk", name="小陈")
    sign_in(client, clerk, second_factor=False)

    assert client.get(url("counter")).status_code == 200
    assert "林晓" in text(client.get(url("desk_voucher", voucher.code)))
    assert client.get(url("desk")).status_code == 403
    assert client.get(reverse("people:desk")).status_code == 403


def test_another_hospital_finds_no_voucher(client, sign_in, association, voucher):
    elsewhere = make_staff(unit=make_unit(parent=association, kind="hospital"))
    sign_in(client, elsewhere)

    assert client.get(url("counter"), {"code": voucher.code}).status_code == 404
    assert client.get(url("desk_voucher", voucher.code)).status_code == 404
    assert client.post(url("use", voucher.code)).status_code == 404


# The catalogue at the desk -----------------------------------------------------------------------------------------

SAID = {
    "title": "急救课一席",
    "kind": "learning",
    "description": "半天学会心肺复苏。",
    "provider": "急救培训基地",
    "where_to_use": "周六上午",
    "price_hours": "3",
    "price_minutes": "30",
    "level": "0",
    "stock": "12",
    "quota": "1",
    "period": "year",
    "voucher_days": "60",
}


def test_the_coordinator_adds_edits_restocks_and_pauses(as_wang, hospital):
    added = as_wang.post(url("new"), SAID | {"unit": hospital.code}, follow=True)
    benefit = Benefit.objects.get()
    assert "上架了" in text(added)
    assert (benefit.price_minutes, benefit.stock_left, benefit.unit) == (210, 12, hospital)

    as_wang.post(url("edit", benefit.code), SAID | {"price_hours": "2", "price_minutes": "", "ends_on": "2026-12-31"})
    as_wang.post(url("restock", benefit.code), {"change": "-2"})
    as_wang.post(url("pause", benefit.code))

    benefit.refresh_from_db()
    assert (benefit.price_minutes, benefit.stock_left) == (120, 10)
    assert benefit.ends_at == at("00:00", days=38)
    assert benefit.paused_at is not None
    assert "暂停" in text(as_wang.get(url("desk")))

    as_wang.post(url("pause", benefit.code), {"resume": "1"})
    benefit.refresh_from_db()
    assert benefit.paused_at is None
    assert 'value="2026-12-31"' in as_wang.get(url("edit", benefit.code)).text


def test_a_form_that_is_not_right_keeps_what_was_typed(as_wang, hospital):
    page = as_wang.post(url("new"), SAID | {"unit": hospital.code, "voucher_days": "0", "title": "留住我"})

    assert page.status_code == 422
    assert "留住我" in page.text
    assert not Benefit.objects.exists()


def test_restocking_below_nothing_is_said_at_the_form(as_wang, hospital):
    benefit = make_benefit(unit=hospital, stock=2)

    page = as_wang.post(url("restock", benefit.code), {"change": "-3"})

    assert page.status_code == 422
    assert "现在还剩 2 份" in text(page)


def test_one_benefit_lists_its_vouchers_by_state(as_wang, voucher):
    benefit = voucher.benefit

    assert "林晓" in text(as_wang.get(url("desk_benefit", benefit.code)))
    assert "林晓" in text(as_wang.get(url("desk_benefit", benefit.code) + "?state=unused"))
    assert "林晓" not in text(as_wang.get(url("desk_benefit", benefit.code) + "?state=used"))


def test_benefits_of_other_units_are_not_ours_to_change(as_wang, bureau):
    benefit = make_benefit(unit=bureau, stock=1)

    assert as_wang.get(url("desk_benefit", benefit.code)).status_code == 404
    assert as_wang.post(url("restock", benefit.code), {"change": "5"}).status_code == 404
    assert "还没有权益" in text(as_wang.get(url("desk")))
