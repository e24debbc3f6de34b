"""Reading service records: one's own, those that wait for a word, and one with its history."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from xinglin.accounts.models import User
from xinglin.audit.models import Entry
from xinglin.hours.errors import NoSuchRecord
from xinglin.hours.models import Effect, Record
from xinglin.hours.rules import State, Terms
from xinglin.lib import clock
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people.models import Person
from xinglin.timebank import reckoning

LONGEST_HISTORY = 50


@dataclass(frozen=True)
class Totals:
    """A person's minutes by where their records stand."""

    honour_minutes: int
    publicised_minutes: int
    waiting_minutes: int

    @property
    def on_the_way_minutes(self) -> int:
        return self.publicised_minutes + self.waiting_minutes


@dataclass(frozen=True)
class Step:
    """One line of a record's history: what was done, by whom, when, and why."""

    verb: str
    who: str
    at: dt.datetime
    reason: str
    returned_minutes: int = 0
    owed_minutes: int = 0  # what should have returned as well, but was spent


def honour_minutes(person: Any) -> int:
    """荣誉时长: the sum of effective records. Spending never lowers it."""
    return totals_of(person).honour_minutes


def honour_by_person() -> Any:
    """Rows `person, honour_minutes` of everyone with an effective record: for other apps to narrow and to join."""
    return Record.objects.filter(state=State.EFFECTIVE).values("person").annotate(honour_minutes=Sum("minutes"))


def last_day_served(person: Any) -> QuerySet[Record, Any]:
    """The last day on which somebody served, as a subquery: `person` is an outer reference. What was voided is none."""
    standing = Record.objects.filter(person=person).exclude(state=State.VOIDED).order_by("-ends_at")
    return standing.values(day=TruncDate("ends_at", tzinfo=clock.SHANGHAI))[:1]


def effects_of(person_ids: Collection[int]) -> dict[int, list[tuple[dt.datetime, int]]]:
    """When each effective record of these persons took effect and with how many minutes, the earliest first."""
    effects: dict[int, list[tuple[dt.datetime, int]]] = {person_id: [] for person_id in person_ids}
    records = Record.objects.filter(person__in=person_ids, state=State.EFFECTIVE).order_by("effective_at", "pk")
    for person_id, at, minutes in records.values_list("person", "effective_at", "minutes"):
        assert at is not None, "an effective record has its moment"
        effects[person_id].append((at, minutes))
    return effects


def totals_of(person: Any) -> Totals:
    """Honour minutes, and what is still on its way to becoming some."""
    sums = Record.objects.filter(person=person).aggregate(
        honour=Sum("minutes", filter=Q(state=State.EFFECTIVE)),
        publicised=Sum("minutes", filter=Q(state=State.PUBLICISED)),
        waiting=Sum("minutes", filter=Q(state=State.RECORDED)),
    )
    return Totals(sums["honour"] or 0, sums["publicised"] or 0, sums["waiting"] or 0)


def records_of(person: Any) -> QuerySet[Record]:
    """All records of one person, the latest service first; voided ones too, with their reason."""
    return Record.objects.filter(person=person).select_related("unit").order_by("-starts_at", "-pk")


def waiting_for_effect(person: Any) -> QuerySet[Record]:
    """Records on their way: they wait for somebody's word, or for their publication to end."""
    return records_of(person).filter(state__in=[State.RECORDED, State.PUBLICISED])


def overdue(*, at: dt.datetime) -> tuple[int, dt.datetime | None]:
    """How many records should have taken effect by now and have not, and since when the oldest: for the monitor."""
    late = Record.objects.filter(state=State.PUBLICISED, takes_effect_at__lte=at)
    found = late.aggregate(count=Count("pk"), since=Min("takes_effect_at"))
    return found["count"], found["since"]


def standing_record(source: str) -> Record | None:
    """The record of this source that has not been voided."""
    return Record.objects.filter(source=source).exclude(state=State.VOIDED).first()


def waiting_for_confirmation(user: Any) -> QuerySet[Record]:
    """Records that this user may confirm, the oldest first: not the own, not those they entered themselves."""
    mine = organisation.reaches(user, "confirm_record", "unit__path")
    waiting = Record.objects.filter(mine, state=State.RECORDED).exclude(person__user=user)
    waiting = waiting.filter(Q(recorded_by__isnull=True) | ~Q(recorded_by=user))
    return waiting.select_related("person", "unit").order_by("recorded_at", "pk")


