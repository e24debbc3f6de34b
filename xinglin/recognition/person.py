"""What recognition holds of somebody: stars and bars. Stars stay as facts of a code; reasons go."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from xinglin.lib.whole_person import Key, Moved, Section, Whole, emptied
from xinglin.recognition.models import Bar, Grant

KEYS = {
    "recognition.Scheme.set_by": Key.HAND,
    "recognition.Grant.person": Key.OWN,
    "recognition.Grant.withdrawn_by": Key.HAND,
    "recognition.Bar.person": Key.OWN,
    "recognition.Bar.decided_by": Key.HAND,
    "recognition.Bar.lifted_by": Key.HAND,
}
DOUBLED = "合并账号：另一个账号已有这颗星"


def export(who: Whole, at: dt.datetime) -> list[Section]:
    """Each star, and each bar with its reason."""
    stars = [
        {
            "star": grant.level,
            "unit": grant.unit.name,
            "at": grant.granted_at.isoformat(),
            "withdrawn": grant.withdrawn_at.isoformat() if grant.withdrawn_at else "",
            "why": grant.withdraw_reason,
        }
        for grant in Grant.objects.filter(person=who.person).select_related("unit").order_by("granted_at", "level")
    ]
    bars = [
        {"unit": bar.unit.name, "from": bar.starts_at.isoformat(), "to": bar.ends_at.isoformat(), "why": bar.reason}
        for bar in Bar.objects.filter(person=who.person).select_related("unit").order_by("starts_at")
    ]
    labels = {
        "star": _("几颗星"),
        "unit": _("单位"),
        "at": _("授予时间"),
        "withdrawn": _("收回时间"),
        "why": _("原因"),
    }
    bar_labels = {"unit": _("单位"), "from": _("从"), "to": _("到"), "why": _("原因")}
    return [Section("stars", _("星级"), labels, stars), Section("star_bars", _("暂停升星"), bar_labels, bars)]


def erase(who: Whole, by: Any, at: dt.datetime) -> None:
    """Why a star was withdrawn, or somebody was barred, is nobody's business any more."""
    Grant.objects.filter(person=who.person).update(**emptied(Grant, keep={"code"}))
    Bar.objects.filter(person=who.person).update(**emptied(Bar, keep={"code"}))


def moves(kept: Whole, gone: Whole) -> list[Moved]:
    """Stars that would move; the same star twice is one."""
    count, doubled = _standing(gone).count(), _doubled(kept, gone).count()
    bars = Bar.objects.filter(person=gone.person).count()
    found = [Moved(_("星级"), count - doubled, doubled=doubled)] if count else []
    return found + ([Moved(_("暂停升星"), bars)] if bars else [])


def merge(kept: Whole, gone: Whole, by: Any, at: dt.datetime) -> list[Moved]:
    """Stars stand once per human being, unit and level."""
    moved = moves(kept, gone)
    twice = list(_doubled(kept, gone).values_list("pk", flat=True))
    Grant.objects.filter(pk__in=twice).update(withdrawn_at=at, withdrawn_by=by, withdraw_reason=DOUBLED)
    Grant.objects.filter(person=gone.person).exclude(pk__in=twice).update(person=kept.person)
    Bar.objects.filter(person=gone.person).update(person=kept.person)
    return moved


def _standing(who: Whole) -> QuerySet[Grant]:
    return Grant.objects.filter(person=who.person, withdrawn_at__isnull=True)


def _doubled(kept: Whole, gone: Whole) -> QuerySet[Grant]:
    same = _standing(kept).filter(unit=OuterRef("unit"), level=OuterRef("level"))
    return _standing(gone).filter(Exists(same))
