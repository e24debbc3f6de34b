"""The desk that decides in place: the next thing opens, reasons, undo, many at once, and who may not."""

import pytest
from django.urls import reverse

from conftest import at, member, sign_in
from xinglin.accounts.models import User
from xinglin.activities import actions as activities
from xinglin.activities.evidence import AWAITING_NOD
from xinglin.activities.models import Attendance
from xinglin.activities.tests.factories import make_shift, make_signup
from xinglin.hours.models import Record
from xinglin.hours.tests.factories import make_record
from xinglin.organisation.models import Role
from xinglin.people import actions as people
from xinglin.people.models import Application, Volunteer
from xinglin.people.tests.factories import make_application, make_person, make_texts

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _morning(now_is):
    now_is(at("09:30"))


@pytest.fixture
def desk(client, wang):
    return sign_in(client, wang)


def applications(blue, *names):
    return [
        make_application(unit=blue, person=make_person(name=name), submitted_at=at(f"08:{minute:02d}"))
        for minute, name in enumerate(names)
    ]


def claims(blue, *names):
    """Volunteers of one shift who say that they came."""
    shift = make_shift(places=20, unit=blue)
    for number, name in enumerate(names):
        volunteer = member(name=name, number=f"V0001{number:02d}", phone=f"138000010{number:02d}", unit=blue)
        signup = make_signup(shift, volunteer)
        activities.come(signup=signup, evidence=AWAITING_NOD, by=volunteer.person.user, at=at("09:00"))
    return shift


def entered(blue, wang_or_other, *names):
    """Records that somebody entered afterwards, which wait for a second person."""
    return [
        make_record(
            person=make_person(name=name),
            unit=blue,
            starts_at=at("06:00"),
            provenance="team_entry",
            recorded_by=wang_or_other,
            waits_for_confirmation=True,
            at=at("09:00"),
        )
        for name in names
    ]


def decide(client, kind, code, verb, headers=HTMX, **sent):
    address = reverse("home:decide", args=[kind, code])
    return client.post(address, {"verb": verb, **sent}, headers=headers)


def take_back(client, page):
    """Press what the page offers for undoing the latest decision."""
    [address] = {
        part.split('"')[0] for part in page.content.decode().split('action="')[1:] if "/desk/undo/" in part[:30]
    }
    return client.post(address, headers=HTMX)


def test_the_first_that_waits_stands_open_with_what_helps_to_decide(desk, blue):
    applications(blue, "沈佳", "许岚")

    page = desk.get(reverse("home:desk")).content.decode()

    assert "沈佳，想加入蓝衣陪护队" in page
    assert "系统替您看过了" in page
    assert 'data-key="a"' in page


def test_a_decision_answers_with_the_next_one_open(desk, blue):
    first, second = applications(blue, "沈佳", "许岚")

    page = decide(desk, "application", first.code, "approve", next=f"application:{second.code}")

    assert page.status_code == 200
    assert "许岚，想加入蓝衣陪护队" in page.content.decode()
    assert page["HX-Push-Url"] == reverse("home:waits", args=["application", second.code])
    first.refresh_from_db()
    assert first.state == Application.State.APPROVED


def test_without_scripts_the_decision_leads_to_the_next_one(desk, blue):
    first, second = applications(blue, "沈佳", "许岚")

    answer = decide(desk, "application", first.code, "approve", headers={}, next=f"application:{second.code}")

    assert answer.status_code == 302
    assert answer.url == reverse("home:waits", args=["application", second.code])


def test_a_refusal_without_a_reason_stays_and_asks_for_one(desk, blue):
    [application] = applications(blue, "沈佳")

    page = decide(desk, "application", application.code, "refuse", headers={})

    assert page.status_code == 422
    assert "请写一句原因" in page.content.decode()
    application.refresh_from_db()
    assert application.state == Application.State.SUBMITTED


