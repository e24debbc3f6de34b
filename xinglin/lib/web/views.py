"""Two doors that belong to no single app: how a person wants to see pages, and the page that shows all parts."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from xinglin.lib.web import sample
from xinglin.lib.web.context import ELDER_COOKIE, THEME_COOKIE, THEMES

ONE_YEAR = 365 * 24 * 60 * 60


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember larger type, light or dark, and the language on this device; then back to the page."""
    response = HttpResponseRedirect(_way_back(request), status=303)
    if "elder" in request.POST:
        _keep(response, ELDER_COOKIE, "1" if request.POST["elder"] == "1" else "")
    if "theme" in request.POST:
        _keep(response, THEME_COOKIE, request.POST["theme"] if request.POST["theme"] in THEMES else "")
    if request.POST.get("language") in dict(settings.LANGUAGES):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, request.POST["language"])
    return response


@require_GET
def look(request: HttpRequest) -> HttpResponse:
    """Every part as a phone draws it."""
    return _shown(request, "web/look_phone.html")


@require_GET
def look_desk(request: HttpRequest) -> HttpResponse:
    """Every part as a desk draws it."""
    return _shown(request, "web/look_desk.html")


@require_GET
def look_paper(request: HttpRequest) -> HttpResponse:
    """Slips and a poster as the printer draws them."""
    return _shown(request, "web/look_paper.html")


def _shown(request: HttpRequest, template: str) -> HttpResponse:
    if not settings.DEBUG and getattr(settings, "MODE", "production") == "production":
        raise Http404
    return render(request, template, sample.facts(request))


def _keep(response: HttpResponse, cookie: str, value: str) -> None:
    """No script reads these cookies: the page's first tag already carries what they say."""
    if value:
        response.set_cookie(
            cookie, value, max_age=ONE_YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
        )
    else:
        response.delete_cookie(cookie, samesite="Lax")


def _way_back(request: HttpRequest) -> str:
    for url in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure()):
            return url
    return "/"
