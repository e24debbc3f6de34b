"""替他办: the desk's pages on which staff does for somebody without a telephone what others do on theirs."""

from __future__ import annotations

from django.http import HttpRequest

from xinglin.lib.errors import NotFound
from xinglin.organisation import queries as organisation
from xinglin.people import assisting, queries
from xinglin.people.models import Volunteer


def chosen(request: HttpRequest, number: str) -> Volunteer:
    """Whom it is about: a member of the units whose people this user may act for."""
    organisation.demand(request.user, assisting.VERB)
    mine = queries.members_where(request.user, assisting.VERB)
    found = mine.filter(number=number).first()
    if found is None:
        raise NotFound
    return found
