"""Which unit a page is about, and whether the asker may see it."""

from __future__ import annotations

from django.http import HttpRequest

from xinglin.lib.errors import NotFound
from xinglin.organisation import queries
from xinglin.organisation.models import Unit


def seen(request: HttpRequest, code: str, verb: str = "see_desk") -> Unit:
    """An open unit within the user's reach; another one sounds as if there were none."""
    chosen: Unit | None = queries.units_where(request.user, verb).filter(code=code, closed_at__isnull=True).first()
    if chosen is None:
        queries.demand(request.user, verb)  # whoever may nowhere is told so; else there is no such unit for them
        raise NotFound
    return chosen
