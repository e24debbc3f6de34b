"""Reads: one's own notices, what one chose, and what became of what was sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from xinglin.accounts.vault import vault
from xinglin.notices import kinds, rules
from xinglin.notices.errors import NoSuchNotice
from xinglin.notices.models import Address, Choice, Delivery, Manner, Notice
from xinglin.notices.rules import Channel, Topic

PURPOSE = "notices.address"  # what binds a sealed address to its field


def notices_of(user: Any) -> QuerySet[Notice]:
    """One's own, unread ones first, then the latest."""
    own = Notice.objects.filter(user=user, kind__in=kinds.KINDS)
    return own.order_by(F("read_at").asc(nulls_first=True), "-told_at", "-pk")


def notice_of(user: Any, code: str) -> Notice:
    """One's own notice, or a refusal that tells nothing of others'."""
    notice = notices_of(user).filter(code=code).first()
    if notice is None:
        raise NoSuchNotice
    return notice


def answers_of(user: Any) -> QuerySet[Notice]:
    """What somebody was promised to be told and has not read, the latest first."""
    awaited = [name for name, kind in kinds.KINDS.items() if kind.is_awaited]
    return Notice.objects.filter(user=user, kind__in=awaited, read_at__isnull=True).order_by("-told_at", "-pk")


def unread_count(user: Any) -> int:
    """How many wait to be read."""
    return Notice.objects.filter(user=user, read_at__isnull=True, kind__in=kinds.KINDS).count()


def unread_of(user_field: str) -> Coalesce:
    """What the bell counts, as a column for a query about people that is asked anyway."""
    unread = Notice.objects.filter(user=OuterRef(user_field), read_at__isnull=True, kind__in=kinds.AT_THE_BELL)
    counted = unread.order_by().values("user").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def has_address(user: Any, channel: str) -> bool:
    """Is there a confirmed address? Nothing is opened."""
    return Address.objects.filter(user=user, channel=channel, confirmed_at__isnull=False).exists()


def address_of(user: Any, channel: str) -> str | None:
    """The confirmed address, opened: for the channel itself."""
    found = Address.objects.filter(user=user, channel=channel, confirmed_at__isnull=False).first()
    return vault().open(bytes(found.sealed), purpose=PURPOSE) if found is not None else None


def waiting_mail_of(user: Any) -> str | None:
    """The mailbox to which a code was sent that nobody has typed yet."""
    found = Address.objects.filter(user=user, channel=Channel.MAIL, confirmed_at__isnull=True).first()
    return vault().open(bytes(found.sealed), purpose=PURPOSE) if found is not None else None


@dataclass(frozen=True)
class Wishes:
    """How one person wants to be told."""

    language: str
    quiet: rules.Quiet
    chosen: dict[tuple[str, str], bool]

    def wants(self, topic: str, channel: str) -> bool:
        return rules.is_wanted(topic, channel, self.chosen.get((topic, channel)))


def wishes_of(user: Any) -> Wishes:
    """What a person chose, and the house's default for the rest."""
    manner = Manner.objects.filter(user=user).first()
    rows = Choice.objects.filter(user=user).values_list("topic", "channel", "wanted")
    chosen = {(topic, channel): wanted for topic, channel, wanted in rows}
    if manner is None:
        return Wishes(kinds.CHINESE, rules.Quiet(), chosen)
    return Wishes(manner.language, rules.Quiet(manner.quiet_begins, manner.quiet_ends), chosen)


def topics_by(channel: str) -> list[Topic]:
    """The topics of which at least one kind of notice goes by this channel."""
    there = {kind.topic for kind in kinds.KINDS.values() if channel in kind.channels}
    return [topic for topic in Topic if topic in there]


def counted(deliveries: QuerySet[Delivery], channels: Iterable[str]) -> dict[str, dict[str, int]]:
    """How many of these stand where, by channel: one query."""
    figures = {channel: dict.fromkeys(rules.State, 0) for channel in channels}
    for channel, state, count in deliveries.order_by().values_list("channel", "state").annotate(count=Count("pk")):
        figures.setdefault(channel, dict.fromkeys(rules.State, 0))[rules.State(state)] = count
    return {channel: {str(state): count for state, count in row.items()} for channel, row in figures.items()}
