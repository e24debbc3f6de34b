"""A volunteer's card is scanned: the leader of their shift sees who it is and marks them; others learn nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from xinglin.activities import actions, evidence, queries
from xinglin.activities.models import Signup
from xinglin.lib import clock
from xinglin.lib.errors import NotFound
from xinglin.lib.web.toast import tell
from xinglin.people import cards


@require_safe
@never_cache
def card(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever scans it. A name stands here only for the leader of a shift that the person has signed up for."""
    at, found = clock.now(), cards.by_token(token)
    signup = _signup_led_now(request, token, at=at)
    context: dict[str, Any] = {
        "token": token,
        "signup": signup,
        "attendance": getattr(signup, "attendance", None) if signup is not None else None,
        "leads_now": request.user.is_authenticated and queries.leads_now(request.user, at=at),
        "is_void": found is not None and found.ended_at is not None,
        "is_own": signup is not None and signup.volunteer.person.user_id == request.user.pk,
    }
    return render(request, "activities/card.html", context)


@require_POST
@login_required
def mark(request: HttpRequest, token: str) -> HttpResponse:
    """到 · 走: the leader's mark, made with the card in hand."""
    at = clock.now()
    signup = _signup_led_now(request, token, at=at)
    if signup is None:
        raise NotFound
    name = signup.volunteer.person.name
    if getattr(signup, "attendance", None) is None:
        actions.come(signup=signup, evidence=evidence.BY_LEADER, by=request.user, at=at)
        said = _("%(name)s到了，登记好了") % {"name": name}
    else:
        actions.leave(signup=signup, evidence=evidence.BY_LEADER, by=request.user, at=at)
        said = _("%(name)s走了，登记好了") % {"name": name}
    tell(request, said, undo_url=reverse("activities:mark_undo", args=[signup.shift.code, signup.code]))
    return redirect("activities:card", token)


def _signup_led_now(request: HttpRequest, token: str, *, at: dt.datetime) -> Signup | None:
    """The sign-up that the card stands for just now, if the asker leads that shift; the card must still hold."""
    found = cards.by_token(token)
    if found is None or found.ended_at is not None or not request.user.is_authenticated:
        return None
    return queries.signup_led_now(found.volunteer, by=request.user, at=at)
