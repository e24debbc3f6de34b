"""Gates: which ones a service asks for, which ones somebody has passed, and the verbs that open and shut them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from xinglin.audit import actions as audit
from xinglin.lib import clock
from xinglin.organisation import policies
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import queries
from xinglin.people.errors import NotAboutOneself
from xinglin.people.models import Application, Consent, DocumentText, Gate, Insured, Volunteer
from xinglin.people.vetting import honouring, rules, telling
from xinglin.people.vetting.errors import GateNotOpen, GateReasonNeeded
from xinglin.people.vetting.rules import Hurdle, Passed

OF_KIND = {kind: f"gates_{kind}" for kind in policies.KINDS_OF_SERVICE}
OF_PAPERS = tuple(Gate.Kind.values)  # which the volunteer renews; cover is renewed by the unit
UNDONE = "撤销"  # why something ended that was given by a slip of the hand
POLICIES = ("gates", *OF_KIND.values())


# What is asked for, and what somebody has -------------------------------------------------------------------------


def needed(unit: Unit | None, kinds: Collection[str] = (), *, at: dt.datetime) -> tuple[str, ...]:
    """The gates that a unit asks for before a service of these kinds."""
    return needed_by(organisation.policies_of(POLICIES, unit, at=at), kinds)


def needed_by(values: dict[str, Any], kinds: Collection[str]) -> tuple[str, ...]:
    """The same from policies that were looked up already."""
    return rules.needed(values["gates"], kinds, {kind: values[name] for kind, name in OF_KIND.items()})


def said(gate: str) -> str:
    """The gate's name."""
    return str(policies.GATES[gate])


def listed(gates: Iterable[str]) -> str:
    """The gates in a row, but for the review: whoever is a volunteer has that behind them."""
    return gettext("、").join(said(gate) for gate in gates if gate != "review")


def passed(volunteer: Volunteer, wanted: Collection[str], *, at: dt.datetime, unit: Unit | None = None) -> list[Passed]:
    """What the volunteer has passed of these gates, also what has run out. Asks only the tables that it needs.

    With a unit, only what counts there: a training of another house may not.
    """
    found: list[Passed] = []
    if "review" in wanted:
        found.append(_review(volunteer))
    if "agreement" in wanted:
        found += _agreement(volunteer, at=at)
    if "insurance" in wanted:
        found += _covers(volunteer)
    kinds = [gate for gate in wanted if gate in Gate.Kind.values]
    if kinds:
        rows = Gate.objects.filter(volunteer=volunteer, kind__in=kinds, ended_at__isnull=True)
        found += _counted(rows.select_related("decided_by", "unit"), volunteer, unit)
    return found


def hurdles(
    volunteer: Volunteer, wanted: Collection[str], *, on: dt.date, at: dt.datetime, unit: Unit | None = None
) -> tuple[Hurdle, ...]:
    """Which of these gates are shut for the volunteer on a day, at a unit."""
    return rules.hurdles(wanted, passed(volunteer, wanted, at=at, unit=unit), on=on) if wanted else ()


def passes_of(volunteers: Collection[int], wanted: Collection[str], *, at: dt.datetime) -> dict[int, list[Passed]]:
    """What many have passed of these gates as it stood at a moment, by the volunteer's key; for places that they hold.

    A training counts wherever it was passed: that a house honours another's no longer touches no place taken.
    """
    found: dict[int, list[Passed]] = {pk: [] for pk in volunteers}
    if "insurance" in wanted:
        for cover in Insured.objects.filter(volunteer__in=list(found)).select_related("insurance"):
            found[cover.volunteer_id].append(_as_cover(cover))
    kinds = [gate for gate in wanted if gate in Gate.Kind.values]
    if kinds:
        stood = Q(ended_at__isnull=True) | Q(ended_at__gt=at)
        rows = list(Gate.objects.filter(stood, volunteer__in=list(found), kind__in=kinds).select_related("decided_by"))
        withdrawn = _withdrawn([row.volunteer_id for row in rows if _rests_on_consent(row)], at=at)
        for row in rows:
            if not _rests_on_consent(row) or row.volunteer_id not in withdrawn:
                found[row.volunteer_id].append(_as_passed(row))
    return found


def standing_gates(volunteer: Volunteer) -> list[Gate]:
    """What stands, past its day or not; in the order of the gates."""
    rows = Gate.objects.filter(volunteer=volunteer, ended_at__isnull=True).select_related(
        "decided_by", "second_by", "unit"
    )
    return sorted(rows, key=lambda row: rules.ORDER.index(row.kind))


def ended_gates(volunteer: Volunteer) -> list[Gate]:
    """What was taken back or renewed, the latest first."""
    rows = Gate.objects.filter(volunteer=volunteer, ended_at__isnull=False).select_related("decided_by", "ended_by")
    return list(rows.order_by("-ended_at", "-pk")[:20])


def shut_of(volunteer: Volunteer, wanted: Collection[str]) -> QuerySet[Gate]:
    """What of these gates was taken back with a reason, and does not stand again by an undone press."""
    ended = Gate.objects.filter(volunteer=volunteer, kind__in=wanted, ended_at__isnull=False)
    return ended.exclude(end_reason__in=["", UNDONE])


def expiring(volunteer: Volunteer, wanted: Collection[str], *, days: int, at: dt.datetime) -> list[Passed]:
    """Gates that are open today and will not be for much longer, the first to shut first; renewed ones are not."""
    today = clock.local_day(at)
    later = today + dt.timedelta(days=days)
    known = passed(volunteer, wanted, at=at)
    shut_by_then = {hurdle.gate for hurdle in rules.hurdles(wanted, known, on=later)}
    open_now = [one for one in known if one.gate in shut_by_then and one.holds_on(today) and one.until is not None]
    last = {gate: max(one.until for one in open_now if one.gate == gate) for gate in {one.gate for one in open_now}}  # type: ignore[type-var]
    return sorted((one for one in open_now if one.until == last[one.gate]), key=lambda one: (one.until, one.gate))


