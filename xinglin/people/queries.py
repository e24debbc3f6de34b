"""Reads about people. Every list is scoped to the units of which the asker may see the people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from xinglin.accounts import queries as accounts
from xinglin.lib import clock, codes
from xinglin.lib.errors import NotFound
from xinglin.lib.web.once import once
from xinglin.organisation import queries as organisation
from xinglin.organisation import rules as organisation_rules
from xinglin.organisation.models import Unit
from xinglin.organisation.models.units import TAKES_VOLUNTEERS
from xinglin.people import licences, rules
from xinglin.people.errors import TextHasChanged
from xinglin.people.models import (
    Agreement,
    Application,
    Consent,
    DocumentText,
    Hardship,
    Membership,
    Person,
    Qualification,
    Relation,
    Volunteer,
)
from xinglin.people.words import all_said, said

MOST_WAITING = 200  # that are read; a tab counts more, a desk shows no more


def person_of(user: Any) -> Person | None:
    """The person behind an account, if they have said who they are."""
    if user is None or not user.is_authenticated:
        return None
    return Person.objects.filter(user=user).first()


def volunteer_of(user: Any) -> Volunteer | None:
    """The volunteer behind an account, if they were accepted."""
    if user is None or not user.is_authenticated:
        return None
    return Volunteer.objects.filter(person__user=user).select_related("person__user").first()


def held(volunteer: Volunteer) -> Volunteer:
    """The volunteer as they stand now; until the transaction ends whoever else decides about them waits."""
    return Volunteer.objects.select_for_update(of=("self",)).select_related("person__user").get(pk=volunteer.pk)


def hold_together(volunteers: Iterable[Volunteer]) -> None:
    """Persons first, then volunteers, each in the order of their keys: whoever takes several waits in no circle."""
    keys = [(one.pk, one.person_id) for one in volunteers]
    persons, chosen = {person for _one, person in keys}, {one for one, _person in keys}
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=persons).order_by("pk").values_list("pk"))
    list(Volunteer.objects.select_for_update().filter(pk__in=chosen).order_by("pk").values_list("pk"))


def volunteer_or_not_found(user: Any) -> Volunteer:
    """Whoever asks, as a volunteer; a page for volunteers is not there for others."""
    volunteer = volunteer_of(user)
    if volunteer is None:
        raise NotFound
    return volunteer


def standing(volunteer: Volunteer, *, at: dt.datetime, on: dt.date | None = None) -> rules.Standing:
    """What a shift must know of this volunteer now. Licences must hold on its day, `on`."""
    today = clock.local_day(at)
    born_on = volunteer.person.born_on
    held = list(standing_licences(volunteer).values_list("kind", "valid_until"))
    return rules.Standing(
        state=volunteer.state,
        age=rules.age_on(born_on, on=today) if born_on else None,
        agreement_signed=agreement_of(volunteer, at=at) is not None,
        has_withdrawn=has_withdrawn(volunteer.person, DocumentText.Kind.PRIVACY),
        abilities=abilities(volunteer, held, on=on or today),
        lapsed=licences.lapsed(held, on=on or today),
        resting=licences.valid(held, on=on or today),
    )


def abilities(volunteer: Volunteer, held: licences.Held, *, on: dt.date) -> frozenset[str]:
    """What they can do on a day: what they said themselves, and the licences that hold."""
    names = codes.names("speciality")
    said = frozenset(names[code] for code in volunteer.specialities if code in names)
    return said | licences.valid(held, on=on).keys()


def licences_of(volunteers: Collection[int]) -> dict[int, list[tuple[str, dt.date | None]]]:
    """The licences of many, by the volunteer's key: each with its last day."""
    found: dict[int, list[tuple[str, dt.date | None]]] = {}
    rows = Qualification.objects.filter(volunteer__in=volunteers, ended_at__isnull=True).values_list(
        "volunteer_id", "kind", "valid_until"
    )
    for volunteer_id, kind, until in rows:
        found.setdefault(volunteer_id, []).append((kind, until))
    return found


