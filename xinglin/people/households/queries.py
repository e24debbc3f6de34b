"""Reads about households: whose it is, who belongs to it, who was asked."""

from __future__ import annotations

from django.db.models import QuerySet

from xinglin.people import guardians
from xinglin.people.models import HouseholdMember, Person, Volunteer


def member_of(person: Person) -> HouseholdMember | None:
    """Their place in the household to which they belong."""
    return _standing().filter(person=person, joined_at__isnull=False).first()


def members_with(person: Person) -> QuerySet[HouseholdMember]:
    """All who belong to the same household or were asked into it, themselves first of those who joined."""
    mine = HouseholdMember.objects.filter(person=person, joined_at__isnull=False, ended_at__isnull=True)
    return _standing().filter(household__in=mine.values("household")).order_by("joined_at", "pk")


def invitations_of(person: Person) -> QuerySet[HouseholdMember]:
    """Households into which they were asked."""
    return _standing().filter(person=person, joined_at__isnull=True).order_by("added_at")


def whom_to_sign_up(person: Person) -> list[Volunteer]:
    """Who of the same household lets them, or is a child for whom they decide; those on duty only."""
    children = {row.child_id for row in guardians.children_of(person) if row.consented_at is not None}
    others = [one for one in members_with(person) if one.joined_at is not None and one.person_id != person.pk]
    agreed = [one.person_id for one in others if one.lets_sign_up or one.person_id in children]
    found = Volunteer.objects.filter(person__in=agreed, state=Volunteer.State.ACTIVE).select_related("person__user")
    return list(found.order_by("person__born_on", "pk"))


def _standing() -> QuerySet[HouseholdMember]:
    rows = HouseholdMember.objects.filter(ended_at__isnull=True)
    return rows.select_related("household", "person__user", "person__volunteer", "added_by")
