"""Tells the signed-in user whether this session has shown a second factor, and leads to setting one up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from xinglin.accounts import sessions

SESSION_KEY = sessions.SECOND_FACTOR
OPEN_BEFORE_SET_UP = frozenset({"accounts:authenticator", "accounts:sign_out", "web:preferences"})


class SecondFactorMiddleware:
    """Copies the session's second factor onto `request.user`, where `may` reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            request.user.has_second_factor = bool(request.session.get(SESSION_KEY))
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """A password alone opens one page only: the one that sets up the second factor."""
        place = request.resolver_match
        is_open = place is not None and place.view_name in OPEN_BEFORE_SET_UP
        if is_open or not request.user.is_authenticated or not sessions.must_set_up(request):
            return None
        return redirect("accounts:authenticator")
