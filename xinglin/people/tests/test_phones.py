"""Another phone: proved by its owner, or seen to at the desk; the old one is told, and nobody takes an account over."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from conftest import at, member, staff
from xinglin.accounts import actions as accounts
from xinglin.accounts import queries, sending
from xinglin.accounts.errors import CodeExpired, PhoneTaken, SamePhone, WrongCode
from xinglin.accounts.models import User
from xinglin.accounts.tests.test_actions import HERE, Postbox
from xinglin.audit.models import Entry
from xinglin.lib.channels.sms import NotSent
from xinglin.notices.models import Notice
from xinglin.organisation.errors import MayNot, OfSomebodyAtWork
from xinglin.organisation.tests.factories import make_role, make_unit
from xinglin.people import phones
from xinglin.people.desk_errors import DocumentNotSeen, NoPhone
from xinglin.people.errors import NotAboutOneself, ReasonNeeded
from xinglin.people.phone_forms import DeskPhoneForm
from xinglin.people.tests.test_races import at_once

pytestmark = pytest.mark.django_db
OLD, NEW = "13800000001", "13900000001"
SEEN = {"document_seen": True, "reason": "本人来换号"}


@pytest.fixture(autouse=True)
def postbox(monkeypatch):
    box = Postbox()
    monkeypatch.setattr(sending, "sender", lambda: box)
    return box


@pytest.fixture
def administrator(bureau):
    return staff(name="钱局", login_name="qian", role="bureau_administrator", unit=bureau)


def changed(user, postbox, *, phone=NEW, minute=0):
    phones.ask_for_code(user=user, phone=phone, address=HERE, at=at("09:00") + dt.timedelta(minutes=minute))
    later = at("09:01") + dt.timedelta(minutes=minute)
    return phones.change_own(user=user, phone=phone, code=postbox.code, at=later)


def at_the_desk(volunteer, by, *, phone=NEW, **said):
    facts = {"person": volunteer.person, "phone": phone, "by": by, "at": at("09:00")}
    return phones.set_at_desk(**facts | SEEN | said)


# One's own --------------------------------------------------------------------------------------------------------


def test_the_new_phone_opens_the_account_and_the_old_one_another(lin, postbox):
    before = lin.person.user.session_round

    outcome = changed(lin.person.user, postbox)

    assert (queries.by_phone(NEW), queries.by_phone(OLD)) == (lin.person.user, None)
    assert (outcome.old_was_told, outcome.user.session_round) == (True, before + 1)
    told = postbox.messages[-1]
    assert (told.phone, told.template) == (OLD, "phone_gone")
    assert Notice.objects.get(user=lin.person.user).kind == "phone_changed"


def test_the_trail_says_that_it_was_changed_and_no_number(lin, postbox):
    changed(lin.person.user, postbox)

    entry = Entry.objects.get(verb="changed_phone")
    assert entry.facts == {"on_behalf": False}
    assert not any(number in str(entry.__dict__) for number in (OLD, NEW))


def test_a_code_for_signing_in_changes_no_account_and_one_for_changing_opens_no_door(lin, postbox):
    accounts.send_code(phone=NEW, address=HERE, at=at("09:00"))
    with pytest.raises(WrongCode):
        phones.change_own(user=lin.person.user, phone=NEW, code=postbox.code, at=at("09:01"))

    phones.ask_for_code(user=lin.person.user, phone=NEW, address=HERE, at=at("09:02"))
    with pytest.raises(WrongCode):
        accounts.sign_in_by_code(phone=NEW, code=postbox.code, at=at("09:03"))


def test_a_code_of_one_account_changes_no_other_and_counts_once(lin, blue, postbox):
    other = member(name="何苗", number="V000777", phone="13800000777", unit=blue).person.user
    phones.ask_for_code(user=other, phone=NEW, address=HERE, at=at("09:00"))
    with pytest.raises(WrongCode):
        phones.change_own(user=lin.person.user, phone=NEW, code=postbox.code, at=at("09:01"))

    code = postbox.code
    phones.change_own(user=other, phone=NEW, code=code, at=at("09:01"))
    with pytest.raises(CodeExpired):
        phones.change_own(user=other, phone=NEW, code=code, at=at("09:02"))


def test_a_phone_of_another_is_refused_only_to_whoever_holds_it_and_not_by_name(lin, blue, postbox):
    other = member(name="何苗", number="V000777", phone=NEW, unit=blue)
    phones.ask_for_code(user=lin.person.user, phone=NEW, address=HERE, at=at("09:00"))  # sounds as for any phone

    with pytest.raises(PhoneTaken) as refused:
        phones.change_own(user=lin.person.user, phone=NEW, code=postbox.code, at=at("09:01"))

    assert "何苗" not in str(refused.value)
    assert queries.by_phone(NEW) == other.person.user


def test_an_account_that_is_nothing_but_the_new_phone_makes_way(lin, postbox):
    accounts.send_code(phone=NEW, address=HERE, at=at("08:00"))
    second = accounts.sign_in_by_code(phone=NEW, code=postbox.code, at=at("08:01"))

    changed(lin.person.user, postbox)

    second.refresh_from_db()
    assert (second.is_active, second.phone_blind) == (False, None)
    assert queries.by_phone(NEW) == lin.person.user


def test_the_phone_one_has_is_not_asked_for_again(lin, postbox):
    with pytest.raises(SamePhone):
        phones.ask_for_code(user=lin.person.user, phone=f"+86 {OLD}", address=HERE, at=at("09:00"))


def test_it_stays_changed_where_the_old_one_cannot_be_told(lin, postbox, monkeypatch):
    def fail(message):
        raise NotSent("gateway down")

    phones.ask_for_code(user=lin.person.user, phone=NEW, address=HERE, at=at("09:00"))
    monkeypatch.setattr(postbox, "send", fail)

    outcome = phones.change_own(user=lin.person.user, phone=NEW, code=postbox.code, at=at("09:01"))

    assert outcome.old_was_told is False
    assert queries.by_phone(NEW) == lin.person.user


# At the desk ------------------------------------------------------------------------------------------------------


def test_at_the_desk_a_phone_is_set_with_the_document_seen_and_all_are_told(lin, wang, postbox):
    at_the_desk(lin, wang, reason="林晓 来换号，原来的 13800000001 不用了")

    entry = Entry.objects.get(verb="changed_phone")
    assert queries.by_phone(NEW) == lin.person.user
    assert (entry.reason, entry.facts) == ("本人 来换号，原来的 … 不用了", {"on_behalf": True})
    assert [message.phone for message in postbox.messages] == [OLD]
    assert Notice.objects.get(user=lin.person.user).kind == "phone_set_at_desk"


def test_a_phone_is_removed_and_opens_the_account_no_longer(lin, wang, postbox):
    phones.remove_at_desk(person=lin.person, by=wang, at=at("09:00"), **SEEN)

    assert queries.by_phone(OLD) is None
    assert postbox.messages[-1].phone == OLD
    with pytest.raises(NoPhone):
        phones.remove_at_desk(person=lin.person, by=wang, at=at("09:00"), **SEEN)


@pytest.mark.parametrize(
    ("said", "refusal"), [({"document_seen": False}, DocumentNotSeen), ({"reason": " "}, ReasonNeeded)]
)
def test_without_the_document_or_a_reason_nothing_is_changed(lin, wang, said, refusal):
    with pytest.raises(refusal):
        at_the_desk(lin, wang, **said)

    assert queries.by_phone(OLD) == lin.person.user


def test_only_the_home_of_somebody_sets_their_phone(lin, wang, zhao, association):
    elsewhere = make_unit(parent=association, kind="hospital", name="瑞安市中医院")
    other = staff(name="周正", login_name="zhouzheng", role="coordinator", unit=elsewhere)
    lin.memberships.create(unit=make_unit(parent=elsewhere, name="红马甲队"), joined_on=at("09:00").date())

    for by in (other, zhao):
        with pytest.raises(MayNot):
            at_the_desk(lin, by)
    make_role(user=lin.person.user, unit=lin.memberships.first().unit, name="coordinator")
    lin.person.user.has_second_factor = True
    with pytest.raises(NotAboutOneself):
        at_the_desk(lin, lin.person.user)


@pytest.mark.parametrize("role", ["bureau_administrator", "coordinator", "reviewer", "auditor"])
def test_a_coordinator_sets_no_phone_of_whoever_works_here(lin, wang, bureau, hospital, blue, administrator, role):
    where = bureau if role == "bureau_administrator" else blue
    make_role(user=lin.person.user, unit=where, name=role)

    with pytest.raises(OfSomebodyAtWork):
        at_the_desk(lin, wang)
    with pytest.raises(OfSomebodyAtWork):
        phones.remove_at_desk(person=lin.person, by=wang, at=at("09:00"), **SEEN)
    assert at_the_desk(lin, administrator).user == lin.person.user


def test_an_administrator_below_sets_no_phone_of_one_whose_role_stands_above(lin, bureau, hospital):
    below = staff(name="吴局", login_name="wu", role="bureau_administrator", unit=hospital)
    make_role(user=lin.person.user, unit=bureau, name="auditor")

    with pytest.raises(OfSomebodyAtWork):
        at_the_desk(lin, below)


def test_a_leader_of_their_own_team_is_helped_by_their_coordinator(lin, wang, blue, association):
    make_role(user=lin.person.user, unit=blue, name="team_leader")
    assert at_the_desk(lin, wang).user == lin.person.user

    make_role(user=lin.person.user, unit=make_unit(parent=association, name="红马甲队"), name="team_leader")
    with pytest.raises(OfSomebodyAtWork):
        at_the_desk(lin, wang, phone=OLD)


def test_the_phone_that_was_set_opens_no_desk(client, lin, blue, administrator, postbox, now_is):
    make_role(user=lin.person.user, unit=blue, name="coordinator")
    at_the_desk(lin, administrator)
    now_is(at("09:05"))

    client.post(reverse("accounts:sign_in"), {"phone": NEW})
    client.post(reverse("accounts:code"), {"code": postbox.code})

    assert client.get(reverse("people:me")).status_code == 200
    assert client.get(reverse("people:desk")).status_code == 403


def test_a_phone_of_another_is_refused_at_the_desk_without_a_name(lin, wang, blue):
    member(name="何苗", number="V000777", phone=NEW, unit=blue)

    with pytest.raises(PhoneTaken) as refused:
        at_the_desk(lin, wang)

    assert "何苗" not in str(refused.value)


def test_no_slip_is_printed_for_whoever_works_here(client, sign_in, lin, wang, bureau, now_is):
    now_is(at("09:00"))
    make_role(user=lin.person.user, unit=bureau, name="auditor")
    sign_in(client, wang)

    assert client.post(reverse("people:slip", args=[lin.number])).status_code == 403


# Pages ------------------------------------------------------------------------------------------------------------


def test_a_volunteer_changes_the_phone_on_the_phone_and_stays_signed_in_here_alone(
    client, sign_in, lin, postbox, now_is
):
    now_is(at("09:00"))
    elsewhere = type(client)()
    sign_in(elsewhere, lin.person.user, second_factor=False)
    sign_in(client, lin.person.user, second_factor=False)
    assert reverse("people:phone") in client.get(reverse("accounts:security")).text

    wrong = client.post(reverse("people:phone"), {"phone": "1380"})
    client.post(reverse("people:phone"), {"phone": NEW})
    guess = client.post(reverse("people:phone_code"), {"code": "x"})
    done = client.post(reverse("people:phone_code"), {"code": postbox.code}, follow=True)

    assert (wrong.status_code, guess.status_code) == (422, 409)
    assert "139****0001" in done.text
    assert elsewhere.get(reverse("people:me")).status_code == 302
    assert client.get(reverse("people:me")).status_code == 200


def test_where_there_are_no_text_messages_the_page_leads_to_the_desk(client, sign_in, lin, now_is, settings):
    now_is(at("09:00"))
    settings.SMS_SENDER = "none"
    sign_in(client, lin.person.user, second_factor=False)

    assert "志愿服务台" in client.get(reverse("people:phone")).text


def test_the_desk_sets_and_removes_a_phone(client, sign_in, lin, wang, now_is):
    now_is(at("09:00"))
    sign_in(client, wang)
    page = reverse("people:phone_of", args=[lin.number])
    said = {"what": "set", "phone": NEW, "again": NEW, "document_seen": "on", "reason": "换号"}

    unlike = client.post(page, said | {"again": "13900000002"})
    unseen = client.post(page, said | {"document_seen": ""})
    assert (
        reverse("people:phone_of", args=[lin.number]) in client.get(reverse("people:volunteer", args=[lin.number])).text
    )
    done = client.post(page, said, follow=True)
    removed = client.post(page, {"what": "remove", "document_seen": "on", "reason": "停用"}, follow=True)

    assert "两遍手机号不一样" in unlike.text
    assert "看过原件再改" in unseen.text
    assert ("139****0001" in done.text, "139****0001" in removed.text) == (True, False)


@pytest.mark.parametrize(
    ("again", "is_same"),
    [("１３９ ００００ ０００１", True), ("+86 139-0000-0001", True), ("00013900000001", False), ("139", False)],
)
def test_the_second_time_it_is_read_as_the_first(again, is_same):
    form = DeskPhoneForm({"phone": NEW, "again": again, "document_seen": "on", "reason": "换号"})

    assert form.is_valid() == is_same


# Two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_one_phone_at_once_one_has_it(hospital, blue):
    wang = staff(name="王敏", login_name="wangmin", role="coordinator", unit=hospital)
    people = [member(name="林晓", number=f"V00000{n}", phone=f"1380000000{n}", unit=blue) for n in range(1, 5)]

    outcomes = at_once(*(lambda one=one: at_the_desk(one, wang) for one in people))

    assert outcomes == {"Changed": 1, "PhoneTaken": 3}
    assert User.objects.filter(phone_blind=queries.blind_phone(NEW)).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_want_each_others_phone_wait_in_no_circle(hospital, blue):
    wang = staff(name="王敏", login_name="wangmin", role="coordinator", unit=hospital)
    one, other = (member(name="林晓", number=f"V00000{n}", phone=f"1380000000{n}", unit=blue) for n in (1, 2))

    outcomes = at_once(
        lambda: at_the_desk(one, wang, phone="13800000002"), lambda: at_the_desk(other, wang, phone="13800000001")
    )

    assert outcomes == {"PhoneTaken": 2}
