"""What people wait for is told in the transaction in which it happens: one call each."""

from __future__ import annotations

import datetime as dt

import pytest

from conftest import at, member
from xinglin.activities import actions as activities
from xinglin.activities import planning
from xinglin.activities.tests.factories import make_shift, make_signup
from xinglin.benefits import actions as benefits
from xinglin.benefits import jobs as benefit_jobs
from xinglin.benefits.tests.factories import make_benefit, make_voucher
from xinglin.hours import actions as hours
from xinglin.hours.tests.factories import make_record
from xinglin.lib import geo
from xinglin.notices.models import Delivery, Notice
from xinglin.people import actions as people
from xinglin.people import relations, telling
from xinglin.people.models import DocumentText
from xinglin.people.tests.factories import make_application, make_person, make_texts
from xinglin.recognition import actions as stars
from xinglin.recognition.tests.factories import make_scheme, serve
from xinglin.timebank.actions import gifts
from xinglin.timebank.tests.factories import credit

pytestmark = pytest.mark.django_db


def told(person) -> list[str]:
    return list(Notice.objects.filter(user_id=person.user_id).order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def application(blue):
    make_texts()
    return make_application(unit=blue, person=make_person(name="沈佳", phone="13900000002"))


@pytest.mark.parametrize(
    ("verb", "said", "kind"),
    [
        (people.approve, {}, "application_approved"),
        (people.ask_back, {"reason": "请补住址"}, "application_asked_back"),
        (people.refuse, {"reason": "今年不招"}, "application_refused"),
    ],
)
def test_an_applicant_hears_of_the_decision_and_the_reason_stays_on_the_page(application, wang, verb, said, kind):
    verb(application=application, by=wang, at=at("09:00"), **said)

    [notice] = Notice.objects.filter(user=application.person.user)
    assert notice.kind == kind
    assert notice.values == {"unit": "蓝衣陪护队"}
    assert notice.deliveries.get().next_try_at > at("09:00"), "it goes out once it can no longer be taken back"


def test_a_decision_that_was_taken_back_was_never_told(application, wang):
    refused = people.refuse(application=application, by=wang, reason="点错了", at=at("09:00"))

    people.reopen(application=refused, by=wang, at=at("09:01"))

    assert told(application.person) == []


def test_a_shift_that_is_called_off_is_told_to_all_who_signed_up(lin, blue, wang):
    shift = make_shift(places=3, unit=blue, starts_at=at("09:00", days=1))
    make_signup(shift, lin)
    other = member(name="何苗", number="V000777", phone="13800000777", unit=blue)
    cancelled = make_signup(shift, other)
    activities.cancel_signup(signup=cancelled, at=at("08:00"))

    planning.call_off(shift=shift, reason="台风", by=wang, at=at("09:00"))

    assert told(lin.person) == ["shift_called_off"]
    assert told(other.person) == []
    assert "台风" not in str(Notice.objects.get().values)


def test_a_shift_that_moves_is_told_once_per_move(lin, blue, wang):
    shift = make_shift(places=3, unit=blue, starts_at=at("09:00", days=1))
    make_signup(shift, lin)
    place = {"point": geo.Point(27.78, 120.65), "datum": "wgs84", "radius_m": 200, "by": wang}

    planning.set_place(shift=shift, place_name="门诊二楼", at=at("09:00"), **place)
    planning.set_place(shift=shift, place_name="门诊二楼", at=at("09:05"), **place)

    assert told(lin.person) == ["shift_moved"]
    assert Notice.objects.get().values["place"] == "门诊二楼"


def test_who_is_put_down_by_a_leader_hears_it(lin, blue, wang):
    shift = make_shift(places=3, unit=blue, starts_at=at("09:00", days=1))

    activities.take_shift(volunteer=lin, post=shift.posts.get(), at=at("08:00"), by=wang)

    assert told(lin.person) == ["signed_up_by_other"]


def test_hours_that_take_effect_are_told_and_so_is_a_voiding(lin, blue, wang):
    record = make_record(person=lin.person, unit=blue, starts_at=at("09:00", days=-9))
    hours.make_effective(at=at("09:00"))

    hours.void(record=record, by=wang, reason="重复", at=at("10:00"))

    assert told(lin.person) == ["minutes_effective", "minutes_voided"]


def test_a_voiding_that_was_taken_back_was_never_told(lin, blue, wang):
    record = make_record(person=lin.person, unit=blue, starts_at=at("09:00", days=-1), waits_for_confirmation=True)
    hours.void(record=record, by=wang, reason="点错了", at=at("10:00"))

    hours.restore(record=record, by=wang, at=at("10:01"))

    assert told(lin.person) == []


def test_a_gift_is_told_to_who_gets_it_and_the_answer_to_who_gave(lin, blue, wang):
    mother = member(name="林母", number="V000778", phone="13800000778", unit=blue)
    kin = {"person": lin.person, "relative": mother.person, "kind": "parent", "paper": "户口簿"}
    relations.register(**kin, by=wang, at=at("08:00"))
    credit(mother.person, 90)
    first, second = (
        gifts.give(giver=mother.person, receiver=lin.person, minutes=30, words="", at=at(time))
        for time in ("09:00", "09:01")
    )

    gifts.accept(gift=first, by=lin.person.user, at=at("10:00"))
    gifts.decline(gift=second, by=lin.person.user, at=at("10:01"))

    assert told(lin.person) == ["gift_waiting", "gift_waiting"]
    assert told(mother.person) == ["gift_accepted", "gift_declined"]
    assert "林母" not in str(list(Notice.objects.values_list("values", flat=True)))


def test_a_star_is_told_once_though_three_were_granted(lin, hospital):
    serve(lin.person, 60, unit=hospital)

    assert stars.grant_stars(scheme=make_scheme(unit=hospital), at=at("09:00")) == 3

    assert told(lin.person) == ["star_granted"]
    assert Notice.objects.get().values["level"] == 3


def test_a_voucher_is_told_of_before_it_expires_once(lin, hospital, now_is):
    credit(lin.person, 60)
    make_voucher(make_benefit(unit=hospital), lin, at=at("09:00"))

    for days in (0, 26, 28, 29):
        now_is(at("09:00", days=days))
        benefit_jobs.warn_of_expiry(timestamp=0)

    assert told(lin.person) == ["voucher_expiring"]
    assert Notice.objects.get().told_at == at("09:00", days=28)


def test_a_voucher_that_was_refused_is_told_without_the_reason(lin, hospital, wang):
    credit(lin.person, 60)
    voucher = make_voucher(make_benefit(unit=hospital), lin, at=at("09:00"))

    benefits.refuse(voucher=voucher, by=wang, reason="机器坏了", at=at("10:00"))

    [notice] = Notice.objects.filter(user=lin.person.user)
    assert notice.kind == "voucher_refused"
    assert "机器坏了" not in str(notice.values)


def test_who_signed_the_old_agreement_hears_of_the_new_one_once(lin):
    text = DocumentText.objects.filter(kind="agreement").latest("starts_at")
    assert telling.tell_of_new_agreement(at=at("09:00")) == 0
    DocumentText.objects.create(kind="agreement", version="9", title=text.title, text="新的", starts_at=at("09:00"))

    assert telling.tell_of_new_agreement(at=at("09:00")) == 1
    assert telling.tell_of_new_agreement(at=at("10:00")) == 0

    assert told(lin.person) == ["agreement_changed"]


def test_nothing_that_is_told_names_anybody(lin, blue, wang):
    shift = make_shift(places=3, unit=blue, starts_at=at("09:00", days=1))
    make_signup(shift, lin)
    planning.call_off(shift=shift, reason="台风", by=wang, at=at("09:00"))

    kept = str(list(Notice.objects.values())) + str(list(Delivery.objects.values()))

    assert "林晓" not in kept
    assert "13800000001" not in kept
    assert dt.datetime.fromisoformat(Notice.objects.get().values["starts_at"]) == at("09:00", days=1)