def volunteers_seen_by(user: Any) -> QuerySet[Volunteer]:
    """Volunteers of the units of which the user may see the people; members of several stand there once."""
    return members_where(user, "see_people").order_by("number")


def volunteers_who_left_seen_by(user: Any) -> QuerySet[Volunteer]:
    """Those who have left and once belonged to one of these units: to be read, until they are erased."""
    were_here = Membership.objects.filter(
        volunteer=OuterRef("pk"), unit__in=organisation.units_where(user, "see_people"), is_lent=False
    )
    left = Volunteer.objects.filter(Exists(were_here), state=Volunteer.State.LEFT).select_related("person__user")
    return left.filter(person__erased_at__isnull=True, person__merged_into__isnull=True)


def volunteer_seen_by(user: Any, number: str) -> Volunteer:
    """The volunteer of this number, here today or gone; nobody else's is found."""
    for volunteers in (volunteers_seen_by(user), volunteers_who_left_seen_by(user)):
        if (found := volunteers.filter(number=number).first()) is not None:
            return found
    raise NotFound


def volunteers_edited_by(user: Any) -> QuerySet[Volunteer]:
    """Volunteers whose papers and state the user may change."""
    return members_where(user, "edit_people")


def volunteers_ever_in(units: QuerySet[Unit]) -> QuerySet[Volunteer]:
    """Those at home in one of these units, or once so: what is wrong is put right after they left, too."""
    ever = Membership.objects.filter(volunteer=OuterRef("pk"), unit__in=units, is_lent=False)
    return Volunteer.objects.filter(Exists(ever)).select_related("person__user")


def applications_decided_by(user: Any) -> QuerySet[Application]:
    """Applications that the user may decide, whatever their state."""
    mine = organisation.reaches(user, "decide_application", "unit__path")
    return Application.objects.filter(mine).select_related("person__user", "unit", "decided_by")


def waiting_applications(user: Any) -> QuerySet[Application]:
    """Applications that wait for this user's decision, the longest waiting first."""
    return applications_decided_by(user).filter(state=Application.State.SUBMITTED).order_by("submitted_at")


def first_waiting_applications(user: Any) -> list[Application]:
    """The longest waiting of them: read once for a page's tab and for what waits at its edge."""
    return once(("applications", user.pk), lambda: list(waiting_applications(user)[:MOST_WAITING]))


def tabs(user: Any) -> dict[str, Any]:
    """For the tabs above the pages about people: which the user sees, and how many applications wait."""
    decides = organisation.may_anywhere(user, "decide_application")
    applying = len(first_waiting_applications(user)) if decides else 0
    if applying == MOST_WAITING:
        applying = waiting_applications(user).count()
    return {
        "decides": decides,
        "applying": applying,
        "may_bulk": organisation.may_anywhere(user, "move_people"),
        "may_import": organisation.may_anywhere(user, "import_people"),
    }


def looked_at(chosen: Application, *, at: dt.datetime) -> dict[str, Any]:
    """What helps to decide: age, what they can do, whether they applied before."""
    person, today = chosen.person, clock.local_day(at)
    return {
        "age": rules.age_on(person.born_on, on=today) if person.born_on else None,
        "document": rules.masked_document(person.id_tail),
        "document_kind": said("id_document", person.id_kind),
        "phone": accounts.masked_phone_of(person.user),
        "specialities": all_said("speciality", chosen.specialities),
        "half_days": all_said("availability_half_day", chosen.half_days),
        "earlier": person.applications.exclude(pk=chosen.pk).order_by("-submitted_at").select_related("unit")[:5],
        "consent": consent_of(person, "privacy"),
    }


def latest_application(person: Person | None) -> Application | None:
    """The application that matters to the person now: the newest."""
    if person is None:
        return None
    return person.applications.select_related("unit").order_by("-submitted_at", "-pk").first()


def text(kind: str, *, at: dt.datetime) -> DocumentText:
    """The version of a text that holds now."""
    return DocumentText.objects.filter(kind=kind, starts_at__lte=at).order_by("-starts_at", "-pk")[0]


