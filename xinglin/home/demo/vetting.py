"""Vetting in the demo city today: gates in every state, papers that wait, talks, insurance, two who are suspended."""

from __future__ import annotations

import contextlib
import datetime as dt
import struct
import zlib
from collections.abc import Callable, Sequence

from django.db import transaction

from xinglin.accounts.models import User
from xinglin.home.demo import cast
from xinglin.home.demo.city import City
from xinglin.lib import clock
from xinglin.lib.errors import Refusal
from xinglin.organisation import actions as organisation
from xinglin.organisation.models import Unit
from xinglin.people import actions as people
from xinglin.people import queries
from xinglin.people.models import Consent, DocumentText, Gate, Insurance, Qualification, Submission, Volunteer
from xinglin.people.vetting import files, honouring, insurance, interviews, submissions
from xinglin.people.vetting.submissions import Paper

What = Submission.What
# How many days from today a clearance ends, one member after the other: some are over, some end soon, most hold on.
ENDS_IN = (-12, 3, 20, 50, 200, 330)
EXAMINED = 60  # members of the team, at most
LICENCES = ("急救员", "主管护师", "驾驶证C1", "二级心理咨询师")
COVERS = "意外身故、伤残 20 万元，意外医疗 2 万元"


@transaction.atomic
def begin(city: City, *, at: dt.datetime, say: Callable[[str], object]) -> None:
    """Once. What is decided is decided by the desk's own people, by the same verbs as on the pages."""
    if Insurance.objects.exists():
        return
    desk, reviewer, ruler = (_signed_in(name) for name in ("wangmin", "zhaoyan", "chenlixin"))
    team, hospital = Unit.objects.get(name=city.team), Unit.objects.get(name=city.hospital)
    members = _members(team)
    organisation.set_policy(unit=team, name="two_decide", value=["no_record"], set_by=ruler, starts_at=at, at=at)
    _pass_gates(members, team, by=reviewer, at=at)
    _hold_licences(members, by=reviewer, at=at)
    _insure(hospital, team, by=desk, at=at)
    _talk(members, hospital, by=desk, at=at)
    _hand_in(members[-4:], by=reviewer, at=at)
    _suspend(members[-6:-4], by=desk, at=at)
    _honour(hospital, by=desk, at=at)
    say("审核：各道关、材料、面谈、保险 · gates, papers, talks, insurance")


def _signed_in(login_name: str) -> User:
    user = User.objects.get(login_name=login_name)
    user.has_second_factor = True  # as in a session of theirs
    return user


def _members(team: Unit) -> list[Volunteer]:
    """The cast first, then who has signed, in the order of their numbers."""
    known = cast.volunteers()
    signed = Volunteer.objects.filter(memberships__unit=team, memberships__left_on__isnull=True)
    signed = signed.filter(agreements__isnull=False, state=Volunteer.State.ACTIVE)
    others = signed.exclude(pk__in=[one.pk for one in known]).select_related("person__user").order_by("number")
    return [*known, *others[:EXAMINED]]


def _pass_gates(members: Sequence[Volunteer], team: Unit, *, by: User, at: dt.datetime) -> None:
    """As if each had been opened at the desk, a year before it ends, with the consent on paper."""
    today, text = clock.local_day(at), queries.text(DocumentText.Kind.HEALTH, at=at)
    gates, consents = [], []
    for number, volunteer in enumerate(members):
        until = today + dt.timedelta(days=ENDS_IN[(number + 2) % len(ENDS_IN)])
        decided_at = at - dt.timedelta(days=30 + number)
        facts, day = {"volunteer": volunteer, "decided_at": decided_at}, clock.local_day(decided_at)
        health = until - dt.timedelta(days=364)
        signed = {"person": volunteer.person, "given_at": decided_at, "paper": "健康信息同意书", "entered_by": by}
        consents.append(Consent(text=text, **signed))
        gates.append(Gate(kind=Gate.Kind.HEALTH, passed_on=health, valid_until=until, decided_by=by, **facts))
        if number % 2 == 0:
            gates.append(Gate(kind=Gate.Kind.TRAINING, passed_on=day, unit=team, **facts))
        if number % 3 == 0:
            gates.append(Gate(kind=Gate.Kind.PAPERS, passed_on=day, decided_by=by, **facts))
            gates.append(Gate(kind=Gate.Kind.INTERVIEW, passed_on=day, decided_by=by, **facts))
    Consent.objects.bulk_create(consents)
    Gate.objects.bulk_create(gates)


