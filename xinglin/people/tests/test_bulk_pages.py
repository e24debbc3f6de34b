"""The desk's pages of bulk actions: choosing, beginning, watching, stopping, undoing, and the answers."""

from __future__ import annotations

import io

import pytest
import python_calamine
from django.conf import settings
from django.urls import reverse

from conftest import staff
from xinglin.audit.models import Entry
from xinglin.organisation.models import Unit
from xinglin.organisation.tests.factories import make_unit
from xinglin.people import jobs
from xinglin.people.bulk import running
from xinglin.people.models import Bulk, BulkStep, Membership, Volunteer
from xinglin.people.tests.factories import make_insurance, make_volunteer

pytestmark = pytest.mark.django_db
CHOOSE = reverse("people:choose")


@pytest.fixture(autouse=True)
def _today(now_is, at):
    now_is(at("09:00"))


@pytest.fixture
def red(hospital):
    return make_unit(parent=hospital, name="红队")


@pytest.fixture
def desk(client, wang, sign_in):
    return sign_in(client, wang)


@pytest.fixture
def bulk(wang, lin, at):
    return running.choose(volunteers=Volunteer.objects.filter(pk=lin.pk), by=wang, at=at("09:00"))


def address(name, one):
    return reverse(f"people:{name}", args=[one.code])


def begun(desk, bulk, red):
    return desk.post(address("begin_bulk", bulk), {"kind": "put_in", "put_in-unit": red.code}, follow=True)


def numbers(bulk):
    return set(bulk.steps.values_list("volunteer__number", flat=True))


# Choosing -----------------------------------------------------------------------------------------------------------


def test_those_ticked_are_chosen_but_for_strangers(desk, lin, red, bureau):
    stranger = make_volunteer(unit=make_unit(parent=bureau), name="外人")

    page = desk.post(CHOOSE, {"number": [lin.number, stranger.number]}, follow=True)

    assert numbers(Bulk.objects.get()) == {lin.number}
    assert "选了 1 人" in page.text
    assert "红队" in page.text
    assert "外人" not in page.text


def test_all_that_the_address_finds_are_chosen(desk, lin, blue, red, bureau):
    make_volunteer(unit=make_unit(parent=bureau), name="林外人")
    make_volunteer(unit=red, name="林红")
    found = make_volunteer(unit=blue, name="林蓝")

    desk.post(f"{CHOOSE}?q=林&unit={blue.code}", {"all": "1"})

    assert numbers(Bulk.objects.get()) == {lin.number, found.number}


@pytest.mark.parametrize("gone", ["unit=NOSUCH00", "state=nonsense"])
def test_a_condition_that_is_gone_widens_nothing(desk, lin, gone):
    page = desk.post(
        f"{CHOOSE}?q=林&{gone}", {"all": "1"}, headers={"referer": "http://testserver/desk/people/"}, follow=True
    )

    assert "筛选条件里有的已经没有了" in page.text
    assert not Bulk.objects.exists()


def test_whoever_ticks_nobody_hears_what_to_do(desk, lin):
    page = desk.post(CHOOSE, headers={"referer": "http://testserver/desk/people/"}, follow=True)

    assert "先勾选要办的人" in page.text
    assert not Bulk.objects.exists()


def test_the_list_offers_it_to_those_who_may(client, sign_in, wang, zhao, lin):
    button = "批量办理勾选的人"

    assert button in sign_in(client, wang).get(reverse("people:desk")).text
    assert button not in sign_in(client, zhao).get(reverse("people:desk")).text


def test_only_what_can_be_done_is_offered(desk, bulk, blue, red, wang, at):
    page = desk.get(address("bulk", bulk)).text
    assert ("1 人加入" in page, "1 人移出" in page, "1 人加进保单" in page) == (True, True, False)

    make_insurance(blue, by=wang, at=at("08:00"))
    Unit.objects.update(joining=Unit.Joining.CLOSED)

    page = desk.get(address("bulk", bulk)).text
    assert ("1 人加入" in page, "1 人移出" in page, "1 人加进保单" in page) == (False, True, True)


def test_with_nowhere_to_go_the_page_says_so(desk, bulk, lin):
    Unit.objects.update(joining=Unit.Joining.CLOSED)
    Membership.objects.update(left_on="2026-01-01")

    assert "现在没有可以办的" in desk.get(address("bulk", bulk)).text


# Doing --------------------------------------------------------------------------------------------------------------


def test_it_is_begun_watched_and_read(desk, bulk, lin, red, django_assert_max_num_queries):
    page = begun(desk, bulk, red)
    assert "0 / 1 人" in page.text
    assert '<progress class="progress" max="100" value="0"' in page.text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page.text

    jobs.do_bulk(bulk=bulk.code)

    with django_assert_max_num_queries(18):
        page = desk.get(address("bulk", bulk))
    assert "1 人加入红队" in page.text
    assert "办完了" in page.text
    assert "整批撤销" in page.text
    assert "http-equiv" not in page.text
    assert Membership.objects.filter(volunteer=lin, unit=red).exists()


