"""What a policy about orders would change: who pays, and how long minutes are set aside."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from xinglin.organisation import previews
from xinglin.organisation import queries as organisation
from xinglin.organisation.previews import Preview, Question
from xinglin.timebank import rules
from xinglin.timebank.models import Account, Transfer
from xinglin.timebank.previews.members import members_ruled
from xinglin.timebank.rules import AccountKind, OrderPayment, TransferKind

ORDER = "order:"


@dataclass(frozen=True)
class _Ended:
    """A hold of the last weeks that was used: how much, and after how long."""

    person_id: int
    minutes: int
    after: dt.timedelta


def look_at_payment(question: Question) -> Preview:
    """What requesters paid in the last weeks, and would pay."""
    return _orders(
        question,
        lambda hold, value: value != OrderPayment.NOBODY.value,
        counted=_("最近30天点单里，求助的人付出的分钟。在这以前不付的单没有预留，数不到"),
    )


def look_at_order_days(question: Question) -> Preview:
    """Which orders were paid later than that, and would have been too late."""
    return _orders(
        question,
        lambda hold, value: hold.after >= dt.timedelta(days=value),
        counted=_("最近30天付清的点单里，按期限来不及、要退回的分钟"),
    )


def _orders(question: Question, counts: Any, *, counted: Any) -> Preview:
    """Minutes by requester of the paid orders for which `counts` says yes, under today's value and the new one."""
    used = _used(since=question.at - dt.timedelta(days=previews.DAYS))
    members = {one.volunteer.person_id: one for one in members_ruled(question, {hold.person_id for hold in used})}
    values = organisation.policy_values([question.name], {one.home for one in members.values()}, at=question.at)
    before: dict[str, int] = defaultdict(int)
    after: dict[str, int] = defaultdict(int)
    for hold in used:
        asker = members.get(hold.person_id)
        if asker is not None:
            before[asker.number] += hold.minutes * bool(counts(hold, values[asker.home.pk][question.name]))
            after[asker.number] += hold.minutes * bool(counts(hold, question.value))
    return previews.preview_of(before, after, counted=counted)


def _used(*, since: dt.datetime) -> list[_Ended]:
    """Holds of orders that were settled since then."""
    ends = Transfer.objects.filter(kind=TransferKind.SETTLE, at__gte=since, origin__startswith=ORDER)
    rows = list(ends.annotate(held_id=F("payer_id")).values_list("origin", "held_id", "minutes", "at"))
    begins = dict(Transfer.objects.filter(key__in=[rules.hold_key(row[0]) for row in rows]).values_list("origin", "at"))
    owners = dict(
        Account.objects.filter(pk__in={row[1] for row in rows}, kind=AccountKind.MEMBER_HELD).values_list(
            "pk", "person_id"
        )
    )
    return [_Ended(owners.get(held_id) or 0, minutes, at - begins[origin]) for origin, held_id, minutes, at in rows]
