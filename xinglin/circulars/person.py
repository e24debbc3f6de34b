"""What circulars hold of somebody: which they have read, and their name where a text says it all the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xinglin.circulars.models import Circular, Receipt
from xinglin.lib.whole_person import ERASED, Key, Moved, OpenThing, Section, Whole
from xinglin.organisation import queries as organisation

KEYS = {
    "circulars.Receipt.user": Key.OWN,
    "circulars.Circular.written_by": Key.HAND,
    "circulars.Telling.begun_by": Key.HAND,
}
LONGEST_TITLE = 60


def export(who: Whole, at: dt.datetime) -> list[Section]:
    """What they have read, and when."""
    receipts = Receipt.objects.filter(user=who.user).select_related("circular").order_by("read_at")
    rows = [{"what": one.circular.title, "at": one.read_at.isoformat()} for one in receipts]
    return [Section("circulars", _("看过的通知"), {"what": _("通知"), "at": _("时间")}, rows)] if rows else []


def open_things(who: Whole, at: dt.datetime) -> list[OpenThing]:
    """A text that names them is told before it is changed."""
    return [
        OpenThing(_("通知“%(title)s”里写着这个姓名") % {"title": one.title}, _("姓名从那里拿掉，别的留着"))
        for one in _naming(who)
    ]


def erase(who: Whole, by: Any, at: dt.datetime) -> None:
    """Their receipts go, and their name out of the texts, withdrawn ones too."""
    Receipt.objects.filter(user=who.user).delete()
    for one in _naming(who):
        title = one.title.replace(who.name, ERASED)[:LONGEST_TITLE]
        Circular.objects.filter(pk=one.pk).update(title=title, text=one.text.replace(who.name, ERASED))


def moves(kept: Whole, gone: Whole) -> list[Moved]:
    """Receipts that would move; those which both have stay behind."""
    theirs = Receipt.objects.filter(user=gone.user)
    doubled = theirs.filter(circular__in=Receipt.objects.filter(user=kept.user).values("circular")).count()
    return [Moved(_("看过的通知"), theirs.count() - doubled, doubled=doubled)] if theirs.exists() else []


def merge(kept: Whole, gone: Whole, by: Any, at: dt.datetime) -> list[Moved]:
    """What one account has read, the human being has read."""
    moved = moves(kept, gone)
    theirs = Receipt.objects.filter(user=gone.user)
    theirs.exclude(circular__in=Receipt.objects.filter(user=kept.user).values("circular")).update(user=kept.user)
    Receipt.objects.filter(user=gone.user).delete()
    return moved


def _naming(who: Whole) -> list[Circular]:
    """Of the houses that they belonged to, and those above: there nobody else is likely to be meant by this name."""
    if not who.name:
        return []
    named = Circular.objects.filter(Q(title__contains=who.name) | Q(text__contains=who.name))
    return list(named.filter(unit__in=organisation.around(who.user)).order_by("pk"))
