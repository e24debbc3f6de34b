"""What every desk page shows at its edge: who sits there, in which role, and how much waits."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from xinglin.home import queries
from xinglin.lib import clock
from xinglin.organisation import queries as organisation
from xinglin.organisation import rules


def desk(request: HttpRequest) -> dict[str, Any]:
    """`desk_name`, `desk_role`, `waiting`: asked of the database only by a page that shows them."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {
        "desk_name": user.name,
        "desk_role": SimpleLazyObject(lambda: _role(user)),
        "waiting": SimpleLazyObject(lambda: len(queries.todos(user, at=clock.now()))),
    }


def _role(user: Any) -> str:
    staff = organisation.roles_of(user).filter(name__in=rules.STAFF).order_by("unit__depth").first()
    return f"{staff.unit.name} · {staff.get_name_display()}" if staff else ""
