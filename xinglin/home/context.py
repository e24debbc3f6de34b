"""What every desk page shows at its edge: who sits there, in which role, and how much waits."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from xinglin.circulars import queries as circulars
from xinglin.home import queries
from xinglin.lib import clock
from xinglin.notices import queries as notices
from xinglin.organisation import queries as organisation
from xinglin.organisation import rules
from xinglin.timebank import measuring


def desk(request: HttpRequest) -> dict[str, Any]:
    """Names, role, duties and what waits, asked of the database only by a page that shows them."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    # What is unread comes along with the roles: no query of its own on every page.
    now = clock.now()
    held = organisation.roles_of(user, at=now).order_by("unit__depth")
    held = held.annotate(unread=notices.unread_of("user"), unread_circulars=circulars.unread_of("user", at=now))
    roles = SimpleLazyObject(lambda: list(held))
    return {
        "desk_name": user.name,
        "desk_role": SimpleLazyObject(lambda: _staff_role(roles)),
        "desk_plans": SimpleLazyObject(lambda: organisation.may_anywhere(user, "edit_activities")),
        "desk_benefits": SimpleLazyObject(lambda: organisation.may_anywhere(user, "edit_benefits")),
        "desk_counter": SimpleLazyObject(lambda: organisation.may_anywhere(user, "redeem_voucher")),
        "desk_erases": SimpleLazyObject(lambda: organisation.may_anywhere(user, "erase_person")),
        "desk_stars": SimpleLazyObject(lambda: organisation.may_anywhere(user, "decide_star")),
        "desk_moves": SimpleLazyObject(lambda: organisation.may_anywhere(user, "move_minutes")),
        "desk_writes": SimpleLazyObject(lambda: organisation.may_anywhere(user, "write_circular")),
        "desk_watches": SimpleLazyObject(lambda: organisation.may_anywhere(user, "see_ledger")),
        "unread_circulars": SimpleLazyObject(lambda: roles[0].unread_circulars if roles else 0),
        "unread_notices": SimpleLazyObject(lambda: _unread(user, roles)),
        "bank_lags": SimpleLazyObject(lambda: _bank_lags(user, roles)),
        "waiting": SimpleLazyObject(lambda: len(queries.todos(user, at=clock.now()))),
    }


def _staff_role(roles: Any) -> str:
    staff = next((role for role in roles if role.name in rules.STAFF), None)
    return f"{staff.unit.name} · {staff.get_name_display()}" if staff else ""


def _unread(user: Any, roles: Any) -> int:
    """What stands at the bell: news for this person, and circulars of the units above, which go by roles."""
    return roles[0].unread + roles[0].unread_circulars if roles else notices.unread_count(user)


def _bank_lags(user: Any, roles: Any) -> bool:
    """Is minutes' spending far behind their saving, where this person watches over the ledger?"""
    allowed = rules.roles_that_may("see_ledger", second_factor=user.has_second_factor)
    unit = next((role.unit for role in roles if role.name in allowed), None)
    return unit is not None and measuring.lags(unit, at=clock.now())
