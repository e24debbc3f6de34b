"""What organisation holds of somebody: their roles, and their name where it stands for a brand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xinglin.audit import actions as audit
from xinglin.lib.whole_person import ERASED, Key, Moved, OpenThing, Section, Whole
from xinglin.organisation import actions, queries
from xinglin.organisation.models import Brand, Role

KEYS = {
    "organisation.Role.user": Key.OWN,
    "organisation.Role.granted_by": Key.HAND,
    "organisation.Policy.set_by": Key.HAND,
}


def export(who: Whole, at: dt.datetime) -> list[Section]:
    """Which roles, where, from when to when."""
    rows = [
        {
            "role": role.get_name_display(),
            "unit": role.unit.name,
            "since": role.starts_at.isoformat(),
            "until": role.ends_at.isoformat() if role.ends_at else "",
        }
        for role in Role.objects.filter(user=who.user).select_related("unit").order_by("starts_at", "pk")
    ]
    labels = {"role": _("角色"), "unit": _("单位"), "since": _("从"), "until": _("到")}
    return [Section("roles", _("角色"), labels, rows)]


def open_things(who: Whole, at: dt.datetime) -> list[OpenThing]:
    """Whoever has duties hands them over first; a name on a unit's page goes with the person."""
    named = [
        OpenThing(
            _("%(unit)s 的品牌“%(brand)s”写着这个姓名") % {"unit": brand.unit.name, "brand": brand.name},
            _("姓名从那里拿掉，别的留着"),
        )
        for brand in _brands_naming(who)
    ]
    return named + [
        OpenThing(
            _("还担任 %(unit)s 的%(role)s") % {"unit": role.unit.name, "role": role.get_name_display()},
            _("请先由管理员收回这个角色"),
            blocks=True,
        )
        for role in _standing(who, at).exclude(name=Role.Name.VOLUNTEER)
    ]


def erase(who: Whole, by: Any, at: dt.datetime) -> None:
    """They are a volunteer of no unit any more, and no brand names them, ended ones neither."""
    for brand in _brands_naming(who):
        leader = "" if who.name in brand.leader else brand.leader
        story = brand.story.replace(who.name, ERASED)
        Brand.objects.filter(pk=brand.pk).update(leader=leader, story=story)
    for role in _standing(who, at).filter(name=Role.Name.VOLUNTEER):
        actions.end_role(role=role, ended_by=None, at=at)


def moves(kept: Whole, gone: Whole) -> list[Moved]:
    """Roles that would move; those which both have stay behind."""
    roles = list(Role.objects.filter(user=gone.user, ends_at__isnull=True))
    has = set(Role.objects.filter(user=kept.user, ends_at__isnull=True).values_list("unit", "name"))
    doubled = sum((role.unit_id, role.name) in has for role in roles)
    return [Moved(_("角色"), len(roles) - doubled, doubled=doubled)] if roles else []


def obstacles(kept: Whole, gone: Whole, at: dt.datetime) -> list[OpenThing]:
    """A merge hands out no duties: two who may merge accounts need not be those who may grant a role."""
    return [thing for thing in open_things(gone, at) if thing.blocks]


def merge(kept: Whole, gone: Whole, by: Any, at: dt.datetime) -> list[Moved]:
    """The same human being is a volunteer of the same units, under the other account and since the same day."""
    moved = moves(kept, gone)
    standing = _standing(gone, at)
    has = set(Role.objects.filter(user=kept.user, ends_at__isnull=True).values_list("unit", "name"))
    for role in standing.select_for_update(of=("self",)):
        until = role.ends_at
        Role.objects.filter(pk=role.pk).update(ends_at=at)
        if (role.unit_id, role.name) not in has:
            Role.objects.create(
                user=kept.user, unit=role.unit, name=role.name, granted_by=by, starts_at=role.starts_at, ends_at=until
            )
        facts = {"role": role.name, "from": gone.user.code, "to": kept.user.code}
        thing = f"unit:{role.unit.code}"
        audit.record(actor=by, verb="moved_role", thing=thing, unit_path=role.unit.path, facts=facts, at=at)
    return moved


def _brands_naming(who: Whole) -> list[Brand]:
    """Of the houses that they belonged to: there nobody else is likely to be meant by this name."""
    if not who.name:
        return []
    named = Brand.objects.filter(Q(leader__contains=who.name) | Q(story__contains=who.name))
    return list(named.filter(unit__in=queries.around(who.user)).select_related("unit").order_by("pk"))


def _standing(who: Whole, at: dt.datetime) -> Any:
    held = Role.objects.filter(user=who.user).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    return held.select_related("unit", "user").order_by("pk")
