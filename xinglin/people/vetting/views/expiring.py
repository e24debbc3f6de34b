"""快到期 at the desk: what of one's people ends soon, so that it is renewed before a shift is lost by it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xinglin.lib import clock
from xinglin.organisation import policies
from xinglin.organisation import queries as organisation
from xinglin.people import queries as people
from xinglin.people.vetting import expiring, gates

PER_PAGE = 50
USUAL = "60"
MOST_CONTRACTS = 20


@login_required
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Gates, licences and contracts of my units with a last day soon, and those that ended lately."""
    organisation.demand(request.user, "decide_gate")
    at, asked = clock.now(), request.GET.get("days", "")
    days = asked if asked in policies.STAGES else USUAL
    page = Paginator(expiring.listed(request.user, days=int(days), at=at), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": [_row(values) for values in page],
        "contracts": expiring.contracts(request.user, days=int(days), at=at)[:MOST_CONTRACTS],
        "keeps": organisation.may_anywhere(request.user, "keep_vetting"),
        "today": clock.local_day(at),
        "days": days,
        "choices": [(key, said) for key, said in policies.STAGES.items() if int(key) >= 7],
        **people.tabs(request.user),
    }
    return render(request, "people/vetting/expiring.html", context)


def _row(values: tuple[Any, ...]) -> dict[str, Any]:
    number, name, of, kind, until = values
    return {"number": number, "name": name, "what": gates.said(kind) if of == "gate" else kind, "until": until}
