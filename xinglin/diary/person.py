"""What the diary holds of somebody: when they were committed to what. Without a name behind it, a row says nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from xinglin.diary.models import Commitment
from xinglin.lib.whole_person import Key, Moved, Section, Whole

KEYS = {"diary.Commitment.person": Key.OWN}


def export(who: Whole, at: dt.datetime) -> list[Section]:
    """Each commitment, given back or not."""
    rows = [
        {
            "from": one.span.lower.isoformat(),
            "to": one.span.upper.isoformat(),
            "what": one.source,
            "given_back": one.released_at.isoformat() if one.released_at else "",
        }
        for one in Commitment.objects.filter(person=who.person).order_by("span")
    ]
    labels = {"from": _("从"), "to": _("到"), "what": _("什么事"), "given_back": _("退回时间")}
    return [Section("diary", _("日程"), labels, rows)]


def erase(who: Whole, by: Any, at: dt.datetime) -> None:
    """What is still to come is given back; whoever booked it has ended it already, or knows nothing of it."""
    _standing(who).filter(span__startswith__gt=at).update(released_at=at)


def moves(kept: Whole, gone: Whole) -> list[Moved]:
    """Commitments that would move; of two at the same time one is given back."""
    count, doubled = _standing(gone).count(), _doubled(kept, gone).count()
    return [Moved(_("日程"), count - doubled, doubled=doubled)] if count else []


def merge(kept: Whole, gone: Whole, by: Any, at: dt.datetime) -> list[Moved]:
    """The other account's commitments are this one's from now on."""
    moved = moves(kept, gone)
    Commitment.objects.filter(pk__in=list(_doubled(kept, gone).values_list("pk", flat=True))).update(released_at=at)
    Commitment.objects.filter(person=gone.person).update(person=kept.person)
    return moved


def _standing(who: Whole) -> QuerySet[Commitment]:
    return Commitment.objects.filter(person=who.person, released_at__isnull=True)


def _doubled(kept: Whole, gone: Whole) -> QuerySet[Commitment]:
    same_time = _standing(kept).filter(span__overlap=OuterRef("span"))
    return _standing(gone).filter(Exists(same_time))
