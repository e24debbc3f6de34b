"""Telling people by phone that there is a circular, at first or as a reminder. Never what it says."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from xinglin.audit import actions as audit
from xinglin.circulars import queries
from xinglin.circulars.errors import CircularWithdrawn, RemindedToday
from xinglin.circulars.models import Circular, Telling
from xinglin.lib import clock
from xinglin.notices import actions as notices
from xinglin.organisation import queries as organisation

CHUNK = 1000
MOST_TRIES = 5
STILL_AT_WORK = dt.timedelta(seconds=90)  # who has not come further for so long was killed


@transaction.atomic
def remind(*, circular: Circular, by: Any, at: dt.datetime) -> Telling:
    """Tell everybody again who has not opened it; once a day at most, and not on the day of the first time."""
    circular = Circular.objects.select_for_update(of=("self",)).select_related("unit").get(pk=circular.pk)
    organisation.demand(by, "write_circular", circular.unit)
    if circular.withdrawn_at is not None:
        raise CircularWithdrawn
    telling = begin(circular=circular, is_reminder=True, by=by, at=at)
    facts = {"audience": circular.audience}
    thing, path = f"circular:{circular.code}", circular.unit.path
    audit.record(actor=by, verb="reminded_of_circular", thing=thing, unit_path=path, facts=facts, at=at)
    return telling


def begin(*, circular: Circular, is_reminder: bool, by: Any, at: dt.datetime) -> Telling:
    """Put it before the job, in the transaction one is in."""
    day = clock.local_day(at)
    try:
        with transaction.atomic():
            return Telling.objects.create(
                circular=circular, day=day, is_reminder=is_reminder, begun_by=by, begun_at=at, touched_at=at
            )
    except IntegrityError as told:  # the constraint told_once_a_day decides, also between two who press at once
        raise RemindedToday from told


def set_out(*, telling: int) -> bool:
    """A worker begins. Whoever dies of it time and again is not sent again."""
    waiting = Telling.objects.filter(pk=telling, finished_at__isnull=True, tries__lt=MOST_TRIES)
    return bool(waiting.update(tries=F("tries") + 1, touched_at=Now()))


@transaction.atomic
def go_on(*, telling: int, at: dt.datetime) -> bool:
    """The next people: they are told, with how far it has come, or nothing is. Answers whether there are more."""
    held = Telling.objects.select_for_update(of=("self",)).select_related("circular").get(pk=telling)
    if held.finished_at is not None:
        return False
    circular = Circular.objects.select_for_update(no_key=True).get(pk=held.circular_id)  # none is told of one withdrawn
    users = _next_readers(circular, after=held.last_user, at=at) if circular.withdrawn_at is None else []
    news = [
        notices.News(user_id=user, kind=_kind(circular, held), source=source_of(held), values={"code": circular.code})
        for user in users
    ]
    held.told += notices.tell_many(news=news, at=at)
    held.last_user = users[-1] if users else held.last_user
    held.tries, held.touched_at = 0, at
    held.finished_at = at if len(users) < CHUNK else None
    held.save(update_fields=["told", "last_user", "tries", "touched_at", "finished_at"])
    return held.finished_at is None


def take_back(*, circular: Circular) -> None:
    """What was told of one that is withdrawn goes, but for what has left the house. May run twice."""
    for telling in circular.tellings.order_by("pk"):
        after: int | None = 0
        while after is not None:
            after = notices.take_back_some(source=source_of(telling), after=after)


def stuck(*, at: dt.datetime) -> list[int]:
    """Those whose worker has died, or never came."""
    waiting = Telling.objects.filter(finished_at__isnull=True, tries__lt=MOST_TRIES, touched_at__lt=at - STILL_AT_WORK)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def event_of(circular: Circular) -> str:
    """How the sources of all that is told of a circular begin."""
    return f"circular:{circular.code}:"


def source_of(telling: Telling) -> str:
    """One event for each day, so that whoever is told twice by a worker that was killed is told once."""
    return f"{event_of(telling.circular)}{telling.day:%Y%m%d}"


def _next_readers(circular: Circular, *, after: int, at: dt.datetime) -> list[int]:
    roles = queries.still_unread(circular, at=at).filter(user__gt=after).order_by("user")
    return list(roles.values_list("user", flat=True).distinct()[:CHUNK])


def _kind(circular: Circular, telling: Telling) -> str:
    if telling.is_reminder:
        return "circular_unread"
    return "circular_urgent" if circular.phones == Circular.Phones.URGENT else "circular_written"
