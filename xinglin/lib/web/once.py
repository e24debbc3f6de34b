"""What a page asks again and again is asked once: a memory as long as one request that changes nothing.

Outside of such a request (in a job, a command, an action behind a button) nothing is kept, so nothing grows old.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from typing import TypeVar

from django.http import HttpRequest, HttpResponse

Answer = TypeVar("Answer")
_memory: ContextVar[dict[Hashable, object] | None] = ContextVar("once", default=None)


def once(key: Hashable, ask: Callable[[], Answer]) -> Answer:
    """The answer to this question; within one page it is looked up the first time only."""
    memory = _memory.get()
    if memory is None:
        return ask()
    if key not in memory:
        memory[key] = ask()
    return memory[key]  # type: ignore[return-value]  # the key says what was asked


class OnceMiddleware:
    """Opens the memory for GET and HEAD, and shuts it with the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        before = _memory.set({})
        try:
            return self.get_response(request)
        finally:
            _memory.reset(before)
