"""实用信息: what a coordinator must know of somebody in practice, and whom to call. The contact is sealed."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from xinglin.accounts.rules import normal_phone
from xinglin.accounts.vault import vault
from xinglin.audit import actions as audit
from xinglin.organisation.models import Unit
from xinglin.people import queries
from xinglin.people.errors import ContactIncomplete
from xinglin.people.models import Person, Practical, Volunteer

PURPOSE = "person.emergency"


@dataclass(frozen=True)
class Known:
    """As it is told to those who may know it; a list shows the contact by its last digits only."""

    vest: str = ""
    emergency_name: str = ""
    emergency_phone: str = ""
    takes_meal: bool = False
    takes_fare: bool = False
    note: str = ""


def of(person: Person) -> Known:
    """What is known, the contact opened; nothing where nobody said anything."""
    row = Practical.objects.filter(person=person).first()
    if row is None:
        return Known()
    name, phone = opened(row)
    return Known(row.vest, name, phone, row.takes_meal, row.takes_fare, row.note)


def opened(row: Practical) -> tuple[str, str]:
    """Name and phone of whom to call."""
    if not row.emergency_sealed:
        return "", ""
    name, phone = json.loads(vault().open(bytes(row.emergency_sealed), purpose=PURPOSE))
    return name, phone


@transaction.atomic
def change(*, person: Person, known: Known, by: Any, at: dt.datetime) -> Practical:
    """Write down what somebody said, or what staff says for them. The trail says that, and not what.

    Staff does not see the contact, so one that they leave empty stays as it was.
    """
    if by.pk != person.user_id and not known.emergency_phone.strip() and not known.emergency_name.strip():
        before = of(person)
        known = replace(known, emergency_name=before.emergency_name, emergency_phone=before.emergency_phone)
    phone = normal_phone(known.emergency_phone) if known.emergency_phone.strip() else ""
    name = known.emergency_name.strip()[:60]
    if bool(phone) != bool(name):
        raise ContactIncomplete
    sealed = vault().seal(json.dumps([name, phone], ensure_ascii=False), purpose=PURPOSE) if phone else None
    row, _is_new = Practical.objects.update_or_create(
        person=person,
        defaults={
            "vest": known.vest,
            "emergency_sealed": sealed,
            "emergency_tail": phone[-4:],
            "takes_meal": known.takes_meal,
            "takes_fare": known.takes_fare,
            "note": known.note.strip()[:100],
            "changed_at": at,
        },
    )
    facts = {"on_behalf": by.pk != person.user_id}
    audit.record(actor=by, verb="changed_practical_data", thing=f"person:{person.code}", facts=facts, at=at)
    return row


def move(*, kept: Person, gone: Person) -> None:
    """Two accounts become one: what the kept one says holds; where it says nothing, the other's comes along."""
    if Practical.objects.filter(person=kept).exists():
        Practical.objects.filter(person=gone).delete()
    else:
        Practical.objects.filter(person=gone).update(person=kept)


def tail_of(person: Person) -> str:
    """The last digits of the contact's phone; all that a desk shows without a reason."""
    return Practical.objects.filter(person=person).values_list("emergency_tail", flat=True).first() or ""


def listed(units: QuerySet[Unit], *, unit: Unit | None) -> QuerySet[Volunteer]:
    """Active volunteers of these units, or of one and all below it, with their practical data, by number."""
    if unit is not None:
        units = units.filter(path__startswith=unit.path)
    active = queries.at_home_in(units).filter(state=Volunteer.State.ACTIVE)
    return active.select_related("person__user", "person__practical").order_by("number")


def totals(volunteers: QuerySet[Volunteer]) -> dict[str, Any]:
    """How many of each size, how many meals and fares, and of how many nothing is known."""
    rows = Practical.objects.filter(person__in=volunteers.order_by().values("person"))
    counted = rows.aggregate(
        known=Count("pk"), meals=Count("pk", filter=Q(takes_meal=True)), fares=Count("pk", filter=Q(takes_fare=True))
    )
    vests = dict(rows.exclude(vest="").values_list("vest").annotate(count=Count("pk")))
    sizes = [(size, vests[size]) for size in Practical.Size.values if size in vests]
    return counted | {"vests": sizes}
