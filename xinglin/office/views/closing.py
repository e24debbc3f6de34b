"""Closing a unit at a city's desk: who takes over, what hangs on it, then close."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.office import closing
from xinglin.office.forms import CloseUnitForm
from xinglin.organisation import queries
from xinglin.organisation.hanging import what_stops


@login_required
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Choose the successor, look at what becomes of everything, then close."""
    units = queries.units_where(request.user, "edit_units").filter(closed_at__isnull=True)
    unit, at = units.filter(code=code).first(), clock.now()
    if unit is None:
        queries.demand(request.user, "edit_units")
        raise NotFound
    above = queries.above(unit)
    queries.demand(request.user, "edit_units", above or unit)  # from above: nobody closes the unit they sit in
    others = units.exclude(path__startswith=unit.path).order_by("path")
    form = CloseUnitForm(request.POST or None, units=others)
    successor = form.cleaned_data["successor"] if form.is_valid() else None
    if form.is_valid() and request.POST.get("sure"):
        try:
            closing.close(unit=unit, successor=successor, by=request.user, at=at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            tell(request, _("%(name)s 已停办") % {"name": unit.name})
            return redirect("organisation:desk")
    things = closing.hangs_on(unit, successor=successor, at=at)
    context = {
        "unit": unit,
        "form": form,
        "successor": successor,
        "things": things,
        "stops": what_stops(things, has_successor=successor is not None),
    }
    return render(request, "office/close_unit.html", context, status=422 if form.errors else 200)