def test_a_ready_sentence_is_a_reason_and_an_own_one_goes_before_it(desk, blue):
    first, second = applications(blue, "沈佳", "许岚")

    decide(desk, "application", first.code, "ask_back", ready="请带原件来")
    decide(desk, "application", second.code, "ask_back", ready="请带原件来", reason="请写全名")

    reasons = Application.objects.order_by("pk").values_list("reason", flat=True)
    assert list(reasons) == ["请带原件来", "请写全名"]


def test_an_approval_is_taken_back_before_anything_hangs_on_it(desk, blue):
    [application] = applications(blue, "沈佳")
    page = take_back(desk, decide(desk, "application", application.code, "approve"))

    assert "撤销了" in page.content.decode()
    application.refresh_from_db()
    assert application.state == Application.State.SUBMITTED
    assert application.decided_by is None
    assert not Volunteer.objects.filter(person=application.person).exists()
    assert not Role.objects.filter(user=application.person.user, ends_at__isnull=True).exists()
    assert not User.objects.get(pk=application.person.user_id).login_name.startswith("V")


def test_who_was_taken_back_can_be_approved_again(desk, blue):
    [application] = applications(blue, "沈佳")
    take_back(desk, decide(desk, "application", application.code, "approve"))

    decide(desk, "application", application.code, "approve")

    assert Volunteer.objects.get(person=application.person).state == Volunteer.State.ACTIVE


def test_an_approval_stands_once_the_volunteer_has_signed(desk, blue):
    make_texts()
    [application] = applications(blue, "沈佳")
    page = decide(desk, "application", application.code, "approve")
    volunteer = Volunteer.objects.get(person=application.person)
    people.sign_agreement(volunteer=volunteer, name="沈佳", at=at("09:31"))

    page = take_back(desk, page)

    assert "不能再撤销" in page.content.decode()
    assert Volunteer.objects.filter(pk=volunteer.pk).exists()
    application.refresh_from_db()
    assert application.state == Application.State.APPROVED


def test_after_the_window_a_decision_stands(desk, blue, now_is):
    [application] = applications(blue, "沈佳")
    page = decide(desk, "application", application.code, "approve")
    now_is(at("09:36"))

    page = take_back(desk, page)

    assert "已经过了可以撤销的时间" in page.content.decode()
    assert Volunteer.objects.exists()


def test_a_nod_is_taken_back_and_waits_again(desk, blue):
    claims(blue, "何苗")
    attendance = Attendance.objects.get()

    page = take_back(desk, decide(desk, "nod", attendance.signup.code, "nod"))

    assert "何苗说自己 9:00 到了" in page.content.decode()
    attendance.refresh_from_db()
    assert attendance.waits_for_nod
    assert attendance.nodded_by is None


def test_somebody_who_was_not_seen_after_all_was_there_after_all(desk, blue):
    claims(blue, "何苗")
    before = Attendance.objects.values().get()

    take_back(desk, decide(desk, "nod", Attendance.objects.get().signup.code, "deny"))

    after = Attendance.objects.values().get()
    assert {**after, "id": 0} == {**before, "id": 0}


def test_all_nods_of_a_shift_are_one_press_and_one_undo(desk, blue):
    claims(blue, "何苗", "许岚", "周海燕")
    codes = list(Attendance.objects.values_list("signup__code", flat=True))

    page = decide(desk, "nod", codes[0], "nod:together", alike=",".join(codes))

    assert "3 件一起办好了" in page.content.decode()
    assert not Attendance.objects.filter(waits_for_nod=True).exists()

    take_back(desk, page)

    assert Attendance.objects.filter(waits_for_nod=True).count() == 3


def test_what_came_in_after_the_page_was_drawn_is_not_nodded_unseen(desk, blue):
    claims(blue, "何苗", "许岚")
    seen, unseen = Attendance.objects.values_list("signup__code", flat=True)

    decide(desk, "nod", seen, "nod:together", alike=seen)

    assert Attendance.objects.get(waits_for_nod=True).signup.code == unseen


