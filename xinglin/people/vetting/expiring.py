"""快到期: gates, licences and covers that end soon or have just ended; told to their holders, listed for reviewers.

Each telling is an event of its own, named by the row, its last day and the stage. So a run may be repeated, a missed
day is caught up with, and whatever was renewed is another row or another day, of which nothing was told yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, QuerySet, Value

from xinglin.lib import clock
from xinglin.notices import actions as notices
from xinglin.notices.models import Notice
from xinglin.organisation import policies
from xinglin.organisation import queries as organisation
from xinglin.people import licences
from xinglin.people import queries as people
from xinglin.people.models import Gate, Insurance, Insured, Membership, Person, Qualification, Submission, Volunteer
from xinglin.people.vetting import rules, telling

BATCH = 1000
POLICY = "expiry_stages"
MOST_DAYS = max(int(days) for days in policies.STAGES)
OF_ACTIVE = {"volunteer__state": Volunteer.State.ACTIVE}


@dataclass(frozen=True)
class Ending:
    """Something of somebody has a last day."""

    kind: str  # gate, licence, cover
    code: str
    what: str
    until: dt.date
    person_id: int
    user_id: int


# Told -------------------------------------------------------------------------------------------------------------


def tell(*, at: dt.datetime) -> int:
    """Tell everybody of whom something is due by the policy of their unit; answers how many had not been told."""
    return sum(_tell(batch, at=at) for batch in _endings(clock.local_day(at)))


def _tell(endings: list[Ending], *, at: dt.datetime) -> int:
    """Of one batch: whose policy says that today is a day to tell, and what was not told before."""
    today = clock.local_day(at)
    units = people.home_units([Person(pk=one.person_id) for one in endings])
    values = organisation.policy_values([POLICY], units.values(), at=at)
    due = []
    for one in endings:
        stages = values[units[one.person_id].pk][POLICY] if one.person_id in units else []
        stage = rules.stage(one.until, on=today, stages=[int(days) for days in stages])
        if stage is not None:
            due.append(_news(one, stage))
    told = set(Notice.objects.filter(source__in=[one.source for one in due]).values_list("source", flat=True))
    return notices.tell_many(news=[one for one in due if one.source not in told], at=at)


def _news(one: Ending, stage: int) -> notices.News:
    kind = f"{one.kind}_expiring" if stage else f"{one.kind}_expired"
    source = f"{one.kind}:{one.code}:{one.until.isoformat()}:{stage}"
    what, title = (one.what, "") if one.kind == "gate" else (Submission.What.QUALIFICATION, one.what)
    values = {"paper": telling.said(what, title), "day": one.until.isoformat()}
    return notices.News(user_id=one.user_id, kind=kind, source=source, values=values)


def _endings(today: dt.date) -> Iterator[list[Ending]]:
    """All that has its last day about now, in batches."""
    about = {"from_day": today - rules.TOLD_AFTER, "to_day": today + dt.timedelta(days=MOST_DAYS)}
    for rows in _pages(_gates(**about)):
        yield [_ending("gate", row.code, row.kind, row.valid_until, row) for row in rows]
    for rows in _pages(_qualifications(**about)):
        better = _better(rows)
        endings = [_ending("licence", str(row.pk), row.kind, row.valid_until, row) for row in rows]
        yield [one for one in endings if not better.get((one.code, one.until))]
    for covered in _pages(_covered(**about)):
        yield [
            Ending("cover", str(one.pk), "", one.covered_until, one.person_id, one.person.user_id) for one in covered
        ]


def _gates(*, from_day: dt.date, to_day: dt.date) -> QuerySet[Any]:
    rows = Gate.objects.filter(valid_until__range=(from_day, to_day), ended_at__isnull=True, **OF_ACTIVE)
    return rows.select_related("volunteer__person")


def _qualifications(*, from_day: dt.date, to_day: dt.date) -> QuerySet[Any]:
    rows = Qualification.objects.filter(valid_until__range=(from_day, to_day), ended_at__isnull=True, **OF_ACTIVE)
    return rows.select_related("volunteer__person")


def _covered(*, from_day: dt.date, to_day: dt.date) -> QuerySet[Any]:
    """Active volunteers whose last cover ends about then; not whoever another contract covers on."""
    standing = Insured.objects.filter(volunteer=OuterRef("pk"), removed_at__isnull=True).order_by()
    last = standing.values("volunteer").annotate(day=Max("until")).values("day")
    rows = Volunteer.objects.filter(state=Volunteer.State.ACTIVE).annotate(covered_until=last)
    return rows.filter(covered_until__range=(from_day, to_day)).select_related("person")


def _better(rows: list[Any]) -> dict[tuple[str, dt.date], bool]:
    """Which of these licences are outlived by a higher one of the same holder: then nothing is lost."""
    held: dict[int, list[tuple[str, dt.date | None]]] = {}
    all_of = Qualification.objects.filter(volunteer__in={row.volunteer_id for row in rows}, ended_at__isnull=True)
    for volunteer_id, kind, until in all_of.values_list("volunteer_id", "kind", "valid_until"):
        held.setdefault(volunteer_id, []).append((kind, until))
    return {
        (str(row.pk), row.valid_until): any(
            kind in licences.including(row.kind)[1:] and (until is None or until > row.valid_until)
            for kind, until in held[row.volunteer_id]
        )
        for row in rows
    }


def _ending(kind: str, code: str, what: str, until: dt.date, row: Any) -> Ending:
    return Ending(kind, code, what, until, row.volunteer.person_id, row.volunteer.person.user_id)


def _pages(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    after = 0
    while page := list(rows.filter(pk__gt=after).order_by("pk")[:BATCH]):
        yield page
        after = page[-1].pk


# Listed -----------------------------------------------------------------------------------------------------------


def listed(user: Any, *, days: int, at: dt.datetime) -> Any:
    """Gates and licences of those whom the user reviews, ending within some days or ended lately, in this order.

    As rows of values: number, name, gate or licence, what, until.
    """
    today = clock.local_day(at)
    units = organisation.units_where(user, "decide_gate")
    here = Exists(Membership.objects.filter(volunteer=OuterRef("volunteer"), left_on__isnull=True, unit__in=units))
    about = {"from_day": today - rules.TOLD_AFTER, "to_day": today + dt.timedelta(days=days)}
    fields = ("volunteer__number", "volunteer__person__name", "of", "kind", "valid_until")
    gates = _gates(**about).filter(here).annotate(of=Value("gate")).values_list(*fields)
    papers = _qualifications(**about).filter(here).annotate(of=Value("licence")).values_list(*fields)
    return gates.union(papers, all=True).order_by("valid_until", "volunteer__number", "kind")


def contracts(user: Any, *, days: int, at: dt.datetime) -> QuerySet[Insurance]:
    """Insurance contracts of the user's units that end in the same days."""
    today = clock.local_day(at)
    mine = organisation.reaches(user, "decide_gate", "unit__path")
    rows = Insurance.objects.filter(mine, ends_on__range=(today - rules.TOLD_AFTER, today + dt.timedelta(days=days)))
    return rows.select_related("unit").order_by(F("ends_on"), "pk")
