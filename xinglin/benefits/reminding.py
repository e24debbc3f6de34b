"""Telling people of vouchers: that one is about to expire, that one could not be used."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Concat

from xinglin.benefits.models import Voucher
from xinglin.benefits.rules import WARNED_BEFORE, State
from xinglin.notices import actions as notices
from xinglin.notices.models import Notice

BATCH = 500


@transaction.atomic
def warn_of_expiry(*, at: dt.datetime, limit: int = BATCH) -> int:
    """Tell up to `limit` persons that a voucher ends within days; each voucher once. Returns how many."""
    source = Concat(Value("voucher:"), OuterRef("code"), Value(":expiring"))
    told = Notice.objects.filter(user=OuterRef("person__user"), source=source)
    ending = Voucher.objects.filter(
        ~Exists(told), state=State.UNUSED, expires_at__gt=at, expires_at__lte=at + WARNED_BEFORE
    ).select_related("person")
    news = [
        notices.News(
            user_id=voucher.person.user_id,
            kind="voucher_expiring",
            source=f"voucher:{voucher.code}:expiring",
            values={"what": voucher.title, "day": voucher.last_day.isoformat(), "code": voucher.code},
        )
        for voucher in ending.order_by("expires_at", "pk")[:limit]
    ]
    return notices.tell_many(news=news, at=at)


def refused(voucher: Voucher, *, at: dt.datetime) -> None:
    """The counter could not hand it out."""
    news = notices.News(
        user_id=voucher.person.user_id,
        kind="voucher_refused",
        source=f"voucher:{voucher.code}:refused",
        values={"what": voucher.title, "code": voucher.code},
    )
    notices.tell_many(news=[news], at=at)
