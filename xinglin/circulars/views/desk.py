"""Writing circulars at the desk, and seeing who has read them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.circulars import actions, jobs, queries, telling
from xinglin.circulars.forms import CircularForm
from xinglin.circulars.models import Circular
from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation

A_PAGE = 30
ABOVE = "above"


@login_required
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """What was written in my scope, or what reaches it from above."""
    organisation.demand(request.user, "write_circular")
    only = ABOVE if request.GET.get("from") == ABOVE else ""
    found = queries.from_above(request.user) if only else queries.written_in_scope(request.user)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "circulars/desk.html", {"page_obj": page, "only": only})


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
            circular = _write(request, form)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            tell(request, _("已发出，打开过的人数会显示在这里"))
            return redirect("circulars:shares", circular.code)
    return render(request, "circulars/write.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_GET
def shares(request: HttpRequest, code: str) -> HttpResponse:
    """One circular, with how many have read it in each unit, as far as the user's scope goes."""
    at, circular = clock.now(), _seen(request, code)
    writes = organisation.may(request.user, "write_circular", circular.unit)
    if not writes and queries.reaching(request.user, at=at).filter(pk=circular.pk).exists():
        actions.read(circular=circular, user=request.user, at=at)  # whoever looks at its receipts has read it
    tops = queries.tops_for(request.user, circular)
    context = {
        "circular": circular,
        "shares": queries.shares(circular, tops=tops, opened=request.GET.get("open", "")),
        "tellings": circular.tellings.select_related("begun_by").order_by("day"),
        "writes": writes,
        "may_remind": writes and queries.may_be_reminded_of(circular, at=at),
        "most_tries": telling.MOST_TRIES,
    }
    return render(request, "circulars/shares.html", context)


@login_required
@require_GET
def unread(request: HttpRequest, code: str, unit: str) -> HttpResponse:
    """Who of a unit has not read it, as far as the user may see these people."""
    circular = _seen(request, code)
    chosen = organisation.units_where(request.user, "see_people").filter(code=unit).first()
    if chosen is None or not circular.reaches.filter(unit=chosen).exists():
        raise NotFound
    roles = queries.who_has_not_read(request.user, circular, chosen, at=clock.now())
    page = Paginator(roles, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "circulars/unread.html", {"circular": circular, "unit": chosen, "page_obj": page})


@login_required
@require_POST
@transaction.atomic
def remind(request: HttpRequest, code: str) -> HttpResponse:
    """Tell those by phone who have not opened it."""
    begun = telling.remind(circular=_written(request, code), by=request.user, at=clock.now())
    jobs.tell.defer(lock=f"circular:{begun.pk}", telling_key=begun.pk)
    tell(request, _("正在提醒还没打开的人，发了多少会显示在这里"))
    return redirect("circulars:shares", code)


@login_required
@require_POST
@transaction.atomic
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take it back, and what was told of it by phone."""
    actions.withdraw(circular=_written(request, code), by=request.user, at=clock.now())
    jobs.take_back.defer(code=code)
    tell(request, _("已撤回"))
    return redirect("circulars:shares", code)


@transaction.atomic
def _write(request: HttpRequest, form: CircularForm) -> Circular:
    circular = actions.write(by=request.user, at=clock.now(), **form.cleaned_data)
    for begun in circular.tellings.all():
        jobs.tell.defer(lock=f"circular:{begun.pk}", telling_key=begun.pk)
    return circular


def _written(request: HttpRequest, code: str) -> Circular:
    return _found(request, queries.written_in_scope(request.user), code)


def _seen(request: HttpRequest, code: str) -> Circular:
    return _found(request, queries.seen_in_scope(request.user), code)


def _found(request: HttpRequest, circulars: QuerySet[Circular], code: str) -> Circular:
    circular = circulars.filter(code=code).first()
    if circular is None:
        organisation.demand(request.user, "write_circular")
        raise NotFound
    return circular
