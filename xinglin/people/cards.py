"""志愿者卡: a code to carry for whoever has no telephone. Only the leader of their shift learns whose it is."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from xinglin.audit import actions as audit
from xinglin.people.errors import NoCard
from xinglin.people.models import Card, Volunteer

MOST_AT_ONCE = 100  # cards of one printing


def live_card(volunteer: Volunteer) -> Card | None:
    """The one card that holds."""
    return Card.objects.filter(volunteer=volunteer, ended_at__isnull=True).first()


def by_token(token: str) -> Card | None:
    """The card with this code, whether it still holds or not."""
    return Card.objects.filter(token=token).select_related("volunteer__person__user").first()


@transaction.atomic
def issue(*, volunteer: Volunteer, by: Any, at: dt.datetime) -> Card:
    """The card that holds, made if there is none: printing one again voids nothing."""
    standing = live_card(volunteer)
    if standing is not None:
        return standing
    card = Card(volunteer=volunteer, token=secrets.token_urlsafe(18), made_at=at, made_by=by)
    try:
        with transaction.atomic():
            card.save(force_insert=True)
    except IntegrityError:  # two who print at once: one card
        return Card.objects.get(volunteer=volunteer, ended_at__isnull=True)
    _note("issued_card", volunteer, by=by, at=at)
    return card


@transaction.atomic
def issue_many(*, volunteers: Sequence[Volunteer], by: Any, at: dt.datetime) -> list[Card]:
    """Cards of a whole selection, in its order."""
    return [issue(volunteer=volunteer, by=by, at=at) for volunteer in volunteers[:MOST_AT_ONCE]]


@transaction.atomic
def void(*, volunteer: Volunteer, by: Any, at: dt.datetime) -> None:
    """The card is lost: whoever scans it from now on learns nothing, and a new one has another code."""
    ended = Card.objects.filter(volunteer=volunteer, ended_at__isnull=True).update(ended_at=at, ended_by=by)
    if not ended:
        raise NoCard
    _note("voided_card", volunteer, by=by, at=at)


def _note(verb: str, volunteer: Volunteer, *, by: Any, at: dt.datetime) -> None:
    audit.record(actor=by, verb=verb, thing=f"volunteer:{volunteer.number}", at=at)
