"""The console's pages about cities: which there are, one of them, a new one, its host names, closing and opening."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinglin.accounts.forms import hear
from xinglin.cities import queries as cities
from xinglin.lib import clock
from xinglin.lib.web.toast import tell
from xinglin.office import actions, queries
from xinglin.office.forms import CityForm, HostForm, SureForm
from xinglin.office.views.page import operator_of, show

PAGE = 50


@require_safe
def every(request: HttpRequest) -> HttpResponse:
    """All cities."""
    page = Paginator(queries.every_city(), PAGE).get_page(request.GET.get("page"))
    return show(request, "cities", page=page, seen=queries.seen(list(page), at=clock.now()))


@require_safe
def one(request: HttpRequest, slug: str) -> HttpResponse:
    """One city."""
    return _one(request, slug, HostForm())


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new city."""
    form = CityForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        hosts = [host] if (host := said.pop("host")) else []
        city = hear(form, actions.create_city, operator=operator_of(request), **said, hosts=hosts, at=clock.now())
        if city:
            tell(request, _("城市 %(name)s 建好了") % {"name": city.name})
            return redirect("console:city", city.slug)
    return show(request, "new_city", form=form)


@require_POST
def add_host(request: HttpRequest, slug: str) -> HttpResponse:
    """One more host name."""
    city, form = cities.by_slug(slug), HostForm(request.POST)
    if form.is_valid():
        host = form.cleaned_data["host"]
        name = hear(form, actions.add_host, operator=operator_of(request), city=city, host=host, at=clock.now())
        if name:
            tell(request, _("域名 %(host)s 现在通向 %(name)s") % {"host": name.domain, "name": city.name})
            return redirect("console:city", slug)
    return _one(request, slug, form)


@require_POST
def remove_host(request: HttpRequest, slug: str) -> HttpResponse:
    """A host name leads here no more."""
    city, host = cities.by_slug(slug), request.POST.get("host", "")
    actions.remove_host(operator=operator_of(request), city=city, host=host, at=clock.now())
    tell(request, _("域名 %(host)s 不再通向 %(name)s") % {"host": host, "name": city.name})
    return redirect("console:city", slug)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the city's name, then close it."""
    city, form = cities.by_slug(slug), SureForm(request.POST or None)
    if not city.is_open:
        return redirect("console:city", slug)
    if form.is_valid():
        facts = {"operator": operator_of(request), "city": city, "at": clock.now()}
        if hear(form, actions.close_city, **form.cleaned_data, **facts):
            tell(request, _("城市 %(name)s 已停用，数据都还在") % {"name": city.name})
            return redirect("console:city", slug)
    return show(request, "sure", form=form, city=city, closes=True)


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the city's name, then open it again."""
    city, form = cities.by_slug(slug), SureForm(request.POST or None)
    if city.is_open:
        return redirect("console:city", slug)
    if form.is_valid():
        facts = {"operator": operator_of(request), "city": city, "at": clock.now()}
        if hear(form, actions.reopen_city, **form.cleaned_data, **facts):
            tell(request, _("城市 %(name)s 又打开了") % {"name": city.name})
            return redirect("console:city", slug)
    return show(request, "sure", form=form, city=city, closes=False)


def _one(request: HttpRequest, slug: str, form: HostForm) -> HttpResponse:
    city = queries.every_city().filter(pk=cities.by_slug(slug).pk).get()
    [seen] = queries.seen([city], at=clock.now())
    unheard = [host for host in seen.hosts if not queries.is_heard(host)]
    return show(request, "city", form=form, seen=seen, unheard=unheard, tables=queries.largest_tables(city))
