"""What stands about somebody is put right, by themselves or at the desk, and the trail names no value."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from conftest import at, member, staff
from xinglin.activities.tests.factories import make_shift, make_signup
from xinglin.audit.models import Entry
from xinglin.notices.models import Notice
from xinglin.organisation.errors import MayNot, OfSomebodyAtWork
from xinglin.organisation.tests.factories import make_role, make_unit
from xinglin.people import correcting, documents, guardians, queries
from xinglin.people.correcting import Details, Identity
from xinglin.people.desk_errors import DocumentNotSeen, DocumentTaken, NothingToCorrect
from xinglin.people.errors import BadDocument, NotAboutOneself, ReasonNeeded
from xinglin.people.models import Person, Sought
from xinglin.people.tests.factories import make_id_number, make_volunteer
from xinglin.people.tests.test_races import at_once

pytestmark = pytest.mark.django_db
CHILD_BORN = dt.date(2014, 5, 17)


def correct(volunteer, by, **said):
    """Right the name, or whatever else is said."""
    how = {"document_seen": said.pop("document_seen", True), "reason": said.pop("reason", "登记时写错")}
    identity = Identity(**{"name": "林晓东", "id_kind": "01"} | said)
    return correcting.correct(person=volunteer.person, identity=identity, by=by, at=at("09:00"), **how)


# One's own --------------------------------------------------------------------------------------------------------


def test_what_one_says_of_oneself_one_changes_and_the_trail_names_the_fields_alone(lin):
    said = Details(township="安阳街道", education="20", specialities=("02", "01"), half_days=("11",))

    changed = correcting.change_details(person=lin.person, details=said, by=lin.person.user, at=at("09:00"))

    lin.refresh_from_db()
    assert sorted(changed) == ["education", "half_days", "specialities", "township"]
    assert (lin.person.township, lin.specialities, lin.half_days) == ("安阳街道", ["01", "02"], ["11"])
    entry = Entry.objects.get(verb="changed_own_details")
    assert entry.facts == {"fields": sorted(changed)}
    assert "安阳" not in str(entry.__dict__)


def test_saying_the_same_again_changes_nothing(lin):
    for _ in range(2):
        correcting.change_details(
            person=lin.person, details=Details(township="安阳街道"), by=lin.person.user, at=at("09:00")
        )

    assert Entry.objects.filter(verb="changed_own_details").count() == 1


# At the desk ------------------------------------------------------------------------------------------------------


def test_a_name_is_righted_and_the_person_is_found_by_it_and_told(lin, wang):
    assert correct(lin, wang, reason="林晓写成了林晓东 330381199005170021") == ["name"]

    person = Person.objects.select_related("user").get(pk=lin.person.pk)
    assert (person.name, person.user.name) == ("林晓东", "林晓东")
    assert "xiaodong" in Sought.objects.get(person=person).words
    entry = Entry.objects.get(verb="corrected_person")
    assert entry.facts == {"fields": ["name"]}
    assert (entry.reason, "林晓" in str(entry.__dict__)) == ("本人写成了本人 …", False)
    assert Notice.objects.get(user=person.user).kind == "data_corrected"


def test_of_a_name_that_holds_the_other_nothing_is_left_in_the_trail(lin, wang):
    correct(lin, wang)
    correct(lin, wang, name="林晓", reason="林晓东写成了林晓")

    assert Entry.objects.filter(verb="corrected_person").latest("pk").reason == "本人写成了本人"


def test_an_id_card_brings_birthday_and_sex(lin, wang):
    number = make_id_number(born_on=dt.date(1980, 1, 2), sex="M")

    changed = correct(lin, wang, name="林晓", id_number=number)

    person = Person.objects.get(pk=lin.person.pk)
    assert changed == ["sex", "born_on", "document"]
    assert (person.born_on, person.sex, person.id_tail) == (dt.date(1980, 1, 2), "M", number[-4:])
    assert documents.number_of(person.id_sealed) == number


def test_with_the_card_as_it_was_birthday_and_sex_stay(lin, wang):
    correct(lin, wang, sex="M", born_on=dt.date(1980, 1, 2))

    person = Person.objects.get(pk=lin.person.pk)
    assert (person.born_on, person.sex) == (lin.person.born_on, "F")


def test_another_paper_needs_its_number_and_keeps_what_it_does_not_say(lin, wang):
    with pytest.raises(BadDocument):
        correct(lin, wang, id_kind="02")

    assert correct(lin, wang, name="林晓", id_kind="02", id_number="G12345678") == ["document"]
    assert correct(lin, wang, name="林晓", id_kind="02", born_on=dt.date(1991, 1, 1)) == ["born_on"]
    assert Person.objects.get(pk=lin.person.pk).born_on == dt.date(1991, 1, 1)


def test_a_document_of_another_is_refused_without_a_name(lin, wang, association):
    number = make_id_number()
    other = make_volunteer(unit=make_unit(parent=association), name="何苗")
    elsewhere = documents.sealed(documents.read("01", number, today=at("09:00").date()))
    Person.objects.filter(pk=other.person.pk).update(**elsewhere)

    with pytest.raises(DocumentTaken) as refused:
        correct(lin, wang, id_number=number)

    assert "何苗" not in str(refused.value)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"document_seen": False}, DocumentNotSeen),
        ({"reason": " "}, ReasonNeeded),
        ({"id_number": "1"}, BadDocument),
        ({"name": "林晓"}, NothingToCorrect),
    ],
)
def test_what_was_not_seen_said_or_changed_is_refused(lin, wang, said, refusal):
    with pytest.raises(refusal):
        correct(lin, wang, **said)


def test_only_at_home_not_about_oneself_and_not_about_whoever_stands_above(lin, wang, zhao, bureau, association):
    elsewhere = staff(
        name="周正", login_name="zhou", role="coordinator", unit=make_unit(parent=association, name="瑞安市中医院")
    )
    for by in (zhao, elsewhere):
        with pytest.raises(MayNot):
            correct(lin, by)
        with pytest.raises(MayNot):
            correcting.change_details(person=lin.person, details=Details(), by=by, at=at("09:00"))

    make_role(user=lin.person.user, unit=bureau, name="auditor")
    with pytest.raises(OfSomebodyAtWork):
        correct(lin, wang)
    make_role(user=lin.person.user, unit=bureau, name="bureau_administrator")
    lin.person.user.has_second_factor = True
    with pytest.raises(NotAboutOneself):
        correct(lin, lin.person.user)


# Whoever turns out to be a minor ----------------------------------------------------------------------------------


def test_whoever_turns_out_a_minor_loses_the_places_that_no_guardian_allows(lin, wang, blue):
    signup = make_signup(make_shift(places=1, unit=blue, starts_at=at("09:00", days=3)), lin)

    correct(lin, wang, name="林晓", id_number=make_id_number(born_on=CHILD_BORN))

    signup.refresh_from_db()
    assert signup.state == "cancelled"
    assert guardians.is_minor(Person.objects.get(pk=lin.person.pk), at=at("09:00"))


def test_whoever_turns_out_a_minor_decides_for_no_child(lin, wang, blue):
    child = make_volunteer(unit=blue, name="林小雨", born_on=CHILD_BORN)
    guardians.register(
        child=child.person, guardian=lin.person, capacity="parent", paper="户口簿", by=wang, at=at("08:00")
    )

    correct(lin, wang, name="林晓", id_number=make_id_number(born_on=dt.date(2010, 5, 17)))

    assert not guardians.guardians_of(child.person).exists()


def test_another_birthday_of_a_grown_up_takes_nothing_away(lin, wang, blue):
    signup = make_signup(make_shift(places=1, unit=blue, starts_at=at("09:00", days=3)), lin)

    correct(lin, wang, name="林晓", id_number=make_id_number(born_on=dt.date(1980, 5, 17)))

    signup.refresh_from_db()
    assert signup.state == "taken"


# Pages ------------------------------------------------------------------------------------------------------------


def test_a_volunteer_changes_details_and_reads_who_else_did(client, sign_in, lin, wang, now_is):
    now_is(at("09:00"))
    correct(lin, wang)
    sign_in(client, lin.person.user, second_factor=False)
    page = reverse("people:details")
    assert page in client.get(reverse("people:me")).text

    done = client.post(page, {"township": "安阳街道", "specialities": ["01"]}, follow=True)
    wrong = client.post(page, {"education": "??"})

    assert "改好了" in done.text
    assert ("王敏" in done.text, "登记时写错" in done.text, "安阳街道" in done.text) == (True, True, True)
    assert wrong.status_code == 422


def test_an_applicant_has_details_but_no_specialities_here(client, sign_in, now_is, bureau):
    from xinglin.people.tests.factories import make_person

    now_is(at("09:00"))
    person = make_person(name="沈佳")
    sign_in(client, person.user, second_factor=False)

    shown = client.get(reverse("people:details")).text
    client.post(reverse("people:details"), {"township": "安阳街道"})

    assert "会做的事" not in shown
    assert Person.objects.get(pk=person.pk).township == "安阳街道"


def test_the_desk_rights_a_name_and_details_for_those_without_a_phone(client, sign_in, lin, wang, now_is):
    now_is(at("09:00"))
    sign_in(client, wang)
    page = reverse("people:data_of", args=[lin.number])
    said = {"what": "who", "name": "林晓东", "id_kind": "01", "document_seen": "on", "reason": "写错"}
    assert page in client.get(reverse("people:volunteer", args=[lin.number])).text

    unseen = client.post(page, said | {"document_seen": ""})
    figure = client.post(page, said | {"name": "林晓1"})
    done = client.post(page, said, follow=True)
    details = client.post(page, {"what": "details", "township": "安阳街道"}, follow=True)

    assert (unseen.status_code, figure.status_code) == (422, 422)
    assert "看过原件再改" in unseen.text
    assert "更正好了" in done.text
    assert "安阳街道" in details.text
    assert queries.person_of(lin.person.user).name == "林晓东"


def test_whoever_has_left_is_still_put_right_at_their_last_home(client, sign_in, lin, wang, now_is):
    now_is(at("09:00"))
    lin.memberships.update(left_on=at("09:00").date())
    type(lin).objects.filter(pk=lin.pk).update(state="left")
    sign_in(client, wang)

    assert client.get(reverse("people:data_of", args=[lin.number])).status_code == 200


# Two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_who_are_given_one_document_at_once_one_has_it(hospital, blue):
    wang = staff(name="王敏", login_name="wangmin", role="coordinator", unit=hospital)
    people = [member(name="林晓", number=f"V00000{n}", phone=f"1380000000{n}", unit=blue) for n in range(1, 4)]
    number = make_id_number()

    outcomes = at_once(*(lambda one=one: correct(one, wang, id_number=number) for one in people))

    assert outcomes == {"list": 1, "DocumentTaken": 2}
