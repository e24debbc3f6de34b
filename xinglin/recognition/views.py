"""One's own stars on the phone, and the stars that are published now."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xinglin.lib import clock
from xinglin.people import queries as people
from xinglin.recognition import queries, words
from xinglin.recognition.models import Grant

PAGE = 30


@require_GET
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """The star, the way to the next, what stars open, and how each was granted."""
    person, at = people.person_of(request.user), clock.now()
    star, progress = queries.star_of(person, at=at), queries.progress(person, at=at)
    context = {
        "star": star,
        "star_said": words.star_said(star),
        "progress": progress,
        "next_said": words.star_said(progress.next_level) if progress and progress.next_level else "",
        "steps": _steps(person, star, at=at),
        "grants": [_line(grant, at=at) for grant in queries.grants_of(person)[:PAGE]],
        "bar": queries.bar_of(person, at=at) if person is not None else None,
        "here": "people",
    }
    return render(request, "recognition/mine.html", context)


@require_GET
@login_required
def publication(request: HttpRequest) -> HttpResponse:
    """Stars that are published now, each with half a name: whoever knows better can say so."""
    person, at = people.person_of(request.user), clock.now()
    page = Paginator(queries.in_publication(person, at=at), PAGE).get_page(request.GET.get("page"))
    lines = [
        {
            "name": words.half_name(grant.person.name),
            "star": words.star_said(grant.level),
            "unit": grant.unit.name,
            "until": grant.published_until,
        }
        for grant in page
    ]
    return render(request, "recognition/publication.html", {"page_obj": page, "lines": lines, "here": "people"})


def _steps(person: Any, star: int, *, at: Any) -> list[dict[str, Any]]:
    """Each star of the scheme with its hours and what it opens; also what a star beyond the scheme opens."""
    scheme = queries.scheme_of(person, at=at)
    thresholds = scheme.thresholds if scheme is not None else []
    opened: dict[int, list[Any]] = {}
    for privilege in queries.privileges_for(person, at=at):
        opened.setdefault(privilege.level, []).append(privilege)
    return [
        {
            "said": words.star_said(level),
            "minutes": thresholds[level - 1] if level <= len(thresholds) else None,
            "state": "done" if level <= star else "now" if level == star + 1 else "later",
            "privileges": opened.get(level, []),
        }
        for level in range(1, max([len(thresholds), star, *opened], default=0) + 1)
    ]


def _line(grant: Grant, *, at: Any) -> dict[str, Any]:
    return {"grant": grant, "said": words.star_said(grant.level), "is_published": grant.published_until > at}
