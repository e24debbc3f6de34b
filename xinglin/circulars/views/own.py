"""Reading circulars on the phone."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xinglin.circulars import actions, queries
from xinglin.lib import clock
from xinglin.lib.errors import NotFound

A_PAGE = 20


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """通知: what my units have written, the newest first."""
    circulars = queries.reaching(request.user, at=clock.now())
    context = {"page_obj": Paginator(circulars, A_PAGE).get_page(request.GET.get("page")), "here": "people"}
    return render(request, "circulars/mine.html", context)


@login_required
@require_GET
def circular(request: HttpRequest, code: str) -> HttpResponse:
    """One circular; to open it is to have read it."""
    at = clock.now()
    chosen = queries.reaching(request.user, at=at).filter(code=code).first()
    if chosen is None:
        raise NotFound
    actions.read(circular=chosen, user=request.user, at=at)
    return render(request, "circulars/circular.html", {"circular": chosen, "here": "people"})
