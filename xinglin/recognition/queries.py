"""Reading stars: which scheme reaches whom, who is due, what a person holds, and the desk's lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from xinglin.hours import queries as hours
from xinglin.organisation import queries as organisation
from xinglin.organisation import rules as organisation_rules
from xinglin.organisation.models import Unit
from xinglin.people.models import Membership, Person, Volunteer
from xinglin.recognition import rules
from xinglin.recognition.errors import NoSuchStar, NoSuchVolunteer
from xinglin.recognition.models import Bar, Grant, Privilege, Scheme

# One person ------------------------------------------------------------------------------------------------------


def star_of(person: Any, *, at: dt.datetime, unit: Unit | None = None) -> int:
    """The highest star that counts now; 0 for none. For a unit: a star given there, above it or below it."""
    if person is None:
        return 0
    counting = Grant.objects.filter(person=person, withdrawn_at__isnull=True, published_until__lte=at)
    if unit is not None:
        counting = counting.filter(_around(unit, "unit__path"))
    return counting.aggregate(level=Max("level"))["level"] or 0


def stars_by_unit(person: Any, units: Sequence[Unit], *, at: dt.datetime) -> dict[int, int]:
    """The star that counts at each of these units: the same as `star_of` for each, in one query."""
    counting = Grant.objects.filter(person=person, withdrawn_at__isnull=True, published_until__lte=at)
    stars = list(counting.values_list("unit__path", "level"))
    return {
        unit.pk: max(
            (level for path, level in stars if unit.path.startswith(path) or path.startswith(unit.path)), default=0
        )
        for unit in units
    }


def progress(person: Any, *, at: dt.datetime) -> rules.Progress | None:
    """The star and the way to the next one, for a first page; none where no scheme reaches the person."""
    scheme = scheme_of(person, at=at)
    if scheme is None:
        return None
    counts = Q(published_until__lte=at)
    levels = Grant.objects.filter(person=person, unit=scheme.unit, withdrawn_at__isnull=True).aggregate(
        granted=Max("level"), counting=Max("level", filter=counts)
    )
    # What is being published has been reached: the way goes on to the one after it.
    found = rules.progress(scheme.thresholds, minutes=hours.honour_minutes(person), standing=levels["granted"] or 0)
    return replace(found, level=levels["counting"] or 0)


def scheme_of(person: Any, *, at: dt.datetime) -> Scheme | None:
    """The scheme that reaches the person: of several teams' the one with the highest star, then the first joined."""
    if person is None:
        return None
    memberships = Membership.objects.filter(volunteer__person=person, left_on__isnull=True).order_by("joined_on", "pk")
    paths = list(memberships.values_list("unit__path", flat=True))
    reaching = [scheme for path in paths if (scheme := _nearest(path, schemes_in_force(at=at))) is not None]
    if len({scheme.pk for scheme in reaching}) < 2:
        return reaching[0] if reaching else None
    levels = dict(
        Grant.objects.filter(person=person, withdrawn_at__isnull=True)
        .values_list("unit")
        .annotate(level=Max("level"))
        .values_list("unit", "level")
    )
    return max(reaching, key=lambda scheme: levels.get(scheme.unit_id, 0))


def grants_of(person: Any) -> QuerySet[Grant]:
    """Every star of one person, the latest first; withdrawn ones too, with their reason."""
    return Grant.objects.filter(person=person).select_related("unit", "scheme").order_by("-granted_at", "-level")


def bar_of(person: Any, *, at: dt.datetime) -> Bar | None:
    """The bar that holds longest, if one stands now."""
    return _standing_bars(at).filter(person=person).order_by("-ends_at").first()


def privileges_for(person: Any, *, at: dt.datetime) -> list[Privilege]:
    """What stars open for this person: of their units and all above them, the first star first."""
    return list(
        privileges_in_force(at=at).filter(unit__path__in=_chain_of(person)).order_by("level", "unit__depth", "title")
    )


