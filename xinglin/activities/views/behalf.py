"""The desk signs somebody up who has no telephone, on the consent that is written down; the trail says for whom."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xinglin.activities import actions, queries
from xinglin.activities.models import Post, Signup
from xinglin.lib import clock
from xinglin.lib.errors import NotFound
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.people import assisting
from xinglin.people import queries as people

MOST_SHOWN = 30


@login_required
@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest, number: str) -> HttpResponse:
    """Open shifts of the units that this user signs people up for, and what the person has."""
    organisation.demand(request.user, assisting.VERB)
    mine = people.members_where(request.user, assisting.VERB)
    volunteer = mine.filter(number=number).first()
    if volunteer is None:
        raise NotFound
    at, units = clock.now(), organisation.units_where(request.user, "sign_up_others")
    if request.method == "POST":
        assistance = assisting.demand(volunteer.person)
        post = Post.objects.filter(code=request.POST.get("post", ""), shift__activity__project__unit__in=units).first()
        if post is None:
            raise NotFound
        actions.take_shift(volunteer=volunteer, post=post, by=request.user, at=at)
        said = {"name": volunteer.person.name, "capacity": assistance.get_capacity_display()}
        tell(request, _("替%(name)s报上了，凭的是：%(capacity)s") % said)
        return redirect("activities:sign_up_for", number)
    open_now = queries.open_shifts(at=at, volunteer=volunteer).filter(activity__project__unit__in=units)
    coming = Signup.objects.filter(volunteer=volunteer, state=Signup.State.TAKEN, shift__ends_at__gt=at)
    context = {
        "chosen": volunteer,
        "assistance": assisting.standing(volunteer.person),
        "shifts": open_now.prefetch_related("posts")[:MOST_SHOWN],
        "signups": coming.select_related("shift__activity", "post", "taken_by").order_by("shift__starts_at"),
        "here": "people:desk",
    }
    return render(request, "activities/sign_up_for.html", context)
