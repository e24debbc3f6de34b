"""Telling a group of a shift: the text to copy, and the picture."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from xinglin.activities import queries, sharing
from xinglin.activities.models import Shift
from xinglin.lib.errors import NotFound


@require_safe
@login_required
def share(request: HttpRequest, code: str) -> HttpResponse:
    """Both on one page."""
    shift = _shift(code)
    text = sharing.text_of(shift, list(queries.posts_of(shift)), address=_address(request, shift))
    return render(request, "activities/share.html", {"shift": shift, "text": text})


@require_safe
@login_required
def picture(request: HttpRequest, code: str) -> HttpResponse:
    """The picture as a file; how many are wanted is that of this moment."""
    shift = _shift(code)
    made = sharing.picture_of(shift, list(queries.posts_of(shift)), address=_address(request, shift))
    answer = HttpResponse(made, content_type="image/png")
    answer["Content-Disposition"] = f'inline; filename="xinglin-{shift.code}.png"'
    return answer


def _shift(code: str) -> Shift:
    shift = queries.shift_by_code(code)
    if shift.state == Shift.State.CANCELLED:
        raise NotFound
    return shift


def _address(request: HttpRequest, shift: Shift) -> str:
    return request.build_absolute_uri(reverse("activities:shift", args=[shift.code]))