def test_what_is_not_offered_for_many_is_refused_for_many(desk, blue):
    first, second = applications(blue, "沈佳", "许岚")
    codes = f"{first.code},{second.code}"

    answer = decide(desk, "application", first.code, "approve:together", headers={}, alike=codes)

    assert answer.status_code == 422
    assert not Volunteer.objects.exists()


def test_one_that_cannot_be_confirmed_keeps_nobody_else_waiting(desk, blue, wang, zhao):
    good, own = *entered(blue, zhao, "何苗"), *entered(blue, wang, "许岚")

    page = decide(desk, "record", good.code, "confirm:together", alike=f"{good.code},{own.code}")

    assert "1 件办好了，1 件没有办成" in page.content.decode()
    states = {record.code: record.state for record in Record.objects.all()}
    assert states == {good.code: Record.State.PUBLICISED, own.code: Record.State.RECORDED}


def test_a_confirmed_record_goes_back_to_waiting(desk, blue, zhao):
    [record] = entered(blue, zhao, "何苗")

    take_back(desk, decide(desk, "record", record.code, "confirm"))

    record.refresh_from_db()
    assert (record.state, record.confirmed_by, record.takes_effect_at) == (Record.State.RECORDED, None, None)


def test_a_voided_record_goes_back_to_waiting(desk, blue, zhao):
    [record] = entered(blue, zhao, "何苗")

    take_back(desk, decide(desk, "record", record.code, "void", reason="登记错了人"))

    record.refresh_from_db()
    assert (record.state, record.void_reason) == (Record.State.RECORDED, "")


def test_nobody_takes_back_what_another_session_decided(desk, client, blue, zhao):
    [application] = applications(blue, "沈佳")
    decide(desk, "application", application.code, "approve")
    press = client.session["desk.decided"][0]["key"]

    answer = sign_in(type(client)(), zhao).post(reverse("home:take_back", args=[press]), headers=HTMX)

    assert "没有可以撤销的决定" in answer.content.decode()
    assert Volunteer.objects.exists()


def test_what_a_colleague_decided_meanwhile_says_so_and_the_next_one_opens(desk, blue, zhao):
    first, _second = applications(blue, "沈佳", "许岚")
    people.approve(application=first, by=zhao, at=at("09:20"))

    page = decide(desk, "application", first.code, "approve")

    assert "已通过" in page.content.decode()
    assert Volunteer.objects.count() == 1


def test_a_forgotten_check_out_is_one_decision_and_not_two(desk, blue, lin, wang, now_is):
    signup = make_signup(make_shift(unit=blue), lin)
    activities.come(signup=signup, evidence=AWAITING_NOD, by=lin.person.user, at=at("09:00"))
    activities.close_forgotten(at=at("12:31"))
    now_is(at("12:32"))

    page = desk.get(reverse("home:desk")).content.decode()

    assert page.count('id="todo-') == 1
    assert "忘了签退" in page


def test_the_list_narrows_to_a_word_and_keeps_it_over_a_decision(desk, blue):
    applications(blue, "沈佳", "沈青", "许岚")
    first = Application.objects.order_by("submitted_at")[0]

    page = decide(desk, "application", first.code, "approve", q="沈").content.decode()

    assert "沈青" in page
    assert "许岚" not in page


def test_a_decision_asks_no_more_when_more_waits(desk, blue, zhao, django_assert_max_num_queries):
    entered(blue, zhao, "一", "二", "三")
    applications(blue, *[f"申请{number}" for number in range(40)])
    claims(blue, *[f"到场{number}" for number in range(12)])
    record = Record.objects.first()

    with django_assert_max_num_queries(48):
        decide(desk, "record", record.code, "confirm")


def test_today_stands_behind_its_tab(desk, blue):
    shift = make_shift(unit=blue, starts_at=at("14:00"))

    page = desk.get(reverse("home:desk") + "?kind=today").content.decode()

    assert shift.activity.name in page
