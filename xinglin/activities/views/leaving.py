"""退出志愿服务, on the phone or at the desk: what ends, what stays, and how it differs from being erased."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xinglin.activities import leaving
from xinglin.activities.forms import LeaveForm
from xinglin.lib import clock
from xinglin.lib.errors import NotFound
from xinglin.lib.web.toast import tell
from xinglin.people import assisting, for_them
from xinglin.people import queries as people


@login_required
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """I do not want to volunteer any more, for now or for good."""
    at, volunteer = clock.now(), people.volunteer_of(request.user)
    if volunteer is None:
        raise NotFound
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        leaving.leave(volunteer=volunteer, reason=form.cleaned_data["reason"], at=at)
        tell(request, _("您已经退出志愿服务，谢谢您做过的一切"))
        return redirect("people:me")
    if volunteer.state == "left":
        return redirect("people:me")
    open_things = leaving.ahead_of(volunteer, at=at)
    context = {
        "form": form,
        "teams": people.teams_of(volunteer),
        "open_things": open_things,
        "blocked": any(thing.blocks for thing in open_things),
        "here": "people",
    }
    return render(request, "activities/leave.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def leave_for(request: HttpRequest, number: str) -> HttpResponse:
    """Somebody without a telephone does not want to volunteer any more, and says so at the desk."""
    at, volunteer = clock.now(), for_them.chosen(request, number)
    assisting.demand_by(volunteer.person, by=request.user)
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        leaving.leave(volunteer=volunteer, reason=form.cleaned_data["reason"], by=request.user, at=at)
        tell(request, _("替%(name)s办好了退出，记录都留着") % {"name": volunteer.person.name})
        return redirect("people:volunteer", number)
    open_things = leaving.ahead_of(volunteer, at=at)
    context = {
        "chosen": volunteer,
        "form": form,
        "teams": people.teams_of(volunteer),
        "open_things": open_things,
        "blocked": any(thing.blocks for thing in open_things),
        "here": "people:desk",
    }
    return render(request, "activities/leave_for.html", context, status=422 if form.errors else 200)
