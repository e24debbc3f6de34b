"""Saved lists at the desk: all of them, a new one, opening, changing and deleting one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import queries
from xinglin.people.lists import saving
from xinglin.people.lists.forms import ListForm
from xinglin.people.models import SavedList
from xinglin.people.search_forms import SearchForm, search_units


@login_required
@require_GET
def lists(request: HttpRequest) -> HttpResponse:
    """One's own lists and the shared ones, by name."""
    organisation.demand(request.user, "see_people")
    found = saving.in_order(saving.seen_by(request.user))
    rows = [{"one": one, "may_change": saving.may_change(request.user, one)} for one in found]
    return render(request, "people/lists/lists.html", {"rows": rows} | queries.tabs(request.user))


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Name the search that stands in the address."""
    organisation.demand(request.user, "see_people")
    search = SearchForm(request.GET, units=search_units(request.user))
    form = ListForm(request.POST or None, units=saving.units_of(request.user))
    if form.is_valid():
        try:
            made = saving.save(asked=search.said(), by=request.user, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("名单“%(name)s”存好了，以后点一下就是当时的人") % {"name": made.name})
            return redirect("people:open_list", made.code)
    return _list_page(request, form, search, None)


@login_required
@require_GET
def opened(request: HttpRequest, code: str) -> HttpResponse:
    """The search, as of now; what means nothing any more is left out, and said."""
    one = _seen(request, code)
    asked = saving.asked_of(one)
    search = SearchForm(asked, units=search_units(request.user))
    if left_out := search.left_out(asked):
        said = {"name": one.name, "what": _("、").join(left_out)}
        tell(request, _("“%(name)s”里有条件现在用不上，没有带上：%(what)s。可能停办了，或者不归您看") % said)
    return redirect(f"{reverse('people:desk')}?{urlencode({**search.said(), 'list': one.code})}")


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Another name, or other people who find it."""
    one = _changed(request, code)
    units = saving.units_of(request.user) | Unit.objects.filter(pk=one.unit_id)
    form = ListForm(request.POST or None, units=units, initial={"name": one.name, "unit": one.unit and one.unit.code})
    if form.is_valid():
        try:
            saving.change(chosen=one, by=request.user, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("名单改好了"))
            return redirect("people:lists")
    return _list_page(request, form, SearchForm(saving.asked_of(one), units=search_units(request.user)), one)


@login_required
@require_POST
def delete(request: HttpRequest, code: str) -> HttpResponse:
    """The list goes; the people on it stay as they are."""
    saving.delete(chosen=_changed(request, code), by=request.user, at=clock.now())
    tell(request, _("名单删掉了，名单上的人没有变"))
    return redirect("people:lists")


def _list_page(request: HttpRequest, form: ListForm, search: SearchForm, one: SavedList | None) -> HttpResponse:
    context = {"form": form, "conditions": search.conditions(), "one": one} | queries.tabs(request.user)
    return render(request, "people/lists/list.html", context, status=422 if form.errors else 200)


def _seen(request: HttpRequest, code: str) -> SavedList:
    organisation.demand(request.user, "see_people")
    found = saving.seen_by(request.user).filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def _changed(request: HttpRequest, code: str) -> Any:
    one = _seen(request, code)
    if not saving.may_change(request.user, one):
        raise NotFound
    return one