# The verbs --------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_gate(
    *,
    volunteer: Volunteer,
    kind: str,
    by: Any,
    at: dt.datetime,
    second_by: Any = None,
    valid_until: dt.date | None = None,
    source: str = "",
    unit: Unit | None = None,
) -> Gate:
    """The volunteer passes a gate; a training at a unit. An earlier pass of the same gate ends here: it was renewed."""
    volunteer = Volunteer.objects.select_for_update(of=("self",)).select_related("person").get(pk=volunteer.pk)
    if by is not None and volunteer.person.user_id == by.pk:
        raise NotAboutOneself
    earlier = Gate.objects.filter(volunteer=volunteer, kind=kind, ended_at__isnull=True, unit=unit)
    earlier.update(ended_at=at, ended_by=by)
    gate = Gate.objects.create(
        volunteer=volunteer,
        kind=kind,
        passed_on=clock.local_day(at),
        valid_until=valid_until,
        decided_by=by,
        second_by=second_by,
        decided_at=at,
        source=source,
        unit=unit,
    )
    _note("opened_gate", gate, by=by, at=at)
    return gate


@transaction.atomic
def shut_gate(*, volunteer: Volunteer, kind: str, reason: str, by: Any, at: dt.datetime) -> Gate:
    """Take a gate back, with the reason that the volunteer reads. It limits what they may take on, and no more."""
    if not reason.strip():
        raise GateReasonNeeded
    held = Gate.objects.select_for_update(of=("self",)).select_related("volunteer__person__user", "unit")
    rows = held.filter(volunteer=volunteer, kind=kind, ended_at__isnull=True).order_by("pk")
    # A training that another house gave is that house's to take back.
    standing = [gate for gate in rows if gate.unit is None or organisation.may(by, "decide_gate", gate.unit)]
    if not standing:
        raise GateNotOpen
    if volunteer.person.user_id == by.pk:
        raise NotAboutOneself
    for gate in standing:
        gate.ended_at, gate.ended_by, gate.end_reason = at, by, reason.strip()[:300]
        gate.save(update_fields=["ended_at", "ended_by", "end_reason"])
        _note("shut_gate", gate, by=by, at=at)
    telling.shut(standing[-1], at=at)
    return standing[-1]


def _note(verb: str, gate: Gate, *, by: Any, at: dt.datetime) -> None:
    # Which gate is no secret; why it was shut may be, and stays with the row.
    until = gate.valid_until.isoformat() if gate.valid_until else None
    facts = {"gate": gate.kind, "code": gate.code, "until": until}
    audit.record(actor=by, verb=verb, thing=f"volunteer:{gate.volunteer.number}", facts=facts, at=at)


def _review(volunteer: Volunteer) -> Passed:
    """Whoever is a volunteer was taken in by somebody: by an application, or with a roster."""
    approved = Application.objects.filter(person_id=volunteer.person_id, state=Application.State.APPROVED)
    latest = approved.select_related("decided_by").order_by("-decided_at").first()
    who = latest.decided_by.name if latest is not None and latest.decided_by is not None else ""
    return Passed("review", volunteer.joined_on, who=who)


def _agreement(volunteer: Volunteer, *, at: dt.datetime) -> list[Passed]:
    signed = queries.agreement_of(volunteer, at=at)
    return [Passed("agreement", clock.local_day(signed.signed_at))] if signed is not None else []


def _covers(volunteer: Volunteer) -> list[Passed]:
    """Each contract holds on its own days; whoever was taken off is covered until that day."""
    rows = Insured.objects.filter(volunteer=volunteer).select_related("insurance")
    return [_as_cover(row) for row in rows]


def _as_cover(row: Insured) -> Passed:
    return Passed("insurance", row.since, row.until, row.insurance.insurer)


def _counted(rows: Iterable[Gate], volunteer: Volunteer, unit: Unit | None) -> list[Passed]:
    standing = [row for row in rows if _counts(row, volunteer)]
    trained = [row for row in standing if row.kind == Gate.Kind.TRAINING]
    found = [_as_passed(row) for row in standing if row.kind != Gate.Kind.TRAINING]
    of_training = honouring.counted(trained, unit) if unit is not None else [(row, "") for row in trained]
    return found + [replace(_as_passed(row), where=where) for row, where in of_training]


def _counts(row: Gate, volunteer: Volunteer) -> bool:
    return not _rests_on_consent(row) or not queries.has_withdrawn(volunteer.person, DocumentText.Kind.HEALTH)


def _rests_on_consent(row: Gate) -> bool:
    """A health clearance rests on its holder's consent, whoever entered it, and goes with it.

    None is entered without one. Those that the desk had entered before it asked count until the consent is taken back.
    """
    return row.kind == Gate.Kind.HEALTH


def _withdrawn(volunteers: Collection[int], *, at: dt.datetime) -> set[int]:
    """Whose consent to keeping what they said of their health was taken back by a moment."""
    if not volunteers:
        return set()
    words = Consent.objects.filter(text__kind=DocumentText.Kind.HEALTH, person__volunteer__in=volunteers)
    given = list(words.filter(given_at__lte=at).values_list("person__volunteer", "withdrawn_at"))
    stands = {volunteer for volunteer, taken_back_at in given if taken_back_at is None or taken_back_at > at}
    return {volunteer for volunteer, _taken_back_at in given} - stands


def _as_passed(row: Gate) -> Passed:
    who = row.decided_by.name if row.decided_by is not None else ""
    return Passed(row.kind, row.passed_on, row.valid_until, who)
