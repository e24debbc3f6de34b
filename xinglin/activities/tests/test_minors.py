"""Minors: by whose word they take a place, who comes along, what is never for them. And people whom the staff helps."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from conftest import at, sign_in
from xinglin.activities import actions, errors, planning
from xinglin.activities import person as activities_person
from xinglin.activities.minors import wishes, words
from xinglin.activities.minors.errors import (
    GuardianDecides,
    GuardianMustCome,
    GuardianNeeded,
    GuardianReadsAnew,
    GuardiansWordNeeded,
    NotForMinors,
    WordOfTomorrow,
    WordWithoutPaper,
)
from xinglin.activities.models import Attendance, GuardiansWord, Signup
from xinglin.activities.tests.factories import make_project, make_shift
from xinglin.activities.walkins import joining as walkins
from xinglin.activities.walkins.errors import TheyDoNotFit
from xinglin.audit.models import Entry
from xinglin.lib.whole_person import Whole
from xinglin.notices.models import Notice
from xinglin.organisation import actions as organisation
from xinglin.organisation.errors import MayNot
from xinglin.people import assisting, guardians, person, queries, telling
from xinglin.people.actions import Draft
from xinglin.people.assisting import Paper
from xinglin.people.errors import (
    AssistedAlready,
    ConsentGivenAlready,
    GuardedAlready,
    GuardianOfOneself,
    GuardianTooYoung,
    NoAssistance,
    NotAMinor,
    PaperNeeded,
    TextHasChanged,
    WhoConsented,
)
from xinglin.people.models import DocumentText, Guardianship
from xinglin.people.newcomers import registering
from xinglin.people.tests.factories import make_id_number, make_texts, make_volunteer
from xinglin.people.vetting import signing

pytestmark = pytest.mark.django_db
NOW = at("08:00")


def born(age: int) -> dt.date:
    return dt.date(2026 - age, 3, 1)


def child(unit: Any, *, age: int, **facts: Any) -> Any:
    return make_volunteer(unit=unit, name="林小雨", born_on=born(age), **facts)


def guarded(child: Any, guardian: Any, wang: Any, *, consented: bool = True) -> Guardianship:
    facts = {"child": child.person, "guardian": guardian.person, "capacity": "parent", "paper": "户口簿"}
    row = guardians.register(**facts, by=wang, at=NOW)
    return guardians.consent(guardianship=row, at=NOW) if consented else row


@pytest.fixture
def post(blue: Any) -> Any:
    return make_shift(places=5, unit=blue).posts.get()


# Who decides -------------------------------------------------------------------------------------------------------


def test_below_eighteen_nobody_takes_a_place_without_a_guardians_consent(blue, post, lin, wang):
    girl = child(blue, age=17)
    with pytest.raises(GuardianNeeded):
        actions.take_shift(volunteer=girl, post=post, at=NOW)
    guarded(girl, lin, wang, consented=False)

    with pytest.raises(GuardianNeeded):
        actions.take_shift(volunteer=girl, post=post, at=NOW, by=lin.person.user)


def test_the_guardian_decides_each_time_unless_the_unit_says_once(blue, post, lin, wang):
    girl = child(blue, age=17)
    guarded(girl, lin, wang)

    with pytest.raises(GuardianDecides):
        actions.take_shift(volunteer=girl, post=post, at=NOW)
    organisation.set_policy(unit=blue, name="guardian_decides", value="once", set_by=None, starts_at=NOW, at=NOW)
    assert actions.take_shift(volunteer=girl, post=post, at=NOW).state == "taken"


def test_by_the_guardians_word_also_a_younger_child_comes_and_the_trail_says_for_whom(blue, post, lin, wang):
    boy = child(blue, age=12)
    guarded(boy, lin, wang)

    signup = actions.take_shift(volunteer=boy, post=post, at=NOW, by=lin.person.user)

    entry = Entry.objects.get(verb="signed_up_other")
    assert signup.taken_by == lin.person.user
    assert entry.facts["on_behalf"] == boy.person.code


def test_somebody_elses_word_is_no_guardians(blue, post, lin, wang):
    boy = child(blue, age=12)
    guarded(boy, lin, wang)

    with pytest.raises(GuardiansWordNeeded) as refused:
        actions.take_shift(volunteer=boy, post=post, at=NOW, by=wang)
    assert refused.value.next_url is None  # the page for a child's wish is not there for staff


# A guardian without a telephone --------------------------------------------------------------------------------------


def on_paper(child: Any, guardian: Any, wang: Any) -> Guardianship:
    row = guarded(child, guardian, wang, consented=False)
    return guardians.consent(guardianship=row, by=wang, paper="11月20日同意书", at=NOW)


def test_staff_writes_down_what_a_guardian_who_signs_on_paper_said_this_time(blue, post, lin, wang):
    boy = child(blue, age=12)
    row = on_paper(boy, lin, wang)
    said = words.Word(row, "paper", NOW.date(), " 11月24日的字条 ")

    signup = actions.take_shift(volunteer=boy, post=post, at=NOW, by=wang, word=said)

    kept = signup.guardians_word
    assert (kept.guardianship, kept.how, kept.paper, kept.entered_by) == (row, "paper", "11月24日的字条", wang)
    facts = Entry.objects.get(verb="signed_up_other").facts
    assert (facts["guardianship"], facts["how"], facts["said_on"]) == (row.code, "paper", "2026-11-24")
    assert "字条" not in str(facts)


def test_a_guardian_with_a_telephone_nods_on_it_and_staff_speaks_for_nobody(blue, post, lin, wang, zhao):
    boy = child(blue, age=12)
    by_phone = words.Word(guarded(boy, lin, wang), "call", NOW.date())
    with pytest.raises(GuardiansWordNeeded):
        actions.take_shift(volunteer=boy, post=post, at=NOW, by=wang, word=by_phone)

    other = words.Word(on_paper(child(blue, age=13), lin, wang), "call", NOW.date())
    with pytest.raises(GuardiansWordNeeded):
        actions.take_shift(volunteer=boy, post=post, at=NOW, by=wang, word=other)
    with pytest.raises(MayNot):
        actions.take_shift(volunteer=boy, post=post, at=NOW, by=zhao, word=other)
    assert not Signup.objects.exists()


@pytest.mark.parametrize(
    ("word", "refusal"),
    [({"how": "paper"}, WordWithoutPaper), ({"how": "call", "said_on": dt.date(2026, 11, 25)}, WordOfTomorrow)],
)
def test_a_word_names_its_note_and_is_not_of_tomorrow(blue, post, lin, wang, word, refusal):
    boy = child(blue, age=12)
    said = words.Word(on_paper(boy, lin, wang), **({"said_on": NOW.date()} | word))

    with pytest.raises(refusal):
        actions.take_shift(volunteer=boy, post=post, at=NOW, by=wang, word=said)


def test_a_word_does_not_make_a_little_one_come_alone_and_falls_with_the_consent(blue, post, lin, wang):
    little, boy = child(blue, age=9), child(blue, age=12)
    said = words.Word(on_paper(little, lin, wang), "call", NOW.date())
    with pytest.raises(GuardianMustCome):
        actions.take_shift(volunteer=little, post=post, at=NOW, by=wang, word=said)
    row = on_paper(boy, lin, wang)
    signup = actions.take_shift(volunteer=boy, post=post, at=NOW, by=wang, word=words.Word(row, "call", NOW.date()))

    guardians.withdraw_consent(guardianship=row, by=wang, at=NOW)

    signup.refresh_from_db()
    assert signup.state == Signup.State.CANCELLED


def test_the_desk_asks_how_the_guardian_said_yes_and_signs_the_child_up(blue, post, lin, wang, now_is):
    now_is(NOW)
    boy = child(blue, age=12, number="V000905")
    row = on_paper(boy, lin, wang)
    assisting.register(person=boy.person, said=Paper("guardian", "林晓", "同意书"), by=wang, at=NOW)
    desk, address = sign_in(Client(), wang), "/desk/people/V000905/sign-up/"

    asked = desk.post(address, {"post": post.code})
    missing = desk.post(address, {"post": post.code, "guardian": row.code, "said_on": "2026-11-24"})
    without = desk.post(
        address, {"post": post.code, "guardian": row.code, "how": "paper", "said_on": "2026-11-24", "paper": ""}
    )
    done = desk.post(address, {"post": post.code, "guardian": row.code, "how": "call", "said_on": "2026-11-24"})

    assert "家长这一次怎么同意的" in asked.content.decode()
    assert "请选怎么同意的" in missing.content.decode()
    assert "请写上家长签在哪张纸上" in without.content.decode()
    assert (asked.status_code, missing.status_code, without.status_code, done.status_code) == (200, 422, 422, 302)
    assert Signup.objects.get().guardians_word.how == "call"


def test_the_desk_reads_what_to_do_where_no_guardian_signed_on_paper(blue, post, lin, wang, now_is):
    now_is(NOW)
    boy = child(blue, age=12, number="V000906")
    guarded(boy, lin, wang)
    assisting.register(person=boy.person, said=Paper("guardian", "林晓", "同意书"), by=wang, at=NOW)

    answer = sign_in(Client(), wang).post("/desk/people/V000906/sign-up/", {"post": post.code})

    assert answer.status_code == 409
    assert "这一次要家长同意" in answer.content.decode()
    assert "/wish/" not in answer.content.decode()


def test_what_a_guardian_said_stands_in_both_copies_and_goes_with_either(blue, post, lin, wang):
    boy = child(blue, age=12)
    said = words.Word(on_paper(boy, lin, wang), "paper", NOW.date(), "11月24日的字条")
    actions.take_shift(volunteer=boy, post=post, at=NOW, by=wang, word=said)

    for who in (boy, lin):
        sections = {
            one.name: one.rows for one in activities_person.export(Whole(who.person.user, who.person, who), NOW)
        }
        assert sections["guardians_words"][0]["paper"] == "11月24日的字条"
    activities_person.erase(Whole(lin.person.user, lin.person, lin), wang, NOW)

    assert GuardiansWord.objects.get().paper == ""


# Too young -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("age", "refusal"), [(5, errors.TooYoung), (9, GuardianMustCome)])
def test_too_young_and_too_young_alone(blue, post, lin, wang, age, refusal):
    little = child(blue, age=age)
    guarded(little, lin, wang)

    with pytest.raises(refusal):
        actions.take_shift(volunteer=little, post=post, at=NOW, by=lin.person.user)


def test_below_ten_a_child_comes_with_the_guardian_and_goes_with_the_guardian(blue, post, lin, wang):
    little = child(blue, age=9)
    guarded(little, lin, wang)
    own = actions.take_shift(volunteer=lin, post=post, at=at("08:00", days=-2))
    theirs = actions.take_shift(volunteer=little, post=post, at=NOW, by=lin.person.user)

    actions.cancel_signup(signup=own, reason="家里有事", at=NOW)

    theirs.refresh_from_db()
    assert theirs.state == Signup.State.CANCELLED


def test_a_child_who_is_there_already_stays_and_one_who_goes_is_told(blue, post, lin, wang):
    there, coming = child(blue, age=9), child(blue, age=8)
    own = actions.take_shift(volunteer=lin, post=post, at=at("08:00", days=-2))
    for little in (there, coming):
        guarded(little, lin, wang)
        actions.take_shift(volunteer=little, post=post, at=NOW, by=lin.person.user)
    came = Signup.objects.get(volunteer=there)
    Attendance.objects.create(signup=came, came_at=NOW, came_how="leader", came_marked_at=NOW)

    actions.cancel_signup(signup=own, reason="家里有事", at=NOW)

    states = dict(Signup.objects.values_list("volunteer", "state"))
    assert states == {lin.pk: "cancelled", there.pk: "taken", coming.pk: "cancelled"}
    told = Notice.objects.filter(kind="place_went_with_guardian").values_list("user", flat=True)
    assert set(told) == {lin.person.user_id, coming.person.user_id}


def test_a_child_with_another_guardian_on_the_shift_keeps_the_place(blue, post, lin, wang):
    little, father = child(blue, age=9), make_volunteer(unit=blue, name="林父")
    own = actions.take_shift(volunteer=lin, post=post, at=at("08:00", days=-2))
    actions.take_shift(volunteer=father, post=post, at=NOW)
    for guardian in (lin, father):
        guarded(little, guardian, wang)
    actions.take_shift(volunteer=little, post=post, at=NOW, by=lin.person.user)

    actions.cancel_signup(signup=own, reason="家里有事", at=NOW)

    assert Signup.objects.get(volunteer=little).state == "taken"


def late(volunteer: Any, post: Any, wang: Any) -> Signup:
    return walkins.join_late(volunteer=volunteer, post=post, by=wang, at=at("15:00"))


def test_from_the_paper_a_minor_is_put_down_only_with_consent_and_in_company(blue, post, lin, wang):
    girl, little = child(blue, age=16), child(blue, age=9)

    with pytest.raises(TheyDoNotFit, match="家长"):
        late(girl, post, wang)
    for one in (girl, little):
        guarded(one, lin, wang)
    with pytest.raises(TheyDoNotFit, match="陪着一起来"):
        late(little, post, wang)
    late(lin, post, wang)

    assert (late(girl, post, wang).state, late(little, post, wang).state) == ("taken", "taken")


def test_from_the_paper_too_no_minor_comes_to_rescue_and_nobody_too_young(blue, post, lin, wang):
    make_project(unit=blue, name="水上救援", category="0013")
    rescue = make_shift(places=5, unit=blue, name="水上救援", starts_at=at("13:00")).posts.get()
    girl, tiny = child(blue, age=16), child(blue, age=5)
    for one in (girl, tiny):
        guarded(one, lin, wang)
    late(lin, post, wang)

    with pytest.raises(TheyDoNotFit, match="未成年人不能参加"):
        late(girl, rescue, wang)
    with pytest.raises(TheyDoNotFit):
        late(tiny, post, wang)


def test_a_wish_that_one_guardian_denied_is_granted_by_no_other(blue, post, lin, wang):
    girl = child(blue, age=12)
    guarded(girl, lin, wang)
    wish = guardians.wish(child=girl.person, source=f"post:{post.code}", at=NOW)
    guardians.decide(wish=wish, grant=False, by=wang, at=NOW)

    wishes.grant(wish=wish, volunteer=girl, post=post, by=lin.person.user, at=NOW)

    assert not Signup.objects.exists()


def test_a_wish_waits_on_where_the_place_cannot_be_had(blue, lin, wang):
    full, girl = make_shift(places=1, unit=blue).posts.get(), child(blue, age=12)
    guarded(girl, lin, wang)
    actions.take_shift(volunteer=lin, post=full, at=NOW)
    wish = guardians.wish(child=girl.person, source=f"post:{full.code}", at=NOW)

    with pytest.raises(errors.ShiftFull):
        wishes.grant(wish=wish, volunteer=girl, post=full, by=lin.person.user, at=NOW)

    assert guardians.waiting_wishes(girl.person).get() == wish


def test_rescue_is_never_for_minors(blue, lin, wang):
    girl = child(blue, age=17)
    guarded(girl, lin, wang)
    make_project(unit=blue, name="水上救援", category="0013")
    rescue = make_shift(places=5, unit=blue, name="水上救援").posts.get()

    with pytest.raises(NotForMinors):
        actions.take_shift(volunteer=girl, post=rescue, at=NOW, by=lin.person.user)


def test_ages_are_the_units_policy(blue, post, lin, wang):
    girl = child(blue, age=17)
    organisation.set_policy(unit=blue, name="adult_age", value=16, set_by=None, starts_at=NOW, at=NOW)

    assert actions.take_shift(volunteer=girl, post=post, at=NOW).state == "taken"


# Registering and consenting ----------------------------------------------------------------------------------------


def test_a_guardian_is_grown_up_another_person_and_seen_on_a_paper(blue, lin, wang, zhao):
    girl, friend = child(blue, age=12), child(blue, age=17)
    facts = {"child": girl.person, "guardian": lin.person, "capacity": "parent", "by": wang, "at": NOW}
    with pytest.raises(PaperNeeded):
        guardians.register(**facts, paper=" ")
    with pytest.raises(MayNot):
        guardians.register(**facts | {"by": zhao}, paper="户口簿")
    with pytest.raises(GuardianOfOneself):
        guardians.register(**facts | {"guardian": girl.person}, paper="户口簿")
    with pytest.raises(GuardianTooYoung):
        guardians.register(**facts | {"guardian": friend.person}, paper="户口簿")
    with pytest.raises(NotAMinor):
        guardians.register(**facts | {"child": lin.person, "guardian": girl.person}, paper="户口簿")
    guardians.register(**facts, paper="户口簿")
    with pytest.raises(GuardedAlready):
        guardians.register(**facts, paper="户口簿")


def test_consenting_signs_the_agreement_for_the_child_and_is_taken_back_as_easily(blue, post, lin, wang):
    make_texts()
    girl = child(blue, age=12, agreement=False)
    row = guarded(girl, lin, wang)

    signed = queries.agreement_of(girl, at=NOW)
    assert (signing.signer_of(signed), signed.signed_name) == ("林晓", "")
    with pytest.raises(ConsentGivenAlready):
        guardians.consent(guardianship=row, at=NOW)
    guardians.withdraw_consent(guardianship=row, at=NOW)
    with pytest.raises(errors.TooYoung):
        actions.take_shift(volunteer=girl, post=post, at=NOW, by=lin.person.user)


def test_a_wish_holds_no_place_and_the_guardians_nod_takes_it(blue, post, lin, wang, now_is):
    now_is(NOW)
    girl = child(blue, age=12)
    row = guarded(girl, lin, wang)
    theirs, hers = (sign_in(Client(), who.person.user, second_factor=False) for who in (girl, lin))

    refused = theirs.post(f"/shifts/{post.shift.code}/take/").content.decode()
    theirs.post(f"/shifts/{post.shift.code}/wish/", {"post": post.code})
    seen = hers.get("/me/children/").content.decode()
    wish = guardians.waiting_wishes(girl.person).get()
    assert not Signup.objects.exists()
    hers.post(f"/me/children/{row.code}/wishes/{wish.code}/", {"grant": "1"})

    assert "告诉家长我想去" in refused
    assert "想去：门诊导医" in seen
    assert Signup.objects.get().taken_by == lin.person.user
    assert not guardians.waiting_wishes(girl.person).exists()


def test_a_stranger_sees_and_decides_nothing_of_a_child(blue, post, lin, wang, now_is):
    now_is(NOW)
    girl, other = child(blue, age=12), make_volunteer(unit=blue, name="何苗")
    row = guarded(girl, lin, wang)
    stranger = sign_in(Client(), other.person.user, second_factor=False)

    assert "林小雨" not in stranger.get("/me/children/").content.decode()
    assert stranger.post(f"/me/children/{row.code}/sign-up/", {"post": post.code}).status_code == 404


# Helped by the staff -----------------------------------------------------------------------------------------------


def test_staff_signs_up_only_whom_somebody_consented_for_and_the_trail_says_for_whom(blue, post, wang, now_is):
    now_is(NOW)
    elder = make_volunteer(unit=blue, name="陈奶奶", number="V000900", born_on=dt.date(1945, 3, 1))
    desk = sign_in(Client(), wang)

    desk.post("/desk/people/V000900/sign-up/", {"post": post.code})
    assert not Signup.objects.exists()
    desk.post("/desk/people/V000900/care/help/", {"capacity": "child", "name": "陈立", "paper": "11月20日同意书"})
    desk.post("/desk/people/V000900/sign-up/", {"post": post.code})

    signup = Signup.objects.get()
    assert (signup.volunteer, signup.taken_by) == (elder, wang)
    assert Entry.objects.get(verb="signed_up_other").facts["on_behalf"] == elder.person.code
    assert "陈立".encode() not in bytes(assisting.standing(elder.person).consented_sealed)


def test_an_elder_who_is_registered_and_signs_on_paper_serves_at_once(blue, post, wang):
    draft = Draft(name="陈奶奶", id_kind="01", id_number=make_id_number(born_on=dt.date(1945, 3, 1)), unit=blue)
    version = queries.text("privacy", at=NOW).version
    said = Paper("child", "陈立", "同意书", privacy_version=version, has_agreement=True)

    elder = registering.register(draft=draft, said=said, by=wang, at=NOW)

    assert actions.take_shift(volunteer=elder, post=post, by=wang, at=NOW).taken_by == wang


def test_who_consented_and_on_which_paper_is_asked_for(blue, lin, wang):
    facts = {"person": lin.person, "by": wang, "at": NOW}
    with pytest.raises(NoAssistance):
        assisting.demand(lin.person)
    with pytest.raises(WhoConsented):
        assisting.register(**facts, said=Paper("child", "", "同意书"))
    with pytest.raises(PaperNeeded):
        assisting.register(**facts, said=Paper("child", "林父", ""))
    row = assisting.register(**facts, said=Paper("child", "林父", "同意书"))
    with pytest.raises(AssistedAlready):
        assisting.register(**facts, said=Paper("child", "林父", "同意书"))
    assisting.end(assistance=row, by=wang, at=NOW)
    assert assisting.standing(lin.person) is None


# The text that a guardian agrees to ----------------------------------------------------------------------------------


def new_text(version: str = "2027-01") -> DocumentText:
    return DocumentText.objects.create(
        kind="guardian", version=version, title="监护人同意书", text="新的一段。", starts_at=at("07:00")
    )


def take(child: Any, post: Any, guardian: Any) -> Signup:
    return actions.take_shift(volunteer=child, post=post, at=NOW, by=guardian.person.user)


def test_a_consent_remembers_its_version_and_an_older_page_is_refused(blue, lin, wang):
    row = guarded(child(blue, age=12), lin, wang)

    assert row.text.version == "2026-11"
    assert Entry.objects.get(verb="guardian_consented").facts["version"] == "2026-11"
    with pytest.raises(ConsentGivenAlready):
        guardians.consent(guardianship=row, at=NOW)
    new_text()
    with pytest.raises(TextHasChanged):
        guardians.consent(guardianship=row, version="2026-11", at=NOW)


def test_a_new_version_asks_before_the_next_sign_up_and_leaves_what_stands(blue, post, lin, wang):
    boy = child(blue, age=12)
    row = guarded(boy, lin, wang)
    standing = take(boy, post, lin)
    new_text()

    with pytest.raises(GuardianReadsAnew):
        take(boy, make_shift(unit=blue, starts_at=at("14:00", days=2)).posts.get(), lin)
    standing.refresh_from_db()
    assert standing.state == Signup.State.TAKEN
    guardians.consent(guardianship=row, version="2027-01", at=NOW)
    assert take(boy, make_shift(unit=blue, starts_at=at("14:00", days=3)).posts.get(), lin).state == "taken"


def test_a_consent_from_before_there_was_a_text_is_asked_for_again(blue, post, lin, wang):
    boy = child(blue, age=12)
    row = guarded(boy, lin, wang)
    Guardianship.objects.filter(pk=row.pk).update(text=None)

    with pytest.raises(GuardianReadsAnew):
        take(boy, post, lin)


def test_withdrawing_gives_back_what_is_to_come_and_tells_both(blue, post, lin, wang):
    boy = child(blue, age=12)
    row = guarded(boy, lin, wang)
    signup = take(boy, post, lin)

    guardians.withdraw_consent(guardianship=row, at=NOW)

    signup.refresh_from_db()
    assert signup.state == Signup.State.CANCELLED
    told = Notice.objects.filter(kind="place_went_with_consent").values_list("user", flat=True)
    assert set(told) == {boy.person.user_id, lin.person.user_id}
    assert actions.take_shift(volunteer=lin, post=post, at=NOW).state == "taken"  # the place is free again


def told(volunteer: Any) -> list[str]:
    return list(Notice.objects.filter(user=volunteer.person.user).order_by("pk").values_list("kind", flat=True))


def test_guardians_hear_that_the_shift_of_their_child_is_elsewhere_or_called_off(blue, post, lin, wang):
    father = make_volunteer(unit=blue, name="林父", number="V000888")
    boy, girl = child(blue, age=13), child(blue, age=12)
    for one in (boy, girl):
        guarded(one, lin, wang)
        guarded(one, father, wang)
        take(one, post, lin)
    actions.take_shift(volunteer=father, post=post, at=NOW)
    place = {"point": None, "datum": "wgs84", "radius_m": 200, "by": wang}
    Notice.objects.all().delete()

    planning.set_place(shift=post.shift, place_name="门诊二楼", at=NOW, **place)
    planning.call_off(shift=post.shift, reason="台风", by=wang, at=at("08:05"))

    assert told(boy) == told(girl) == told(father) == ["shift_moved", "shift_called_off"]
    assert told(lin) == ["child_shift_moved", "child_shift_called_off"], "once, though two of hers would have come"


def test_whoever_has_grown_up_hears_it_alone(blue, post, lin, wang):
    boy = child(blue, age=17)
    guarded(boy, lin, wang)
    take(boy, post, lin)
    boy.person.born_on = born(18)
    boy.person.save(update_fields=["born_on"])

    planning.call_off(shift=post.shift, reason="台风", by=wang, at=NOW)

    assert "shift_called_off" in told(boy)
    assert told(lin) == []


def test_a_place_given_back_at_the_desk_is_told_to_the_guardian_while_the_child_is_one(blue, post, lin, wang):
    boy, grown = child(blue, age=13), child(blue, age=17)
    for one in (boy, grown):
        guarded(one, lin, wang)
    signups = [take(one, post, lin) for one in (boy, grown)]
    grown.person.born_on = born(18)
    grown.person.save(update_fields=["born_on"])

    for signup in signups:
        actions.cancel_for(signup=signup, reason="来电话说不来了", by=wang, at=NOW)

    assert [told(one)[-1] for one in (boy, grown)] == ["cancelled_by_other"] * 2
    assert told(lin).count("cancelled_by_other") == 1


def test_what_another_guardian_allows_stays_unless_the_child_must_not_come_alone(blue, post, lin, wang):
    father = make_volunteer(unit=blue, name="林父", number="V000888")
    boy, little = child(blue, age=12), child(blue, age=9)
    rows = [guarded(one, lin, wang) for one in (boy, little)]
    for one in (boy, little):
        guarded(one, father, wang)
    actions.take_shift(volunteer=lin, post=post, at=at("07:00"))
    signups = [take(one, post, lin) for one in (boy, little)]

    for row in rows:
        guardians.withdraw_consent(guardianship=row, at=NOW)

    for signup in signups:
        signup.refresh_from_db()
    assert [signup.state for signup in signups] == ["taken", "cancelled"]


@pytest.mark.parametrize("how", ["end", "erase"])
def test_a_guardian_who_is_gone_allows_nothing_any_more(blue, post, lin, wang, how):
    boy = child(blue, age=12)
    row = guarded(boy, lin, wang)
    signup = take(boy, post, lin)

    if how == "end":
        guardians.end(guardianship=row, by=wang, at=NOW)
    else:
        person.erase(Whole(lin.person.user, lin.person, lin), wang, NOW)

    signup.refresh_from_db()
    assert signup.state == Signup.State.CANCELLED


def test_a_guardian_without_a_phone_signs_on_paper_and_staff_enters_the_version(blue, post, lin, wang, zhao, now_is):
    now_is(NOW)
    boy = child(blue, age=12, number="V000901", agreement=False)
    row = guarded(boy, lin, wang, consented=False)
    desk = sign_in(Client(), wang)

    page = desk.get("/desk/people/V000901/care/").content.decode()
    assert "家长没有手机，签在纸上" in page
    said = {"paper": "11月20日同意书", "version": "2026-11"}
    assert desk.post(f"/desk/people/V000901/care/guardian/{row.code}/consent/", said | {"paper": ""}).status_code == 422
    desk.post(f"/desk/people/V000901/care/guardian/{row.code}/consent/", said)

    row.refresh_from_db()
    assert (row.text.version, row.consent_paper, row.consent_entered_by) == ("2026-11", "11月20日同意书", wang)
    assert queries.agreement_of(boy, at=NOW).paper == "11月20日同意书"
    signup = take(boy, post, lin)
    desk.post(f"/desk/people/V000901/care/guardian/{row.code}/withdraw/")
    signup.refresh_from_db()
    assert signup.state == Signup.State.CANCELLED
    with pytest.raises(MayNot):
        guardians.consent(guardianship=row, by=zhao, paper="纸", at=NOW)


def test_the_consents_page_shows_the_version_and_withdraws(blue, post, lin, wang, now_is):
    now_is(NOW)
    boy = child(blue, age=12)
    row = guarded(boy, lin, wang)
    signup = take(boy, post, lin)
    mother = sign_in(Client(), lin.person.user, second_factor=False)

    page = mother.get("/me/consents/").content.decode()
    mother.post(f"/me/children/{row.code}/consent/")

    assert "林小雨" in page
    signup.refresh_from_db()
    assert signup.state == Signup.State.CANCELLED
    assert "等您同意" in mother.get("/").content.decode()


def test_guardians_of_an_older_text_hear_of_the_new_one_once(blue, lin, wang):
    guarded(child(blue, age=12), lin, wang)
    assert telling.tell_of_new_guardian_text(at=NOW) == 0
    new_text()

    assert telling.tell_of_new_guardian_text(at=NOW) == 1
    assert telling.tell_of_new_guardian_text(at=NOW) == 0
