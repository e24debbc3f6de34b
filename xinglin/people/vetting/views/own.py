"""A volunteer's own gates on the phone: what is done, what is next, who does it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xinglin.lib import clock
from xinglin.lib.errors import NotFound
from xinglin.people import queries
from xinglin.people.models import Volunteer
from xinglin.people.vetting import progress


@login_required
@require_GET
def gates(request: HttpRequest) -> HttpResponse:
    """上岗进度: every gate of my unit, with its day, who decided, and what I can do now."""
    at, volunteer = clock.now(), volunteer_or_not_found(request)
    context = {"volunteer": volunteer, "progress": progress.of(volunteer, at=at), "here": "people"}
    return render(request, "people/vetting/gates.html", context)


def volunteer_or_not_found(request: HttpRequest) -> Volunteer:
    """Whoever asks, as a volunteer."""
    volunteer = queries.volunteer_of(request.user)
    if volunteer is None:
        raise NotFound
    return volunteer
