"""What benefits holds of a unit: what it offers, and vouchers that can still be used."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xinglin.benefits.models import Benefit, Voucher
from xinglin.organisation.hanging import Hanging, some
from xinglin.organisation.models import Unit

KEYS = {"benefits.Benefit.unit"}


def hangs_on(unit: Unit, *, successor: Unit | None, at: dt.datetime) -> list[Hanging]:
    """Benefits on offer with what is left of them, and unused vouchers."""
    unused = Voucher.objects.filter(benefit__unit=unit, state=Voucher.State.UNUSED)
    then = _("转给接手单位，存量不变") if successor else _("下架")
    return some(
        Hanging(_("在架的权益"), _offered(unit, at).count(), then),
        Hanging(_("还没用的券"), unused.count(), _("在接手单位照样能用"), needs_successor=True),
    )


def hand_over(*, unit: Unit, successor: Unit | None, by: Any, at: dt.datetime) -> None:
    """All go along, ended ones too, for their vouchers' sake; without a successor nothing is offered any more."""
    if successor is not None:
        Benefit.objects.filter(unit=unit).update(unit=successor)
    else:
        _offered(unit, at).update(ends_at=at)


def _offered(unit: Unit, at: dt.datetime) -> Any:
    return Benefit.objects.filter(unit=unit, starts_at__lte=at).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
