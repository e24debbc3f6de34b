"""The door of every request: its host name leads to one city, to the console, or to a page that lists nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render

from xinglin.cities import current, queries

View = Callable[[HttpRequest], Any]


class CityMiddleware:
    """Enters the city of the request, before sessions and everything else that is read from the database."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        host = request.get_host()
        if queries.is_console(host):
            return self._answer_console(request)
        city = queries.city_of_host(host)
        if city is not None:
            return self._answer_in(city, request)
        if request.path in settings.ADDRESSES_WITHOUT_CITY:
            return self._answer_in(None, request)
        with current.outside():
            return render(request, "cities/unknown.html", status=404)

    def _answer_console(self, request: HttpRequest) -> Any:
        """Outside of all cities, with addresses of its own: nothing of a city is served there, nor it by a city."""
        request.is_console = True  # type: ignore[attr-defined]
        request.urlconf = settings.CONSOLE_URLCONF
        with current.outside():
            return self.get_response(request)

    def _answer_in(self, city: Any, request: HttpRequest) -> Any:
        if city is None:
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)  # sessions live in cities
        else:
            request.city_slug = city.slug  # type: ignore[attr-defined]  # what is counted knows its city
        with current.entered(city):
            response = self.get_response(request)
        if response.streaming:
            response.streaming_content = _read_in(city, response.streaming_content)
        return response


def _read_in(city: Any, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What is made piece by piece is made in the city too, though the middleware is long through."""
    pieces = iter(pieces)
    while True:
        with current.entered(city):
            try:
                piece = next(pieces)
            except StopIteration:
                return
        yield piece
