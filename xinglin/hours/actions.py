"""The verbs on service records: record, confirm, void, and let them take effect."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from xinglin.audit import actions as audit
from xinglin.hours import queries, rules
from xinglin.hours.errors import AlreadyRecorded, NotForOneself, OverlappingRecord, TooLateToUndo
from xinglin.hours.models import Record
from xinglin.hours.rules import State
from xinglin.lib import clock, discreet
from xinglin.notices import actions as notices
from xinglin.organisation.models import Unit
from xinglin.people.models import Person
from xinglin.timebank import actions as timebank
from xinglin.timebank import reckoning
from xinglin.timebank.rules import Answer, Service

LARGEST_ROUND = 1000

logger = logging.getLogger(__name__)


@transaction.atomic
def record_service(
    *,
    person: Person,
    unit: Unit,
    source: str,
    title: str,
    category: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    minutes: int,
    provenance: str,
    recorded_by: Any,
    at: dt.datetime,
    confirmed_by: Any = None,
    waits_for_confirmation: bool = False,
    lacks: Sequence[str] = (),
) -> Record:
    """Write down one finished service. A repeat returns the record that stands; `minutes` are rounded here, once.

    `lacks`: what the person lacked when they served, for whoever confirms it to read.
    """
    rules.refuse_to_record(starts_at=starts_at, ends_at=ends_at, minutes=minutes, at=at)
    if confirmed_by is not None and confirmed_by.pk == person.user_id:
        raise NotForOneself
    terms = queries.terms_at(unit, at=at)
    minutes = rules.rounded(minutes, terms.rounding)
    record = Record(
        person=person,
        unit=unit,
        source=source,
        title=title,
        category=category,
        starts_at=starts_at,
        ends_at=ends_at,
        minutes=minutes,
        provenance=provenance,
        state=State.RECORDED if waits_for_confirmation else State.PUBLICISED,
        recorded_at=at,
        recorded_by=recorded_by,
        confirmed_by=confirmed_by,
        confirmed_at=at if confirmed_by is not None else None,
        takes_effect_at=None if waits_for_confirmation else _effect_after(at, terms),
        is_credited=rules.is_credited(minutes=minutes, provenance=provenance, category=category, terms=terms),
        rate_percent=terms.rate_percent(category),
        daily_limit_minutes=terms.daily_credit_minutes or None,
        lacks=list(lacks),
    )
    # One person's records come one after the other, so that two that overlap meet in order and not in a deadlock.
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    standing = queries.standing_record(source)
    if standing is not None:
        return _the_same(standing, record)
    _save_as_standing(record, force_insert=True)
    _tell(record, "recorded_service", by=recorded_by, at=at, facts={"minutes": minutes, "provenance": provenance})
    return record


@transaction.atomic
def confirm(*, record: Record, by: Any, at: dt.datetime) -> Record:
    """Somebody else vouches for a record, which is publicised from then on. The same hand twice is once."""
    record = _locked(record)
    if record.confirmed_by_id == by.pk and record.state in (State.PUBLICISED, State.EFFECTIVE):
        return record
    state = rules.after(record.state, "confirm", state_said=record.get_state_display())
    rules.refuse_to_confirm(by=by.pk, served=record.person.user_id, recorded_by=record.recorded_by_id)
    record.state = state
    record.confirmed_by = by
    record.confirmed_at = at
    record.takes_effect_at = _effect_after(at, queries.terms_at(record.unit, at=record.recorded_at))
    record.save(update_fields=["state", "confirmed_by", "confirmed_at", "takes_effect_at"])
    _tell(record, "confirmed_record", by=by, at=at)
    return record


@transaction.atomic
def void(*, record: Record, by: Any, reason: str, at: dt.datetime, is_told: bool = True) -> Record:
    """Take a record out of all counts; the row and the reason stay. Credited minutes go back by a reversal.

    What the person has spent of them is owed from then on, and repaid first from what comes in later. `is_told`: not
    where a mark is only taken back or corrected, and another record follows or stands already.
    """
    record = _locked(record)
    state = rules.after(record.state, "void", state_said=record.get_state_display())
    reason = rules.reason_to_void(discreet.said(reason, about=record.person.name))  # sealed, it stands for good
    facts = {"was": record.state, "minutes": record.minutes, "credited_minutes": record.credited_minutes}
    if record.state == State.EFFECTIVE and record.is_credited:
        back = timebank.take_back_service(
            key=_key(record),
            minutes=record.credited_minutes,
            reversal_key=f"void:{record.code}",
            reason=record.title,
            origin=_thing(record),
            at=at,
        )
        facts |= {"owed_minutes": back.owed_minutes if back is not None else 0}
    record.state = state
    record.void_reason = reason
    record.credited_minutes = 0
    record.save(update_fields=["state", "void_reason", "credited_minutes"])
    _tell(record, "voided_record", by=by, at=at, reason=reason, facts=facts)
    if is_told:
        _tell_person_of_void(record, at=at)
    return record


@transaction.atomic
def take_back_confirmation(*, record: Record, by: Any, at: dt.datetime) -> Record:
    """A slip of the hand: a confirmed record waits again. Within the undo window, in which nothing takes effect."""
    record = _locked(record)
    state = rules.after(record.state, "take_back", state_said=record.get_state_display())
    terms = queries.terms_at(record.unit, at=record.recorded_at)
    rules.refuse_to_take_back(
        decided_by=record.confirmed_by_id,
        by=by.pk,
        decided_at=record.confirmed_at,
        at=at,
        undo_minutes=terms.undo_minutes,
    )
    record.state, record.confirmed_by, record.confirmed_at, record.takes_effect_at = state, None, None, None
    record.save(update_fields=["state", "confirmed_by", "confirmed_at", "takes_effect_at"])
    _tell(record, "took_back_confirmation", by=by, at=at)
    return record


@transaction.atomic
def restore(*, record: Record, by: Any, at: dt.datetime) -> Record:
    """A slip of the hand: a record that was voided while it waited waits again, within the undo window.

    When and by whom it was voided stands in the trail; the reason stays there too.
    """
    record = _locked(record)
    state = rules.after(record.state, "restore", state_said=record.get_state_display())
    voided = queries.voiding_of(record)
    if voided is None or voided.facts.get("was") != State.RECORDED:
        raise TooLateToUndo
    rules.refuse_to_take_back(
        decided_by=voided.actor_code,
        by=by.code,
        decided_at=voided.at,
        at=at,
        undo_minutes=queries.terms_at(record.unit, at=record.recorded_at).undo_minutes,
    )
    notices.take_back(source=_voiding(record, voided.at))
    record.state, record.void_reason = state, ""
    _save_as_standing(record, update_fields=["state", "void_reason"])
    _tell(record, "restored_record", by=by, at=at)
    return record


@transaction.atomic
def make_effective(*, at: dt.datetime, limit: int = LARGEST_ROUND) -> int:
    """Let the records that are due take effect, crediting the time bank in one batch; returns how many.

    Any number of workers may run this at once: each claims rows that no other holds. Records and credits are of one
    transaction, and the credit's key names the record, so a crash at any point loses nothing and posts nothing twice.
    """
    due = list(
        Record.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=State.PUBLICISED, takes_effect_at__lte=at)
        .select_related("unit", "person")
        .order_by("takes_effect_at", "pk")[:limit]
    )
    if not due:
        return 0
    credited = _credit([record for record in due if record.is_credited], at=at)
    rows = Record.objects.filter(pk__in=[record.pk for record in due])
    rows.update(state=State.EFFECTIVE, effective_at=at)
    in_full = [record.pk for record in due if credited.get(record.code) == record.minutes]
    rows.filter(pk__in=in_full).update(credited_minutes=F("minutes"))
    in_part = [record for record in due if credited.get(record.code, record.minutes) != record.minutes]
    for record in in_part:
        record.credited_minutes = credited[record.code]
    Record.objects.bulk_update(in_part, ["credited_minutes"])
    audit.record_many(
        actor=None,
        verb="record_took_effect",
        happenings=[
            audit.Happening(
                thing=_thing(record),
                unit_path=record.unit.path,
                facts={"minutes": record.minutes, "credited_minutes": credited.get(record.code, 0)},
            )
            for record in due
        ],
        at=at,
    )
    notices.tell_many(news=[_news(record, "minutes_effective", _thing(record)) for record in due], at=at)
    return len(due)


def _credit(records: Sequence[Record], *, at: dt.datetime) -> dict[str, int]:
    """Hand records to the time bank in one batch; what it took of each, by the record's code."""
    if not records:
        return {}
    terms = queries.crediting_terms(records, at=at)
    answers = timebank.credit_service(services=[_service(record, terms[record.code]) for record in records], at=at)
    _tell_refused(answers)
    return {record.code: answer.credited_minutes for record, answer in zip(records, answers, strict=True)}


