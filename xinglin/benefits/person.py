"""What benefits holds of somebody: vouchers. Used ones stay for the sums; what is not used goes back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from xinglin.benefits import actions
from xinglin.benefits.models import Voucher
from xinglin.benefits.rules import State
from xinglin.lib.whole_person import Key, Moved, OpenThing, Section, Whole, emptied

KEYS = {"benefits.Voucher.person": Key.OWN, "benefits.Voucher.ended_by": Key.HAND}
KEPT = {"code", "request", "title", "where_to_use", "state"}


def export(who: Whole, at: dt.datetime) -> list[Section]:
    """Each voucher and what became of it."""
    rows = [
        {
            "code": voucher.code,
            "what": voucher.title,
            "minutes": voucher.minutes,
            "at": voucher.redeemed_at.isoformat(),
            "until": voucher.expires_at.isoformat(),
            "state": voucher.get_state_display(),
            "why": voucher.reason,
        }
        for voucher in _of(who).order_by("redeemed_at", "pk")
    ]
    labels = {
        "code": _("券号"),
        "what": _("权益"),
        "minutes": _("分钟"),
        "at": _("兑换时间"),
        "until": _("有效期到"),
        "state": _("状态"),
        "why": _("原因"),
    }
    return [Section("vouchers", _("权益券"), labels, rows)]


def open_things(who: Whole, at: dt.datetime) -> list[OpenThing]:
    """Vouchers that are not used go back."""
    return [
        OpenThing(_("一张没用的券：%(title)s") % {"title": voucher.title}, _("退回，时间回到账户"))
        for voucher in _unused(who)
    ]


def erase(who: Whole, by: Any, at: dt.datetime) -> None:
    """Give back what is not used, and empty what the desk wrote."""
    _give_back_all(who, at=at)
    _of(who).update(**emptied(Voucher, keep=KEPT))


def moves(kept: Whole, gone: Whole) -> list[Moved]:
    """Vouchers that would move; unused ones go back, because their minutes are held on the old account."""
    count, unused = _of(gone).count(), _unused(gone).count()
    note = _("没用的先退回，时间并过去以后可以再兑") if unused else ""
    return [Moved(_("权益券"), count, note=note)] if count else []


def merge(kept: Whole, gone: Whole, by: Any, at: dt.datetime) -> list[Moved]:
    """What was redeemed counts for the same human being's quota."""
    moved = moves(kept, gone)
    _give_back_all(gone, at=at)
    asked = set(_of(kept).values_list("request", flat=True))
    _of(gone).exclude(request__in=asked).update(person=kept.person)
    return moved


def _give_back_all(who: Whole, *, at: dt.datetime) -> None:
    for voucher in _unused(who).select_related("person__user"):
        actions.end_with_account(voucher=voucher, at=at)


def _of(who: Whole) -> QuerySet[Voucher]:
    return Voucher.objects.filter(person=who.person)


def _unused(who: Whole) -> QuerySet[Voucher]:
    return _of(who).filter(state=State.UNUSED).order_by("pk")
