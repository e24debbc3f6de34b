"""A life in the house, for tests of whole persons: somebody of whom every app holds something."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from conftest import at
from xinglin.accounts import actions as accounts
from xinglin.activities import actions as activities
from xinglin.activities.tests.factories import make_shift
from xinglin.benefits.tests.factories import make_benefit, make_voucher
from xinglin.circulars import actions as circulars
from xinglin.hours import actions as hours
from xinglin.hours.tests.factories import make_record
from xinglin.organisation import actions as organisation
from xinglin.people import actions as people
from xinglin.people import assisting, cards, documents, exporting, guardians, practical, relations, rosters
from xinglin.people.households import living
from xinglin.people.models import Application, Consent, DocumentText
from xinglin.people.search import Asked
from xinglin.people.tests.factories import (
    make_id_number,
    make_slot,
    make_staff,
    make_text,
    make_texts,
    make_volunteer,
    make_workbook,
)
from xinglin.people.vetting import interviews
from xinglin.recognition import actions as recognition
from xinglin.recognition.tests.factories import make_scheme, make_star
from xinglin.timebank.actions import gifts, requests

NAME, PHONE, ID_NUMBER = "欧阳杏林", "13912340077", "33038119900517001X"


@dataclass
class Life:
    """Who it is, and what of theirs a test may want to look at."""

    volunteer: Any
    kin: Any
    voucher: Any
    signup: Any
    gift: Any

    @property
    def person(self) -> Any:
        return self.volunteer.person


def live(*, unit: Any, by: Any, number: str = "V0000777") -> Life:
    """Applied, signed, served, was given stars and minutes, and has plans: each row with words that tell who it is."""
    make_texts()
    volunteer = make_volunteer(unit=unit, name=NAME, number=number, phone=PHONE, qualifications=["执业医师"])
    person = volunteer.person
    _papers(person, volunteer, unit, by)
    _care(person, unit, by)
    _at_the_desk(volunteer, unit, by)
    kin = make_volunteer(unit=unit, name="欧阳母", number=number.replace("V", "V1")[:8], phone=None)
    relations.register(
        person=person, relative=kin.person, kind="parent", paper=f"{NAME}的户口簿", by=by, at=at("07:00")
    )
    relations.decide_hardship(person=person, paper=f"{NAME}的低保证", until=dt.date(2027, 1, 1), by=by, at=at("07:00"))
    cards.issue(volunteer=volunteer, by=by, at=at("07:00"))
    contact = practical.Known("L", "欧阳父", "13900000055", takes_meal=True, note=f"{NAME}不吃辣")
    practical.change(person=person, known=contact, by=person.user, at=at("07:00"))
    for days in (-5, -4):
        make_record(person=person, unit=unit, starts_at=at("09:00", days=days), minutes=120)
    hours.make_effective(at=at("07:30"))
    make_star(person, scheme=make_scheme(unit=unit), at=at("07:30"))
    recognition.bar(person=person, unit=unit, by=by, reason=f"{NAME}失信", until=at("07:00", days=9), at=at("07:00"))
    shift = make_shift(places=3, unit=unit, starts_at=at("09:00", days=2))
    signup = activities.take_shift(volunteer=volunteer, post=shift.posts.get(), at=at("08:00"))
    gone = make_shift(places=3, unit=unit, starts_at=at("09:00", days=3), name="病房陪护")
    given_up = activities.take_shift(volunteer=volunteer, post=gone.posts.get(), at=at("08:00"))
    activities.cancel_signup(signup=given_up, reason=f"{NAME}家里有事", at=at("09:00"))
    voucher = make_voucher(make_benefit(unit=unit, stock=3), volunteer, at=at("08:00"))
    gift = gifts.give(giver=person, receiver=kin.person, minutes=30, words=f"{NAME}孝敬您", at=at("08:30"))
    _reasons(volunteer, unit, by)
    return Life(volunteer, kin, voucher, signup, gift)


def _papers(person: Any, volunteer: Any, unit: Any, by: Any) -> None:
    document = documents.read("01", ID_NUMBER, today=dt.date(2026, 11, 24))
    for field, value in documents.sealed(document).items():
        setattr(person, field, value)
    person.township = "安阳街道"
    person.save()
    volunteer.note = f"{NAME}喜欢早班"
    volunteer.save()
    applied = {"person": person, "unit": unit, "note": f"我是{NAME}", "submitted_at": at("06:00")}
    Application.objects.create(**applied, state="approved", reason=f"欢迎{NAME}", decided_by=by, decided_at=at("06:30"))
    Consent.objects.create(person=person, text=make_text(DocumentText.Kind.PRIVACY), given_at=at("06:00"))
    accounts.print_slip(user=person.user, printed_by=by, at=at("06:00"))
    people.suspend(volunteer=volunteer, by=by, reason=f"{NAME}要休息", at=at("06:10"))
    people.resume(volunteer=volunteer, by=by, at=at("06:20"))


def _care(person: Any, unit: Any, by: Any) -> None:
    """They signed for a child and for an elder, and live with somebody: their name could stand with all of these."""
    child = make_volunteer(unit=unit, name="林小雨", born_on=dt.date(2014, 5, 17), agreement=False).person
    guards = guardians.register(
        child=child, guardian=person, capacity="parent", paper=f"{NAME}户口簿", by=by, at=at("06:00")
    )
    guardians.consent(guardianship=guards, by=by, paper=f"{NAME}的同意书", at=at("06:10"))
    elder = make_volunteer(unit=unit, name="陈奶奶", agreement=False).person
    relations.register(person=elder, relative=person, kind="child", paper="户口簿", by=by, at=at("06:00"))
    said = assisting.Paper("child", NAME, "同意书", has_agreement=True)
    assisting.register(person=elder, said=said, by=by, at=at("06:10"))
    living.register(person=person, other=elder, paper=f"{NAME}户口簿", by=by, at=at("06:20"))


def _at_the_desk(volunteer: Any, unit: Any, by: Any) -> None:
    """What others typed: a licence, a talk, a story, a circular, the name of a file, reasons."""
    talk = make_slot(unit, by=by, starts_at=at("06:30"))
    booked = interviews.book(volunteer=volunteer, slot=talk, at=at("06:00"))
    interviews.decide(interview=booked, state="passed", notes=f"{NAME}很热心，{PHONE}", by=by, at=at("06:50"))
    told = {"story": f"{NAME}带着大家导医", "leader": f"{NAME}医生"}
    organisation.add_brand(unit=unit, name="杏林暖心", **told, by=None, at=at("06:00"))
    circular = circulars.write(
        unit=unit, audience="everybody", title=f"谢谢{NAME}", text=f"{NAME}站了一天", by=by, at=at("06:00")
    )
    circulars.read(circular=circular, user=volunteer.person.user, at=at("06:30"))
    line = ["周杰", make_id_number(), "", unit.name, "女"]
    rosters.hand_in(content=make_workbook(line), file_name=f"{NAME}.xlsx", by=by, at=at("06:00"))


def _reasons(volunteer: Any, unit: Any, by: Any) -> None:
    """What others typed where it stands for good: the trail, and the log."""
    person, why = volunteer.person, f"{NAME}打{PHONE}说的，证件{ID_NUMBER}"
    exporting.export(user=by, asked=Asked(), reason=f"核对{PHONE}和{ID_NUMBER}", at=at("07:00"))
    people.add_qualification(
        volunteer=volunteer, kind=f"{NAME}的厨师证", proof_seen=True, valid_until=None, by=by, at=at("07:00")
    )
    wrong = make_record(person=person, unit=unit, starts_at=at("09:00", days=-3), minutes=60)
    hours.make_effective(at=at("08:40"))
    hours.void(record=wrong, by=by, reason=why, at=at("08:45"))
    request = requests.ask(kind="pool_grant", unit=unit, person=person, minutes=30, reason=why, by=by, at=at("08:50"))
    requests.decline(request=request, by=make_staff(unit=unit), reason=why, at=at("08:55"))
