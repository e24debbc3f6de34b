"""Who belongs to whom, and who is in hardship: seen by somebody, once, dated, and ended."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from conftest import at, member
from xinglin.audit.models import Entry
from xinglin.people import queries, relations
from xinglin.people.errors import (
    HardshipInThePast,
    HardshipStands,
    NotAboutOneself,
    PaperNeeded,
    RelatedAlready,
    RelatedToOneself,
    RelationEnded,
)
from xinglin.people.models import Relation

pytestmark = pytest.mark.django_db


@pytest.fixture
def mother(blue):
    return member(name="林母", number="V000009", phone="13800000009", unit=blue)


def register(lin, mother, by, **other):
    facts = {"person": lin.person, "relative": mother.person, "kind": "parent", "paper": "户口簿", "by": by}
    return relations.register(**facts | other, at=at("09:00"))


def test_a_relation_is_seen_from_both_sides(lin, mother, wang):
    register(lin, mother, wang)

    assert queries.tie_between(lin.person, mother.person) == "parent"
    assert queries.tie_between(mother.person, lin.person) == "child"
    assert Entry.objects.get(verb="registered_relation").facts.keys() == {"relation"}


def test_two_people_have_one_relation_whoever_is_named_first(lin, mother, wang):
    register(lin, mother, wang)

    with pytest.raises(RelatedAlready):
        register(mother, lin, wang, kind="friend")


def test_a_relation_ends_once_and_may_be_registered_anew(lin, mother, wang):
    relation = register(lin, mother, wang)
    relations.end(relation=relation, by=lin.person.user, at=at("10:00"))

    assert queries.ties_of(lin.person) == []
    with pytest.raises(RelationEnded):
        relations.end(relation=relation, by=wang, at=at("10:01"))
    assert register(lin, mother, wang, kind="relative").kind == "relative"


@pytest.mark.parametrize(
    ("other", "refusal"), [({"paper": " "}, PaperNeeded), ({"relative": "self"}, RelatedToOneself)]
)
def test_what_nobody_saw_and_oneself_are_refused(lin, mother, wang, other, refusal):
    other = {"relative": lin.person} if "relative" in other else other

    with pytest.raises(refusal):
        register(lin, mother, wang, **other)


def test_nobody_registers_their_own_relatives_or_hardship(lin, mother):
    with pytest.raises(NotAboutOneself):
        register(lin, mother, lin.person.user)
    with pytest.raises(NotAboutOneself):
        relations.decide_hardship(
            person=lin.person, paper="低保证", until=dt.date(2027, 1, 1), by=lin.person.user, at=at("09:00")
        )


def test_hardship_holds_until_its_day_and_the_trail_says_nothing_of_why(lin, wang):
    facts = {"person": lin.person, "paper": "低保证", "by": wang, "at": at("09:00")}
    relations.decide_hardship(**facts, until=dt.date(2026, 12, 31))

    assert queries.is_in_hardship(lin.person, on=dt.date(2026, 12, 31))
    assert not queries.is_in_hardship(lin.person, on=dt.date(2027, 1, 1))
    assert "低保" not in str(Entry.objects.get(verb="decided_hardship").__dict__)
    with pytest.raises(HardshipStands):
        relations.decide_hardship(**facts, until=dt.date(2027, 12, 31))
    with pytest.raises(HardshipInThePast):
        relations.decide_hardship(**facts, until=dt.date(2026, 11, 23))


def test_after_its_day_it_may_be_decided_anew(lin, wang):
    facts = {"person": lin.person, "paper": "低保证", "by": wang}
    relations.decide_hardship(**facts, until=dt.date(2026, 11, 24), at=at("09:00"))

    again = relations.decide_hardship(**facts, until=dt.date(2027, 1, 1), at=at("09:00", days=1))

    assert queries.hardship_of(lin.person) == again


def test_whoever_belongs_to_two_teams_is_at_home_in_the_first(lin, hospital, bureau, wang, blue):
    assert queries.home_unit(lin.person) == blue
    assert queries.home_units([lin.person]) == {lin.person.pk: blue}


# Pages ------------------------------------------------------------------------------------------------------------


def test_a_coordinator_registers_and_the_member_sees_and_ends_it(client, sign_in, lin, mother, wang, now_is):
    now_is(at("09:00"))
    sign_in(client, wang)
    wrong = client.post(
        reverse("people:add_relation", args=[lin.number]), {"number": "V1", "kind": "parent", "paper": "x"}
    )
    said = {"number": "v000009", "kind": "parent", "paper": "户口簿"}
    client.post(reverse("people:add_relation", args=[lin.number]), said)
    again = client.post(reverse("people:add_relation", args=[lin.number]), said)

    assert (wrong.status_code, again.status_code) == (422, 422)
    assert "没有找到编号为 V1 的志愿者" in wrong.text
    assert "已经登记过了" in again.text
    sign_in(client, lin.person.user, second_factor=False)
    assert "林母" in client.get(reverse("people:my_relations")).text
    client.post(reverse("people:end_my_relation", args=[Relation.objects.get().code]))
    assert "林母" not in client.get(reverse("people:my_relations")).text


def test_hardship_is_decided_and_ended_at_the_desk(client, sign_in, lin, wang, now_is):
    now_is(at("09:00"))
    sign_in(client, wang)
    page = reverse("people:relations", args=[lin.number])
    client.post(reverse("people:decide_hardship", args=[lin.number]), {"paper": "低保证", "until": "2027-01-01"})

    shown = client.get(page).text
    client.post(reverse("people:end_hardship", args=[lin.number]))

    assert "2027-01-01" in shown
    assert "2027-01-01" not in client.get(page).text
    assert client.post(reverse("people:decide_hardship", args=[lin.number]), {"until": "x"}).status_code == 422