def _effect_after(at: dt.datetime, terms: rules.Terms) -> dt.datetime:
    return rules.takes_effect_at(at=at, undo_minutes=terms.undo_minutes, publication_days=terms.publication_days)


def _save_as_standing(record: Record, **how: Any) -> None:
    """Save a record that counts, and let the database decide what overlaps."""
    try:
        with transaction.atomic():
            record.save(**how)
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        if constraint == "no_two_records_of_the_same_time":
            raise OverlappingRecord from error
        if constraint == "one_standing_record_per_source":
            raise AlreadyRecorded from error
        raise


def _the_same(standing: Record, asked: Record) -> Record:
    """A repeat is answered with what stands; the same source with another content is refused."""
    facts = ("person_id", "unit_id", "starts_at", "ends_at", "minutes", "provenance")
    if any(getattr(standing, fact) != getattr(asked, fact) for fact in facts):
        raise AlreadyRecorded
    return standing


def _locked(record: Record) -> Record:
    return Record.objects.select_for_update(of=("self",)).select_related("person", "unit").get(pk=record.pk)


def _news(record: Record, kind: str, source: str) -> notices.News:
    facts = {"what": record.title, "minutes": record.minutes}
    return notices.News(user_id=record.person.user_id, kind=kind, source=source, values=facts)


