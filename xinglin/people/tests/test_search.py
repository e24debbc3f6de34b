"""Finding volunteers: by everything that may be typed or chosen, within what one may see, page by page."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from xinglin.organisation.tests.factories import make_unit
from xinglin.people import documents, leaving, search, seeking
from xinglin.people.documents import Document
from xinglin.people.models import Person, Qualification, Sought, Volunteer
from xinglin.people.search import Asked
from xinglin.people.tests.factories import LONG_AGO, make_id_number, make_person, make_volunteer
from xinglin.recognition.tests.factories import make_scheme, make_star

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(wang, at):
    """The names of whom Wang finds."""
    wang.has_second_factor = True

    def _found(**asked):
        return [one.name for one in search.find(wang, Asked(**asked), at=at("09:00")).rows]

    return _found


@pytest.fixture
def three(blue, hospital):
    """林晓东 of the blue team, 单小红 suspended in another team of the house, 林静 of another house."""
    red = make_unit(parent=hospital, name="红队")
    return (
        make_volunteer(unit=blue, name="林晓东", phone="13800000021", specialities=["医疗急救"], number="V0000021"),
        make_volunteer(unit=red, name="单小红", state="suspended", qualifications=["执业医师"], number="V0000022"),
        make_volunteer(unit=make_unit(name="别处"), name="林静", number="V0000023"),
    )


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["林晓东", "单小红"]),
        ({"text": "林晓"}, ["林晓东"]),
        ({"text": "晓东"}, ["林晓东"]),
        ({"text": "林"}, ["林晓东"]),
        ({"text": "shanxiao"}, ["单小红"]),
        ({"text": "lxd"}, ["林晓东"]),
        ({"text": "v0000021"}, ["林晓东"]),
        ({"text": "22"}, ["单小红"]),
        ({"text": "138 0000 0021"}, ["林晓东"]),
        ({"text": "13800000099"}, []),
        ({"text": "没有这人"}, []),
        ({"text": "'; --"}, []),
        ({"text": "😀"}, []),
        ({"text": "\\' | 林"}, ["林晓东"]),
        ({"state": "suspended"}, ["单小红"]),
        ({"speciality": "01"}, ["林晓东"]),
        ({"qualification": "执业医师"}, ["单小红"]),
        ({"qualification": "护士"}, []),
        ({"qualification": "执业助理医师"}, ["单小红"]),
        ({"qualification": "主任医师"}, []),
        ({"text": "xiao", "state": "active"}, ["林晓东"]),
        ({"text": "xiao", "state": "suspended"}, ["单小红"]),
        ({"text": "xiao", "speciality": "01"}, ["林晓东"]),
        ({"text": "xiao", "speciality": "02"}, []),
        ({"text": "v0000021", "state": "suspended"}, []),
    ],
)
def test_whom_one_finds(found, three, asked, names):
    assert found(**asked) == names


def test_whoever_left_is_found_where_they_belonged_until_they_are_erased(found, three, at, wang, client, sign_in):
    gone, erased, elsewhere = three[0], three[1], three[2]
    for one in three:
        leaving.leave(volunteer=one, reason="搬家了", at=at("08:00"))
    Person.objects.filter(pk=erased.person.pk).update(erased_at=at("08:30"))

    assert found() == []
    assert found(state="left") == ["林晓东"]
    desk = sign_in(client, wang)
    page = desk.get(f"/desk/people/{gone.number}/").content.decode()
    assert ("原来在" in page, "暂停服务" in page) == (True, False)
    for hidden in (erased, elsewhere):
        assert desk.get(f"/desk/people/{hidden.number}/").status_code == 404


def test_an_id_card_finds_its_owner(found, three):
    number = make_id_number()
    Person.objects.filter(name="林晓东").update(id_blind=documents.blind(Document(documents.ID_CARD, number)))

    assert found(text=number) == ["林晓东"]


def test_a_team_holds_all_below_it(found, three, hospital, blue):
    assert found(unit=hospital) == ["林晓东", "单小红"]
    assert found(unit=blue) == ["林晓东"]


def test_an_expired_paper_finds_nobody(found, three, at):
    Qualification.objects.update(valid_until=at("09:00").date() - dt.timedelta(days=1))

    assert found(qualification="执业医师") == []


def test_stars_are_found_by_what_recognition_adds(found, three, at, hospital):
    make_star(three[0].person, scheme=make_scheme(unit=hospital), at=at("08:00", days=-30), days=1)

    assert found(more={"star": "1"}) == ["林晓东"]
    assert found(more={"star": "2"}) == []
    assert found(text="lin", more={"star": "1"}) == ["林晓东"]
    assert found(state="active", more={"star": "1"}) == ["林晓东"]
    assert found(state="suspended", more={"star": "1"}) == []


def test_a_star_that_is_taken_back_is_found_no_more_and_one_that_moves_is_found_at_its_new_owner(
    found, three, at, hospital
):
    scheme, lin, shan = make_scheme(unit=hospital), three[0].person, three[1].person
    first, second = (make_star(lin, scheme=scheme, level=level, at=at("08:00", days=-30), days=1) for level in (1, 2))
    assert Sought.objects.get(person=lin).stars == 2

    second.withdrawn_at = at("08:00")
    second.save()
    assert (Sought.objects.get(person=lin).stars, found(more={"star": "2"})) == (1, [])

    first.person = shan
    first.save()
    assert [Sought.objects.get(person=one).stars for one in (lin, shan)] == [None, 1]
    assert found(more={"star": "1"}) == ["单小红"]

    first.delete()
    assert Sought.objects.get(person=shan).stars is None


def test_pages_go_on_behind_the_last_number(wang, at, blue):
    for number in range(5):
        make_volunteer(unit=blue, number=f"V000010{number}", agreement=False)

    first = search.find(wang, Asked(), at=at("09:00"), limit=2)
    second = search.find(wang, Asked(), at=at("09:00"), limit=2, after=first.after)
    third = search.find(wang, Asked(), at=at("09:00"), limit=2, after=second.after)

    assert [one.number for page in (first, second, third) for one in page.rows] == [
        f"V000010{number}" for number in range(5)
    ]
    assert third.after == ""
    assert search.counted(search.within(wang), Asked(), at=at("09:00")) == 5


def test_whoever_is_renamed_is_found_by_the_new_name_once_the_job_has_run(found, three):
    Person.objects.filter(name="林晓东").update(name="林晓西")

    assert found(text="晓东") == []
    assert Sought.objects.get(person__name="林晓西").words is None
    assert seeking.fill() == 1
    assert found(text="lxx") == ["林晓西"]
    assert seeking.fill() == 0


def test_whose_state_or_speciality_changes_is_found_by_the_new_one_and_their_name(found, three):
    Volunteer.objects.filter(number="V0000021").update(state="suspended", specialities=["03", "05"])

    assert found(text="lxd", state="active") == []
    assert found(text="lxd", state="suspended", speciality="05") == ["林晓东"]
    assert found(text="lxd", speciality="01") == []


def test_pages_of_a_name_go_on_behind_the_last_number_too(wang, at, blue):
    for number in range(3):
        make_volunteer(unit=blue, name=f"陈{'一二三'[number]}", number=f"V000010{number}", agreement=False)

    first = search.find(wang, Asked(text="chen"), at=at("09:00"), limit=2)
    second = search.find(wang, Asked(text="chen"), at=at("09:00"), limit=2, after=first.after)
    assert [one.name for page in (first, second) for one in page.rows] == ["陈一", "陈二", "陈三"]


def test_who_is_taken_back_is_no_longer_in_the_order_of_numbers(three):
    volunteer = three[0]
    volunteer.memberships.all().delete()
    volunteer.agreements.all().delete()
    volunteer.delete()

    left = Sought.objects.get(person__name="林晓东")
    assert (left.number, left.volunteer_key, left.state, left.specialities) == (None, None, None, None)
    assert Sought.objects.get(person__name="单小红").number == "V0000022"


def test_every_person_has_a_row_from_the_first_moment_on(blue):
    person = make_person(name="何苗")

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_sought WHERE person_id = %s AND words IS NOT NULL", [person.pk])
        assert cursor.fetchone() == (1,)
    assert person.created_at == LONG_AGO
