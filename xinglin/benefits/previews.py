"""Which vouchers of the last weeks would have been used too late, had they set minutes aside for a shorter time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.utils.translation import gettext_lazy as _

from xinglin.benefits import rules
from xinglin.benefits.models import Voucher
from xinglin.organisation import previews
from xinglin.organisation import queries as organisation
from xinglin.organisation.previews import Preview, Question

NAME = "voucher_hold_days"


def look(question: Question) -> Preview:
    """Minutes of vouchers for benefits of these units, by whose they were. What was given already keeps its time."""
    since = question.at - dt.timedelta(days=previews.DAYS)
    ruled = organisation.units_ruled_by(NAME, question.unit)
    used = Voucher.objects.filter(benefit__unit__in=ruled, state=rules.State.USED, minutes__gt=0, ended_at__gte=since)
    vouchers = list(used.filter(person__volunteer__isnull=False).select_related("benefit__unit", "person__volunteer"))
    now = organisation.policy_values([NAME], {voucher.benefit.unit for voucher in vouchers}, at=question.at)
    before: dict[str, int] = defaultdict(int)
    after: dict[str, int] = defaultdict(int)
    for voucher in vouchers:
        number = voucher.person.volunteer.number
        before[number] += voucher.minutes * _is_late(voucher, now[voucher.benefit.unit_id][NAME])
        after[number] += voucher.minutes * _is_late(voucher, question.value)
    return previews.preview_of(before, after, counted=_("最近30天用掉的券里，按期限来不及用、要退回的分钟"))


def _is_late(voucher: Voucher, days: int) -> bool:
    ends_at = rules.expires_at(at=voucher.redeemed_at, days=days, offer_ends_at=None)
    return voucher.ended_at is not None and voucher.ended_at >= ends_at
