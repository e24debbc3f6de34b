"""Whoever lost what a service asks for after signing up keeps the place, is seen by planners, and cannot serve."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import at
from xinglin.activities import actions, entry, errors, fitness
from xinglin.activities.evidence import AWAITING_NOD, BY_LEADER, Evidence
from xinglin.activities.models import Attendance, Signup
from xinglin.activities.tests.factories import make_shift, make_signup
from xinglin.audit.models import Entry
from xinglin.hours import actions as hours
from xinglin.hours.models import Record
from xinglin.notices.models import Notice
from xinglin.organisation.models import Policy
from xinglin.people import actions as people
from xinglin.people import consenting
from xinglin.people.models import DocumentText, Honour, Insurance, Qualification, Volunteer
from xinglin.people.tests.factories import make_staff, make_user, make_volunteer
from xinglin.people.vetting import gates, honouring, insurance

pytestmark = pytest.mark.django_db
LAST_WEEK, MONDAY, TUESDAY = at("08:00", days=-8), at("10:00", days=-1), at("08:55")
CODE = Evidence("code")


@pytest.fixture
def leader():
    return make_user(name="带队人")


@pytest.fixture
def cover(blue, wang):
    days = {"starts_on": dt.date(2026, 1, 1), "ends_on": dt.date(2026, 12, 31)}
    return Insurance.objects.create(unit=blue, insurer="人保", number="P1", made_by=wang, made_at=MONDAY, **days)


def gate(volunteer, kind, by, **facts):
    return gates.open_gate(volunteer=volunteer, kind=kind, by=by, at=at("08:00", days=-9), **facts)


def take(shift, volunteer, *, when=LAST_WEEK):
    return actions.take_shift(volunteer=volunteer, post=shift.posts.get(), at=when)


def come(signup, *, evidence=CODE, by=None, when=TUESDAY, **facts):
    by = by or signup.volunteer.person.user
    return actions.come(signup=signup, evidence=evidence, by=by, at=when, **facts)


# Coming ----------------------------------------------------------------------------------------------------------


def test_whose_clean_record_was_shut_after_they_signed_up_is_not_checked_in_with_children(blue, lin, zhao, leader):
    gate(lin, "no_record", zhao)
    signup = take(make_shift(unit=blue, kinds_of_service=["child_care"], leader=leader), lin)
    gates.shut_gate(volunteer=lin, kind="no_record", reason="要重新开", by=zhao, at=MONDAY)

    with pytest.raises(errors.MayNotServe) as by_code:
        come(signup)
    with pytest.raises(errors.MayNotServe):
        come(signup, evidence=AWAITING_NOD)
    with pytest.raises(errors.TheyMayNotServe) as by_leader:
        come(signup, evidence=BY_LEADER, by=leader)

    assert "无犯罪记录证明" in str(by_code.value)
    assert "林晓" in str(by_leader.value)
    assert not Attendance.objects.exists()
    assert Signup.objects.get().state == "taken"


def test_the_gate_opened_again_checks_in(blue, lin, zhao):
    gate(lin, "no_record", zhao)
    signup = take(make_shift(unit=blue, kinds_of_service=["child_care"]), lin)
    gates.shut_gate(volunteer=lin, kind="no_record", reason="要重新开", by=zhao, at=MONDAY)
    gates.open_gate(volunteer=lin, kind="no_record", by=zhao, at=at("08:30"))

    assert come(signup).came_how == "code"


def test_whoever_was_taken_off_the_contract_does_not_go_into_danger(blue, lin, wang, cover):
    insurance.cover(insurance=cover, volunteer=lin, by=wang, at=at("08:00", days=-9))
    signup = take(make_shift(unit=blue, kinds_of_service=["dangerous"]), lin)
    insurance.uncover(insurance=cover, volunteer=lin, by=wang, at=MONDAY)

    with pytest.raises(errors.MayNotServe) as refused:
        come(signup)

    assert "投保" in str(refused.value)


def test_whoever_is_taken_off_on_the_day_itself_is_covered_until_its_end(blue, lin, wang, cover):
    insurance.cover(insurance=cover, volunteer=lin, by=wang, at=at("08:00", days=-9))
    signup = take(make_shift(unit=blue, kinds_of_service=["dangerous"]), lin)
    insurance.uncover(insurance=cover, volunteer=lin, by=wang, at=at("08:00"))

    assert come(signup).pk


def test_a_clearance_goes_with_the_consent_that_it_rests_on(blue, lin, zhao):
    consenting.give(person=lin.person, kind=DocumentText.Kind.HEALTH, at=at("07:00", days=-9))
    gate(lin, "health", zhao, source="submission:AAAA")
    signup = take(make_shift(unit=blue, kinds_of_service=["wards"]), lin)
    consenting.withdraw(person=lin.person, kind=DocumentText.Kind.HEALTH, at=MONDAY)

    with pytest.raises(errors.MayNotServe):
        come(signup)


def test_a_licence_that_was_corrected_to_an_earlier_day_does_not_serve(blue, lin, zhao):
    facts = {"volunteer": lin, "checked_by": zhao, "checked_at": MONDAY, "kind": "执业医师"}
    Qualification.objects.create(valid_until=dt.date(2027, 1, 1), **facts)
    signup = take(make_shift(unit=blue, requires="执业医师"), lin)
    Qualification.objects.update(valid_until=dt.date(2026, 11, 20))

    with pytest.raises(errors.MayNotServe) as refused:
        come(signup)

    assert "资格" in str(refused.value)


def test_a_policy_that_asks_for_more_since_is_asked_too(blue, lin):
    signup = take(make_shift(unit=blue), lin)
    Policy.objects.create(unit=blue, name="gates", value=["review", "agreement", "papers"], starts_at=MONDAY)

    with pytest.raises(errors.MayNotServe):
        come(signup)


def test_a_new_text_of_the_agreement_keeps_nobody_from_a_place_taken_under_the_old_one(blue, lin):
    signup = take(make_shift(unit=blue), lin)
    old = DocumentText.objects.filter(kind=DocumentText.Kind.AGREEMENT).order_by("-starts_at")[0]
    DocumentText.objects.create(kind=old.kind, version="明天版", title=old.title, text=old.text, starts_at=MONDAY)

    assert come(signup).pk


def test_a_house_that_is_honoured_no_longer_touches_no_place_taken(blue, lin, zhao, wang, association):
    other = association.add_child(name="别的医院", kind="hospital", opened_at=at("00:00", days=-99))
    Policy.objects.create(unit=blue, name="gates", value=["training"], starts_at=at("00:00", days=-30))
    honouring.honour(unit=blue, of_unit=other, by=wang, at=at("08:00", days=-10))
    gate(lin, "training", zhao, unit=other)
    signup = take(make_shift(unit=blue), lin)
    honouring.end(honour=Honour.objects.get(), by=wang, at=MONDAY)

    assert come(signup).pk


def test_whoever_is_there_already_leaves_and_is_credited(blue, lin, zhao):
    gate(lin, "no_record", zhao)
    signup = take(make_shift(unit=blue, kinds_of_service=["child_care"]), lin)
    come(signup)
    gates.shut_gate(volunteer=lin, kind="no_record", reason="要重新开", by=zhao, at=at("10:00"))

    record = actions.leave(signup=signup, evidence=CODE, by=lin.person.user, at=at("12:00"))

    assert (record.minutes, record.state, record.lacks) == (180, "publicised", [])


# What a leader enters later ----------------------------------------------------------------------------------------


def test_what_happened_is_entered_later_and_whoever_confirms_reads_what_was_lacking(
    client, sign_in, now_is, blue, lin, zhao, leader
):
    signup = make_signup(make_shift(unit=blue, kinds_of_service=["child_care"], leader=leader), lin)

    come(signup, evidence=BY_LEADER, by=leader, when=at("15:00"), came_at=at("09:00"))
    record = actions.leave(signup=signup, evidence=BY_LEADER, by=leader, at=at("15:00"), left_at=at("12:00"))

    now_is(at("15:30"))
    page = sign_in(client, zhao).get(reverse("hours:record", args=[record.code])).content.decode()
    waiting = client.get(reverse("home:desk")).content.decode()
    assert (record.provenance, record.state, record.lacks) == ("team_entry", "recorded", ["no_record"])
    assert "没办好或过期了：无犯罪记录证明" in page
    assert "缺手续" in waiting
    assert Entry.objects.get(verb="came").facts["lacks"] == ["no_record"]
    assert hours.confirm(record=record, by=zhao, at=at("15:31")).state == "publicised"


def test_what_ended_after_they_served_was_not_lacking(blue, lin, zhao, wang, leader):
    gate(lin, "no_record", zhao)
    signup = take(make_shift(unit=blue, kinds_of_service=["child_care"], leader=leader), lin)
    gates.shut_gate(volunteer=lin, kind="no_record", reason="过期", by=zhao, at=at("14:00"))
    people.suspend(volunteer=lin, by=wang, reason="停一停", at=at("14:00"))

    come(signup, evidence=BY_LEADER, by=leader, when=at("15:00"), came_at=at("09:00"))
    record = actions.leave(signup=signup, evidence=BY_LEADER, by=leader, at=at("15:00"), left_at=at("12:00"))

    assert record.lacks == []


def test_a_sheet_of_paper_typed_in_during_the_shift_says_who_may_not_serve(blue, lin, zhao, leader):
    shift = make_shift(unit=blue, kinds_of_service=["child_care"], leader=leader, places=2)
    able = make_volunteer(unit=blue)
    gate(able, "no_record", zhao)
    signups = [make_signup(shift, one) for one in (lin, able)]
    rows = [entry.Row(signup, came="9:00", left="") for signup in signups]

    entered = entry.enter_sheet(shift=shift, rows=rows, by=leader, at=at("09:05"))

    assert [type(one.refusal) for one in entered] == [errors.TheyMayNotServe, type(None)]
    assert Attendance.objects.get().signup == signups[1]


# Suspension --------------------------------------------------------------------------------------------------------


def test_a_suspension_gives_back_what_is_to_come_and_tells_both_sides(blue, lin, wang, leader):
    tomorrow = take(make_shift(unit=blue, starts_at=at("09:00", days=1), leader=leader), lin, when=MONDAY)

    suspended = people.suspend(volunteer=lin, by=wang, reason="停一停", at=TUESDAY)

    tomorrow.refresh_from_db()
    assert (suspended.given_back, tomorrow.state, tomorrow.cancelled_late) == (1, "cancelled", False)
    told = set(Notice.objects.filter(user=lin.person.user).values_list("kind", flat=True))
    assert told == {"suspended", "place_went_with_suspension"}
    assert [one.kind for one in Notice.objects.filter(user=leader)] == ["place_given_back"]
    assert not lin.person.commitments.filter(released_at__isnull=True).exists()
    assert Entry.objects.filter(verb="gave_back_on_suspension", thing=tomorrow.source).count() == 1


def test_with_a_day_of_return_only_what_lies_before_it_is_given_back(blue, lin, wang):
    before = take(make_shift(unit=blue, starts_at=at("09:00", days=2)), lin, when=MONDAY)
    on_the_day = take(make_shift(unit=blue, starts_at=at("09:00", days=3)), lin, when=MONDAY)

    people.suspend(volunteer=lin, by=wang, reason="休养", at=TUESDAY, returns_on=at("00:00", days=3).date())

    before.refresh_from_db()
    assert before.state == "cancelled"
    assert fitness.lack_of(on_the_day, at=TUESDAY) is None
    assert come(on_the_day, when=at("08:55", days=3)).pk  # even where the hourly round has not come by yet


def test_whoever_is_suspended_during_a_shift_is_not_checked_in_any_more_and_may_leave_it(blue, lin, wang):
    now = take(make_shift(unit=blue), lin)
    served = take(make_shift(unit=blue, starts_at=at("13:00"), name="下午"), lin)
    people.suspend(volunteer=lin, by=wang, reason="停一停", at=at("09:10"))

    with pytest.raises(errors.MayNotServe) as refused:
        come(now, when=at("09:15"))
    served.refresh_from_db()

    assert "服务已暂停" in str(refused.value)
    assert served.state == "cancelled"
    with pytest.raises(errors.NotSignedUp):
        come(served, when=at("12:55"))


def test_whoever_has_come_early_stays_when_suspended(blue, lin, wang):
    signup = take(make_shift(unit=blue), lin)
    come(signup, when=at("08:50"))

    suspended = people.suspend(volunteer=lin, by=wang, reason="停一停", at=at("08:55"))

    assert suspended.given_back == 0
    assert actions.leave(signup=signup, evidence=CODE, by=lin.person.user, at=at("12:00")).minutes == 180


def test_the_desk_says_what_was_given_back_and_offers_no_undo_of_it(client, sign_in, now_is, blue, lin, wang):
    now_is(TUESDAY)
    take(make_shift(unit=blue, starts_at=at("09:00", days=1)), lin, when=MONDAY)

    page = sign_in(client, wang).post(reverse("people:suspend", args=[lin.number]), {"reason": "停一停"}, follow=True)

    assert "1 个班次替他们退掉了" in page.content.decode()
    assert 'data-key="z"' not in page.content.decode()


# Seen beforehand ---------------------------------------------------------------------------------------------------


def test_the_desk_the_leader_and_they_themselves_see_who_cannot_serve(client, sign_in, now_is, blue, lin, zhao, wang):
    now_is(MONDAY)
    gate(lin, "no_record", zhao, valid_until=dt.date(2026, 11, 30))
    shift = make_shift(unit=blue, kinds_of_service=["child_care"], places=3)
    take(shift, lin)
    fit = make_volunteer(unit=blue, name="都齐了")
    gate(fit, "no_record", zhao)
    take(shift, fit)
    addresses = [reverse(f"activities:{name}", args=[shift.code]) for name in ("desk_shift", "lead")]
    own = [reverse(f"activities:{name}", args=[shift.code]) for name in ("shift", "hands")]
    sign_in(client, wang)
    assert not any("缺手续" in client.get(one).content.decode() for one in addresses)

    gates.shut_gate(volunteer=lin, kind="no_record", reason="要重新开", by=zhao, at=MONDAY)

    for one in addresses:
        page = client.get(one).content.decode()
        assert page.count("缺手续") == 1
        assert "1 人现在还不能上岗" in page
        assert "无犯罪记录证明" in page
    assert reverse("people:volunteer", args=[lin.number]) in client.get(addresses[0]).content.decode()
    sign_in(client, lin.person.user)
    assert all("名额还在，现在还不能上岗" in client.get(one).content.decode() for one in own)


def test_what_a_gate_outlives_by_the_clock_is_seen_too(blue, lin, wang, zhao):
    record = gate(lin, "no_record", zhao, valid_until=dt.date(2026, 12, 31))
    signup = take(make_shift(unit=blue, kinds_of_service=["child_care"]), lin)
    type(record).objects.update(valid_until=dt.date(2026, 11, 23))

    assert fitness.lack_of(signup, at=MONDAY).codes == ("no_record",)


def test_a_shift_that_is_over_asks_nothing_again(blue, lin):
    shift = make_shift(unit=blue, kinds_of_service=["child_care"])
    signup = make_signup(shift, lin)

    assert fitness.lacks_ahead(shift, [signup], at=at("12:30")) == {}
    assert fitness.lacks_ahead(shift, [signup], at=at("11:30"))[signup.pk].codes == ("no_record",)


def test_a_long_list_asks_no_more_of_the_database(blue, zhao):
    shift = make_shift(unit=blue, kinds_of_service=["child_care", "wards", "dangerous"], requires="执业医师", places=9)
    signups = [make_signup(shift, make_volunteer(unit=blue)) for _ in range(9)]
    costs = []
    for some in (signups[:1], signups):
        with CaptureQueriesContext(connection) as asked:
            assert len(fitness.lacks_of(some, at=TUESDAY)) == len(some)
        costs.append(len(asked))

    assert costs[0] == costs[1] <= 6


def test_a_coordinator_of_another_house_sees_nobody_of_it(client, sign_in, now_is, blue, lin, association):
    now_is(MONDAY)
    elsewhere = association.add_child(name="别的医院", kind="hospital", opened_at=at("00:00", days=-9))
    shift = make_shift(unit=blue, kinds_of_service=["child_care"])
    make_signup(shift, lin)

    sign_in(client, make_staff(unit=elsewhere))

    assert client.get(reverse("activities:desk_shift", args=[shift.code])).status_code == 404
    assert Volunteer.objects.get(pk=lin.pk).state == "active"
    assert not Record.objects.exists()
