"""The verbs of a household: asking somebody in, answering, leaving, and what staff writes down by a paper.

Joining takes two: whoever is in it asks, the other accepts; or staff has seen a paper. Leaving takes one.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from xinglin.audit import actions as audit
from xinglin.notices import actions as notices
from xinglin.people import assisting, scopes
from xinglin.people.errors import NotAboutOneself, PaperNeeded
from xinglin.people.households import queries
from xinglin.people.households.errors import (
    AgreesThemselves,
    AskedAlready,
    AskedTooMany,
    HouseholdFull,
    InHouseholdAlready,
    InvitationOver,
    NotInHousehold,
    OneselfAgain,
)
from xinglin.people.models import Household, HouseholdMember, Person

VERB = "edit_people"
MOST_MEMBERS = 12
MOST_ASKED_A_DAY = 12


@transaction.atomic
def invite(*, person: Person, other: Person, at: dt.datetime) -> HouseholdMember:
    """Ask somebody into one's household, which begins with the first who is asked."""
    if person.pk == other.pk:
        raise OneselfAgain
    asked = HouseholdMember.objects.filter(added_by=person.user, added_at__gt=at - dt.timedelta(days=1))
    if asked.exclude(person=person).count() >= MOST_ASKED_A_DAY:
        raise AskedTooMany(most=MOST_ASKED_A_DAY)
    household = _household_of(person, by=person.user, at=at)
    member = _added(household, other, by=person.user, at=at)
    _tell(member, at=at)
    _record("invited_to_household", member, by=person.user, at=at)
    return member


@transaction.atomic
def accept(*, member: HouseholdMember, lets_sign_up: bool, at: dt.datetime) -> HouseholdMember:
    """Say yes; whether the others may sign one up for shifts is said with it, and can be changed."""
    member = _asked(member)
    member.joined_at, member.lets_sign_up = at, lets_sign_up
    _joined(member)
    _record("joined_household", member, by=member.person.user, at=at)
    return member


@transaction.atomic
def decline(*, member: HouseholdMember, at: dt.datetime) -> None:
    """Say no; nobody has to say why."""
    member = _asked(member)
    end(member, by=member.person.user, at=at)
    _record("declined_household", member, by=member.person.user, at=at)


@transaction.atomic
def leave(*, person: Person, at: dt.datetime) -> None:
    """Belong to it no longer, at once and without asking anybody."""
    member = _member_of(person)
    end(member, by=person.user, at=at)
    _record("left_household", member, by=person.user, at=at)


@transaction.atomic
def let_sign_up(*, person: Person, lets: bool, at: dt.datetime, by: Any = None) -> HouseholdMember:
    """The others may sign this person up for shifts, or no longer. `by`: staff, for whom they act."""
    member = _member_of(person)
    if by is not None:
        _refuse_to_write(by, person)
        if lets and assisting.standing(person) is None:
            raise AgreesThemselves
    member.lets_sign_up = lets
    member.save(update_fields=["lets_sign_up"])
    _record("let_family_sign_up" if lets else "stopped_family_sign_up", member, by=by or person.user, at=at)
    return member


@transaction.atomic
def register(*, person: Person, other: Person, paper: str, by: Any, at: dt.datetime) -> HouseholdMember:
    """Write down that both live together, by a paper. Whoever belongs to units of others is asked and answers."""
    _refuse_to_write(by, person)
    if person.pk == other.pk:
        raise OneselfAgain
    if other.user_id == by.pk:
        raise NotAboutOneself
    paper = paper.strip()[:60]
    if not paper:
        raise PaperNeeded
    household = _household_of(person, by=by, at=at, paper=paper)
    member = _added(household, other, by=by, at=at)
    member.paper = paper
    if scopes.may(by, VERB, other):
        member.joined_at = at
        _joined(member)
    else:
        member.save(update_fields=["paper"])
        _tell(member, at=at)
    _record("registered_in_household", member, by=by, at=at)
    return member


@transaction.atomic
def end_member(*, member: HouseholdMember, by: Any, at: dt.datetime) -> None:
    """Staff writes down that somebody belongs to it no longer, or need not answer."""
    _refuse_to_write(by, member.person)
    _lock(member.household_id)
    member = HouseholdMember.objects.select_related("person__user", "household").get(pk=member.pk)
    if member.ended_at is not None:
        raise NotInHousehold
    end(member, by=by, at=at)
    _record("ended_household_member", member, by=by, at=at)


# Helpers -------------------------------------------------------------------------------------------------------------


def _refuse_to_write(by: Any, person: Person) -> None:
    scopes.demand(by, VERB, person)
    if person.user_id == by.pk:
        raise NotAboutOneself


def _lock(household_id: int) -> Household:
    """One after the other: whoever joins, leaves or is asked."""
    return Household.objects.select_for_update().get(pk=household_id)


def _household_of(person: Person, *, by: Any, at: dt.datetime, paper: str = "") -> Household:
    """Theirs, held; begun if they have none."""
    if queries.member_of(person) is not None:
        return _member_of(person).household
    household = Household.objects.create(made_by=by, made_at=at)
    first = HouseholdMember(household=household, person=person, added_by=by, added_at=at, joined_at=at, paper=paper)
    _joined(first)
    return household


def _added(household: Household, other: Person, *, by: Any, at: dt.datetime) -> HouseholdMember:
    standing = household.members.filter(ended_at__isnull=True)
    if standing.count() >= MOST_MEMBERS:
        raise HouseholdFull(most=MOST_MEMBERS)
    member = HouseholdMember(household=household, person=other, added_by=by, added_at=at)
    try:
        with transaction.atomic():
            member.save(force_insert=True)
    except IntegrityError as standing_already:
        raise AskedAlready from standing_already
    return member


def _joined(member: HouseholdMember) -> None:
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError as elsewhere:  # the constraint decides, also between two who accept at once
        raise InHouseholdAlready from elsewhere


def _asked(member: HouseholdMember) -> HouseholdMember:
    _lock(member.household_id)
    member = HouseholdMember.objects.select_related("person__user", "household").get(pk=member.pk)
    if member.ended_at is not None or member.joined_at is not None or member.household.ended_at is not None:
        raise InvitationOver
    return member


def _member_of(person: Person) -> HouseholdMember:
    standing = queries.member_of(person)
    if standing is None:
        raise NotInHousehold
    _lock(standing.household_id)
    again = queries.member_of(person)
    if again is None or again.pk != standing.pk:
        raise NotInHousehold
    return again


def end(member: HouseholdMember, *, by: Any, at: dt.datetime) -> None:
    """They belong to it no longer. Where nobody is left, nobody can be waited for."""
    _lock(member.household_id)
    member.ended_at, member.ended_by = at, by
    member.save(update_fields=["ended_at", "ended_by"])
    standing = HouseholdMember.objects.filter(household=member.household_id, ended_at__isnull=True)
    if not standing.filter(joined_at__isnull=False).exists():
        standing.update(ended_at=at, ended_by=by)
        Household.objects.filter(pk=member.household_id).update(ended_at=at)


def _tell(member: HouseholdMember, *, at: dt.datetime) -> None:
    notices.tell(user=member.person.user, kind="household_asked", source=f"household:{member.code}", at=at)


def _record(verb: str, member: HouseholdMember, *, by: Any, at: dt.datetime) -> None:
    facts = {"household": member.household.code, "member": member.code}
    audit.record(actor=by, verb=verb, thing=f"person:{member.person.code}", facts=facts, at=at)
