"""What hours holds of somebody: records of service. They stay, for sums and certificates, under a code."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from xinglin.audit import actions as audit
from xinglin.hours import actions, words
from xinglin.hours.models import Effect, Record
from xinglin.hours.rules import State
from xinglin.lib.whole_person import Key, Moved, OpenThing, Section, Whole, emptied

KEYS = {
    "hours.Record.person": Key.OWN,
    "hours.Record.corrects": Key.OWN,
    "hours.Record.recorded_by": Key.HAND,
    "hours.Record.confirmed_by": Key.HAND,
}
KEPT = {"code", "source", "title", "category", "provenance", "state"}
VOID_REASON = "合并账号：这段时间在另一个账号里已经记过"


def export(who: Whole, at: dt.datetime) -> list[Section]:
    """Every service, voided ones too."""
    rows = [
        {
            "code": record.code,
            "what": record.title,
            "unit": record.unit.name,
            "from": record.starts_at.isoformat(),
            "to": record.ends_at.isoformat(),
            "minutes": record.minutes,
            "credited_minutes": record.credited_minutes,
            "how": record.get_provenance_display(),
            "lacks": words.lacks_said(record),
            "state": record.get_state_display(),
            "why_voided": record.void_reason,
        }
        for record in _of(who).select_related("unit").order_by("starts_at", "pk")
    ]
    labels = {
        "code": _("记录代号"),
        "what": _("做了什么"),
        "unit": _("单位"),
        "from": _("从"),
        "to": _("到"),
        "minutes": _("分钟"),
        "credited_minutes": _("存入时间银行的分钟"),
        "how": _("来源"),
        "lacks": _("那天的手续"),
        "state": _("状态"),
        "why_voided": _("作废原因"),
    }
    return [Section("records", _("服务记录"), labels, rows)]


def open_things(who: Whole, at: dt.datetime) -> list[OpenThing]:
    """What waits for somebody's word or for its publication: minutes that were earned shall arrive first."""
    waiting = _of(who).filter(state__in=[State.RECORDED, State.PUBLICISED]).count()
    if not waiting:
        return []
    what = _("有 %(count)s 条服务记录还在确认或公示") % {"count": waiting}
    return [OpenThing(what, _("确认、公示结束，或者作废以后再办"), blocks=True)]


def erase(who: Whole, by: Any, at: dt.datetime) -> None:
    """Records stay. A reason for voiding goes, unless it was sealed: then the log would no longer bear it out."""
    sealed = Effect.objects.filter(record_code=OuterRef("code"))
    _of(who).exclude(Exists(sealed)).update(**emptied(Record, keep=KEPT))
    _of(who).exclude(lacks=[]).update(lacks=[])  # never sealed


def moves(kept: Whole, gone: Whole) -> list[Moved]:
    """Records that would move; of two at the same time the other account's is voided."""
    standing = _of(gone).exclude(state=State.VOIDED)
    count = standing.count()
    doubled = _doubled(kept, gone).count()
    minutes = standing.filter(state=State.EFFECTIVE).aggregate(total=Sum("minutes"))["total"] or 0
    return [Moved(_("服务记录"), count - doubled, minutes=minutes, doubled=doubled)] if count else []


def merge(kept: Whole, gone: Whole, by: Any, at: dt.datetime) -> list[Moved]:
    """Service counts for the same human being under one name. The log notes of each record whose it is now."""
    moved = moves(kept, gone)
    for record in list(_doubled(kept, gone)):
        # Nobody is told that a service does not count: it does, under the other account, which is theirs as well.
        actions.void(record=record, by=by, reason=VOID_REASON, at=at, is_told=False)
    # Voided ones stay with the account that they were voided under, unless the log knows them.
    going = list(_of(gone).exclude(state=State.VOIDED).values_list("pk", flat=True))
    records = list(Record.objects.filter(pk__in=going).select_related("unit"))
    Record.objects.filter(pk__in=going).update(person=kept.person)
    happenings = [
        audit.Happening(
            thing=f"record:{record.code}",
            unit_path=record.unit.path,
            facts={"from": gone.person.code, "to": kept.person.code},
        )
        for record in records
    ]
    audit.record_many(actor=by, verb="moved_record", happenings=happenings, at=at)
    return moved


def _of(who: Whole) -> QuerySet[Record]:
    return Record.objects.filter(person=who.person)


def _doubled(kept: Whole, gone: Whole) -> QuerySet[Record]:
    same_time = (
        _of(kept)
        .exclude(state=State.VOIDED)
        .filter(starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at"))
    )
    return _of(gone).exclude(state=State.VOIDED).filter(Exists(same_time)).order_by("pk")