def records_seen_by(user: Any) -> QuerySet[Record]:
    """Records of the units over whose records this user decides, the latest service first."""
    units = organisation.units_where(user, "confirm_record")
    return Record.objects.filter(unit__in=units).select_related("unit").order_by("-starts_at", "-pk")


def records_by_source(user: Any, sources: Collection[str]) -> dict[str, Record]:
    """What came of these sources, as far as this user decides over it; voided records give way to those that stand."""
    found = records_seen_by(user).filter(source__in=sources)
    return {record.source: record for record in sorted(found, key=_standing_last)}


def _standing_last(record: Record) -> tuple[bool, int]:
    return record.state != State.VOIDED, record.pk


def record_seen_by(user: Any, code: str) -> Record:
    """The record, if this user decides over records of its unit; else there is none."""
    related = records_seen_by(user).select_related("person", "person__user", "unit", "recorded_by", "confirmed_by")
    found = related.filter(code=code).first()
    if found is None:
        raise NoSuchRecord
    return found


def own_record(person: Any, code: str) -> Record:
    """One record of the person who asks; nobody else's is found."""
    found = records_of(person).select_related("person", "recorded_by", "confirmed_by").filter(code=code).first()
    if found is None:
        raise NoSuchRecord
    return found


def history_of(record: Record) -> list[Step]:
    """What was done to a record, the earliest first, with the names of those who did it."""
    entries = list(Entry.objects.filter(thing=f"record:{record.code}").order_by("id")[:LONGEST_HISTORY])
    codes = {entry.actor_code for entry in entries}
    names = dict(User.objects.filter(code__in=codes).values_list("code", "name"))
    return [
        Step(entry.verb, names.get(entry.actor_code, ""), entry.at, entry.reason, *_returned(entry))
        for entry in entries
    ]


def day_of(record: Record) -> dict[str, int]:
    """What this person's standing records of that day come to, this one included: a long day is worth a second look."""
    midnight = dt.datetime.combine(clock.local_day(record.starts_at), dt.time(), tzinfo=clock.SHANGHAI)
    that_day = Record.objects.filter(
        person=record.person, starts_at__gte=midnight, starts_at__lt=midnight + dt.timedelta(days=1)
    ).exclude(state=State.VOIDED)
    found = that_day.aggregate(minutes=Sum("minutes"), count=Count("pk"))
    return {"day_minutes": found["minutes"] or 0, "day_count": found["count"]}


def voiding_of(record: Record) -> Entry | None:
    """The trail's word on how this record was voided last."""
    return Entry.objects.filter(thing=f"record:{record.code}", verb="voided_record").order_by("-id").first()


def _returned(entry: Entry) -> tuple[int, int]:
    """What voiding took back out of the time bank, and what it could not, because it was spent."""
    if entry.verb != "voided_record":
        return 0, 0
    owed = entry.facts.get("owed_minutes", 0)
    return entry.facts.get("credited_minutes", 0) - owed, owed


def terms_at(unit: Unit, *, at: dt.datetime) -> Terms:
    """The policies that a record of this unit falls under."""
    names = [term.name for term in dataclasses.fields(Terms)]
    return Terms(**organisation.policies_of(names, unit, at=at))


def crediting_terms(records: Sequence[Record], *, at: dt.datetime) -> dict[str, reckoning.Terms]:
    """What the time bank must know to credit these records, by their code.

    Rate and daily limit were promised when a record was made; the cap is about what a person holds now.
    """
    units = {record.unit_id: record.unit for record in records}
    values = organisation.policy_values(("holding_cap_hours", "overflow_to"), units.values(), at=at)
    by_unit = [unit for unit in units.values() if values[unit.pk]["overflow_to"] == "unit"]
    houses = organisation.houses_of(by_unit) if by_unit else {}
    return {
        record.code: reckoning.Terms(
            rate_percent=record.rate_percent,
            daily_limit_minutes=record.daily_limit_minutes,
            cap_minutes=values[record.unit_id]["holding_cap_hours"] * 60 or None,
            overflow_unit_id=houses[record.unit_id].pk if record.unit_id in houses else None,
        )
        for record in records
    }


def last_effect(code: str, *, person: Person) -> Effect | None:
    """What was last sealed of a person's record, if it ever took effect."""
    if not Record.objects.filter(code=code, person=person).exists():
        return None
    return Effect.objects.filter(record_code=code).order_by("-pk").first()
