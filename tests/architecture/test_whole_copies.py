"""Nothing of one's own is missing in the copy of one's data: each key that says so is shown, or says why not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from conftest import at
from xinglin.activities.minors import words
from xinglin.activities.models import Signup
from xinglin.activities.tests.factories import make_shift
from xinglin.circulars import actions as circulars
from xinglin.circulars.models import Receipt
from xinglin.lib.whole_person import Key
from xinglin.notices import actions as notices
from xinglin.notices import addresses, rules
from xinglin.notices.rules import Channel, Topic
from xinglin.notices.tests.factories import told
from xinglin.office import whole
from xinglin.office.tests.life import live
from xinglin.organisation.tests.factories import make_role, make_unit
from xinglin.people import asking, assisting, guardians
from xinglin.people.households import living
from xinglin.people.lists import saving
from xinglin.people.models import Exam, Gate
from xinglin.people.teams import moving
from xinglin.people.tests.factories import make_insurance, make_paper, make_slot, make_volunteer
from xinglin.people.vetting import interviews
from xinglin.timebank import actions as timebank
from xinglin.timebank import queries as ledger
from xinglin.timebank.actions import requests
from xinglin.timebank.tests.factories import credit

pytestmark = pytest.mark.django_db
NOW = at("10:00")

# The section that shows what a key leads to.
SHOWN = {
    "accounts.PinSlip.user": "trail",
    "activities.Attendance.signup": "signups",
    "activities.GuardiansWord.guardianship": "guardians_words",
    "activities.GuardiansWord.signup": "guardians_words",
    "activities.Signup.volunteer": "signups",
    "benefits.Voucher.person": "vouchers",
    "circulars.Receipt.user": "circulars",
    "diary.Commitment.person": "diary",
    "hours.Record.corrects": "records",
    "hours.Record.person": "records",
    "notices.Address.user": "notice_addresses",
    "notices.Choice.user": "notice_choices",
    "notices.Delivery.notice": "notices",
    "notices.Notice.user": "notices",
    "organisation.Role.user": "roles",
    "people.Agreement.volunteer": "consents",
    "people.Application.person": "applications",
    "people.AskedTie.other": "asked_ties",
    "people.AskedTie.person": "asked_ties",
    "people.Assistance.person": "assistances",
    "people.Card.volunteer": "trail",
    "people.Consent.person": "consents",
    "people.DataCopy.person": "trail",
    "people.Erasure.person": "trail",
    "people.Exam.volunteer": "exams",
    "people.Gate.volunteer": "gates",
    "people.Guardianship.child": "guardianships",
    "people.Guardianship.guardian": "guardianships",
    "people.Hardship.person": "hardships",
    "people.HouseholdMember.person": "household",
    "people.Insured.volunteer": "covers",
    "people.Interview.volunteer": "interviews",
    "people.Membership.volunteer": "volunteer",
    "people.Merging.gone": "trail",
    "people.Merging.kept": "trail",
    "people.Move.volunteer": "moves",
    "people.Person.user": "person",
    "people.Practical.person": "person",
    "people.Qualification.volunteer": "qualifications",
    "people.Relation.person": "relations",
    "people.Relation.relative": "relations",
    "people.SavedList.owner": "lists",
    "people.Submission.volunteer": "papers",
    "people.Volunteer.person": "volunteer",
    "people.Wish.child": "wishes",
    "recognition.Bar.person": "star_bars",
    "recognition.Grant.person": "stars",
    "timebank.Account.person": "statement",
    "timebank.Debt.account": "debts",
    "timebank.Debt.creditor": "debts",
    "timebank.Forgiveness.debt": "debts",
    "timebank.Gift.giver": "gifts",
    "timebank.Gift.receiver": "gifts",
    "timebank.Request.person": "requests",
}
# What no section shows, each with its reason.
NOT_SHOWN = {
    "account.EmailAddress.user": "the library's table; nobody's mailbox lies there",
    "account.EmailConfirmation.email_address": "the same",
    "mfa.Authenticator.user": "a secret that nobody but the owner's telephone may know",
    "notices.Manner.user": "the language and the quiet hours stand on the page of settings, and say nothing of anybody",
    "people.Assistance.file": "the picture of the paper that they signed; the paper is listed",
    "people.BulkStep.volunteer": "an answer at the desk for a week; the team or the cover that came of it is listed",
    "people.Person.merged_into": "the other account's rows were moved into this one",
    "people.SealedFile.owner": "the owner's own picture of a paper, which they have; the paper is listed",
    "people.Sought.person": "an index of the name, which stands there",
    "people.Submission.file": "the same picture",
    "timebank.Reckoning.person": "what was credited of each record, which the statement says",
    "timebank.Remainder.person": "the hundredths of a minute that are not a minute yet",
}


def test_each_key_of_ones_own_is_shown_or_says_why_not():
    own = {name for name, meaning in whole.keys().items() if meaning == Key.OWN}

    assert own - set(SHOWN) - set(NOT_SHOWN) == set(), "show it in that app's export, and say here in which section"
    assert set(SHOWN) | set(NOT_SHOWN) == own, "these keys are gone"


@pytest.fixture
def somebody(blue: Any, hospital: Any, wang: Any) -> Any:
    """A life of which every section has something to say."""
    life = live(unit=blue, by=wang)
    volunteer, person = life.volunteer, life.person
    _in_the_time_bank(person, unit=blue, by=wang)
    _at_the_gates(volunteer, unit=blue, by=wang)
    _told(person.user, unit=hospital, by=wang)
    make_role(user=person.user, unit=blue, name="team_leader")
    saving.save(name="蓝队", asked={"unit": blue.code}, unit=None, by=person.user, at=NOW)
    assisting.register(person=person, said=assisting.Paper("self", "", "同意书"), by=wang, at=NOW)
    guardians.wish(child=person, source="post:ABCD1234", at=NOW)
    child = make_volunteer(unit=blue, name="林小雨", born_on=dt.date(2014, 5, 17)).person
    living.register(person=person, other=child, paper="户口簿", by=wang, at=NOW)
    row = guardians.register(child=child, guardian=person, capacity="parent", paper="户口簿", by=wang, at=NOW)
    _said(row, unit=blue, by=wang)
    away = make_unit(parent=hospital, name="急诊队")
    beside = make_volunteer(unit=make_unit(kind="hospital", name="瑞安市中医院"), name="何苗").person
    asking.relate(person=person, relative=beside, kind="friend", paper="当面说的", by=wang, at=NOW)
    day = dt.date(2026, 12, 1)
    where = {"from_unit": blue, "to_unit": away, "starts_on": day, "until": day}
    moving.propose(kind="loan", volunteer=volunteer, **where, reason="缺人", by=wang, at=NOW)
    return person


def _said(row: Any, *, unit: Any, by: Any) -> None:
    """Yes to one sign-up of the child, by telephone."""
    shift = make_shift(unit=unit, starts_at=at("14:00", days=3))
    signup = Signup.objects.create(
        post=shift.posts.get(), shift=shift, volunteer=row.child.volunteer, taken_at=NOW, taken_by=by
    )
    words.keep(words.Word(row, "call", NOW.date()), signup=signup, by=by, at=NOW)


def _in_the_time_bank(person: Any, *, unit: Any, by: Any) -> None:
    credit(person, 30, key="record:OWED")
    free = ledger.balance_of(person).free_minutes
    timebank.hold(
        person=person, minutes=free, origin="x:1", reason="陪诊", expires_at=at("10:00", days=1), at=at("09:00")
    )
    timebank.settle(origin="x:1", at=at("09:00"))
    timebank.reverse(key="record:OWED", reversal_key="void:OWED", reason="记错", origin="record:OWED", at=at("09:00"))
    requests.ask(kind="pool_grant", unit=unit, person=person, minutes=30, reason="奖励", by=by, at=at("09:00"))


def _at_the_gates(volunteer: Any, *, unit: Any, by: Any) -> None:
    make_paper(volunteer, at=NOW)
    make_insurance(unit, by=by, at=NOW, covers=[volunteer])
    interviews.book(volunteer=volunteer, slot=make_slot(unit, by=by, starts_at=at("15:00")), at=NOW)
    Gate.objects.create(volunteer=volunteer, kind="no_record", passed_on=NOW.date(), decided_by=by, decided_at=NOW)
    Exam.objects.create(volunteer=volunteer, started_at=NOW, questions=[], pass_percent=80)


def _told(user: Any, *, unit: Any, by: Any) -> None:
    told(user)
    notices.choose(
        user=user, wanted={(Topic.SHIFT, Channel.SMS): False}, language="zh-hans", quiet=rules.Quiet(), at=NOW
    )
    addresses._count(addresses._address(user, Channel.MAIL, "lin@example.cn", at=NOW), at=NOW)
    circular = circulars.write(unit=unit, audience="everybody", title="值守", text="照常", by=by, at=NOW)
    Receipt.objects.create(circular=circular, user=user, read_at=NOW)


def test_each_section_that_is_named_is_in_the_copy_of_a_full_life(somebody):
    sections = {one.name: one.rows for one in whole.export(whole.whole(somebody), at=NOW)}

    assert set(SHOWN.values()) - {name for name, rows in sections.items() if rows} == set()


def test_a_child_and_a_guardian_each_read_of_the_other_and_of_the_wish(blue, lin, wang):
    child = make_volunteer(unit=blue, name="林小雨", born_on=at("08:00").date().replace(year=2014))
    row = guardians.register(
        child=child.person, guardian=lin.person, capacity="parent", paper="户口簿", by=wang, at=NOW
    )
    guardians.consent(guardianship=row, at=NOW)
    guardians.wish(child=child.person, source="post:ABCD1234", at=NOW)

    of_child, of_guardian = (
        {one.name: one.rows for one in whole.export(whole.whole(who.person), at=NOW)} for who in (child, lin)
    )

    assert (of_child["guardianships"][0]["who"], of_guardian["guardianships"][0]["who"]) == ("林晓", "林小雨")
    assert of_child["wishes"][0]["what"] == "post:ABCD1234"
