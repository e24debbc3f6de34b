"""The verbs on stars: set a scheme, grant what is due, withdraw, bar and lift, say what a star opens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from xinglin.audit import actions as audit
from xinglin.hours import queries as hours
from xinglin.hours import rules as hours_rules
from xinglin.notices import actions as notices
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people.models import Person
from xinglin.recognition import queries, rules
from xinglin.recognition.errors import BarOver, NotOwnStar, PrivilegeEnded, SchemeInThePast, SchemeSetAlready
from xinglin.recognition.models import Bar, Grant, Privilege, Scheme

LARGEST_ROUND = 500


@transaction.atomic
def set_scheme(
    *, unit: Unit, name: str, hours_per_star: Sequence[int], starts_at: dt.datetime, set_by: Any, at: dt.datetime
) -> Scheme:
    """Set the next version of a unit's scheme from a moment on. Stars granted before stay; a command need not ask."""
    if set_by is not None:
        organisation.demand(set_by, "set_star_scheme", unit)
    if starts_at < at:
        raise SchemeInThePast
    thresholds = rules.checked_thresholds(hours_per_star)
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)  # two versions never get one number
    last = Scheme.objects.filter(unit=unit).aggregate(version=Max("version"))["version"] or 0
    try:
        with transaction.atomic():
            scheme = Scheme.objects.create(
                unit=unit,
                version=last + 1,
                name=name,
                thresholds=thresholds,
                starts_at=starts_at,
                set_by=set_by,
                set_at=at,
            )
    except IntegrityError as taken:
        raise SchemeSetAlready from taken
    facts = {"version": scheme.version, "thresholds": thresholds, "starts_at": starts_at.isoformat()}
    _tell("set_star_scheme", f"scheme:{scheme.code}", unit, by=set_by, at=at, facts=facts)
    return scheme


@transaction.atomic
def grant_stars(*, scheme: Scheme, at: dt.datetime, limit: int = LARGEST_ROUND) -> int:
    """Grant, in order, what is due under one scheme; returns how many stars.

    Any number of workers may run this at once: each takes the persons that no other holds, and asks again once it
    holds them. Should all that fail, the database still keeps one standing star per person, unit and level.
    """
    wanted = [one.person_id for one in queries.due(scheme, at=at, limit=limit)]
    taken = Person.objects.select_for_update(no_key=True, skip_locked=True).filter(pk__in=wanted).order_by("pk")
    users = dict(taken.values_list("pk", "user_id"))
    found = queries.due(scheme, at=at, limit=limit, person_ids=list(users))
    moments = hours.effects_of([one.person_id for one in found])
    days = organisation.policy("star_publication_days", scheme.unit, at=at)
    published_until = hours_rules.takes_effect_at(at=at, undo_minutes=0, publication_days=days)
    grants = []
    for one in found:
        reached = rules.reached_at(moments[one.person_id], scheme.thresholds)
        for level in rules.levels_due(scheme.thresholds, minutes=one.minutes, standing=one.standing):
            grants.append(
                Grant(
                    person_id=one.person_id,
                    scheme=scheme,
                    unit=scheme.unit,
                    level=level,
                    reached_at=reached[level - 1],
                    granted_at=at,
                    published_until=published_until,
                )
            )
    Grant.objects.bulk_create(grants)
    happenings = [
        audit.Happening(thing=_star(grant), unit_path=scheme.unit.path, facts={"level": grant.level})
        for grant in grants
    ]
    audit.record_many(actor=None, verb="granted_star", happenings=happenings, at=at)
    highest = {grant.person_id: grant for grant in grants}  # they stand in order: the last of a person is the highest
    news = [
        notices.News(
            user_id=users[grant.person_id],
            kind="star_granted",
            source=_star(grant),
            values={"level": grant.level, "unit": scheme.unit.name},
        )
        for grant in highest.values()
    ]
    notices.tell_many(news=news, at=at)
    return len(grants)


