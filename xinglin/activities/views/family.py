"""Signing up together with one's family, and giving back for them what one took for them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from xinglin.activities import families, queries
from xinglin.activities.families import Together
from xinglin.activities.models import Post
from xinglin.activities.views.shifts import give_back
from xinglin.lib import clock
from xinglin.lib.errors import NotFound
from xinglin.lib.web.toast import tell
from xinglin.people import queries as people
from xinglin.people.models import Volunteer


@login_required
@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest, code: str) -> HttpResponse:
    """Who comes along, and for which post; who cannot is said before anybody is signed up."""
    shift, volunteer = queries.shift_by_code(code), _volunteer(request)
    family = families.family_of(volunteer)
    if not family:
        raise NotFound
    posts, done = list(queries.posts_of(shift)), Together()
    everybody = [volunteer, *family]
    wanted = set(request.POST.getlist("number"))
    chosen = [one for one in everybody if one.number in wanted]
    if request.method == "POST" and chosen:
        some = bool(request.POST.get("some"))
        done = families.take_together(
            volunteers=chosen, post=_post(request, posts), by=request.user, at=clock.now(), some_are_enough=some
        )
        if done.taken:
            names = _("、").join(signup.volunteer.person.name for signup in done.taken)
            tell(request, _("报上了：%(names)s") % {"names": names})
            return redirect("activities:shift", code)
    coming = families.already_coming(shift, everybody)
    context = {
        "shift": shift,
        "posts": posts,
        "post": request.POST.get("post") or (posts[0].code if posts else ""),
        "everybody": [
            {
                "volunteer": one,
                "is_coming": one.pk in coming,
                "is_chosen": one.number in wanted or not wanted,
                "refusal": next((refusal for who, refusal in done.refused if who.pk == one.pk), None),
            }
            for one in everybody
        ],
        "refused": done.refused,
        "may_go": len(chosen) > len(done.refused),
        "nobody_chosen": request.method == "POST" and not chosen,
        "mine": families.taken_by(request.user, shift, family),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "activities/family.html", context, status=status)


@login_required
@require_POST
def cancel(request: HttpRequest, code: str, signup: str) -> HttpResponse:
    """Give back a place that one took for somebody of the family."""
    shift, family = queries.shift_by_code(code), families.family_of(_volunteer(request))
    found = next((one for one in families.taken_by(request.user, shift, family) if one.code == signup), None)
    if found is None:
        raise NotFound
    said = _("替%(name)s取消了，名额让给别人了") % {"name": found.volunteer.person.name}
    return give_back(request, found, back=reverse("activities:family", args=[shift.code]), said=said, by=request.user)


def _post(request: HttpRequest, posts: list[Post]) -> Post:
    asked = request.POST.get("post", posts[0].code if len(posts) == 1 else "")
    for post in posts:
        if post.code == asked:
            return post
    raise NotFound


def _volunteer(request: HttpRequest) -> Volunteer:
    volunteer = people.volunteer_of(request.user)
    if volunteer is None:
        raise NotFound
    return volunteer
