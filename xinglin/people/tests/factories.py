"""Persons, volunteers, applications and staff for tests."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from itertools import count
from typing import Any

import xlsxwriter
from stdnum.cn import ric

from xinglin.accounts import actions as accounts
from xinglin.accounts.models import User
from xinglin.accounts.vault import vault
from xinglin.lib import clock, codes
from xinglin.organisation.models import Unit
from xinglin.organisation.tests.factories import make_role, make_unit
from xinglin.people import rosters, seeking
from xinglin.people.models import (
    Agreement,
    Application,
    DocumentText,
    Insurance,
    InterviewSlot,
    Membership,
    Person,
    Qualification,
    Roster,
    Submission,
    Volunteer,
)
from xinglin.people.vetting import insurance, submissions

_numbers = count(1)
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
ID_PURPOSE = "person.id_number"
ROSTER_HEADINGS = ["姓名", "证件号码", "手机号", "队伍", "性别"]


def make_id_number(*, born_on: dt.date = dt.date(1990, 5, 17), sex: str = "F", region: str = "330381") -> str:
    """A number with a right check digit; each call another one."""
    serial = (next(_numbers) * 2 + (1 if sex == "M" else 0)) % 1000
    body = f"{region}{born_on:%Y%m%d}{serial:03d}"
    return body + ric.calc_check_digit(body + "0")


def make_phone() -> str:
    return f"199{next(_numbers):08d}"


def make_user(*, login_name: str | None = None, name: str = "林晓", phone: str | None = None) -> User:
    login_name = login_name or f"u{next(_numbers)}"
    return accounts.register(login_name=login_name, name=name, phone=phone, at=LONG_AGO)


def make_staff(*, unit: Unit, role: str = "coordinator", name: str = "王敏", second_factor: bool = True) -> User:
    """A user with a staff role; signed in with the second factor unless told otherwise."""
    user = make_user(login_name=f"staff{next(_numbers)}", name=name)
    make_role(user=user, unit=unit, name=role)
    user.has_second_factor = second_factor
    return user


def make_person(
    *,
    user: User | None = None,
    name: str = "林晓",
    sex: str = "F",
    born_on: dt.date = dt.date(1990, 5, 17),
    id_number: str | None = None,
    phone: str | None = None,
) -> Person:
    number = id_number or make_id_number(born_on=born_on, sex=sex)
    person = Person.objects.create(
        user=user or make_user(name=name, phone=phone),
        name=name,
        sex=sex,
        born_on=born_on,
        id_kind="01",
        id_sealed=vault().seal(number, purpose=ID_PURPOSE),
        id_blind=vault().blind(f"01:{number}", purpose=ID_PURPOSE),
        id_tail=number[-4:],
        created_at=LONG_AGO,
    )
    seeking.note(person=person)
    return person


def make_volunteer(
    *,
    unit: Unit | None = None,
    name: str = "林晓",
    sex: str = "F",
    born_on: dt.date = dt.date(1990, 5, 17),
    specialities: Sequence[str] = (),
    qualifications: Sequence[str] = (),
    agreement: bool = True,
    state: str = Volunteer.State.ACTIVE,
    number: str | None = None,
    phone: str | None = None,
) -> Volunteer:
    """An active member of `unit` with a signed agreement; specialities and qualifications by their Chinese names."""
    unit = unit or make_unit()
    number = number or f"V9{next(_numbers):06d}"
    user = make_user(login_name=number, name=name, phone=phone)
    person = make_person(user=user, name=name, sex=sex, born_on=born_on)
    wanted = [codes.codes("speciality")[speciality] for speciality in specialities]
    volunteer = Volunteer.objects.create(
        number=number, person=person, state=state, joined_on=dt.date(2020, 1, 1), specialities=wanted
    )
    Membership.objects.create(volunteer=volunteer, unit=unit, joined_on=dt.date(2020, 1, 1))
    make_role(user=user, unit=unit, name="volunteer")
    for kind in qualifications:
        Qualification.objects.create(volunteer=volunteer, kind=kind, checked_by=user, checked_at=LONG_AGO)
    if agreement:
        sign(volunteer)
    return volunteer


def sign(volunteer: Volunteer) -> Agreement:
    return Agreement.objects.create(
        volunteer=volunteer,
        text=make_text(DocumentText.Kind.AGREEMENT),
        signed_name=volunteer.person.name,
        signed_at=LONG_AGO,
    )


def make_text(kind: str = DocumentText.Kind.PRIVACY) -> DocumentText:
    """The newest text of this kind; transaction tests empty the table that a migration had filled."""
    newest = DocumentText.objects.filter(kind=kind).order_by("-starts_at", "-pk").first()
    return newest or DocumentText.objects.create(
        kind=kind, version="2026-11", title="说明", text="第一段。\n\n第二段。", text_en="One.", starts_at=LONG_AGO
    )


def make_texts() -> None:
    for kind in DocumentText.Kind.values:
        make_text(kind)


PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)  # what the first bytes of a picture look like


def make_paper(volunteer: Volunteer, *, at: dt.datetime, what: str = "no_record", **facts: Any) -> Submission:
    """A paper that the volunteer handed in and that waits; a certificate of yesterday unless told otherwise."""
    facts = {"content": PNG, "issued_on": (at - dt.timedelta(days=1)).date()} | facts
    return submissions.hand_in(volunteer=volunteer, paper=submissions.Paper(what, **facts), at=at)


def make_slot(unit: Unit, *, by: User, starts_at: dt.datetime, places: int = 1) -> InterviewSlot:
    """Half an hour in which somebody talks with new volunteers."""
    return InterviewSlot.objects.create(
        unit=unit,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=30),
        place="门诊楼 402",
        places=places,
        opened_by=by,
        opened_at=LONG_AGO,
    )


def make_insurance(
    unit: Unit, *, by: User, at: dt.datetime, covers: Sequence[Volunteer] = (), number: str = "PICC-1", **facts: Any
) -> Insurance:
    """A contract of a month with a proof, which covers some volunteers."""
    today = clock.local_day(at)
    days = {"starts_on": today, "ends_on": today + dt.timedelta(days=29)} | facts
    contract = insurance.Contract(unit, "人保财险", number, "意外身故 20 万元", content=PNG, **days)
    made = insurance.register(contract=contract, by=by, at=at)
    if covers:
        typed = " ".join(volunteer.number for volunteer in covers)
        insurance.cover_numbers(insurance=made, typed=typed, by=by, at=at)
    return made


def make_application(*, unit: Unit | None = None, person: Person | None = None, **fields: Any) -> Application:
    fields = {"submitted_at": LONG_AGO} | fields
    return Application.objects.create(person=person or make_person(name="沈佳"), unit=unit or make_unit(), **fields)


def make_workbook(*rows: Sequence[str], headings: Sequence[str] = ROSTER_HEADINGS) -> bytes:
    """A roster as Excel saves it, with a title line: rows are numbered from 3."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "名册")
        for number, row in enumerate([headings, *rows], start=1):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell)
    return content.getvalue()


def make_checked_roster(*, unit: Unit, by: User, at: dt.datetime) -> Roster:
    """One good line and one that goes back, handed in and checked."""
    good, bad = ["周杰", make_id_number(), "", unit.name, "女"], ["吴磊", "1", "", unit.name, "男"]
    made = rosters.hand_in(content=make_workbook(good, bad), file_name="名册.xlsx", by=by, at=at)
    rosters.check(code=made.code, at=at)
    made.refresh_from_db()
    return made
