"""The first pages, as each who may look would see them."""

import datetime as dt

import pytest
from django.db import DatabaseError
from django.urls import reverse

from conftest import at, member, sign_in, staff
from xinglin.accounts import actions as accounts
from xinglin.activities import actions
from xinglin.activities.evidence import BY_LEADER
from xinglin.activities.tests.factories import make_shift, make_signup
from xinglin.benefits.tests.factories import make_benefit, make_voucher
from xinglin.home import queries
from xinglin.people import relations
from xinglin.people.models import Volunteer
from xinglin.people.tests.factories import make_application, make_person
from xinglin.timebank.actions import gifts
from xinglin.timebank.tests.factories import credit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _morning(now_is):
    now_is(at("09:00"))


def test_a_visitor_sees_what_is_open_and_how_to_begin(client, blue):
    shift = make_shift(unit=blue, starts_at=at("14:00"), places=3)

    page = client.get("/").content.decode()

    assert shift.activity.name in page
    assert reverse("accounts:sign_in") in page


def test_a_volunteer_sees_the_two_kinds_of_hours_apart(client, lin):
    page = sign_in(client, lin.person.user).get("/").content.decode()

    assert "荣誉时长" in page
    assert "时间银行可用" in page
    assert "林晓，上午好" in page


def test_an_unused_voucher_stands_among_the_errands(client, lin, hospital):
    credit(lin.person, 60)
    voucher = make_voucher(make_benefit(unit=hospital, title="急救课一席"), lin, at=at("08:00"))

    page = sign_in(client, lin.person.user).get("/").content.decode()

    assert "急救课一席" in page
    assert reverse("benefits:voucher", args=[voucher.code]) in page


def test_a_gift_that_waits_for_a_nod_and_a_slip_for_a_pin_stand_among_the_errands(client, lin, wang, blue):
    mother = member(name="林母", number="V000009", phone="13800000009", unit=blue)
    relations.register(
        person=lin.person, relative=mother.person, kind="parent", paper="户口簿", by=wang, at=at("08:00")
    )
    credit(lin.person, 120)
    gifts.give(giver=lin.person, receiver=mother.person, minutes=90, words="", at=at("08:30"))
    accounts.print_slip(user=mother.person.user, printed_by=wang, at=at("08:40"))

    page = sign_in(client, mother.person.user).get("/").content.decode()

    assert "林晓送您1小时30分" in page
    assert reverse("timebank:gifts") in page
    assert "设一个 PIN" in page
    assert reverse("accounts:first_pin") in page


def test_what_was_nodded_to_or_set_is_no_errand_any_more(client, lin, wang):
    code = accounts.print_slip(user=lin.person.user, printed_by=wang, at=at("08:40"))
    accounts.set_pin(login_name=lin.number, slip_code=code, pin="741963", address="10.0.0.1", at=at("08:50"))
    lin.person.user.refresh_from_db()

    page = sign_in(client, lin.person.user).get("/").content.decode()

    assert "设一个 PIN" not in page


def test_somebody_new_is_led_to_the_application(client, django_user_model):
    newcomer = django_user_model.objects.create(login_name="u123", created_at=at("08:00"))

    page = sign_in(client, newcomer).get("/").content.decode()

    assert reverse("people:apply") in page


def test_staff_are_led_to_their_desk(client, wang):
    assert sign_in(client, wang).get("/").url == reverse("home:desk")


def test_the_desk_lists_what_waits_for_this_coordinator(client, wang, blue):
    application = make_application(unit=blue, person=make_person(name="沈佳"), submitted_at=at("08:00"))

    page = sign_in(client, wang).get(reverse("home:desk")).content.decode()

    assert "沈佳" in page
    assert reverse("home:waits", args=["application", application.code]) in page


def test_another_hospitals_coordinator_sees_nothing_of_it(client, association, blue):
    from conftest import _below, _unit

    elsewhere = _below(association, _unit("瑞安市中医院", "hospital"))
    stranger = staff(name="周正", login_name="zhou", role="coordinator", unit=elsewhere)
    make_application(unit=blue, person=make_person(name="沈佳"), submitted_at=at("08:00"))

    page = sign_in(client, stranger).get(reverse("home:desk")).content.decode()

    assert "沈佳" not in page
    assert "都办完了" in page