def privileges_in_force(*, at: dt.datetime) -> QuerySet[Privilege]:
    """Privileges that hold now."""
    held = Privilege.objects.filter(starts_at__lte=at).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    return held.select_related("unit")


# The job ---------------------------------------------------------------------------------------------------------


def schemes_in_force(*, at: dt.datetime) -> list[Scheme]:
    """Of each unit that has one, the version that holds now."""
    latest = Scheme.objects.filter(starts_at__lte=at).order_by("unit_id", "-starts_at").distinct("unit_id")
    return list(latest.select_related("unit"))


@dataclass(frozen=True)
class Due:
    """A person who has the minutes for more stars than stand."""

    person_id: int
    minutes: int
    standing: int


def due(scheme: Scheme, *, at: dt.datetime, limit: int, person_ids: list[int] | None = None) -> list[Due]:
    """Who is due for a star of this scheme: active volunteers it reaches, without a bar, with the minutes."""
    found = _counted(scheme, at=at).filter(reached__gt=_standing_of(scheme))
    found = found.exclude(Exists(_standing_bars(at).filter(person=OuterRef("person"))))
    if person_ids is not None:
        found = found.filter(person__in=person_ids)
    rows = found.annotate(standing=_standing_of(scheme)).order_by("person")
    return [Due(row["person"], row["honour_minutes"], row["standing"]) for row in rows[:limit]]


def preview(scheme: Scheme, *, at: dt.datetime) -> list[tuple[int, int]]:
    """How many people would hold which star if this scheme, not yet stored, held now: (level, persons), none first.

    What stands stays: somebody with three stars keeps three, whatever the new version asks.
    """
    people = _reached_by(scheme, at=at)
    would_hold = Case(
        When(reached__gt=_standing_of(scheme), then="reached"),
        default=_standing_of(scheme),
        output_field=IntegerField(),
    )
    levels = _counted(scheme, at=at).annotate(holds=would_hold).values_list("holds", flat=True)
    counts = {level: 0 for level in range(1, max(len(scheme.thresholds), 1) + 1)}
    for level in levels:
        if level:
            counts[level] = counts.get(level, 0) + 1
    return [(0, people.count() - sum(counts.values())), *sorted(counts.items())]


def _counted(scheme: Scheme, *, at: dt.datetime) -> Any:
    """Rows `person, honour_minutes, reached` of everyone whom the scheme reaches and who has served at all."""
    steps = [
        When(honour_minutes__gte=minutes, then=Value(level))
        for level, minutes in reversed(list(enumerate(scheme.thresholds, start=1)))
    ]
    counted = hours.honour_by_person().filter(person__in=_reached_by(scheme, at=at))
    return counted.annotate(reached=Case(*steps, default=Value(0), output_field=IntegerField()))


def _standing_of(scheme: Scheme) -> Any:
    """The highest star of the scheme's unit that has not been withdrawn, published to the end or not."""
    standing = Grant.objects.filter(person=OuterRef("person"), unit=scheme.unit, withdrawn_at__isnull=True)
    return Coalesce(Subquery(standing.order_by("-level").values("level")[:1]), Value(0))


def _reached_by(scheme: Scheme, *, at: dt.datetime) -> QuerySet[Person]:
    """Persons of active volunteers of the scheme's unit or below it, but not of a unit with a scheme of its own."""
    units = Q(unit__path__startswith=scheme.unit.path)
    for other in schemes_in_force(at=at):
        if other.unit.path != scheme.unit.path and other.unit.path.startswith(scheme.unit.path):
            units &= ~Q(unit__path__startswith=other.unit.path)
    member = Membership.objects.filter(units, volunteer=OuterRef("volunteer"), left_on__isnull=True)
    return Person.objects.filter(Exists(member), volunteer__state=Volunteer.State.ACTIVE)


def _nearest(path: str, schemes: list[Scheme]) -> Scheme | None:
    above = [scheme for scheme in schemes if path.startswith(scheme.unit.path)]
    return max(above, key=lambda scheme: len(scheme.unit.path), default=None)


# The desk --------------------------------------------------------------------------------------------------------


