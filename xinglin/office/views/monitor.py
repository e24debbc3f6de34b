"""The pages for monitors: figures in Prometheus' text format, and whether all is well. Nothing personal in either.

They answer to the addresses that `XINGLIN_MONITORS` names and to the token; to anyone else they do not exist.
"""

from __future__ import annotations

import ipaddress
from dataclasses import asdict

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from xinglin.accounts.sessions import address_of
from xinglin.lib import clock
from xinglin.lib import metrics as counted
from xinglin.office import readiness, state


@require_GET
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Everything that is counted, and the state of this moment."""
    _demand_monitor(request)
    now = state.look(at=clock.now())
    return HttpResponse(counted.as_text(state.StateCollector(now)), content_type=counted.CONTENT_TYPE)


@require_GET
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """`{"ready": …, "complaints": […], …}`: 200 while pages can be answered, else 503."""
    _demand_monitor(request)
    now = state.look(at=clock.now(), with_migrations=True)
    may_serve = readiness.may_serve(now)
    answer = {"ready": may_serve, "complaints": readiness.complaints(now), **asdict(now)}
    return JsonResponse(answer, status=200 if may_serve else 503)


def _demand_monitor(request: HttpRequest) -> None:
    if not (_shows_token(request) or _comes_from_monitor(request)):
        raise Http404


def _shows_token(request: HttpRequest) -> bool:
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    return bool(settings.MONITOR_TOKEN) and kind == "Bearer" and constant_time_compare(token, settings.MONITOR_TOKEN)


def _comes_from_monitor(request: HttpRequest) -> bool:
    if not settings.PROXIES and request.headers.get("X-Forwarded-For"):
        return False  # somebody stands between of whom the settings know nothing: the address is theirs
    try:
        address = ipaddress.ip_address(address_of(request))
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in settings.MONITORS)
