"""What notices holds of somebody: what they were told, how they want to be told, where mail and WeChat reach them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from xinglin.lib.whole_person import Key, Moved, Section, Whole
from xinglin.notices import kinds, queries
from xinglin.notices.models import Address, Channel, Choice, Manner, Notice, Topic

KEYS = {
    "notices.Notice.user": Key.OWN,
    "notices.Delivery.notice": Key.OWN,
    "notices.Choice.user": Key.OWN,
    "notices.Manner.user": Key.OWN,
    "notices.Address.user": Key.OWN,
}


def export(who: Whole, at: dt.datetime) -> list[Section]:
    """Each notice with where it was sent; what they chose; their own addresses, opened."""
    told = Notice.objects.filter(user=who.user, kind__in=kinds.KINDS).prefetch_related("deliveries")
    chosen = Choice.objects.filter(user=who.user).order_by("topic", "channel")
    return [
        Section(
            "notices",
            _("通知"),
            {"at": _("时间"), "title": _("事项"), "read": _("看过"), "sent": _("发到")},
            [_told(notice) for notice in told.order_by("told_at", "pk")],
        ),
        Section(
            "notice_choices",
            _("通知设置"),
            {"topic": _("事项"), "channel": _("渠道"), "wanted": _("要")},
            [
                {"topic": Topic(one.topic).label, "channel": Channel(one.channel).label, "wanted": one.wanted}
                for one in chosen
            ],
        ),
        Section(
            "notice_addresses",
            _("通知发到哪里"),
            {"channel": _("渠道"), "address": _("地址")},
            [
                {"channel": Channel(channel).label, "address": address}
                for channel in (Channel.MAIL.value, Channel.WECHAT.value)
                if (address := queries.address_of(who.user, channel))
            ],
        ),
    ]


def erase(who: Whole, by: Any, at: dt.datetime) -> None:
    """All of it goes: nobody needs it for anything."""
    for model in (Notice, Choice, Manner, Address):
        model.objects.filter(user=who.user).delete()


def merge(kept: Whole, gone: Whole, by: Any, at: dt.datetime) -> list[Moved]:
    """What the other account was told goes along; how to be told is as the kept one has it."""
    moved = moves(kept, gone)
    twice = Notice.objects.filter(user=kept.user).values("source")
    Notice.objects.filter(user=gone.user).exclude(source__in=twice).update(user=kept.user)
    for model in (Notice, Choice, Manner, Address):
        model.objects.filter(user=gone.user).delete()
    return moved


def moves(kept: Whole, gone: Whole) -> list[Moved]:
    """What would go along."""
    theirs = Notice.objects.filter(user=gone.user)
    twice = theirs.filter(source__in=Notice.objects.filter(user=kept.user).values("source")).count()
    count = theirs.count() - twice
    return [Moved(_("通知"), count, doubled=twice)] if count or twice else []


def _told(notice: Notice) -> dict[str, Any]:
    sent = [str(Channel(one.channel).label) for one in notice.deliveries.all() if one.sent_at is not None]
    return {
        "at": notice.told_at.isoformat(),
        "title": kinds.worded(notice.kind, notice.values).title,
        "read": notice.read_at.isoformat() if notice.read_at else "",
        "sent": "、".join(sent),
    }