def schemes_seen_by(user: Any) -> QuerySet[Scheme]:
    """Schemes of the units the user decides stars at, and of those above, whose schemes reach them too."""
    units = organisation.units_where(user, "decide_star")
    paths = units.values_list("path", flat=True)
    chain = {step for path in paths for step in organisation_rules.chain_of(path, step=Unit.steplen)}
    seen = Scheme.objects.filter(Q(unit__in=units) | Q(unit__path__in=chain)).select_related("unit", "set_by")
    return seen.annotate(persons=Count("grants__person", filter=Q(grants__withdrawn_at__isnull=True), distinct=True))


def grants_decided_by(user: Any) -> QuerySet[Grant]:
    """Stars of the volunteers over whom this user decides, the latest first."""
    seen = Grant.objects.filter(person__in=persons_decided_by(user))
    return seen.select_related("person__volunteer", "unit", "scheme", "withdrawn_by").order_by("-granted_at", "-pk")


def grant_decided_by(user: Any, code: str) -> Grant:
    """One such star, or there is none."""
    found = grants_decided_by(user).filter(code=code).first()
    if found is None:
        raise NoSuchStar
    return found


def bars_decided_by(user: Any) -> QuerySet[Bar]:
    """Bars of the volunteers over whom this user decides, the latest first."""
    seen = Bar.objects.filter(unit__in=organisation.units_where(user, "decide_star"))
    return seen.select_related("person__volunteer", "unit", "decided_by").order_by("-starts_at", "-pk")


def privileges_edited_by(user: Any, *, at: dt.datetime) -> QuerySet[Privilege]:
    """Privileges in force of the units whose schemes this user sets."""
    units = organisation.units_where(user, "set_star_scheme")
    return privileges_in_force(at=at).filter(unit__in=units).order_by("unit__path", "level", "title")


def volunteer_decided_by(user: Any, number: str) -> tuple[Volunteer, Unit]:
    """The volunteer with this number and the unit through which the user decides over them."""
    member = _at_home_with(user).filter(volunteer__number__iexact=number.strip())
    found = member.select_related("volunteer__person", "unit").order_by("joined_on", "pk").first()
    if found is None:
        raise NoSuchVolunteer(number=number.strip()[:20])
    return found.volunteer, found.unit


def persons_decided_by(user: Any) -> QuerySet[Person]:
    """Persons at home in a unit at which the user decides stars."""
    return Person.objects.filter(Exists(_at_home_with(user).filter(volunteer=OuterRef("volunteer"))))


def _at_home_with(user: Any) -> QuerySet[Membership]:
    """Memberships in the units at which the user decides stars: of those who are not only lent there."""
    units = organisation.units_where(user, "decide_star")
    return Membership.objects.filter(left_on__isnull=True, unit__in=units, is_lent=False)


def in_publication(person: Any, *, at: dt.datetime) -> QuerySet[Grant]:
    """Stars that are published now among the people of one's own units and those above: for whoever may object."""
    published = Grant.objects.filter(withdrawn_at__isnull=True, granted_at__lte=at, published_until__gt=at)
    return (
        published.filter(unit__path__in=_chain_of(person))
        .select_related("person", "unit")
        .order_by("published_until", "pk")
    )


def _chain_of(person: Any) -> set[str]:
    """The paths of the person's units and of all above them."""
    current = Membership.objects.filter(volunteer__person=person, left_on__isnull=True)
    paths = current.values_list("unit__path", flat=True)
    return {step for path in paths for step in organisation_rules.chain_of(path, step=Unit.steplen)}


def _standing_bars(at: dt.datetime) -> QuerySet[Bar]:
    return Bar.objects.filter(starts_at__lte=at, ends_at__gt=at, lifted_at__isnull=True)


def _around(unit: Unit, field: str) -> Q:
    """On the way from the root to the unit, or below it."""
    chain = organisation_rules.chain_of(unit.path, step=Unit.steplen)
    return Q(**{f"{field}__in": chain}) | Q(**{f"{field}__startswith": unit.path})