def test_the_desk_stays_shut_without_a_second_factor(client, wang):
    answer = sign_in(client, wang, second_factor=False).get(reverse("home:desk"))

    assert answer.status_code == 403


def test_the_desk_stays_shut_for_a_volunteer(client, lin):
    assert sign_in(client, lin.person.user).get(reverse("home:desk")).status_code == 403


def test_the_desk_asks_no_more_when_more_waits(client, wang, blue, django_assert_max_num_queries):
    for number in range(12):
        make_application(unit=blue, submitted_at=at("08:00") - dt.timedelta(minutes=number))
    sign_in(client, wang)

    with django_assert_max_num_queries(30):
        client.get(reverse("home:desk"))


def test_the_health_page_says_ok_and_nothing_else(client):
    assert client.get("/health/").json() == {"status": "ok"}


def test_the_health_page_says_so_when_the_database_is_away(client, monkeypatch):
    def away() -> bool:
        raise DatabaseError

    monkeypatch.setattr(queries, "database_answers", away)

    answer = client.get("/health/")

    assert answer.status_code == 503
    assert answer.json() == {"status": "down"}


def test_somebody_elses_hours_are_not_on_my_page(client, lin, blue):
    other = member(name="何苗", number="V000777", phone="13800000777", unit=blue)

    page = sign_in(client, other.person.user).get("/").content.decode()

    assert "林晓" not in page


def test_the_navigation_leads_only_where_this_person_may_go(client, wang, zhao):
    pages = [sign_in(client, user).get(reverse("home:desk")).content.decode() for user in (wang, zhao)]

    assert [reverse("activities:desk") in page for page in pages] == [True, False]


def test_whoever_is_paused_reads_it_on_the_first_page(client, lin):
    Volunteer.objects.update(state="suspended")

    page = sign_in(client, lin.person.user).get("/").content.decode()

    assert "您的志愿服务暂停了" in page


def test_whoever_has_checked_out_is_not_sent_to_check_out_again(client, lin, wang, now_is):
    signup = make_signup(make_shift(), lin)
    actions.come(signup=signup, evidence=BY_LEADER, by=wang, at=at("09:05"))
    actions.leave(signup=signup, evidence=BY_LEADER, by=wang, at=at("11:00"))
    now_is(at("11:01"))

    page = sign_in(client, lin.person.user).get("/").content.decode()

    assert "刚刚结束的班次" in page
    assert "看这次的时长" in page
    assert "去签退" not in page


def test_the_nearest_to_where_one_served_last_stands_first(client, lin, blue, wang):
    here, near, far = (27.7793, 120.6519), (27.7800, 120.6525), (27.9000, 120.7000)
    served = make_signup(make_shift(unit=blue, latitude=here[0], longitude=here[1]), lin)
    actions.come(signup=served, evidence=BY_LEADER, by=wang, at=at("09:00"))
    for name, point, time in (("远处义诊", far, "13:00"), ("近处导医", near, "18:00")):
        make_shift(unit=blue, name=name, starts_at=at(time, days=1), latitude=point[0], longitude=point[1])

    page = sign_in(client, lin.person.user).get("/").content.decode()

    assert page.index("近处导医") < page.index("远处义诊")
    assert "就在上次服务的地方" in page
    assert "离上次服务的地方" in page


def test_ones_own_township_comes_before_another_for_who_has_not_served_yet(client, lin, blue):
    lin.person.township = "玉海街道"
    lin.person.save()
    make_shift(unit=blue, name="别处", starts_at=at("13:00"), township="塘下镇")
    make_shift(unit=blue, name="家门口", starts_at=at("18:00"), township="玉海街道")

    page = sign_in(client, lin.person.user).get("/").content.decode()

    assert page.index("家门口") < page.index("别处")


def test_a_paper_that_expires_soon_is_told_and_one_that_does_not_is_not(client, lin, wang):
    for kind, days in (("急救证", 12), ("护士证", 300)):
        lin.qualifications.create(
            kind=kind, checked_by=wang, checked_at=at("08:00"), valid_until=at("08:00", days=days).date()
        )

    page = sign_in(client, lin.person.user).get("/").content.decode()

    assert "急救证快到期了" in page
    assert "护士证" not in page


def test_a_visitor_reads_how_to_begin(client, blue):
    page = client.get("/").content.decode()

    assert "怎样开始" in page
    assert "眼下没有在招募的班次" in page
