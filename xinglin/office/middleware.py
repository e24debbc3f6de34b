"""The console's own door: its sessions, and nobody past the sign-in who is no operator with a second factor.

Which host name leads here is decided by `cities.middleware`, before anything is read from the database.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware as CitySessions
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from xinglin.office import sessions

OPEN = frozenset({"console:sign_in", "console:second_factor", "web:preferences"})
BEFORE_SET_UP = frozenset({"console:authenticator", "console:sign_out"})


class SessionMiddleware(CitySessions):
    """Sessions of operators lie in public, all others in the city of the request."""

    def process_request(self, request: HttpRequest) -> None:
        if getattr(request, "is_console", False):
            request.session = sessions.SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
        else:
            super().process_request(request)


class OperatorMiddleware:
    """On the console every page is closed unless named above; its pages stay in no cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "is_console", False):
            response["Cache-Control"] = "no-store"
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        place = request.resolver_match
        if not getattr(request, "is_console", False) or place is None or place.view_name in OPEN:
            return None
        operator = sessions.operator_of(request)
        if operator is None:
            return redirect(f"{reverse('console:sign_in')}?{urlencode({'next': request.get_full_path()})}")
        if not sessions.has_second_factor(request) and place.view_name not in BEFORE_SET_UP:
            return redirect("console:authenticator")
        request.operator = operator  # type: ignore[attr-defined]
        return None