def _hold_licences(members: Sequence[Volunteer], *, by: User, at: dt.datetime) -> None:
    today = clock.local_day(at)
    chosen = enumerate(members[: 2 * len(LICENCES)])
    licences = [
        Qualification(
            volunteer=volunteer,
            kind=LICENCES[number % len(LICENCES)],
            checked_by=by,
            checked_at=at - dt.timedelta(days=200),
            valid_until=today + dt.timedelta(days=25 + 30 * number),
        )
        for number, volunteer in chosen
    ]
    Qualification.objects.bulk_create(licences)


def _insure(hospital: Unit, team: Unit, *, by: User, at: dt.datetime) -> None:
    """One contract covers the team and ends soon; the next one is made and covers nobody yet."""
    today = clock.local_day(at)
    made_at = at - dt.timedelta(days=340)
    ending = insurance.Contract(
        hospital, "人保财险", "PICC-DEMO-01", COVERS, today - dt.timedelta(days=340), today + dt.timedelta(days=24)
    )
    following = insurance.Contract(
        hospital, "人保财险", "PICC-DEMO-02", COVERS, today + dt.timedelta(days=25), today + dt.timedelta(days=389)
    )
    contract = insurance.register(contract=ending, by=by, at=made_at)
    insurance.cover_unit(insurance=contract, unit=team, by=by, at=made_at)
    insurance.register(contract=following, by=by, at=at)


def _talk(members: Sequence[Volunteer], hospital: Unit, *, by: User, at: dt.datetime) -> None:
    """One talk was yesterday and waits for its outcome, one is tomorrow and half booked, one is free."""
    midnight = dt.datetime.combine(clock.local_day(at), dt.time(), tzinfo=clock.SHANGHAI)
    known = at - dt.timedelta(days=7)
    slots = [
        interviews.open_slot(
            unit=hospital,
            starts_at=midnight + dt.timedelta(days=days, hours=15),
            ends_at=midnight + dt.timedelta(days=days, hours=16),
            place="门诊三楼志愿服务站",
            places=4,
            by=by,
            at=known,
        )
        for days in (-1, 1, 6)
    ]
    unseen = [volunteer for number, volunteer in enumerate(members) if number % 3]
    for slot, volunteer in zip((slots[0], slots[1], slots[1]), unseen[3:], strict=False):
        interviews.book(volunteer=volunteer, slot=slot, at=known)


def _hand_in(members: Sequence[Volunteer], *, by: User, at: dt.datetime) -> None:
    """A health clearance, a licence, and two records of which one had its first yes."""
    today = clock.local_day(at)
    text = queries.text(DocumentText.Kind.HEALTH, at=at)
    content, issued = _picture(), today - dt.timedelta(days=20)
    papers = [
        Paper(What.HEALTH, content=content, issued_on=issued, consent_version=text.version),
        Paper(What.QUALIFICATION, content=content, title="中级急救员", valid_until=today + dt.timedelta(days=700)),
        Paper(What.NO_RECORD, content=content, issued_on=issued),
        Paper(What.NO_RECORD, content=content, issued_on=issued),
    ]
    handed_in = [
        submissions.hand_in(volunteer=volunteer, paper=paper, at=at - dt.timedelta(hours=30 - 5 * number))
        for number, (volunteer, paper) in enumerate(zip(members, papers, strict=False))
    ]
    if len(handed_in) == len(papers) and handed_in[-1].file is not None:
        files.look_at(handed_in[-1].file, by=by, at=at)
        submissions.accept(submission=handed_in[-1], by=by, at=at)


def _suspend(members: Sequence[Volunteer], *, by: User, at: dt.datetime) -> None:
    """One is back by themselves next week, one asks to be back."""
    since, today = at - dt.timedelta(days=20), clock.local_day(at)
    for volunteer, returns_on in zip(members, (today + dt.timedelta(days=7), None), strict=False):
        rests = people.suspend(volunteer=volunteer, by=by, reason="这一阵家里忙", returns_on=returns_on, at=since)
        if returns_on is None:
            submissions.ask_to_return(volunteer=rests, note="忙完了，想接着来", at=at - dt.timedelta(hours=3))


def _honour(hospital: Unit, *, by: User, at: dt.datetime) -> None:
    """The hospital and the next one train together."""
    other = Unit.objects.filter(kind=Unit.Kind.HOSPITAL).exclude(pk=hospital.pk).order_by("path").first()
    if other is not None:
        with contextlib.suppress(Refusal):
            honouring.honour(unit=hospital, of_unit=other, by=by, at=at - dt.timedelta(days=60))


def _picture() -> bytes:
    """A sheet of paper with a heading and some lines, as a picture: nobody's real document."""
    wide, high = 480, 640

    def grey(row: int) -> int:
        is_line = (row > 150 and row % 40 < 6) or 60 < row < 84
        return 150 if is_line else 244

    rows = b"".join(b"\0" + b"\xf4" * 60 + bytes([grey(row)]) * (wide - 120) + b"\xf4" * 60 for row in range(high))
    header = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
