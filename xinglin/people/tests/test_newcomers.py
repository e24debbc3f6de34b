"""Somebody new at the desk who has no telephone: on whose word, with which document, and never twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from conftest import _below, _unit, at, sign_in, staff
from xinglin.accounts.models import User
from xinglin.audit.models import Entry
from xinglin.lib import clock
from xinglin.organisation import actions as organisation
from xinglin.organisation.errors import MayNot
from xinglin.people import assisting, documents, queries, rules
from xinglin.people.actions import Draft
from xinglin.people.assisting import Paper
from xinglin.people.errors import (
    BadDocument,
    ConsentNeeded,
    GuardianConsents,
    PaperNeeded,
    RegisteredAlready,
    RegisteredElsewhere,
    TextHasChanged,
    TooYoungToServe,
    UnitTakesNobody,
    WhoConsented,
)
from xinglin.people.models import Agreement, Assistance, Consent, DocumentText, Person, SealedFile, Volunteer
from xinglin.people.newcomers import registering
from xinglin.people.tests.factories import PNG, make_application, make_id_number, make_person, make_texts
from xinglin.people.vetting import keeping, signing

NOW = at("09:00")
VERSION = "2026-11"
ELDER = dt.date(1945, 3, 1)


def draft(unit: Any, *, name: str = "陈奶奶", number: str = "", born_on: dt.date = ELDER, **facts: Any) -> Draft:
    return Draft(name=name, id_kind="01", id_number=number or make_id_number(born_on=born_on), unit=unit, **facts)


def paper(capacity: str = "child", name: str = "陈立", **facts: Any) -> Paper:
    said = {"paper": "11月20日同意书", "version": VERSION, "privacy_version": VERSION} | facts
    return Paper(capacity, name, **said)


def register(unit: Any, by: Any, *, said: Paper | None = None, **facts: Any) -> Volunteer:
    return registering.register(draft=draft(unit, **facts), said=said or paper(), by=by, at=NOW)


# The rule -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "capacity", "refusal"),
    [
        (81, "self", None),
        (81, "child", None),
        (18, "self", None),
        (17, "guardian", None),
        (6, "guardian", None),
        (17, "self", GuardianConsents),
        (17, "other", GuardianConsents),
        (5, "guardian", TooYoungToServe),
    ],
)
def test_minors_are_registered_by_a_guardians_word_and_little_ones_not_at_all(age, capacity, refusal):
    ages = {"lowest_age": 6, "adult_age": 18}

    if refusal is None:
        rules.refuse_newcomer(age, capacity=capacity, **ages)
    else:
        with pytest.raises(refusal):
            rules.refuse_newcomer(age, capacity=capacity, **ages)


# The verb -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestRegistering:
    """One go makes the account, the person, the number, and the consent on which all rests."""

    def test_an_elder_is_a_volunteer_whom_staff_may_act_for(self, blue, wang):
        number = make_id_number(born_on=ELDER)

        made = register(blue, wang, number=number, said=paper(content=PNG, has_agreement=True))

        person = made.person
        assert (person.name, person.born_on, person.sex, person.id_tail) == ("陈奶奶", ELDER, "F", number[-4:])
        assert person.user.login_name == made.number
        assert list(queries.teams_of(made)) == [blue]
        helped = assisting.standing(person)
        assert helped is not None
        assert (helped.capacity, helped.paper, helped.text.version) == ("child", "11月20日同意书", VERSION)
        assert assisting.consented_by(helped) == "陈立"
        consent = Consent.objects.get(person=person)
        assert (consent.text.kind, consent.text.version, consent.paper) == ("privacy", VERSION, "11月20日同意书")
        agreement = Agreement.objects.get(volunteer=made)
        assert (signing.signer_of(agreement), agreement.paper) == ("陈立", "11月20日同意书")
        assert agreement.signed_name == "", "a relative's name stands in nobody else's row"
        assert Entry.objects.get(verb="registered_at_desk").actor_code == wang.code

    def test_nothing_of_it_stands_there_in_plain(self, blue, wang):
        number = make_id_number(born_on=ELDER)

        made = register(blue, wang, number=number, said=paper(content=PNG))

        helped = assisting.standing(made.person)
        assert "陈立".encode() not in bytes(helped.consented_sealed)
        assert number.encode() not in bytes(made.person.id_sealed)
        assert PNG not in bytes(helped.file.sealed)
        told = Entry.objects.filter(verb__in=["registered_at_desk", "registered_assistance"]).values_list("facts")
        assert not any(word in str(list(told)) for word in ("陈立", "陈奶奶", "330381"))

    def test_a_document_is_registered_once_and_leaves_no_account_behind(self, blue, wang):
        number = make_id_number(born_on=ELDER)
        register(blue, wang, number=number)
        before = User.objects.count()

        with pytest.raises(RegisteredAlready):
            register(blue, wang, number=number)

        assert (Person.objects.count(), User.objects.count()) == (1, before)

    def test_of_whom_the_asker_sees_nothing_nothing_is_said(self, blue, hospital, association, wang):
        other = _below(association, _unit("瑞安市中医院", "hospital"))
        stranger = staff(name="周正", login_name="zhou", role="coordinator", unit=other)
        number = make_id_number(born_on=ELDER)
        register(blue, wang, number=number)

        with pytest.raises(RegisteredElsewhere) as refused:
            register(other, stranger, number=number)

        assert "陈奶奶" not in str(refused.value)
        asked = draft(other, number=number)
        assert registering.known(draft=asked, by=stranger, at=NOW) == registering.Known()

    def test_who_has_applied_is_led_to_the_application(self, blue, wang):
        number = make_id_number(born_on=ELDER)
        application = make_application(unit=blue, person=make_person(name="陈奶奶", id_number=number))

        with pytest.raises(RegisteredAlready):
            register(blue, wang, number=number)

        assert registering.known(draft=draft(blue, number=number), by=wang, at=NOW).application == application

    def test_a_stranger_and_a_leader_register_nobody(self, blue, association, lin):
        other = _below(association, _unit("瑞安市中医院", "hospital"))
        stranger = staff(name="周正", login_name="zhou", role="coordinator", unit=other)
        leader = staff(name="吴队", login_name="leader", role="team_leader", unit=blue)

        for by in (stranger, leader, lin.person.user):
            with pytest.raises(MayNot):
                register(blue, by)

    @pytest.mark.parametrize(
        ("facts", "refusal"),
        [
            ({"said": paper(name="")}, WhoConsented),
            ({"said": paper(paper=" ")}, PaperNeeded),
            ({"said": paper(version="2020-01")}, TextHasChanged),
            ({"said": paper(privacy_version="2020-01")}, TextHasChanged),
            ({"said": paper(privacy_version="")}, ConsentNeeded),
            ({"number": "330381194503010026"}, BadDocument),
            ({"born_on": dt.date(2015, 3, 1), "said": paper("self")}, GuardianConsents),
            ({"born_on": dt.date(2022, 3, 1), "said": paper("guardian")}, TooYoungToServe),
        ],
    )
    def test_what_is_missing_is_refused_and_nobody_is_made(self, blue, wang, facts, refusal):
        with pytest.raises(refusal):
            register(blue, wang, **facts)

        assert not Person.objects.filter(name="陈奶奶").exists()

    def test_a_closed_unit_takes_nobody(self, blue, wang):
        blue.closed_at = NOW

        with pytest.raises(UnitTakesNobody):
            register(blue, wang)

    def test_ages_are_the_units_policy(self, blue, wang):
        organisation.set_policy(unit=blue, name="adult_age", value=16, set_by=None, starts_at=NOW, at=NOW)

        made = register(blue, wang, born_on=dt.date(2010, 3, 1), said=paper("self"))

        assert assisting.consented_by(assisting.standing(made.person)) == "陈奶奶"

    def test_the_papers_picture_goes_some_time_after_the_help_ends(self, blue, wang):
        made = register(blue, wang, said=paper(content=PNG))
        assisting.end(assistance=assisting.standing(made.person), by=wang, at=NOW)

        assert keeping.delete_old_files(at=at("09:00", days=89)) == 0
        assert keeping.delete_old_files(at=at("09:00", days=91)) == 1
        assert SealedFile.objects.get().sealed is None


# The page -----------------------------------------------------------------------------------------------------------


def typed(to: Any, **change: Any) -> dict[str, Any]:
    return {
        "name": "陈奶奶",
        "id_kind": documents.ID_CARD,
        "id_number": make_id_number(born_on=ELDER),
        "seen": "on",
        "township": "安阳街道",
        "unit": to.name,
        "capacity": "child",
        "consent_name": "陈立",
        "paper": "11月20日同意书",
        "agreed": "on",
        "version": VERSION,
        "privacy_version": VERSION,
    } | change


@pytest.mark.django_db
class TestPage:
    """What the coordinator sees and sends."""

    @pytest.fixture(autouse=True)
    def _now(self, now_is):
        now_is(NOW)

    @pytest.fixture
    def desk(self, wang) -> Client:
        return sign_in(Client(), wang)

    def test_the_page_asks_and_leads_to_card_and_slip(self, desk, blue):
        page = desk.get(reverse("people:new_person")).content.decode()
        answer = desk.post(
            reverse("people:new_person"), typed(blue, file=SimpleUploadedFile("paper.png", PNG)), follow=True
        ).content.decode()

        assert "代办同意" in page
        assert blue.name in page
        assert "陈奶奶登记好了" in answer
        assert "打印 PIN 设置条" in answer
        assert "打印志愿者卡" in answer
        helped = Assistance.objects.get()
        opened = desk.get(reverse("people:assistance_file", args=[helped.person.volunteer.number, helped.code]))
        assert opened.content == PNG
        assert opened["Content-Disposition"].startswith("attachment")
        assert Entry.objects.filter(verb="saw_file").count() == 1

    def test_a_double_is_shown_masked_and_led_to(self, desk, blue):
        first = typed(blue)
        desk.post(reverse("people:new_person"), first)
        made = Volunteer.objects.get(person__name="陈奶奶")

        answer = desk.post(reverse("people:new_person"), first | {"name": "陈阿婆"})

        page = answer.content.decode()
        assert answer.status_code == 422
        assert reverse("people:volunteer", args=[made.number]) in page
        assert rules.masked_document(made.person.id_tail) in page
        assert Person.objects.filter(id_blind=made.person.id_blind).count() == 1

    def test_a_double_elsewhere_is_refused_without_a_name(self, desk, blue, association):
        other = _below(association, _unit("瑞安市中医院", "hospital"))
        stranger = sign_in(Client(), staff(name="周正", login_name="zhou", role="coordinator", unit=other))
        first = typed(blue)
        desk.post(reverse("people:new_person"), first)

        page = stranger.post(
            reverse("people:new_person"), first | {"unit": other.name, "name": "某人"}
        ).content.decode()

        assert "别的单位登记过" in page
        assert "陈奶奶" not in page
        assert blue.name not in page

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"seen": ""}, "请先看证件原件"),
            ({"agreed": ""}, "同意以后才能登记"),
            ({"capacity": ""}, "请选谁同意的"),
            ({"consent_name": ""}, "请写上同意人的姓名"),
            ({"paper": ""}, "请写上看过什么材料"),
            ({"unit": "没有这支队"}, "没有找到这支队伍"),
            ({"id_number": "330381194503010026"}, "对不上"),
            ({"name": ""}, "请写上姓名"),
            ({"id_kind": "02"}, "请填出生日期"),
        ],
    )
    def test_what_is_missing_is_said_beside_its_field(self, desk, blue, change, said):
        answer = desk.post(reverse("people:new_person"), typed(blue, **change))

        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert not Volunteer.objects.exists()

    def test_whoever_read_an_older_text_reads_the_new_one_and_can_go_on(self, desk, blue):
        page = desk.post(reverse("people:new_person"), typed(blue, version="2020-01")).content.decode()

        assert 'value="2020-01"' not in page
        assert f'name="version" value="{VERSION}"' in page
        assert 'name="agreed" checked' not in " ".join(page.split())
        assert desk.post(reverse("people:new_person"), typed(blue)).status_code == 302

    def test_a_file_of_another_kind_is_refused_beside_its_field(self, desk, blue):
        answer = desk.post(reverse("people:new_person"), typed(blue, file=SimpleUploadedFile("x.png", b"<html>")))

        assert answer.status_code == 422
        assert not Volunteer.objects.exists()

    def test_only_units_of_the_askers_own_stand_there(self, desk, blue, association):
        other = _below(association, _unit("瑞安市中医院", "hospital"))

        assert other.name not in desk.get(reverse("people:new_person")).content.decode()
        assert desk.post(reverse("people:new_person"), typed(other)).status_code == 422

    def test_the_persons_own_page_says_on_which_paper(self, desk, blue):
        desk.post(reverse("people:new_person"), typed(blue))
        made = Volunteer.objects.get(person__name="陈奶奶")

        own = sign_in(Client(), made.person.user, second_factor=False).get(reverse("people:consents"))

        assert "签在纸上：11月20日同意书" in own.content.decode()

    def test_it_reads_in_english(self, desk, blue):
        desk.cookies["django_language"] = "en"

        page = desk.get(reverse("people:new_person"), headers={"Accept-Language": "en"}).content.decode()

        assert "Register somebody new" in page


def test_the_texts_have_a_version_of_the_day(db):
    make_texts()

    assert {queries.text(kind, at=NOW).version for kind in DocumentText.Kind.values} == {VERSION}
    assert clock.local_day(NOW) == dt.date(2026, 11, 24)
