"""培训互认 at the desk: whose training my units honour."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.people import queries as people
from xinglin.people.vetting import honouring
from xinglin.people.vetting.forms import HonourForm

PER_PAGE = 50


@login_required
@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """What my units honour, and one more."""
    organisation.demand(request.user, "keep_vetting")
    mine = organisation.units_where(request.user, "keep_vetting").filter(closed_at__isnull=True).order_by("path")
    form = HonourForm(request.POST or None, units=mine, others=organisation.open_units().order_by("path"))
    if form.is_valid() and _honoured(request, form):
        tell(request, _("从现在起认可，报名时就算"))
        return redirect("people:honours")
    page = Paginator(honouring.kept_by(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, **people.tabs(request.user)}
    return render(request, "people/vetting/honours.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def end(request: HttpRequest, code: str) -> HttpResponse:
    """It counts no longer for new sign-ups."""
    organisation.demand(request.user, "keep_vetting")
    found = honouring.kept_by(request.user).filter(code=code).first()
    if found is None:
        raise NotFound
    honouring.end(honour=found, by=request.user, at=clock.now())
    tell(request, _("不再认可，以后报名不算；已经报上的不变"))
    return redirect("people:honours")


def _honoured(request: HttpRequest, form: HonourForm) -> bool:
    try:
        honouring.honour(by=request.user, at=clock.now(), **form.cleaned_data)
    except Refusal as refusal:
        form.hear(refusal)
        return False
    return True