def text_as_read(kind: str, version: str | None, *, at: dt.datetime) -> DocumentText:
    """The same, refused if it is no longer the one that stood on the page; None: nobody says which one stood there."""
    found = text(kind, at=at)
    if version is not None and version != found.version:
        raise TextHasChanged
    return found


def agreement_of(volunteer: Volunteer, *, at: dt.datetime) -> Agreement | None:
    """The signature under the agreement that holds now, if there is one."""
    versions = DocumentText.objects.filter(kind=DocumentText.Kind.AGREEMENT, starts_at__lte=at)
    latest = versions.order_by("-starts_at", "-pk").values("pk")[:1]
    found = volunteer.agreements.filter(text__in=latest)
    return found.select_related("text", "assistance", "guardianship__guardian").first()


def consent_of(person: Person, kind: str) -> Consent | None:
    """The consent that stands for one purpose, under whichever version it was given."""
    standing_ones = person.consents.filter(text__kind=kind, withdrawn_at__isnull=True)
    return standing_ones.select_related("text", "given_by", "entered_by").order_by("-given_at").first()


def has_consented(person: Person, kind: str) -> bool:
    """Has the person said yes to this purpose, and not taken it back?"""
    return consent_of(person, kind) is not None


def is_child(person: Person, *, at: dt.datetime) -> bool:
    """Is the word on what is kept of this person their guardian's?"""
    return rules.is_a_childs(person.born_on, on=clock.local_day(at))


def has_withdrawn(person: Person, kind: str) -> bool:
    """Did the person take back what they had said yes to? Whoever was never asked has taken nothing back."""
    words = list(person.consents.filter(text__kind=kind).values_list("withdrawn_at", flat=True))
    return bool(words) and None not in words


def consent_is_outdated(person: Person, kind: str, *, at: dt.datetime) -> bool:
    """Did the person say yes to an older text than the one that holds now?"""
    given = consent_of(person, kind)
    return given is not None and given.text_id != text(kind, at=at).pk


def standing_licences(volunteer: Volunteer) -> QuerySet[Qualification]:
    """Licences that stand, past their day or not; what was taken back or renewed is none of them."""
    return volunteer.qualifications.filter(ended_at__isnull=True)


def expiring_qualifications(volunteer: Volunteer, *, on: dt.date, days: int) -> list[Qualification]:
    """Papers that are still valid and will not be for much longer, the first to expire first."""
    soon = standing_licences(volunteer).filter(valid_until__gte=on, valid_until__lte=on + dt.timedelta(days=days))
    return list(soon.order_by("valid_until", "pk"))


def units_to_apply_to() -> QuerySet[Unit]:
    """Open units that volunteers can belong to: what an applicant, or whoever comes back, may choose from."""
    return organisation.open_units().filter(kind__in=TAKES_VOLUNTEERS)


def teams_of(volunteer: Volunteer) -> list[Unit]:
    """The units the volunteer belongs to today, in the order of joining."""
    current = volunteer.memberships.filter(left_on__isnull=True).select_related("unit").order_by("joined_on", "pk")
    return [membership.unit for membership in current]


def with_teams(volunteers: QuerySet[Volunteer]) -> QuerySet[Volunteer]:
    """With the memberships of today at hand: one query for a whole page of people."""
    current = Membership.objects.filter(left_on__isnull=True).select_related("unit").order_by("joined_on", "pk")
    return volunteers.prefetch_related(Prefetch("memberships", queryset=current))


def members_of(units: QuerySet[Unit]) -> QuerySet[Volunteer]:
    """Those who belong to one of these units today, on loan or for good."""
    return _members(units)


def at_home_in(units: QuerySet[Unit]) -> QuerySet[Volunteer]:
    """Those who belong to one of these units for good: who is lent there is at home elsewhere."""
    return _members(units, is_lent=False)


