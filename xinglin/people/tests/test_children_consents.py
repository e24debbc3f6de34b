"""Below 14 the word on what is kept of somebody is the guardian's: given, taken back and seen on their page."""

from __future__ import annotations

import datetime as dt
import importlib

import pytest
from django.db import connection
from django.urls import reverse

from conftest import at, sign_in
from xinglin.audit.models import Entry
from xinglin.people import consenting, guardians, queries
from xinglin.people.consent_errors import DecidesThemselves, GuardiansWord
from xinglin.people.errors import GuardianshipEnded, TextHasChanged
from xinglin.people.models import Consent
from xinglin.people.tests.factories import make_paper, make_text, make_texts, make_volunteer
from xinglin.people.vetting.errors import HealthConsentNeeded

pytestmark = pytest.mark.django_db
NOW = at("08:00")


@pytest.fixture
def girl(blue):
    make_texts()
    return make_volunteer(unit=blue, name="林小雨", number="V000780", born_on=dt.date(2014, 3, 1))


@pytest.fixture
def ward(girl, lin, wang):
    facts = {"child": girl.person, "guardian": lin.person, "capacity": "parent", "paper": "户口簿"}
    return guardians.register(**facts, by=wang, at=NOW)


@pytest.mark.parametrize("kind", consenting.PURPOSES)
def test_a_childs_own_press_is_refused_both_ways(girl, ward, kind):
    with pytest.raises(GuardiansWord):
        consenting.give(person=girl.person, kind=kind, at=NOW)
    consenting.give_for(guardianship=ward, kind=kind, version="2026-11", at=NOW)
    with pytest.raises(GuardiansWord):
        consenting.withdraw(person=girl.person, kind=kind, at=NOW)

    assert queries.has_consented(girl.person, kind)


def test_the_guardian_gives_it_and_takes_it_back(girl, lin, ward):
    with pytest.raises(TextHasChanged):
        consenting.give_for(guardianship=ward, kind="health", version="2020-01", at=NOW)
    consent = consenting.give_for(guardianship=ward, kind="health", version="2026-11", at=NOW)

    consenting.withdraw_for(guardianship=ward, kind="health", at=NOW)

    consent.refresh_from_db()
    user = lin.person.user
    assert (consent.given_by, consent.withdrawn_by) == (user, user)
    told = Entry.objects.filter(thing=f"person:{girl.person.code}", actor_code=user.code)
    assert set(told.values_list("verb", flat=True)) == {"gave_consent", "withdrew_consent"}


def test_from_fourteen_on_the_word_is_their_own(blue, lin, wang):
    make_texts()
    boy = make_volunteer(unit=blue, name="林小雷", born_on=dt.date(2012, 11, 24))
    facts = {"child": boy.person, "guardian": lin.person, "capacity": "parent", "paper": "户口簿"}
    row = guardians.register(**facts, by=wang, at=NOW)

    with pytest.raises(DecidesThemselves):
        consenting.give_for(guardianship=row, kind="location", version="2026-11", at=NOW)
    consenting.give(person=boy.person, kind="location", at=NOW)

    assert queries.has_consented(boy.person, "location")


def test_whoever_is_no_guardian_any_more_decides_nothing(ward, lin):
    guardians.end(guardianship=ward, by=lin.person.user, at=NOW)

    with pytest.raises(GuardianshipEnded):
        consenting.give_for(guardianship=ward, kind="location", version="2026-11", at=NOW)


def test_a_child_hands_in_a_clearance_once_the_guardian_has_agreed(girl, ward):
    facts = {"what": "health", "consent_version": "2026-11"}
    with pytest.raises(GuardiansWord):
        make_paper(girl, at=NOW, **facts)
    with pytest.raises(HealthConsentNeeded):
        make_paper(girl, at=NOW, what="health")

    consenting.give_for(guardianship=ward, kind="health", version="2026-11", at=NOW)

    assert make_paper(girl, at=NOW, **facts).state == "waiting"


def test_what_children_had_pressed_themselves_is_asked_of_the_guardian_anew(girl, lin, wang):
    """As the update finds it: only their own presses go, on location and health."""
    for kind in consenting.PURPOSES:
        Consent.objects.create(person=girl.person, text=make_text(kind), given_at=NOW)
    consenting.give(person=lin.person, kind="health", at=NOW)
    on_paper = make_volunteer(born_on=dt.date(2015, 1, 1))
    Consent.objects.create(
        person=on_paper.person, text=make_text("health"), given_at=NOW, paper="同意书", entered_by=wang
    )

    with connection.cursor() as cursor:
        cursor.execute(importlib.import_module("xinglin.people.migrations.0032_ask_guardians_anew").TAKE_BACK)

    stands = {(one.person_id, one.text.kind) for one in Consent.objects.filter(withdrawn_at=None)}
    assert stands == {(girl.person.pk, "privacy"), (lin.person.pk, "health"), (on_paper.person.pk, "health")}


# Pages ----------------------------------------------------------------------------------------------------------------


def test_my_children_leads_to_the_childs_consents_and_gates_where_the_guardian_decides(client, now_is, lin, girl, ward):
    now_is(NOW)
    guardians.consent(guardianship=ward, at=NOW)
    sign_in(client, lin.person.user)
    address = reverse("people:child_consents", args=[ward.code])
    change = reverse("people:change_child_consent", args=[ward.code, "location"])

    children = client.get(reverse("activities:children")).content.decode()
    client.post(change, {"give": "1", "version": "2026-11"})
    given, page = queries.has_consented(girl.person, "location"), client.get(address).content.decode()
    client.post(change)

    assert address in children
    assert "签到位置 · 没有同意" in children
    assert given
    assert "林晓替孩子同意" in page
    assert "孩子的上岗进度" in page
    assert not queries.has_consented(girl.person, "location")
    assert client.post(change.replace("location", "agreement")).status_code == 404


def test_nobody_elses_child_is_found(client, blue, ward):
    sign_in(client, make_volunteer(unit=blue, name="何苗").person.user)

    assert client.get(reverse("people:child_consents", args=[ward.code])).status_code == 404


def test_the_childs_own_pages_send_to_the_guardian(client, girl, ward):
    sign_in(client, girl.person.user)

    page = client.get(reverse("people:consents")).content.decode()
    hand_in = client.get(reverse("people:hand_in", args=["health"])).content.decode()
    agreement = client.get(reverse("people:agreement")).content.decode()

    assert "由家长同意或撤回" in page
    assert "我同意" not in page.split("看全文")[-1]
    assert "先请家长同意" in hand_in
    assert "privacy_version" not in agreement


def test_at_the_desk_a_guardian_signs(client, girl, wang):
    sign_in(client, wang)
    address = reverse("people:consents_of", args=[girl.number])

    before = client.get(address).content.decode()
    client.post(f"{address}health/", {"give": "1", "paper": "母亲签的健康信息同意书", "version": "2026-11"})

    assert "登记监护人的同意" in before
    assert queries.has_consented(girl.person, "health")
