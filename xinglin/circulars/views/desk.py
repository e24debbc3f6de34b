"""Writing circulars at the desk, and seeing who has read them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.circulars import actions, queries
from xinglin.circulars.forms import CircularForm
from xinglin.circulars.models import Circular
from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation

A_PAGE = 30


@login_required
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """What was written in my scope."""
    organisation.demand(request.user, "write_circular")
    page = Paginator(queries.written_in_scope(request.user), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "circulars/desk.html", {"page_obj": page})


@login_required
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Write one."""
    organisation.demand(request.user, "write_circular")
    units = organisation.units_where(request.user, "write_circular").filter(closed_at__isnull=True).order_by("path")
    first = units.first()
    form = CircularForm(request.POST or None, units=units, initial={"unit": first.code if first else None})
    if form.is_valid():
        try:
            circular = actions.write(by=request.user, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            tell(request, _("已发出，打开过的人数会显示在这里"))
            return redirect("circulars:shares", circular.code)
    return render(request, "circulars/write.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_GET
def shares(request: HttpRequest, code: str) -> HttpResponse:
    """One circular, with how many have read it in each unit."""
    circular = _written(request, code)
    return render(request, "circulars/shares.html", {"circular": circular, "shares": queries.shares(circular)})


@login_required
@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take it back."""
    actions.withdraw(circular=_written(request, code), by=request.user, at=clock.now())
    tell(request, _("已撤回"))
    return redirect("circulars:shares", code)


def _written(request: HttpRequest, code: str) -> Circular:
    circular = queries.written_in_scope(request.user).filter(code=code).first()
    if circular is None:
        organisation.demand(request.user, "write_circular")
        raise NotFound
    return circular
