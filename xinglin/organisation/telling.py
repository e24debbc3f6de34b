"""What somebody is told of their roles and of units that work together. What a volunteer is in a team, people tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from xinglin.notices import actions as notices
from xinglin.notices.kinds import kept
from xinglin.organisation import queries, rules
from xinglin.organisation.models import Joint, Role, Unit

SOON = dt.timedelta(days=7)


def given(role: Role, *, at: dt.datetime) -> None:
    """Roles of the desk begin with the second factor, and so lead to where it is set up."""
    _tell([role], "desk_role_given" if role.name in rules.STAFF else "role_given", at=at)


def ended(roles: Iterable[Role], *, at: dt.datetime) -> None:
    """Somebody has ended them, or closed their unit."""
    _tell(roles, "role_ended", at=at)


def ending(*, at: dt.datetime) -> int:
    """Tell whose role ends within a week by itself, once; returns how many were told."""
    soon = Role.objects.filter(starts_at__lte=at, ends_at__gt=at, ends_at__lte=at + SOON)
    soon = soon.exclude(name=Role.Name.VOLUNTEER).select_related("unit").order_by("ends_at", "pk")
    return _tell(soon, "role_ending", at=at)


def not_ending(role: Role) -> None:
    """Its end is another one now: what was told of the old one is not true any more."""
    if role.ends_at is not None:
        notices.take_back(source=_source(role, "role_ending"))


def joined(joint: Joint, *, by: Any, at: dt.datetime) -> None:
    """Whoever administers the unit that was asked in hears what it carries from now on."""
    _tell_side(joint.parent, "joint_begun", joint, by=by, at=at)


def parted(joint: Joint, *, by: Any, at: dt.datetime) -> None:
    """Both sides hear that it is over."""
    for side in (joint.unit, joint.parent):
        _tell_side(side, "joint_ended", joint, by=by, at=at)


def _tell_side(side: Unit, kind: str, joint: Joint, *, by: Any, at: dt.datetime) -> None:
    """Those who administer one of the two, but for whoever did it."""
    values = {"team": joint.unit.name, "unit": joint.parent.name, "code": side.code}
    source = f"joint:{joint.pk}:{kind}"
    users = [user for user in queries.administrators_of(side, at=at) if user != by.pk]
    notices.tell_many(
        news=[notices.News(user_id=user, kind=kind, source=source, values=values) for user in users], at=at
    )


def _tell(roles: Iterable[Role], kind: str, *, at: dt.datetime) -> int:
    return notices.tell_many(news=[_news(role, kind) for role in roles if role.name != Role.Name.VOLUNTEER], at=at)


def _news(role: Role, kind: str) -> notices.News:
    values = {"role": kept(Role.Name(role.name).label), "unit": role.unit.name}
    if role.last_day is not None:
        values["day"] = role.last_day.isoformat()
    return notices.News(user_id=role.user_id, kind=kind, source=_source(role, kind), values=values)


def _source(role: Role, kind: str) -> str:
    """Each end is an event of its own: a role whose term was extended ends again."""
    return f"role:{role.code}:{kind}" + (f":{role.last_day}" if kind == "role_ending" else "")
