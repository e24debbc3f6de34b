"""The verbs on notices: tell, take back, read, and choose how to be told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from xinglin.audit import actions as audit
from xinglin.notices import kinds, rules, sending
from xinglin.notices.models import Address, Choice, Delivery, Manner, Notice
from xinglin.notices.rules import Channel, State

BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class News:
    """One event for one person. `values` hold no name, no number and no illness; `source` names the event."""

    user_id: int
    kind: str
    source: str
    values: dict[str, Any] = field(default_factory=dict)


def tell(
    *,
    user: Any,
    kind: str,
    source: str,
    at: dt.datetime,
    values: dict[str, Any] | None = None,
    not_before: dt.datetime | None = None,
) -> None:
    """Tell one person of an event, in the transaction one is in. Twice is once.

    `not_before`: in the house it stands at once, but goes out only from then on: a slip of the hand can be undone.
    """
    news = News(user_id=user.pk, kind=kind, source=source, values=values or {})
    tell_many(news=[news], at=at, not_before=not_before)


@transaction.atomic
def tell_many(*, news: Sequence[News], at: dt.datetime, not_before: dt.datetime | None = None) -> int:
    """Tell many people in few statements; returns how many had not been told before."""
    carried, told = sending.carried(), 0
    for start in range(0, len(news), BATCH):
        wanted = [_notice(one, at=at) for one in news[start : start + BATCH]]
        Notice.objects.bulk_create(wanted, ignore_conflicts=True)
        # The database says which of them are new: those that stand under the code just drawn.
        fresh = list(Notice.objects.filter(code__in=[notice.code for notice in wanted]))
        ways = _ways(fresh, carried)
        Delivery.objects.bulk_create(
            Delivery(notice=notice, channel=channel, made_at=at, next_try_at=max(at, not_before or at))
            for notice in fresh
            for channel in kinds.KINDS[notice.kind].channels
            if channel in ways(notice)
        )
        told += len(fresh)
    return told


def take_back(*, source: str) -> int:
    """What was told of an event is not true any more: it goes, unless it has left the house, or may have.

    Returns how many notices went.
    """
    return _take_back(Notice.objects.filter(source=source))


def take_back_some(*, source: str, after: int, most: int = BATCH) -> int | None:
    """The same of an event that very many were told of: of the next `most` after this key. Answers the last key."""
    keys = list(Notice.objects.filter(source=source, pk__gt=after).order_by("pk").values_list("pk", flat=True)[:most])
    if not keys:
        return None
    _take_back(Notice.objects.filter(pk__in=keys))
    return keys[-1]


@transaction.atomic
def _take_back(notices: QuerySet[Notice]) -> int:
    """They go, unless they have left the house, or may have.

    The lock makes a worker that is about to claim one pass it by; one that has claimed it already has counted its try.
    What stays because of one channel is tried by none any more, nor sent again by hand.
    """
    going = list(Delivery.objects.select_for_update(of=("self",)).filter(notice__in=notices).order_by("pk"))
    gone_out = {delivery.notice_id for delivery in going if delivery.state == State.SENT or delivery.tries}
    stays = Delivery.objects.filter(pk__in=[delivery.pk for delivery in going if delivery.notice_id in gone_out])
    undelivered = stays.filter(state__in=[State.WAITING, State.FAILED])
    undelivered.update(state=State.FAILED, next_try_at=None, trouble=rules.TAKEN_BACK)
    untold = notices.exclude(pk__in=gone_out)
    return untold.delete()[1].get("notices.Notice", 0)


def read(*, notice: Notice, at: dt.datetime) -> None:
    """The recipient has opened it. Twice is once, and the first time stays."""
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=at)


def read_about(*, user: Any, event: str, at: dt.datetime) -> None:
    """The recipient has seen the thing itself: what was told of it is read. `event`: how its sources begin."""
    Notice.objects.filter(user=user, source__startswith=event, read_at__isnull=True).update(read_at=at)


def read_all(*, user: Any, at: dt.datetime) -> int:
    """The recipient has seen the list and wants nothing marked as new."""
    return Notice.objects.filter(user=user, read_at__isnull=True, told_at__lte=at).update(read_at=at)


@transaction.atomic
def choose(
    *, user: Any, wanted: Mapping[tuple[str, str], bool], language: str, quiet: rules.Quiet, at: dt.datetime
) -> None:
    """Keep which topics a person wants by which channel, in which language, and when they are left in peace."""
    said = {"language": language, "quiet_begins": quiet.begins, "quiet_ends": quiet.ends}
    Manner.objects.update_or_create(user=user, defaults=said)
    Choice.objects.bulk_create(
        [
            Choice(user=user, topic=topic, channel=channel, wanted=is_wanted)
            for (topic, channel), is_wanted in sorted(wanted.items())
        ],
        update_conflicts=True,
        unique_fields=["user", "topic", "channel"],
        update_fields=["wanted"],
    )
    unwanted = sorted(f"{topic}:{channel}" for (topic, channel), is_wanted in wanted.items() if not is_wanted)
    facts = {"unwanted": unwanted, "language": language}
    audit.record(actor=user, verb="chose_notices", thing=f"user:{user.code}", facts=facts, at=at)


def forget_old(*, at: dt.datetime, limit: int = BATCH) -> int:
    """Delete up to `limit` of the notices that nobody looks for any more, with their deliveries."""
    old = Notice.objects.filter(told_at__lt=at - rules.KEPT).order_by("told_at").values_list("pk", flat=True)[:limit]
    return Notice.objects.filter(pk__in=list(old)).delete()[1].get("notices.Notice", 0)


def _ways(fresh: Sequence[Notice], carried: Collection[Channel]) -> Callable[[Notice], Collection[str]]:
    """By which channels a notice may go: a phone everyone may have, a mailbox or WeChat only who gave us one."""
    given = Address.objects.filter(user_id__in={notice.user_id for notice in fresh}, confirmed_at__isnull=False)
    by_user: dict[int, set[str]] = {}
    for user_id, channel in given.values_list("user_id", "channel"):
        by_user.setdefault(user_id, set()).add(channel)
    return lambda notice: ({Channel.SMS} | by_user.get(notice.user_id, set())) & set(carried)


def _notice(news: News, *, at: dt.datetime) -> Notice:
    assert news.kind in kinds.KINDS, f"{news.kind} is no kind of notice"
    return Notice(user_id=news.user_id, kind=news.kind, values=news.values, source=news.source, told_at=at)
