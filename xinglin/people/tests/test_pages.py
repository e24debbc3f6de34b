"""A person's own pages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from xinglin.organisation.tests.factories import make_unit
from xinglin.people import actions, consenting, queries
from xinglin.people.models import Application, Consent
from xinglin.people.tests.factories import (
    make_application,
    make_id_number,
    make_person,
    make_user,
    make_volunteer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(now_is, at):
    now_is(at("09:00"))


@pytest.fixture
def shen():
    return make_user(name="", phone="13900000001")


def said(unit, /, **changed):
    return {
        "name": "沈佳",
        "id_kind": "01",
        "id_number": make_id_number(),
        "unit": unit.name,
        "specialities": ["01", "19"],
        "half_days": ["16"],
        "township": "安阳街道",
        "agreed": "on",
        "privacy_version": "2026-11",
    } | changed


def test_a_new_person_applies_and_sees_what_comes_next(client, sign_in, shen, blue):
    sign_in(client, shen)

    page = client.post(reverse("people:apply"), said(blue), follow=True)

    assert page.redirect_chain[-1][0] == reverse("people:application_state")
    assert "协调员正在看" in page.text
    assert queries.latest_application(queries.person_of(shen)).unit == blue


def test_nothing_typed_is_lost_and_each_error_stands_at_its_field(client, sign_in, shen, blue):
    number = make_id_number()[:-1]

    page = sign_in(client, shen).post(reverse("people:apply"), said(blue, id_number=number, agreed=""))

    assert page.status_code == 422
    assert number in page.text
    assert "身份证号码应是 18 位，现在是 17 位" in page.text
    assert "同意以后才能提交" in page.text
    assert "安阳街道" in page.text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"id_kind": "05", "id_number": "E12345677"}, "请填出生日期"),
        ({"id_kind": "05", "id_number": "E12345677", "sex": "F", "born_on": "2030-01-01"}, "出生日期好像不对"),
        ({"unit": "没有的队"}, "没有找到这支队伍"),
        ({"name": ""}, "请写上姓名"),
        ({"name": "沈佳😀"}, "好像有数字或表情"),
        ({"id_number": make_id_number(born_on=dt.date(2015, 1, 1))}, "证件号码：要满 16 岁"),
        ({"privacy_version": "2020-01"}, "这份文本刚刚更新了"),
        ({"unit": "\x00"}, ""),
    ],
)
def test_what_cannot_be_used_is_said_kindly(client, sign_in, shen, blue, changed, sentence):
    page = sign_in(client, shen).post(reverse("people:apply"), said(blue, **changed))

    assert page.status_code in (400, 422)
    assert sentence in page.text
    assert not Application.objects.exists()


def test_a_part_of_the_team_s_name_is_enough_when_it_is_the_only_one(client, sign_in, shen, blue):
    sign_in(client, shen).post(reverse("people:apply"), said(blue, unit="蓝衣"))

    assert Application.objects.get().unit == blue


def test_a_passport_needs_birthday_and_sex(client, sign_in, shen, blue):
    passport = {"id_kind": "05", "id_number": "ｅ12345677", "sex": "M", "born_on": "1990-05-17"}

    sign_in(client, shen).post(reverse("people:apply"), said(blue, **passport))

    assert queries.person_of(shen).sex == "M"


def test_somebody_else_s_document_is_refused_at_the_field_and_the_owner_stays_unknown(client, sign_in, shen, blue):
    number = make_id_number()
    make_person(name="黄丽萍", id_number=number)

    page = sign_in(client, shen).post(reverse("people:apply"), said(blue, id_number=number))

    assert page.status_code == 422
    assert "请带上证件，找要加入的队伍的协调员核对" in page.text
    assert "黄丽萍" not in page.text


def test_the_form_knows_the_team_whose_poster_was_scanned(client, sign_in, shen, blue):
    page = sign_in(client, shen).get(reverse("people:apply") + f"?unit={blue.code}")

    assert f'value="{blue.name}"' in page.text


@pytest.mark.parametrize("kind", ["college", "charity", "firm", "party_branch", "station"])
def test_a_newcomer_applies_from_the_page_of_any_unit_that_takes_volunteers(client, sign_in, shen, bureau, kind):
    base = make_unit(parent=bureau, name="浙南学院", kind=kind)

    sign_in(client, shen)
    address = reverse("people:apply") + f"?unit={base.code}"
    page, form = client.get(reverse("people:team", args=[base.code])), client.get(address)
    client.post(address, said(base))

    assert address in page.text
    assert 'value="浙南学院"' in form.text
    assert Application.objects.get().unit == base


def test_whoever_was_asked_back_reads_the_reason_and_answers(client, sign_in, wang, blue, at):
    person = make_person(name="沈佳")
    application = make_application(person=person, unit=blue)
    actions.ask_back(application=application, by=wang, reason="请补上特长", at=at("08:00"))
    sign_in(client, person.user)

    state, form = client.get(reverse("people:application_state")), client.get(reverse("people:apply"))
    before = bytes(person.id_blind)
    client.post(reverse("people:apply"), said(blue, note="会开车", id_number=""))

    assert "请补上特长" in state.text
    assert "请补上特长" in form.text
    application.refresh_from_db()
    assert bytes(application.person.id_blind) == before  # an unchanged document need not be typed again
    assert (application.state, application.note) == ("submitted", "会开车")


def test_who_applied_has_consented_and_only_signs(client, sign_in, lin, at):
    lin.agreements.all().delete()
    consenting.give(person=lin.person, kind="privacy", at=at("08:00"))

    sign_in(client, lin.person.user).post(reverse("people:agreement"), {"name": "林晓", "version": "2026-11"})

    assert lin.agreements.count() == 1


@pytest.mark.parametrize("state", Application.State.values)
def test_each_state_has_its_page(client, sign_in, blue, state, at):
    application = make_application(
        person=make_person(name="沈佳"), unit=blue, state=state, reason="名额满了", decided_at=at("08:00")
    )

    page = sign_in(client, application.person.user).get(reverse("people:application_state"))

    assert page.status_code == 200


def test_an_application_is_withdrawn(client, sign_in, blue):
    application = make_application(unit=blue)

    sign_in(client, application.person.user).post(reverse("people:withdraw"))

    application.refresh_from_db()
    assert application.state == "withdrawn"


def test_the_agreement_is_signed_and_can_be_read_again(client, sign_in, blue):
    new = make_volunteer(unit=blue, name="沈佳", agreement=False)
    sign_in(client, new.person.user)

    sent = {"name": "沈佳", "version": "2026-11", "privacy_version": "2026-11", "agreed": "on"}
    without = client.post(reverse("people:agreement"), sent | {"agreed": ""})
    wrong = client.post(reverse("people:agreement"), sent | {"name": "沈"})
    client.post(reverse("people:agreement"), sent)
    page = client.get(reverse("people:agreement"))

    assert (without.status_code, wrong.status_code) == (422, 422)
    assert queries.has_consented(new.person, "privacy")
    assert "签名和登记的姓名不一样" in wrong.text
    assert "沈佳 已签" in page.text
    assert "不是本职工作" in page.text
    assert "签名：沈佳" in client.get(reverse("people:agreement_paper")).text


def test_the_printed_agreement_says_that_it_was_signed_on_paper(client, sign_in, lin):
    lin.agreements.update(paper="11月24日签的服务协议")

    page = sign_in(client, lin.person.user).get(reverse("people:agreement_paper")).text

    assert "签在纸上：11月24日签的服务协议" in page
    assert "在手机上写下" not in page


def test_whoever_signs_on_the_way_to_a_shift_comes_back_to_it_and_to_no_other_site(client, sign_in, blue):
    sent = {"version": "2026-11", "privacy_version": "2026-11", "agreed": "on"}
    ways = []
    for name, way in (("沈佳", "/shifts/8F3KQ2TM/"), ("何苗", "https://elsewhere.example/")):
        sign_in(client, make_volunteer(unit=blue, name=name, agreement=False).person.user)
        ways.append(client.post(reverse("people:agreement"), sent | {"name": name, "next": way}).url)

    assert ways == ["/shifts/8F3KQ2TM/", reverse("people:agreement")]


def test_consents_are_given_and_taken_back_by_one_press(client, sign_in, lin):
    sign_in(client, lin.person.user)
    address = reverse("people:change_consent", args=["location"])

    client.post(address, {"give": "1"})
    given = queries.has_consented(lin.person, "location")
    client.post(address)

    assert given
    assert not queries.has_consented(lin.person, "location")
    assert Consent.objects.count() == 1
    assert client.get(reverse("people:consents")).status_code == 200
    assert client.post(reverse("people:change_consent", args=["agreement"])).status_code == 404


def test_texts_speak_english_when_the_page_does(client, sign_in, lin):
    client.cookies["language"] = "en"

    page = sign_in(client, lin.person.user).get(reverse("people:agreement"))

    assert "Free and of your own will" in page.text


def test_my_page_masks_phone_and_document_in_few_queries(client, sign_in, lin, django_assert_max_num_queries):
    sign_in(client, lin.person.user)

    with django_assert_max_num_queries(15):
        page = client.get(reverse("people:me"))

    assert lin.number in page.text
    assert "138****0001" in page.text
    assert "13800000001" not in page.text
    assert "330381" not in page.text


def test_my_page_has_room_for_everybody(client, sign_in, shen, wang, blue):
    suspended = make_volunteer(unit=blue, state="suspended")
    applicant = make_application(unit=blue).person

    for user in (shen, wang, suspended.person.user, applicant.user):
        assert sign_in(client, user).get(reverse("people:me")).status_code == 200


def test_without_signing_in_there_is_nothing(client):
    for name in ("me", "apply", "application_state", "agreement", "consents"):
        assert client.get(reverse(f"people:{name}")).status_code == 302


def test_who_is_no_volunteer_has_no_agreement_and_no_consents(client, sign_in, shen):
    sign_in(client, shen)

    for name in ("agreement", "agreement_paper", "consents"):
        assert client.get(reverse(f"people:{name}")).status_code == 404