def members_where(user: Any, verb: str) -> QuerySet[Volunteer]:
    """Those with whom the user may do `verb`: of whoever is lent to a unit, nothing that stays at home."""
    units = organisation.units_where(user, verb)
    return at_home_in(units) if verb in organisation_rules.STAYS_AT_HOME else members_of(units)


def _members(units: QuerySet[Unit], **more: bool) -> QuerySet[Volunteer]:
    here = Membership.objects.filter(volunteer=OuterRef("pk"), left_on__isnull=True, unit__in=units, **more)
    return Volunteer.objects.filter(Exists(here)).select_related("person__user")


# ── Where somebody belongs, and to whom ──


def is_member_below(person: Person, unit: Unit) -> bool:
    """Does the person belong to this unit, or to one below it, today?"""
    here = Membership.objects.filter(volunteer__person=person, left_on__isnull=True)
    return here.filter(unit__path__startswith=unit.path).exists()


def home_units(people: Iterable[Person]) -> dict[int, Unit]:
    """The unit whose policies hold for each person, by the person's key: the one joined first, and only where there is
    no other the one they are lent to; else the root."""
    wanted = {person.pk for person in people}
    current = Membership.objects.filter(volunteer__person__in=wanted, left_on__isnull=True).select_related("unit")
    first = current.order_by("volunteer__person", "is_lent", "joined_on", "pk").distinct("volunteer__person")
    homes = {person_id: membership.unit for person_id, membership in _by_person(first)}
    missing, root = wanted - homes.keys(), organisation.root_unit()
    return homes | (dict.fromkeys(missing, root) if root is not None else {})


def home_unit(person: Person) -> Unit | None:
    """The unit whose policies hold for this person; None in a city without a tree."""
    return home_units([person]).get(person.pk)


@dataclass(frozen=True)
class Tie:
    """A relation as one of the two sees it."""

    relation: Relation
    other: Person
    kind: str

    @property
    def said(self) -> str:
        return str(Relation.Kind(self.kind).label)


def ties_of(person: Person) -> list[Tie]:
    """Those who belong to this person today, the earliest registered first."""
    standing_ones = Relation.objects.filter(Q(person=person) | Q(relative=person), ended_at__isnull=True)
    rows = standing_ones.select_related("person__volunteer", "relative__volunteer", "confirmed_by")
    return [_tie(row, person) for row in rows.order_by("confirmed_at", "pk")]


def tie_between(person: Person, other: Person) -> str | None:
    """What `other` is to `person` today, if anything."""
    return next((tie.kind for tie in ties_of(person) if tie.other.pk == other.pk), None)


def relation_seen_by(person: Person, code: str) -> Relation | None:
    """A relation that this person is part of."""
    return Relation.objects.filter(Q(person=person) | Q(relative=person), code=code).first()


def hardship_of(person: Person) -> Hardship | None:
    """The decision that stands, past its last day or not."""
    return Hardship.objects.filter(person=person, ended_at__isnull=True).select_related("decided_by").first()


def is_in_hardship(person: Person, *, on: dt.date) -> bool:
    """Does a decision say so for this day?"""
    return Hardship.objects.filter(person=person, ended_at__isnull=True, until__gte=on).exists()


def age_of(person: Person, *, at: dt.datetime) -> int | None:
    """Whole years today; None where no birthday is known."""
    return rules.age_on(person.born_on, on=clock.local_day(at)) if person.born_on else None


def number_of(person: Person) -> str:
    """The volunteer number, all that others may know of whoever has not said yes; their code if there is none."""
    volunteer = getattr(person, "volunteer", None)
    return str(volunteer.number if volunteer is not None else person.code)


def _tie(row: Relation, person: Person) -> Tie:
    if row.person_id == person.pk:
        return Tie(row, row.relative, row.kind)
    return Tie(row, row.person, rules.seen_from_the_other_side(row.kind))


def _by_person(memberships: QuerySet[Membership]) -> list[tuple[int, Membership]]:
    return [(row.volunteer.person_id, row) for row in memberships.select_related("unit", "volunteer")]
