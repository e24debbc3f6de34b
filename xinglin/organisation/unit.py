"""What organisation itself holds of a unit: what stands below it, who has a role there, policies, brands, joints."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xinglin.audit import actions as audit
from xinglin.organisation import queries, telling
from xinglin.organisation.hanging import Hanging, some
from xinglin.organisation.models import Brand, Joint, Role, Unit

KEYS = {
    "organisation.FormerPath.unit",  # stays: the trail is read through it
    "organisation.Succession.unit",
    "organisation.Succession.successor",
    "organisation.Policy.unit",  # stays: it ruled its own days
    "organisation.Role.unit",
    "organisation.Joint.unit",
    "organisation.Joint.parent",
    "organisation.Brand.unit",
}


def hangs_on(unit: Unit, *, successor: Unit | None, at: dt.datetime) -> list[Hanging]:
    """Units below, roles, joint teams."""
    return some(
        Hanging(_("没停办的下级单位"), queries.open_below(unit).count(), _("请先移走或停办"), blocks=True),
        Hanging(_("管理、带队的角色"), _staff(unit, at).count(), _("到今天为止")),
        Hanging(_("共建的关系"), _joints(unit).count(), _("到今天为止")),
        Hanging(_("品牌"), _brands(unit).count(), _("转给接手单位") if successor else _("撤下")),
    )


def hand_over(*, unit: Unit, successor: Unit | None, by: Any, at: dt.datetime) -> None:
    """Roles and joints end with the unit; its brands go on where the successor has none of that name."""
    ending = list(_staff(unit, at))
    for role in ending:
        facts = {"role": role.name, "user": role.user.code}
        audit.record(actor=by, verb="ended_role", thing=f"unit:{unit.code}", unit_path=unit.path, facts=facts, at=at)
    _staff(unit, at).update(ends_at=at)
    telling.ended([role for role in ending if role.user_id != by.pk], at=at)
    _joints(unit).update(ended_at=at)
    kept = _brands(unit)
    if successor is not None:
        kept.exclude(name__in=_brands(successor).values("name")).update(unit=successor)
    _brands(unit).update(ended_at=at)


def _staff(unit: Unit, at: dt.datetime) -> Any:
    standing = Role.objects.filter(unit=unit).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    return standing.exclude(name=Role.Name.VOLUNTEER).select_related("user", "unit")


def _joints(unit: Unit) -> Any:
    return Joint.objects.filter(Q(unit=unit) | Q(parent=unit), ended_at__isnull=True)


def _brands(unit: Unit) -> Any:
    return Brand.objects.filter(unit=unit, ended_at__isnull=True)