def test_pressed_twice_it_is_begun_once(desk, bulk, red):
    begun(desk, bulk, red)
    page = begun(desk, bulk, red)

    assert page.status_code == 200
    assert Entry.objects.filter(verb="began_bulk").count() == 1


def test_whoever_chooses_no_team_hears_it_beside_the_field(desk, bulk, red):
    page = desk.post(address("begin_bulk", bulk), {"kind": "put_in", "put_in-unit": ""})

    assert page.status_code == 422
    assert "请选一个单位" in page.text
    assert desk.post(address("begin_bulk", bulk), {"kind": "suspend"}).status_code == 422
    bulk.refresh_from_db()
    assert bulk.state == "chosen"


def test_a_team_of_another_house_is_none_to_choose(desk, bulk, bureau, red):
    elsewhere = make_unit(parent=bureau, name="别处的队")

    page = desk.post(address("begin_bulk", bulk), {"kind": "put_in", "put_in-unit": elsewhere.code})

    assert page.status_code == 422
    assert "请从列出的单位里选一个" in page.text


def test_it_is_stopped_and_taken_back(desk, bulk, lin, red):
    begun(desk, bulk, red)
    running.go_on(code=bulk.code, at=bulk.chosen_at)
    page = desk.post(address("cancel_bulk", bulk), headers={"referer": "http://testserver/desk/"}, follow=True)
    assert "这一批已经不在那一步了" in page.text  # it was done before

    page = desk.post(address("undo_bulk", bulk), follow=True)
    assert "正在撤销" in page.text
    jobs.do_bulk(bulk=bulk.code)

    page = desk.get(address("bulk", bulk))
    assert "撤销了" in page.text
    assert "整批撤销" not in page.text
    assert not Membership.objects.filter(volunteer=lin, unit=red, left_on=None).exists()


def test_stopping_while_it_runs_says_what_stays(desk, bulk, red):
    begun(desk, bulk, red)

    page = desk.post(address("cancel_bulk", bulk), follow=True)

    assert "停下了" in page.text
    assert "中途停下" in page.text


# The answers --------------------------------------------------------------------------------------------------------


@pytest.fixture
def answered(wang, lin, blue, red, at):
    """Two of three could be put in."""
    make_volunteer(unit=blue, name="=1+1")
    make_volunteer(unit=blue, name="暂停的", state="suspended")
    bulk = running.choose(volunteers=Volunteer.objects.all(), by=wang, at=at("09:00"))
    running.begin(bulk=bulk, kind="put_in", unit=red, by=wang, at=at("09:00"))
    running.go_on(code=bulk.code, at=at("09:00"))
    return bulk


def test_each_person_s_answer_is_shown_and_narrowed(desk, answered, lin):
    page = desk.get(address("bulk", answered))
    refused = desk.get(address("bulk", answered) + "?only=refused")

    assert "为什么没有办" in page.text
    assert lin.number in page.text
    assert lin.number not in refused.text
    assert "这位志愿者现在不是在岗状态" in refused.text
    assert desk.get(address("bulk", answered) + "?only=nonsense&page=99").status_code == 200


def test_the_answers_are_taken_away_as_a_sheet_and_the_trail_says_so(desk, answered, lin):
    response = desk.get(address("bulk_sheet", answered))

    rows = python_calamine.load_workbook(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["编号", "姓名", "结果", "原因"]
    assert rows[1] == [lin.number, "林晓", "办成", ""]
    assert {row[1]: row[2] for row in rows[1:]} == {"林晓": "办成", "=1+1": "办成", "暂停的": "没有办"}
    assert response["Cache-Control"] == "no-store"
    assert Entry.objects.get(verb="took_bulk_sheet").thing == f"bulk:{answered.code}"


def test_names_are_shown_no_longer_than_they_are_kept(desk, answered):
    BulkStep.objects.all().delete()

    page = desk.get(address("bulk", answered))

    assert "没有名字可以看" in page.text
    assert "办成" in page.text
    assert desk.get(address("bulk_sheet", answered)).status_code == 404


def test_what_one_has_begun_is_listed_and_nobody_else_s(client, sign_in, desk, answered, hospital):
    assert "3 人加入红队" in desk.get(reverse("people:bulks")).text

    colleague = sign_in(client, staff(name="孙协", login_name="sun", role="coordinator", unit=hospital))

    assert "还没有批量办过" in colleague.get(reverse("people:bulks")).text
    assert colleague.get(address("bulk", answered)).status_code == 404


def test_all_of_it_speaks_english(desk, answered, bulk, red):
    desk.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    page = desk.get(address("bulk", answered)).text
    assert "Into 红队: 3" in page
    assert "This volunteer is not on duty now" in page
    assert "Undo all of it" in page
    assert "Put in · 1" in desk.get(address("bulk", bulk)).text