@transaction.atomic
def withdraw(*, grant: Grant, by: Any, reason: str, barred_until: dt.datetime, at: dt.datetime) -> Grant:
    """Take a star back while it is published, with those above it, and grant none again until a day.

    Without the bar the next run of the job would grant the same star again.
    """
    person = _held(grant.person_id)
    _refuse_own(person, by)
    grant = Grant.objects.select_for_update(of=("self",)).select_related("unit").get(pk=grant.pk)
    rules.refuse_to_withdraw(published_until=grant.published_until, withdrawn_at=grant.withdrawn_at, at=at)
    reason = rules.reason_as_kept(reason)
    rules.refuse_past_end(barred_until, at=at)
    above = Grant.objects.filter(
        person=person, unit=grant.unit, level__gte=grant.level, withdrawn_at__isnull=True
    ).order_by("level")
    for one in above.select_for_update():
        one.withdrawn_at, one.withdrawn_by, one.withdraw_reason = at, by, reason
        one.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
        facts = {"level": one.level}
        _tell("withdrew_star", _star(one), grant.unit, by=by, at=at, reason=reason, about=person.name, facts=facts)
    _bar(person, unit=grant.unit, by=by, reason=reason, until=barred_until, at=at)
    grant.refresh_from_db()
    return grant


@transaction.atomic
def bar(*, person: Person, unit: Unit, by: Any, reason: str, until: dt.datetime, at: dt.datetime) -> Bar:
    """For bad conduct: no further star until a day. Whoever granted stars at this moment was first."""
    organisation.demand(by, "decide_star", unit)
    person = _held(person.pk)
    _refuse_own(person, by)
    reason = rules.reason_as_kept(reason)
    rules.refuse_past_end(until, at=at)
    return _bar(person, unit=unit, by=by, reason=reason, until=until, at=at)


@transaction.atomic
def lift(*, bar: Bar, by: Any, at: dt.datetime) -> Bar:
    """End a bar before its day."""
    bar = Bar.objects.select_for_update(of=("self",)).select_related("person", "unit").get(pk=bar.pk)
    organisation.demand(by, "decide_star", bar.unit)
    _refuse_own(bar.person, by)
    if bar.lifted_at is not None or bar.ends_at <= at:
        raise BarOver
    bar.lifted_at, bar.lifted_by = at, by
    bar.save(update_fields=["lifted_at", "lifted_by"])
    _tell("lifted_star_bar", f"bar:{bar.code}", bar.unit, by=by, at=at)
    return bar


@transaction.atomic
def add_privilege(*, unit: Unit, level: int, title: str, note: str, by: Any, at: dt.datetime) -> Privilege:
    """Say what a star of this unit opens. The same title again answers with what stands, at its new level and note."""
    if by is not None:
        organisation.demand(by, "set_star_scheme", unit)
    privilege, _made = Privilege.objects.update_or_create(
        unit=unit,
        title=title,
        ends_at=None,
        defaults={"level": level, "note": note},
        create_defaults={"level": level, "note": note, "starts_at": at},
    )
    _tell("added_privilege", f"privilege:{privilege.code}", unit, by=by, at=at, facts={"level": level})
    return privilege


@transaction.atomic
def end_privilege(*, privilege: Privilege, by: Any, at: dt.datetime) -> Privilege:
    """The star no longer opens this."""
    privilege = Privilege.objects.select_for_update(of=("self",)).select_related("unit").get(pk=privilege.pk)
    organisation.demand(by, "set_star_scheme", privilege.unit)
    if privilege.ends_at is not None:
        raise PrivilegeEnded
    privilege.ends_at = at
    privilege.save(update_fields=["ends_at"])
    _tell("ended_privilege", f"privilege:{privilege.code}", privilege.unit, by=by, at=at)
    return privilege


def _bar(person: Person, *, unit: Unit, by: Any, reason: str, until: dt.datetime, at: dt.datetime) -> Bar:
    made = Bar.objects.create(person=person, unit=unit, reason=reason, starts_at=at, ends_at=until, decided_by=by)
    facts = {"until": until.isoformat()}
    _tell("barred_from_stars", f"bar:{made.code}", unit, by=by, at=at, reason=reason, about=person.name, facts=facts)
    return made


def _held(person_id: int) -> Person:
    """The person's row, locked: whoever grants stars at this moment waits, or was first."""
    return Person.objects.select_for_update(no_key=True).get(pk=person_id)


def _refuse_own(person: Person, by: Any) -> None:
    if person.user_id == by.pk:
        raise NotOwnStar


def _star(grant: Grant) -> str:
    return f"star:{grant.code}"


def _tell(
    verb: str,
    thing: str,
    unit: Unit,
    *,
    by: Any,
    at: dt.datetime,
    **said: Any,
) -> None:
    audit.record(actor=by, verb=verb, thing=thing, unit_path=unit.path, at=at, **said)
