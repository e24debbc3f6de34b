"""Tells the signed-in user whether this session has shown a second factor."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

SESSION_KEY = "second_factor"


class SecondFactorMiddleware:
    """Copies the session's second factor onto `request.user`, where `may` reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            request.user.has_second_factor = bool(request.session.get(SESSION_KEY))
        return self.get_response(request)