def _tell_person_of_void(record: Record, *, at: dt.datetime) -> None:
    """Outside the house only once the voiding can no longer be taken back."""
    undo_minutes = queries.terms_at(record.unit, at=record.recorded_at).undo_minutes
    news = [_news(record, "minutes_voided", _voiding(record, at))]
    notices.tell_many(news=news, at=at, not_before=at + dt.timedelta(minutes=undo_minutes))


def _voiding(record: Record, at: dt.datetime) -> str:
    """A record may be voided, restored and voided again: each is told."""
    return f"{_thing(record)}:voided:{at.timestamp():.0f}"


def _key(record: Record) -> str:
    """What makes the credit of a record happen once."""
    return f"record:{record.code}"


def _thing(record: Record) -> str:
    return f"record:{record.code}"


def _service(record: Record, terms: reckoning.Terms) -> Service:
    return Service(
        person_id=record.person_id,
        key=_key(record),
        minutes=record.minutes,
        reason=record.title,
        origin=_thing(record),
        day=clock.local_day(record.starts_at),
        terms=terms,
    )


def _tell_refused(answers: Sequence[Answer]) -> None:
    """What the ledger refused, for a closed account say, counts for honour only; whoever runs the house hears it."""
    for answer in answers:
        if not answer.stands:
            logger.error("credit %s was answered %s %s", answer.key, answer.outcome, answer.reason or "")


def _tell(
    record: Record, verb: str, *, by: Any, at: dt.datetime, reason: str = "", facts: dict[str, Any] | None = None
) -> None:
    audit.record(
        actor=by, verb=verb, thing=_thing(record), unit_path=record.unit.path, reason=reason, facts=facts, at=at
    )
