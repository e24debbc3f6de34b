"""Applying and deciding, consenting and signing, suspending and registering papers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from xinglin.accounts import actions as accounts
from xinglin.audit.models import Entry
from xinglin.organisation import actions as organisation
from xinglin.organisation.errors import MayNot
from xinglin.people import actions, consenting, queries
from xinglin.people.actions import Draft
from xinglin.people.errors import (
    AlreadyApplied,
    AlreadyDecided,
    AlreadyVolunteer,
    BadDocument,
    ConsentGivenAlready,
    ConsentNeeded,
    DecisionOfAnother,
    DocumentOfAnotherAccount,
    NameDiffers,
    NoSuchConsent,
    NotAboutOneself,
    NotActive,
    NotSuspended,
    OwnApplication,
    ProofNotSeen,
    ReasonNeeded,
    TextHasChanged,
    TooLateToReopen,
    TooYoungToApply,
    UnitTakesNobody,
    ValidityPast,
)
from xinglin.people.models import Agreement, Application, DocumentText, Person, Volunteer
from xinglin.people.tests.factories import (
    make_application,
    make_id_number,
    make_person,
    make_staff,
    make_user,
    make_volunteer,
)

pytestmark = pytest.mark.django_db
VERSION = "2026-11"


@pytest.fixture
def draft(blue):
    return Draft(
        name="沈佳",
        id_kind="01",
        id_number=make_id_number(sex="F"),
        unit=blue,
        specialities=("01",),
        privacy_version=VERSION,
    )


@pytest.fixture
def shen():
    return make_user(name="", phone="13900000001")


@pytest.fixture
def application(shen, draft, at):
    return actions.apply(user=shen, draft=draft, at=at("09:00"))


# Applying ---------------------------------------------------------------------------------------------------------


def test_applying_seals_the_document_and_keeps_the_consent(shen, draft, at):
    application = actions.apply(user=shen, draft=draft, at=at("09:00"))

    person = queries.person_of(shen)
    assert application.state == "submitted"
    assert (person.sex, person.born_on, person.id_tail) == ("F", dt.date(1990, 5, 17), draft.id_number[-4:])
    assert queries.consent_of(person, "privacy").text.version == VERSION
    assert Entry.objects.filter(verb="applied", thing=f"application:{application.code}").exists()


def test_a_second_open_application_is_refused(shen, draft, application, at):
    with pytest.raises(AlreadyApplied):
        actions.apply(user=shen, draft=draft, at=at("09:01"))


def test_a_volunteer_need_not_apply(lin, draft, at):
    with pytest.raises(AlreadyVolunteer):
        actions.apply(user=lin.person.user, draft=draft, at=at("09:00"))


def test_a_document_of_another_account_is_refused_without_saying_whose(shen, draft, at):
    make_person(name="黄丽萍", id_number=draft.id_number)

    with pytest.raises(DocumentOfAnotherAccount) as refused:
        actions.apply(user=shen, draft=draft, at=at("09:00"))

    assert "黄丽萍" not in str(refused.value)
    assert not Person.objects.filter(user=shen).exists()


@pytest.mark.parametrize(("born_on", "refused"), [(dt.date(2010, 11, 24), False), (dt.date(2010, 11, 25), True)])
def test_the_age_of_the_policy_is_reached_on_the_birthday(shen, draft, at, born_on, refused):
    draft = replace(draft, id_number=make_id_number(born_on=born_on))

    if refused:
        with pytest.raises(TooYoungToApply, match="16"):
            actions.apply(user=shen, draft=draft, at=at("09:00"))
    else:
        assert actions.apply(user=shen, draft=draft, at=at("09:00"))


def test_a_policy_may_ask_for_a_higher_age(shen, draft, bureau, at):
    organisation.set_policy(
        unit=bureau, name="minimum_age", value=60, set_by=None, starts_at=at("08:00"), at=at("08:00")
    )

    with pytest.raises(TooYoungToApply):
        actions.apply(user=shen, draft=draft, at=at("09:00"))


def test_nothing_is_taken_without_consent_or_under_an_older_text(shen, draft, at):
    with pytest.raises(ConsentNeeded):
        actions.apply(user=shen, draft=replace(draft, privacy_version=""), at=at("09:00"))
    with pytest.raises(TextHasChanged):
        actions.apply(user=shen, draft=replace(draft, privacy_version="2025-01"), at=at("09:00"))
    assert not Person.objects.filter(user=shen).exists()


def test_a_closed_unit_and_a_wrong_number_are_refused(shen, draft, blue, at):
    with pytest.raises(BadDocument):
        actions.apply(user=shen, draft=replace(draft, id_number="330381"), at=at("09:00"))
    blue.closed_at = at("08:00")
    with pytest.raises(UnitTakesNobody):
        actions.apply(user=shen, draft=replace(draft, unit=blue), at=at("09:00"))


def test_withdrawn_once_and_applied_again(shen, draft, application, at):
    actions.withdraw(application=application, at=at("09:01"))

    with pytest.raises(AlreadyDecided):
        actions.withdraw(application=application, at=at("09:02"))
    assert actions.apply(user=shen, draft=draft, at=at("09:03")).state == "submitted"


# Deciding ---------------------------------------------------------------------------------------------------------


def test_approving_makes_a_member_with_a_number_to_sign_in_with(shen, application, blue, wang, at):
    volunteer = actions.approve(application=application, by=wang, at=at("10:00"))

    shen.refresh_from_db()
    assert shen.login_name == volunteer.number
    assert shen.name == "沈佳"
    assert queries.teams_of(volunteer) == [blue]
    assert shen.roles.get().name == "volunteer"
    assert volunteer.specialities == ["01"]
    assert queries.standing(volunteer, at=at("10:00")).agreement_signed is False


def test_asked_back_answered_and_approved(application, draft, wang, at):
    actions.ask_back(application=application, by=wang, reason="请补特长", at=at("10:00"))

    answered = actions.answer_ask_back(application=application, draft=replace(draft, note="会开车"), at=at("11:00"))

    assert (answered.state, answered.note) == ("submitted", "会开车")
    assert actions.approve(application=application, by=wang, at=at("12:00")).person == application.person


@pytest.mark.parametrize("verb", [actions.ask_back, actions.refuse])
def test_a_no_needs_a_reason(application, wang, at, verb):
    with pytest.raises(ReasonNeeded):
        verb(application=application, by=wang, reason="  ", at=at("10:00"))


def test_what_is_decided_is_not_decided_again(application, wang, zhao, at):
    actions.approve(application=application, by=wang, at=at("10:00"))

    for verb in (actions.approve, actions.withdraw):
        with pytest.raises(AlreadyDecided, match="已通过"):
            verb(application=application, at=at("10:01"), **({"by": zhao} if verb is actions.approve else {}))
    assert Volunteer.objects.filter(person=application.person).count() == 1


def test_a_refusal_can_be_taken_back_for_five_minutes_by_whoever_made_it(application, wang, zhao, at):
    actions.refuse(application=application, by=wang, reason="名额满了", at=at("10:00"))

    with pytest.raises(DecisionOfAnother):
        actions.reopen(application=application, by=zhao, at=at("10:01"))
    reopened = actions.reopen(application=application, by=wang, at=at("10:05"))

    assert (reopened.state, reopened.reason, reopened.decided_by) == ("submitted", "", None)


def test_after_five_minutes_and_after_applying_anew_nothing_is_taken_back(shen, application, draft, wang, at):
    actions.refuse(application=application, by=wang, reason="名额满了", at=at("10:00"))
    with pytest.raises(TooLateToReopen):
        actions.reopen(application=application, by=wang, at=at("10:06"))

    actions.apply(user=shen, draft=draft, at=at("10:02"))

    with pytest.raises(TooLateToReopen):
        actions.reopen(application=application, by=wang, at=at("10:03"))


def test_an_approval_cannot_be_taken_back(application, wang, at):
    actions.approve(application=application, by=wang, at=at("10:00"))

    with pytest.raises(AlreadyDecided):
        actions.reopen(application=application, by=wang, at=at("10:01"))


def test_nobody_decides_their_own_application(wang, blue, at):
    own = make_application(person=make_person(user=wang, name="王敏"), unit=blue)

    with pytest.raises(OwnApplication):
        actions.approve(application=own, by=wang, at=at("10:00"))


def test_a_coordinator_of_another_hospital_cannot_approve(application, bureau, at):
    from xinglin.organisation.tests.factories import make_unit

    stranger = make_staff(unit=make_unit(parent=bureau, kind="hospital"))

    with pytest.raises(MayNot):
        actions.approve(application=application, by=stranger, at=at("10:00"))
    assert Application.objects.get(pk=application.pk).state == "submitted"


# Consenting and signing -------------------------------------------------------------------------------------------


def test_consent_is_given_once_and_taken_back_at_once(lin, at):
    consenting.give(person=lin.person, kind="location", at=at("09:00"))
    with pytest.raises(ConsentGivenAlready):
        consenting.give(person=lin.person, kind="location", at=at("09:01"))

    consenting.withdraw(person=lin.person, kind="location", at=at("09:02"))

    assert not queries.has_consented(lin.person, "location")
    with pytest.raises(NoSuchConsent):
        consenting.withdraw(person=lin.person, kind="location", at=at("09:03"))
    consenting.give(person=lin.person, kind="location", at=at("09:04"))
    assert queries.has_consented(lin.person, "location")


def test_the_agreement_is_signed_with_one_s_own_name_once(application, wang, at):
    volunteer = actions.approve(application=application, by=wang, at=at("10:00"))
    with pytest.raises(NameDiffers):
        actions.sign_agreement(volunteer=volunteer, name="沈佳玉", at=at("10:01"))

    actions.sign_agreement(volunteer=volunteer, name=" 沈 佳", at=at("10:02"))
    actions.sign_agreement(volunteer=volunteer, name="沈佳", at=at("10:03"))

    assert Agreement.objects.get(volunteer=volunteer).signed_at == at("10:02")
    assert queries.standing(volunteer, at=at("10:04")).agreement_signed


def test_a_new_text_asks_for_a_new_signature(lin, at):
    DocumentText.objects.create(kind="agreement", version="2027-01", title="x", text="x", starts_at=at("09:00"))

    assert not queries.standing(lin, at=at("09:00")).agreement_signed
    with pytest.raises(TextHasChanged):
        actions.sign_agreement(volunteer=lin, name="林晓", version=VERSION, at=at("09:01"))


# On duty ----------------------------------------------------------------------------------------------------------


def test_suspended_with_a_reason_and_resumed(lin, wang, at):
    with pytest.raises(ReasonNeeded):
        actions.suspend(volunteer=lin, by=wang, reason=" ", at=at("09:00"))
    actions.suspend(volunteer=lin, by=wang, reason="休养", at=at("09:00"))
    with pytest.raises(NotActive):
        actions.suspend(volunteer=lin, by=wang, reason="休养", at=at("09:01"))

    back = actions.resume(volunteer=lin, by=wang, at=at("09:02"))

    assert (back.state, back.state_reason) == ("active", "")
    with pytest.raises(NotSuspended):
        actions.resume(volunteer=lin, by=wang, at=at("09:03"))
    assert "休养" not in str(list(Entry.objects.values()))


def test_a_qualification_needs_the_paper_and_counts_until_it_expires(lin, wang, at):
    new = {"volunteer": lin, "kind": "执业医师", "by": wang, "at": at("09:00")}
    with pytest.raises(ProofNotSeen):
        actions.add_qualification(**new, proof_seen=False, valid_until=None)
    with pytest.raises(ValidityPast):
        actions.add_qualification(**new, proof_seen=True, valid_until=dt.date(2026, 11, 23))

    actions.add_qualification(**new, proof_seen=True, valid_until=dt.date(2026, 11, 25))
    actions.add_qualification(**new, proof_seen=True, valid_until=dt.date(2026, 11, 26))

    assert "执业医师" in queries.standing(lin, at=at("09:00", days=2)).abilities
    assert "执业医师" not in queries.standing(lin, at=at("09:00", days=3)).abilities
    assert queries.standing_licences(lin).count() == 1


# About oneself ----------------------------------------------------------------------------------------------------


def test_nobody_registers_the_own_paper_or_ends_the_own_suspension(hospital, at):
    coordinator = make_volunteer(unit=hospital, name="王敏")
    by, paper = coordinator.person.user, {"kind": "执业医师", "proof_seen": True, "valid_until": None}

    with pytest.raises(NotAboutOneself):
        actions.add_qualification(volunteer=coordinator, by=by, at=at("09:00"), **paper)
    with pytest.raises(NotAboutOneself):
        actions.suspend(volunteer=coordinator, by=by, reason="休息", at=at("09:00"))
    Volunteer.objects.update(state=Volunteer.State.SUSPENDED)
    with pytest.raises(NotAboutOneself):
        actions.resume(volunteer=coordinator, by=by, at=at("09:00"))

    assert not coordinator.qualifications.exists()


def test_whoever_signs_in_with_a_password_keeps_the_login_name_when_they_become_a_volunteer(hospital, blue, at):
    doctor = make_staff(unit=hospital, role="reviewer", name="周航")
    accounts.set_password(user=doctor, password="apricots in spring", at=at("08:00"))
    application = make_application(unit=blue, person=make_person(user=doctor, name="周航"))
    login_name = doctor.login_name

    actions.approve(application=application, by=make_staff(unit=hospital), at=at("09:00"))

    doctor.refresh_from_db()
    assert doctor.login_name == login_name
    assert doctor.person.volunteer.number != login_name
