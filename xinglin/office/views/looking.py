"""The console's pages that only look: how the installation is, what runs here, what operators did."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinglin.lib import clock
from xinglin.office import queries, readiness, state, words
from xinglin.office.views.page import show

PAGE = 50


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """The state of this moment, and what to do about what is wrong."""
    now = state.look(at=clock.now(), with_migrations=True)
    complaints = [words.COMPLAINTS[word] for word in readiness.complaints(now)]
    hours = None if now.backup_age_s is None else int(now.backup_age_s // 3600)
    return show(request, "health", here="console:health", now=now, complaints=complaints, backup_hours=hours)


@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """Program, server, migrations."""
    return show(request, "versions", here="console:versions", versions=queries.versions())


@require_safe
def deeds(request: HttpRequest) -> HttpResponse:
    """The trail of operators."""
    page = Paginator(queries.deeds(), PAGE).get_page(request.GET.get("page"))
    names = queries.names_of(list(page))
    rows = [
        {
            "at": deed.at,
            "who": names.get(deed.actor_code, deed.actor_code),
            "what": words.DEEDS.get(deed.verb, deed.verb),
            "thing": _named(deed.thing, names),
            "reason": deed.reason,
            "facts": "、".join(f"{value}" for value in deed.facts.values() if value != ""),
        }
        for deed in page
    ]
    return show(request, "deeds", here="console:deeds", page=page, rows=rows)


def _named(thing: str, names: dict[str, str]) -> str:
    kind, _colon, word = thing.partition(":")
    return names.get(word, word) if kind == "operator" else word
