"""Which unit somebody belongs to, or belonged to: who may decide about all of a person, also after they left."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people.models import Application, Membership, Person


def unit_of(person: Person) -> Unit | None:
    """Where they are at home, else where they were last, else where they applied, else the root."""
    memberships = Membership.objects.filter(volunteer__person=person, is_lent=False)
    last = memberships.order_by(F("left_on").desc(nulls_first=True), "joined_on", "pk").values("unit")[:1]
    applied = Application.objects.filter(person=person).order_by("-pk").values("unit")[:1]
    return Unit.objects.filter(pk=Coalesce(last, applied)).first() or organisation.root_unit()


def persons_where(user: Any, verb: str) -> QuerySet[Person]:
    """Persons of the units at which the user may do `verb`: at home there today or once, and applicants."""
    units = organisation.units_where(user, verb)
    member = Membership.objects.filter(volunteer__person=OuterRef("pk"), unit__in=units, is_lent=False)
    applicant = Application.objects.filter(person=OuterRef("pk"), unit__in=units)
    return Person.objects.filter(Q(Exists(member)) | Q(Exists(applicant))).select_related("user")


def may(user: Any, verb: str, person: Person) -> bool:
    """May the user do `verb` where this person belongs?"""
    unit = unit_of(person)
    return unit is not None and organisation.may(user, verb, unit)


def demand(user: Any, verb: str, person: Person) -> None:
    """Refuse unless they may."""
    organisation.demand(user, verb, unit_of(person))
