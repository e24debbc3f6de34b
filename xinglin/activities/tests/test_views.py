"""The pages: what each shows, to whom, and that a stranger gets nothing that isn't theirs."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import at
from xinglin.activities import actions, evidence, vouching
from xinglin.activities.evidence import AWAITING_NOD, BY_LEADER, Evidence
from xinglin.activities.models import Activity, Attendance, Shift, Signup
from xinglin.activities.tests.factories import make_post, make_shift, make_signup
from xinglin.hours import actions as records
from xinglin.hours.models import Record
from xinglin.hours.tests.factories import make_record
from xinglin.people.tests.factories import make_staff, make_text, make_volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_lin(client, lin, sign_in, now_is):
    now_is(at("08:55"))
    return sign_in(client, lin.person.user)


@pytest.fixture
def as_wang(client, wang, sign_in, now_is):
    now_is(at("08:55"))
    return sign_in(client, wang)


def url(name, *args):
    return reverse(f"activities:{name}", args=args)


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


# Looking -------------------------------------------------------------------------------------------------------


def test_a_visitor_reads_the_list_and_a_shift(client, now_is):
    now_is(at("08:00"))
    shift = make_shift(places=3, name="村居义诊")

    listed, shown = client.get(url("list")), client.get(url("shift", shift.code))

    assert "村居义诊" in text(listed)
    assert "还差 3 人" in text(listed)
    assert "久站；注意手卫生" in text(shown)
    assert "登录后报名" in text(shown)


def test_the_list_is_narrowed_by_week_township_and_ability(as_lin, blue):
    make_shift(name="这周的", starts_at=at("14:00", days=1))
    make_shift(name="下周的", starts_at=at("14:00", days=7), township="湖岭镇")
    make_shift(name="要证的", starts_at=at("14:00", days=2), requires="执业医师")

    week = text(as_lin.get(url("list"), {"when": "week"}))
    town = text(as_lin.get(url("list"), {"township": "湖岭镇"}))
    able = text(as_lin.get(url("list"), {"can": "1"}))

    assert ("这周的" in week, "下周的" in week) == (True, False)
    assert ("这周的" in town, "下周的" in town) == (False, True)
    assert ("这周的" in able, "要证的" in able) == (True, False)


def queries_of(client, address):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_the_list_costs_the_same_for_one_shift_and_for_many(as_lin):
    make_shift(starts_at=at("14:00"))
    for_one = queries_of(as_lin, url("list"))
    for day in range(1, 15):
        make_shift(starts_at=at("14:00", days=day))

    assert queries_of(as_lin, url("list")) == for_one <= 8


def test_a_shift_page_costs_few_queries(as_lin, django_assert_max_num_queries):
    shift = make_shift(places=3, starts_at=at("14:00"))
    for number in range(5):
        make_post(shift, name=f"岗位{number}", places=2)
    with django_assert_max_num_queries(12):
        as_lin.get(url("shift", shift.code))


def test_a_code_that_does_not_exist_is_not_found(client):
    assert client.get(url("shift", "NOTTHERE")).status_code == 404


# Taking --------------------------------------------------------------------------------------------------------


def test_a_visitor_who_takes_is_asked_in_and_led_back(client, now_is):
    now_is(at("08:00"))
    shift = make_shift()

    answer = client.post(url("take", shift.code))

    assert answer.status_code == 302
    assert answer.url == f"{reverse('accounts:sign_in')}?next={url('shift', shift.code)}"


def test_one_press_takes_a_shift_of_one_post(as_lin):
    shift = make_shift(starts_at=at("14:00"))

    answer = as_lin.post(url("take", shift.code), follow=True)

    assert "报上名了" in text(answer)
    assert "去不了，取消报名" in text(answer)
    assert Signup.objects.get().post.shift == shift


def test_with_several_posts_the_post_is_named(as_lin):
    shift = make_shift(starts_at=at("14:00"))
    second = make_post(shift, name="轮椅陪护")

    assert as_lin.post(url("take", shift.code)).status_code == 404
    as_lin.post(url("take", shift.code), {"post": second.code})

    assert Signup.objects.get().post == second


def test_a_post_of_another_shift_is_not_taken_by_this_door(as_lin):
    shift, other = make_shift(starts_at=at("14:00")), make_shift(name="别的", starts_at=at("18:00"))

    answer = as_lin.post(url("take", shift.code), {"post": other.posts.get().code})

    assert answer.status_code == 404
    assert not Signup.objects.exists()


def test_a_full_shift_is_refused_kindly_with_two_others(as_lin, blue):
    full = make_shift(places=1, starts_at=at("14:00"))
    make_signup(full, make_volunteer(unit=blue))
    for day in (1, 2, 3):
        make_shift(places=2, starts_at=at("14:00", days=day))

    answer = as_lin.post(url("take", full.code))

    assert answer.status_code == 409
    assert "这个班次刚刚报满了" in text(answer)
    assert len(re.findall("还差 2 人", text(answer))) == 2


def test_who_is_no_volunteer_yet_is_shown_the_way(client, sign_in, now_is, zhao):
    now_is(at("08:00"))
    shift = make_shift()

    answer = sign_in(client, zhao).post(url("take", shift.code))

    assert answer.status_code == 403
    assert reverse("people:apply") in answer.content.decode()


def test_cancelling_in_time_is_one_press(as_lin, lin):
    shift = make_shift(starts_at=at("14:00", days=2))
    make_signup(shift, lin)

    page = as_lin.get(url("cancel", shift.code))
    answer = as_lin.post(url("cancel", shift.code), follow=True)

    assert "不方便没关系" in text(page)
    assert "已经取消" in text(answer)
    assert Signup.objects.get().state == "cancelled"


def test_cancelling_late_asks_for_a_word(as_lin, lin):
    shift = make_shift(starts_at=at("14:00"))
    make_signup(shift, lin, at=at("08:00", days=-3))

    refused = as_lin.post(url("cancel", shift.code))
    as_lin.post(url("cancel", shift.code), {"reason": "孩子发烧"})

    assert refused.status_code == 409
    assert "12小时" in text(refused)
    assert Signup.objects.get().cancelled_late


# Hands ---------------------------------------------------------------------------------------------------------


def test_scanning_opens_two_buttons_and_they_carry_the_token(as_lin, lin):
    shift = make_shift()
    make_signup(shift, lin)
    token = evidence.token_of(shift, at=at("08:55"))

    page = as_lin.get(url("scan", shift.code, token))
    answer = as_lin.post(url("come", shift.code), {"token": token}, follow=True)

    assert token in page.content.decode()
    assert "签到好了" in text(answer)
    assert Attendance.objects.get().came_how == "code"


def test_a_stale_scan_says_to_scan_again(as_lin, lin):
    shift = make_shift()
    make_signup(shift, lin)
    stale = evidence.token_of(shift, at=at("08:50"))

    scanned = text(as_lin.get(url("scan", shift.code, stale), follow=True))
    page = f"http://testserver{url('scan', shift.code, stale)}"
    pressed = text(as_lin.post(url("come", shift.code), {"token": stale}, headers={"referer": page}, follow=True))

    assert "码已经换新了" in scanned
    assert "六位数字" in scanned, "whoever cannot scan again types"
    assert pressed.count("码已经换新了") == 1
    assert not Attendance.objects.exists()


def test_whoever_was_not_seen_reads_so_until_they_check_in_again(as_lin, lin, wang):
    shift = make_shift()
    signup = make_signup(shift, lin)
    attendance = actions.come(signup=signup, evidence=AWAITING_NOD, by=lin.person.user, at=at("08:50"))
    vouching.deny(attendance=attendance, by=wang, at=at("08:52"))

    denied = text(as_lin.get(url("hands", shift.code)))
    as_lin.post(url("come", shift.code), {"digits": evidence.spoken_code_of(shift, at=at("08:55"))})

    assert "没有看到您" in denied
    assert "没有看到您" not in text(as_lin.get(url("hands", shift.code)))


def test_whoever_scans_without_a_place_is_led_to_that_shift(as_lin):
    shift = make_shift()

    page = as_lin.get(url("scan", shift.code, evidence.token_of(shift, at=at("08:55"))))

    assert page.status_code == 403
    assert url("shift", shift.code) in page.content.decode()


def test_six_digits_can_be_typed(as_lin, lin):
    shift = make_shift()
    make_signup(shift, lin)

    as_lin.post(url("come", shift.code), {"digits": evidence.spoken_code_of(shift, at=at("08:55"))})

    assert Attendance.objects.get().came_how == "code"


def test_without_any_proof_nobody_has_come(as_lin, lin):
    shift = make_shift()
    make_signup(shift, lin)

    for sent in ({}, {"token": ""}, {"digits": "12"}, {"nod": "1"}, {"latitude": "27", "longitude": "120"}):
        as_lin.post(url("come", shift.code), sent)

    assert not Attendance.objects.exists()


def test_the_poster_asks_for_consent_once_and_then_for_the_place(as_lin, lin):
    make_text("location")
    shift = make_shift(latitude=27.7783, longitude=120.6551)
    make_signup(shift, lin)
    here = {"proof": "poster", "latitude": "27.7783", "longitude": "120.6555"}

    page = as_lin.get(url("poster_scan", shift.code))
    without = as_lin.post(url("come", shift.code), here, headers={"accept": "application/json"})
    as_lin.post(url("come", shift.code), here | {"consent": "1"})

    assert "我同意用这一刻的位置来签到" in text(page)
    assert without.json()["code"] == "location_consent_needed"
    assert Attendance.objects.get().came_distance_m == 39
    assert "我同意用这一刻的位置来签到" not in text(as_lin.get(url("poster_scan", shift.code)))


def test_the_poster_without_location_waits_for_the_leader(as_lin, lin):
    shift = make_shift()
    make_signup(shift, lin)

    answer = as_lin.post(url("come", shift.code), {"proof": "poster", "nod": "1"}, follow=True)

    assert "等带队人确认" in text(answer)
    assert Attendance.objects.get().waits_for_nod


def test_leaving_says_how_long_and_can_be_undone(as_lin, lin, now_is):
    shift = make_shift()
    signup = make_signup(shift, lin)
    actions.come(signup=signup, evidence=Evidence("code"), by=lin.person.user, at=at("09:00"))
    now_is(at("11:30"))

    answer = as_lin.post(url("leave", shift.code), {"token": evidence.token_of(shift, at=at("11:30"))}, follow=True)
    undone = as_lin.post(url("undo", shift.code), follow=True)

    assert "服务了2小时30分" in text(answer)
    assert "签退撤销了" in text(undone)
    assert Record.objects.get().state == "voided"


def test_hands_are_for_those_who_signed_up(as_lin, blue):
    shift = make_shift()
    make_signup(shift, make_volunteer(unit=blue))

    for name in ("hands", "poster_scan"):
        assert as_lin.get(url(name, shift.code)).status_code == 403
    for name in ("come", "leave", "undo", "cancel"):
        assert as_lin.post(url(name, shift.code), {"proof": "poster", "nod": "1"}).status_code == 403
    assert not Attendance.objects.exists()


# Leading -------------------------------------------------------------------------------------------------------


def test_the_leader_sees_the_list_and_a_code_that_a_volunteer_can_use(client, lin, blue, sign_in, now_is):
    now_is(at("08:55"))
    leader = make_volunteer(unit=blue, name="王敏")
    shift = make_shift(leader=leader.person.user)
    make_signup(shift, lin)

    page = sign_in(client, leader.person.user).get(url("lead", shift.code))
    code = client.get(url("lead_code", shift.code))

    assert "林晓" in text(page)
    digits = re.search(r"data-spoken>([\d ]+)<", code.content.decode())[1].replace(" ", "")
    assert digits == evidence.spoken_code_of(shift, at=at("08:55"))
    assert "no-store" in code["Cache-Control"]


def test_marks_by_hand_name_who_marked(as_wang, lin, wang):
    shift = make_shift()
    signup = make_signup(shift, lin)

    as_wang.post(url("mark_came", shift.code, signup.code), {"time": "08:40"})

    attendance = Attendance.objects.get()
    assert (attendance.came_at, attendance.came_marked_by) == (at("08:40"), wang)
    assert "8:40 到（带队人登记） 王敏" in text(as_wang.get(url("lead", shift.code)))


def test_a_mark_is_undone_and_left_is_marked(as_wang, lin, wang, now_is):
    shift = make_shift()
    signup = make_signup(shift, lin)
    as_wang.post(url("mark_came", shift.code, signup.code))

    as_wang.post(url("mark_undo", shift.code, signup.code))
    assert not Attendance.objects.exists()
    as_wang.post(url("mark_came", shift.code, signup.code))
    now_is(at("12:00"))
    as_wang.post(url("mark_left", shift.code, signup.code), {"time": "11:00"})

    assert Record.objects.get().minutes == 120


def test_nods_and_their_opposite(as_wang, lin, blue):
    shift = make_shift(places=2)
    here, absent = make_signup(shift, lin), make_signup(shift, make_volunteer(unit=blue, name="沈佳"))
    for signup in (here, absent):
        user = signup.volunteer.person.user
        actions.come(signup=signup, evidence=AWAITING_NOD, by=user, at=at("08:50"))

    assert "等您确认" in text(as_wang.get(url("lead", shift.code)))
    as_wang.post(url("nod", shift.code, here.code))
    as_wang.post(url("deny", shift.code, absent.code))

    assert Attendance.objects.get().nodded_by_id is not None


def test_an_unreadable_time_is_said_kindly(as_wang, lin):
    shift = make_shift()
    signup = make_signup(shift, lin)

    answer = as_wang.post(url("mark_came", shift.code, signup.code), {"time": "八点"})

    assert answer.status_code == 422
    assert not Attendance.objects.exists()


LEADS = ["lead", "lead_code", "poster"]
MARKS = ["mark_came", "mark_left", "mark_undo", "nod", "deny"]


def test_a_volunteer_does_not_lead(as_lin, lin, blue):
    shift = make_shift(unit=blue)
    signup = make_signup(shift, lin)
    actions.come(signup=signup, evidence=AWAITING_NOD, by=lin.person.user, at=at("08:50"))

    assert [as_lin.get(url(name, shift.code)).status_code for name in LEADS] == [403] * 3
    assert [as_lin.post(url(name, shift.code, signup.code)).status_code for name in MARKS] == [403] * 5
    assert Attendance.objects.get().waits_for_nod


def test_a_leader_of_another_unit_does_not_lead_here(client, lin, blue, association, sign_in, now_is):
    now_is(at("08:55"))
    elsewhere = association.add_child(name="别的医院", kind="hospital", opened_at=at("00:00", days=-9))
    stranger = make_staff(unit=elsewhere)
    shift = make_shift(unit=blue)
    signup = make_signup(shift, lin)
    sign_in(client, stranger)

    assert [client.get(url(name, shift.code)).status_code for name in LEADS] == [403] * 3
    assert [client.post(url(name, shift.code, signup.code)).status_code for name in MARKS] == [403] * 5
    assert client.get(url("desk_shift", shift.code)).status_code == 404
    for name in ("set_leader", "set_place", "set_places", "set_kinds", "call_off"):
        assert client.post(url(name, shift.code), {"reason": "x", "number": ""}).status_code == 404
    assert Shift.objects.get().state == "open"


def test_a_leader_marks_nobody_of_another_shift(as_wang, lin, blue, wang):
    mine = make_shift(unit=blue)
    other = make_signup(make_shift(unit=blue, name="别的", starts_at=at("14:00")), lin)

    assert as_wang.post(url("mark_came", mine.code, other.code)).status_code == 404


def test_a_leaders_page_costs_the_same_for_few_and_many(as_wang, blue):
    shift = make_shift(places=30, unit=blue)
    costs = []
    for count in (1, 15):
        for _ in range(count):
            signup = make_signup(shift, make_volunteer(unit=blue))
            actions.come(signup=signup, evidence=AWAITING_NOD, by=signup.volunteer.person.user, at=at("08:50"))
        costs.append(queries_of(as_wang, url("lead", shift.code)))

    assert costs[0] == costs[1] <= 8


def test_the_poster_prints_the_way_to_the_two_buttons(as_wang, blue):
    shift = make_shift(unit=blue)

    page = as_wang.get(url("poster", shift.code))

    assert f"/p/{shift.code}/" in text(page)
    assert "<svg" in page.content.decode()


def test_without_signing_in_nothing_of_persons_is_shown(client, lin, now_is):
    now_is(at("08:55"))
    shift = make_shift()
    signup = make_signup(shift, lin)

    for name in [*LEADS, "hands", "poster_scan", "desk_shift"]:
        answer = client.get(url(name, shift.code))
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("accounts:sign_in"))
    for name in MARKS:
        assert client.post(url(name, shift.code, signup.code)).status_code == 302
    assert "林晓" not in client.get(url("shift", shift.code)).content.decode()


# The desk ------------------------------------------------------------------------------------------------------


def test_the_desk_lists_the_shifts_of_my_units_and_no_others(as_wang, blue, association):
    elsewhere = association.add_child(name="别的医院", kind="hospital", opened_at=at("00:00", days=-9))
    make_shift(places=3, unit=blue, name="门诊导医", starts_at=at("14:00"))
    make_shift(unit=elsewhere, name="别人的班次", starts_at=at("14:00"))

    page = text(as_wang.get(url("desk")))

    assert "门诊导医" in page
    assert "0/3" in page
    assert "别人的班次" not in page


def test_the_desk_costs_the_same_for_few_and_many(as_wang, blue):
    make_shift(unit=blue, starts_at=at("14:00"))
    for_one = queries_of(as_wang, url("desk"))
    for day in range(1, 30):
        make_shift(unit=blue, starts_at=at("14:00", days=day))

    assert queries_of(as_wang, url("desk")) == for_one


def test_the_desk_is_searched_and_narrowed(as_wang, blue, lin):
    make_shift(unit=blue, name="门诊导医", starts_at=at("14:00"))
    full = make_shift(unit=blue, name="村居义诊", starts_at=at("14:00", days=1))
    make_signup(full, lin)

    assert "村居义诊" not in text(as_wang.get(url("desk"), {"q": "导医"}))
    assert "村居义诊" not in text(as_wang.get(url("desk"), {"open": "1"}))
    assert "村居义诊" not in text(as_wang.get(url("desk"), {"when": "today"}))
    assert "还没有班次" in text(as_wang.get(url("desk"), {"when": "past"}))


def test_a_reviewer_plans_nothing(client, zhao, sign_in, now_is):
    now_is(at("08:00"))
    sign_in(client, zhao)

    assert client.get(url("desk")).status_code == 403
    assert client.get(url("new")).status_code == 403


def test_a_coordinator_without_the_second_factor_is_told_how_to_sign_in(client, wang, sign_in, now_is):
    now_is(at("08:00"))

    answer = sign_in(client, wang, second_factor=False).get(url("desk"))

    assert answer.status_code == 403
    assert "动态码" in text(answer)


def test_leader_place_and_numbers_are_set_at_the_desk(as_wang, lin, blue):
    shift = make_shift(unit=blue, starts_at=at("14:00"))
    post = shift.posts.get()
    place = {
        "place_name": "门诊二楼",
        "latitude": "27.7783",
        "longitude": "120.6551",
        "datum": "wgs84",
        "radius_m": "150",
    }

    as_wang.post(url("set_leader", shift.code), {"number": lin.number})
    as_wang.post(url("set_place", shift.code), place)
    as_wang.post(url("set_places", shift.code), {"post": post.code, "places": "7"})

    shift.refresh_from_db()
    post.refresh_from_db()
    activity = Activity.objects.get()
    assert (shift.leader, post.places) == (lin.person.user, 7)
    assert (activity.place_name, activity.latitude, activity.radius_m) == ("门诊二楼", 27.7783, 150)
    assert as_wang.get(url("desk_shift", shift.code)).status_code == 200


def test_the_desk_gets_from_who_signed_up_to_what_was_recorded(as_wang, wang, lin, blue):
    shift = make_shift(unit=blue)
    signup = make_signup(shift, lin)
    voided = make_record(person=lin.person, unit=blue, source=signup.source)
    records.void(record=voided, by=wang, reason="记错", at=at("11:00"))
    standing = make_record(person=lin.person, unit=blue, source=signup.source)

    page = as_wang.get(url("desk_shift", shift.code)).content.decode()

    assert reverse("hours:record", args=[standing.code]) in page
    assert reverse("hours:record", args=[voided.code]) not in page


def test_what_cannot_be_set_is_said_at_the_field(as_wang, lin, blue):
    shift = make_shift(places=3, unit=blue, starts_at=at("14:00"))
    post = shift.posts.get()
    for number in range(2):
        make_signup(shift, make_volunteer(unit=blue, name=f"人{number}"))

    nobody = as_wang.post(url("set_leader", shift.code), {"number": "V999"})
    half = as_wang.post(
        url("set_place", shift.code), {"place_name": "x", "latitude": "27", "radius_m": "150", "datum": "wgs84"}
    )
    fewer = as_wang.post(url("set_places", shift.code), {"post": post.code, "places": "1"})
    silent = as_wang.post(url("call_off", shift.code), {"reason": ""})

    assert [answer.status_code for answer in (nobody, half, fewer, silent)] == [422] * 4
    assert "没有找到这个编号" in text(nobody)
    assert "要一起填" in text(half)
    assert "不能少于2个" in text(fewer)
    assert "请写一句原因" in text(silent)


def test_a_shift_is_called_off_at_the_desk(as_wang, lin, blue):
    shift = make_shift(unit=blue, starts_at=at("14:00"))
    make_signup(shift, lin)

    answer = as_wang.post(url("call_off", shift.code), {"reason": "停电"}, follow=True)

    assert "停电" in text(answer)
    assert Signup.objects.get().state == "called_off"


def new_shift(unit, **changes):
    said = {
        "name": "血压检测日",
        "unit": unit.code,
        "category": "0004",
        "place_name": "安阳街道文化礼堂",
        "township": "安阳街道",
        "day": "2026-11-28",
        "starts": "08:00",
        "ends": "11:00",
        "briefing": "量血压、登记",
        "risks": "久站",
        "guarantees": "保险、饮水",
        "not_own_duty": "on",
        "posts-TOTAL_FORMS": "4",
        "posts-INITIAL_FORMS": "0",
        "posts-0-name": "测血压",
        "posts-0-places": "3",
        "posts-0-requires": "护理照护",
        "posts-1-name": "登记",
        "posts-1-places": "2",
    }
    return said | changes


def test_a_shift_is_published_by_hand(as_wang, blue):
    assert as_wang.get(url("new")).status_code == 200

    answer = as_wang.post(url("new"), new_shift(blue))

    shift = Shift.objects.get()
    assert answer.url == url("desk_shift", shift.code)
    assert list(shift.posts.order_by("pk").values_list("name", "places", "requires")) == [
        ("测血压", 3, "护理照护"),
        ("登记", 2, ""),
    ]
    assert shift.starts_at == at("08:00", days=4)


@pytest.mark.parametrize(
    "changes",
    [
        {"not_own_duty": ""},
        {"risks": ""},
        {"briefing": ""},
        {"ends": "07:00"},
        {"posts-0-name": "", "posts-0-places": "", "posts-0-requires": "", "posts-1-name": "", "posts-1-places": ""},
        {"posts-1-name": "测血压"},
        {"posts-0-places": "0"},
        {"category": "9999"},
    ],
)
def test_recruiting_that_says_too_little_is_not_published(as_wang, blue, changes):
    answer = as_wang.post(url("new"), new_shift(blue, **changes))

    assert answer.status_code == 422
    assert not Shift.objects.exists()


def test_nobody_publishes_for_another_unit(as_wang, blue, association):
    elsewhere = association.add_child(name="别的医院", kind="hospital", opened_at=at("00:00", days=-9))

    assert as_wang.post(url("new"), new_shift(elsewhere)).status_code == 422
    assert not Shift.objects.exists()


def test_the_same_shift_twice_is_said_at_the_time(as_wang, blue):
    as_wang.post(url("new"), new_shift(blue))

    answer = as_wang.post(url("new"), new_shift(blue))

    assert answer.status_code == 422
    assert "已经有一个班次" in text(answer)
    assert Shift.objects.count() == 1


def test_a_get_changes_nothing(as_wang, lin, blue):
    shift = make_shift(unit=blue)
    signup = make_signup(shift, lin)

    desk = ("set_leader", "set_place", "set_places", "set_kinds", "call_off")
    for name in ("take", "come", "leave", "undo", "call", *desk):
        assert as_wang.get(url(name, shift.code)).status_code == 405
    for name in MARKS:
        assert as_wang.get(url(name, shift.code, signup.code)).status_code == 405


def test_a_leaders_own_line_offers_no_mark(client, lin, sign_in, now_is):
    now_is(at("08:55"))
    shift = make_shift(leader=lin.person.user)
    signup = make_signup(shift, lin)

    page = sign_in(client, lin.person.user).get(url("lead", shift.code))
    answer = client.post(url("mark_came", shift.code, signup.code))

    assert url("mark_came", shift.code, signup.code) not in page.content.decode()
    assert answer.status_code == 403
    assert not Attendance.objects.exists()


def test_the_leaders_mark_is_shown_to_the_volunteer(as_lin, lin, wang):
    signup = make_signup(make_shift(), lin)
    actions.come(signup=signup, evidence=BY_LEADER, by=wang, at=at("08:50"))

    page = text(as_lin.get(url("hands", signup.shift.code)))

    assert "8:50 · 带队人登记" in page
    assert "按错了，撤销" not in page
