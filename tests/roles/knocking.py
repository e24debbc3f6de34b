"""Everyone knocks at one door, by GET and by POST: its row says who comes in, and no stranger learns a thing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.db import transaction
from django.urls import reverse

from conftest import at
from tests.roles.codes import parameters_of, sent_to
from tests.roles.who import APPLICANT, EVERYONE, OUTSIDE, SHUT, START, Row, Who

METHODS = ("GET", "POST")
# They have nothing to do with Lin: no page names her to them, and nothing that they send changes what is hers.
STRANGERS = OUTSIDE | {"visitor", "applicant", "stranger", "unproven"}


def everyone_knocks(name: str, row: Row, scene: SimpleNamespace) -> None:
    """The one check of this package, for each address of the house."""
    if name.startswith("transparency:"):
        seal_what_lin_has(scene)
    before = lins_rows(scene)

    for method, allowed in zip(METHODS, row, strict=True):
        answers = {who: knock(scene, who, name, method) for who in sorted(EVERYONE)}

        outcomes = {who: answer.outcome for who, answer in answers.items()}
        assert outcomes == {who: expected(who, allowed, found) for who, found in outcomes.items()}, method
        for who in STRANGERS - wanted_there(who_knows_of=name):
            assert secrets_in(answers[who], scene) == [], f"{who} {method}"
            assert answers[who].rows_after == before, f"{who} {method}"


def wanted_there(*, who_knows_of: str) -> frozenset[str]:
    """Who may find or change something there: the applicant what is theirs, everyone the invented people of /look/."""
    if who_knows_of.startswith("web:look"):
        return STRANGERS
    return APPLICANT if who_knows_of == "people:withdraw" else frozenset()


def secrets_in(answer: Answer, scene: SimpleNamespace) -> list[str]:
    """What the answer says of Lin: her name, number, phone, or a code of what is hers."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.text)  # random, and may hold anything
    secrets = [
        "林晓",
        scene.lin.number,
        "13800000001",
        "138****0001",
        scene.signup.code,
        scene.record.code,
        scene.star.code,
        scene.voucher.code,
        scene.bulk.code,
        scene.saved_list.code,
        scene.mothers.code,
    ]
    return [secret for secret in secrets if secret in text]


def expected(who: str, allowed: Who, found: str) -> str:
    if allowed == SHUT:
        return "sign_in" if who == "visitor" and found == "sign_in" else "shut"
    if allowed == START:
        return "sign_in"
    if who in allowed:
        return "in"
    return "sign_in" if who == "visitor" else "refused"


@dataclass(frozen=True)
class Answer:
    """How a door answered."""

    status: int
    location: str
    text: str
    rows_after: list[Any]

    @property
    def outcome(self) -> str:
        if self.status >= 500:
            return "broken"
        if self.status == 405:
            return "shut"
        if self.status in (401, 403, 404):
            return "refused"
        return "sign_in" if self.location.startswith("/sign-in/") and self.status == 302 else "in"


def knock(scene: SimpleNamespace, who: str, name: str, method: str) -> Answer:
    """Ask, note the answer, and undo whatever it did."""
    address = reverse(name, kwargs=parameters_of(name, scene))
    client = scene.clients[who]
    kept = client.cookies.copy()
    with transaction.atomic():
        response = getattr(client, method.lower())(address, sent_to(name, scene) if method == "POST" else None)
        rows = lins_rows(scene)
        transaction.set_rollback(True)
    client.cookies = kept
    text = response.content.decode(errors="replace")
    return Answer(response.status_code, response.headers.get("Location", ""), text, rows)


def lins_rows(scene: SimpleNamespace) -> list[Any]:
    """What the house keeps of Lin and of the applicant, as plain values."""
    from xinglin.activities.models import Attendance, Post, Shift, Signup
    from xinglin.benefits.models import Benefit, Voucher
    from xinglin.hours.models import Record
    from xinglin.people import models as people
    from xinglin.recognition.models import Bar, Grant
    from xinglin.timebank.models import Gift, Request

    person = scene.lin.person
    kept = [
        Shift.objects.filter(pk=scene.shift.pk),
        Post.objects.filter(shift=scene.shift),
        Signup.objects.filter(volunteer=scene.lin),
        Attendance.objects.filter(signup__volunteer=scene.lin),
        Record.objects.filter(person=person),
        people.Application.objects.filter(pk=scene.application.pk),
        people.Consent.objects.filter(person=person),
        people.Person.objects.filter(pk=person.pk),
        people.Practical.objects.filter(person=person),
        people.Qualification.objects.filter(volunteer=scene.lin),
        people.Membership.objects.filter(volunteer=scene.lin),
        people.Gate.objects.filter(volunteer=scene.lin),
        people.HouseholdMember.objects.filter(household=scene.mothers.household),
        people.Guardianship.objects.filter(pk=scene.ward.pk),
        people.Assistance.objects.filter(pk=scene.helped.pk),
        people.Wish.objects.filter(pk=scene.wish.pk),
        people.Bulk.objects.filter(pk=scene.bulk.pk),
        people.BulkStep.objects.filter(bulk=scene.bulk),
        people.SavedList.objects.filter(pk=scene.saved_list.pk),
        people.Honour.objects.filter(pk=scene.honour.pk),
        Grant.objects.filter(person=person),
        Voucher.objects.filter(person=person),
        Benefit.objects.filter(pk=scene.benefit.pk),
        Bar.objects.filter(person=person),
        people.Volunteer.objects.filter(pk=scene.lin.pk),
        people.Relation.objects.filter(person=person),
        people.AskedTie.objects.filter(pk__in=[scene.of_lin.pk, scene.of_hers.pk, scene.asks_lin.pk]),
        people.Move.objects.filter(volunteer=scene.lin),
        people.Hardship.objects.filter(person=person),
        Gift.objects.filter(receiver=person),
        Request.objects.filter(person=person),
    ]
    return [list(rows.order_by("pk").values_list()) for rows in kept]


def seal_what_lin_has(scene: SimpleNamespace) -> None:
    """A record of Lin's took effect and was credited; both stand in a signed checkpoint, which an office receives."""
    from django.db import connection

    from xinglin.audit.tests.factories import seal_in_this_transaction
    from xinglin.hours import actions as hours
    from xinglin.hours.tests.factories import make_record
    from xinglin.transparency import actions as transparency

    effective = make_record(person=scene.lin.person, unit=scene.unit, starts_at=at("09:00", days=-5))
    hours.make_effective(at=at("09:00"))
    scene.recipient = transparency.add_recipient(
        name="瑞安市审计局", address="shenji@example.cn", by=scene.people["administrator"], at=at("09:00")
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what the database does at the end of a transaction
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    size = seal_in_this_transaction(at=at("09:01")).size
    scene.sealed = {"code": effective.code, "sequence": 1, "size": size, "old": size, "new": size}
