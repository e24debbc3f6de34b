"""Saying yes to what is kept, on the phone or on paper at the desk, and taking it back as easily."""

from __future__ import annotations

import pytest
from django.urls import reverse

from conftest import at, sign_in
from xinglin.audit.models import Entry
from xinglin.lib.whole_person import Whole
from xinglin.organisation.errors import MayNot
from xinglin.people import consenting, exporting, person, queries, search
from xinglin.people.errors import ConsentGivenAlready, NoSuchConsent, NotAboutOneself, PaperNeeded, TextHasChanged
from xinglin.people.models import Consent
from xinglin.people.search import Asked
from xinglin.people.tests.factories import make_staff, make_texts, make_volunteer

pytestmark = pytest.mark.django_db
NOW = at("08:00")
ON_PAPER = {"kind": "privacy", "paper": "11月20日签的同意书", "version": "2026-11"}


@pytest.fixture
def withdrawn(lin):
    """林晓 said yes and took it back."""
    make_texts()
    consenting.give(person=lin.person, kind="privacy", at=NOW)
    consenting.withdraw(person=lin.person, kind="privacy", at=NOW)
    return lin


def test_a_withdrawal_is_part_of_ones_standing_until_one_says_yes_again(withdrawn):
    before = queries.standing(withdrawn, at=NOW).has_withdrawn

    consenting.give(person=withdrawn.person, kind="privacy", at=NOW)

    assert (before, queries.standing(withdrawn, at=NOW).has_withdrawn) == (True, False)


def test_who_was_never_asked_has_taken_nothing_back(lin):
    assert not queries.standing(lin, at=NOW).has_withdrawn


def test_staff_enters_what_was_signed_on_paper_and_takes_it_back_at_a_word(withdrawn, wang):
    consenting.enter(person=withdrawn.person, **ON_PAPER, by=wang, at=NOW)
    with pytest.raises(ConsentGivenAlready):
        consenting.enter(person=withdrawn.person, **ON_PAPER, by=wang, at=NOW)
    standing = queries.consent_of(withdrawn.person, "privacy")

    consenting.withdraw_at_desk(person=withdrawn.person, kind="privacy", by=wang, at=NOW)

    assert (standing.paper, standing.entered_by) == ("11月20日签的同意书", wang)
    assert queries.has_withdrawn(withdrawn.person, "privacy")
    assert Consent.objects.get(pk=standing.pk).withdrawn_by == wang
    entered = Entry.objects.get(verb="entered_consent")
    assert (entered.actor_code, entered.facts) == (wang.code, {"kind": "privacy", "version": "2026-11"})
    assert Entry.objects.filter(verb="withdrew_consent", actor_code=wang.code).count() == 1
    with pytest.raises(NoSuchConsent):
        consenting.withdraw_at_desk(person=withdrawn.person, kind="privacy", by=wang, at=NOW)


def test_nothing_is_entered_without_a_paper_of_today_by_oneself_or_from_elsewhere(withdrawn, wang, bureau):
    elsewhere = make_staff(unit=make_volunteer().memberships.get().unit)

    for by, said, why in [
        (wang, {"paper": " "}, PaperNeeded),
        (wang, {"version": "2020-01"}, TextHasChanged),
        (elsewhere, {}, MayNot),
    ]:
        with pytest.raises(why):
            consenting.enter(person=withdrawn.person, **ON_PAPER | said, by=by, at=NOW)
    with pytest.raises(NotAboutOneself):
        consenting.on_paper(person=withdrawn.person, **ON_PAPER, by=withdrawn.person.user, at=NOW)

    assert queries.has_withdrawn(withdrawn.person, "privacy")


def test_of_two_accounts_that_become_one_a_withdrawal_holds(withdrawn, blue, wang):
    other = make_volunteer(unit=blue, name="林晓")
    for one in (withdrawn, other):
        consenting.give(person=one.person, kind="location", at=NOW)
    consenting.give(person=other.person, kind="privacy", at=NOW)
    kept, gone = (Whole(one.person.user, one.person, one) for one in (other, withdrawn))

    person.merge(kept, gone, by=wang, at=NOW)

    assert queries.has_withdrawn(other.person, "privacy")
    assert not queries.has_withdrawn(other.person, "location")


def test_who_took_it_back_stands_on_no_exported_list(withdrawn, blue, wang):
    make_volunteer(unit=blue, name="何苗")

    count = search.counted(*exporting.of_whom(wang, Asked()), at=NOW)
    exporting.export(user=wang, asked=Asked(), reason="年度统计", at=NOW)

    assert (count, Entry.objects.get(verb="exported_people").facts["rows"]) == (1, 1)


# Pages ----------------------------------------------------------------------------------------------------------------


def test_the_page_says_of_each_purpose_what_its_withdrawal_does(client, lin):
    make_texts()
    for kind in consenting.PURPOSES:
        consenting.give(person=lin.person, kind=kind, at=NOW)

    said = sign_in(client, lin.person.user).get(reverse("people:consents")).content.decode()

    of_privacy, of_location, of_health = (
        said.count(words) for words in ("不能再安排新的班次", "签到请扫带队人的动态码", "这一关马上不再有效，要")
    )
    assert (of_privacy, of_location, of_health) == (1, 1, 1)


def test_home_and_the_page_say_how_to_come_back(client, withdrawn):
    sign_in(client, withdrawn.person.user)

    home, page = (client.get(reverse(name)).content.decode() for name in ("home:home", "people:consents"))

    assert "您撤回了个人信息的同意" in home
    assert "想再来，看过说明、按“我同意”" in page


def test_the_coordinators_page_shows_it_and_a_paper_is_entered_beside_it(client, withdrawn, wang):
    sign_in(client, wang)
    address = reverse("people:change_consent_of", args=[withdrawn.number, "privacy"])
    seen = client.get(reverse("people:volunteer", args=[withdrawn.number])).content.decode()

    empty = client.post(address, {"give": "1", "paper": "", "version": "2026-11"})
    client.post(address, {"give": "1", "paper": "11月20日签的同意书", "version": "2026-11"})
    page = client.get(reverse("people:consents_of", args=[withdrawn.number])).content.decode()

    assert "本人已撤回" in seen
    assert empty.status_code == 422
    assert "签在纸上：11月20日签的同意书" in page
    client.post(address)
    assert queries.has_withdrawn(withdrawn.person, "privacy")
