"""The desk's pages about people."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from xinglin.accounts import actions as accounts
from xinglin.accounts.models import PinSlip
from xinglin.audit.models import Entry
from xinglin.organisation.tests.factories import make_role, make_unit
from xinglin.people import actions
from xinglin.people.models import Application, Person, Volunteer
from xinglin.people.tests.factories import make_application, make_person, make_staff, make_volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(now_is, at):
    now_is(at("09:00"))


@pytest.fixture
def application(blue):
    return make_application(person=make_person(name="沈佳", phone="13900000001"), unit=blue)


@pytest.fixture
def stranger(bureau):
    """A coordinator of another hospital."""
    return make_staff(unit=make_unit(parent=bureau, kind="hospital"), name="周航")


def address(name, key):
    return reverse(f"people:{name}", args=[key])


# The list ---------------------------------------------------------------------------------------------------------


def test_the_list_shows_one_s_own_people_masked(client, sign_in, wang, lin, bureau):
    elsewhere = make_volunteer(unit=make_unit(parent=bureau), name="黄丽萍")

    page = sign_in(client, wang).get(reverse("people:desk"))

    assert lin.number in page.text
    assert "138****0001" in page.text
    assert "13800000001" not in page.text
    assert elsewhere.number not in page.text


def test_the_list_has_pages_of_fifty_and_few_queries(client, sign_in, wang, blue, django_assert_max_num_queries):
    for _ in range(55):
        make_volunteer(unit=blue, agreement=False)
    sign_in(client, wang)

    with django_assert_max_num_queries(16):  # one of them asks what seldom waits, for the count at the edge
        page = client.get(reverse("people:desk"))

    assert page.text.count('<th scope="row">') == 50
    assert "共 55 人" in page.text


def test_the_list_is_searched_and_filtered(client, sign_in, wang, blue, lin, hospital):
    other = make_volunteer(unit=make_unit(parent=hospital), name="黄丽萍", state="suspended")
    sign_in(client, wang)

    def found(query):
        page = client.get(reverse("people:desk") + query)
        return {number for number in (lin.number, other.number) if number in page.text}

    assert found("?q=黄丽") == {other.number}
    assert found(f"?q={lin.number.lower()}") == {lin.number}
    assert found("?state=suspended") == {other.number}
    assert found(f"?unit={blue.code}") == {lin.number}
    assert found("?unit=XXXX&state=nonsense&page=99") == {lin.number, other.number}


# One volunteer ----------------------------------------------------------------------------------------------------


def test_a_coordinator_registers_a_paper_suspends_and_resumes(client, sign_in, wang, lin):
    sign_in(client, wang)

    client.post(address("add_qualification", lin.number), {"kind": "执业医师", "proof_seen": "on"})
    client.post(address("suspend", lin.number), {"reason": "休养"})
    suspended = client.get(address("volunteer", lin.number))
    client.post(address("resume", lin.number))

    assert "执业医师" in suspended.text
    assert "休养" in suspended.text
    assert Volunteer.objects.get(pk=lin.pk).state == "active"


def test_without_the_paper_or_a_reason_the_form_says_so(client, sign_in, wang, lin):
    sign_in(client, wang)

    paper = client.post(address("add_qualification", lin.number), {"kind": "执业医师"})
    suspended = client.post(address("suspend", lin.number), {"reason": ""})

    assert (paper.status_code, suspended.status_code) == (422, 422)
    assert "看过证书原件再登记" in paper.text
    assert "请写一句原因" in suspended.text


def test_a_slip_shows_its_code_once_and_only_when_asked(client, sign_in, wang, lin):
    sign_in(client, wang)

    asked_by_link = client.get(address("slip", lin.number))
    slip = client.post(address("slip", lin.number))

    assert asked_by_link.status_code == 302
    assert PinSlip.objects.count() == 1
    assert lin.number in slip.text
    assert slip["Cache-Control"] == "no-store"


def test_a_team_leader_sees_the_list_and_changes_nothing(client, sign_in, blue, lin):
    leader = make_staff(unit=blue, role="team_leader", second_factor=False)
    sign_in(client, leader, second_factor=False)

    page = client.get(address("volunteer", lin.number))
    client.post(address("suspend", lin.number), {"reason": "x"})

    assert page.status_code == 200
    assert "打印 PIN 设置条" not in page.text
    assert Volunteer.objects.get(pk=lin.pk).state == "active"


# Applications -----------------------------------------------------------------------------------------------------


def test_the_first_that_waits_opens_beside_the_list(client, sign_in, wang, application):
    page = sign_in(client, wang).get(reverse("people:applications"))

    assert "沈佳，想加入蓝衣陪护队" in page.text
    assert "139****0001" in page.text


def test_many_applications_take_few_queries(client, sign_in, wang, blue, django_assert_max_num_queries):
    for _ in range(20):
        make_application(unit=blue)
    sign_in(client, wang)

    with django_assert_max_num_queries(16):
        assert client.get(reverse("people:applications")).status_code == 200


def test_approved_on_the_desk(client, sign_in, wang, application):
    page = sign_in(client, wang).post(address("approve", application.code), follow=True)

    volunteer = Volunteer.objects.get(person=application.person)
    assert f"志愿者编号 {volunteer.number}" in page.text
    assert "没有等着的申请" in page.text


def test_refused_with_a_reason_and_taken_back(client, sign_in, wang, application):
    sign_in(client, wang)

    without = client.post(address("refuse", application.code), {"reason": ""})
    told = client.post(address("refuse", application.code), {"reason": "名额满了"}, follow=True)
    client.post(address("reopen", application.code))

    assert without.status_code == 422
    assert address("reopen", application.code) in told.text
    application.refresh_from_db()
    assert application.state == "submitted"


def test_who_comes_second_reads_what_happened(client, sign_in, wang, zhao, application, at):
    actions.refuse(application=application, by=zhao, reason="名额满了", at=at("08:59"))

    page = sign_in(client, wang).post(
        address("approve", application.code), headers={"referer": "http://testserver/desk/applications/"}, follow=True
    )

    assert "这份申请现在是“未通过”" in page.text
    assert not Volunteer.objects.filter(person=application.person).exists()


# Strangers --------------------------------------------------------------------------------------------------------

GET = [("desk", None), ("applications", None), ("volunteer", "lin"), ("application", "application")]
POST = [
    ("slip", "lin"),
    ("suspend", "lin"),
    ("resume", "lin"),
    ("add_qualification", "lin"),
    ("approve", "application"),
    ("ask_back", "application"),
    ("refuse", "application"),
    ("reopen", "application"),
]


def _where(name, kind, lin, application):
    key = {"lin": lin.number, "application": application.code}.get(kind)
    return reverse(f"people:{name}", args=[key] if key else [])


def test_another_hospital_s_coordinator_finds_nobody_here(client, sign_in, stranger, lin, application):
    sign_in(client, stranger)

    for name, kind in GET:
        page = client.get(_where(name, kind, lin, application))
        assert page.status_code == (404 if kind else 200), name
        assert lin.number not in page.text
        assert "沈佳" not in page.text
    for name, kind in POST:
        answer = client.post(_where(name, kind, lin, application), {"reason": "x", "kind": "x", "proof_seen": "on"})
        assert answer.status_code == 404, name
    _nothing_changed(lin, application)


def test_without_a_second_factor_or_a_role_the_desk_stays_shut(client, sign_in, wang, lin, application):
    for user, second_factor in ((wang, False), (lin.person.user, True), (application.person.user, True)):
        sign_in(client, user, second_factor=second_factor)
        for name, kind in GET:
            assert client.get(_where(name, kind, lin, application)).status_code == 403, name
        for name, kind in POST:
            answer = client.post(_where(name, kind, lin, application), {"reason": "x"})
            assert answer.status_code == 403, name
    _nothing_changed(lin, application)


def test_without_signing_in_everything_leads_to_the_door(client, lin, application):
    for name, kind in GET:
        assert client.get(_where(name, kind, lin, application)).status_code == 302
    for name, kind in POST:
        assert client.post(_where(name, kind, lin, application)).status_code == 302
    _nothing_changed(lin, application)


def _nothing_changed(lin, application):
    assert Volunteer.objects.get(pk=lin.pk).state == "active"
    assert Application.objects.get(pk=application.pk).state == "submitted"
    assert not PinSlip.objects.exists()
    assert not lin.qualifications.exists()


def test_a_slip_names_what_its_owner_signs_in_with(client, sign_in, wang, blue):
    doctor = make_volunteer(unit=blue, name="周航")
    accounts.rename(user=doctor.person.user, login_name="zhouhang", name="周航")

    slip = sign_in(client, wang).post(address("slip", doctor.number))

    assert "填编号 zhouhang" in slip.text


def test_a_coordinator_is_not_offered_what_others_decide_about_them(client, sign_in, hospital):
    coordinator = make_volunteer(unit=hospital, name="王敏")
    make_role(user=coordinator.person.user, unit=hospital, name="coordinator")
    sign_in(client, coordinator.person.user)

    page = client.get(address("volunteer", coordinator.number))
    pressed = client.post(address("suspend", coordinator.number), {"reason": "休息"})

    assert "登记一张证书" not in page.text
    assert pressed.status_code == 403
    assert "要由别人来办" in pressed.text


# A birthday that no list told --------------------------------------------------------------------------------------


def test_whoever_came_without_a_birthday_shows_the_document_and_may_sign_up(client, sign_in, wang, lin):
    Person.objects.filter(pk=lin.person_id).update(born_on=None)
    sign_in(client, wang)

    page = client.get(address("volunteer", lin.number))
    unseen = client.post(address("add_birthday", lin.number), {"born_on": "1990-05-17"})
    tomorrow = client.post(address("add_birthday", lin.number), {"born_on": "2026-11-25", "proof_seen": "on"})
    done = client.post(address("add_birthday", lin.number), {"born_on": "1990-05-17", "proof_seen": "on"})

    assert "登记出生日期" in page.text
    assert (unseen.status_code, tomorrow.status_code, done.status_code) == (422, 422, 302)
    assert Person.objects.get(pk=lin.person_id).born_on == dt.date(1990, 5, 17)
    entry = Entry.objects.get(verb="registered_birthday")
    assert (entry.actor_code, entry.facts) == (wang.code, {})


def test_a_birthday_that_is_known_stays(client, sign_in, wang, lin):
    page = sign_in(client, wang).get(address("volunteer", lin.number))

    answer = client.post(address("add_birthday", lin.number), {"born_on": "1991-05-17", "proof_seen": "on"})

    assert "登记出生日期" not in page.text
    assert answer.status_code == 422
    assert Person.objects.get(pk=lin.person_id).born_on == dt.date(1990, 5, 17)
