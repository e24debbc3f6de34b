"""What circulars hold of somebody: which they have read. A text says nothing about persons."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from xinglin.circulars.models import Receipt
from xinglin.lib.whole_person import Key, Moved, Section, Whole

KEYS = {
    "circulars.Receipt.user": Key.OWN,
    "circulars.Circular.written_by": Key.HAND,
}


def export(who: Whole, at: dt.datetime) -> list[Section]:
    """What they have read, and when."""
    receipts = Receipt.objects.filter(user=who.user).select_related("circular").order_by("read_at")
    rows = [{"what": one.circular.title, "at": one.read_at.isoformat()} for one in receipts]
    return [Section("circulars", _("看过的通知"), {"what": _("通知"), "at": _("时间")}, rows)] if rows else []


def erase(who: Whole, by: Any, at: dt.datetime) -> None:
    """Their receipts go."""
    Receipt.objects.filter(user=who.user).delete()


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
