"""What happens around every view: refusals become sentences, private pages skip caches, NUL bytes stay outside."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import is_valid_path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from xinglin.lib.errors import OnlyByButton, Refusal
from xinglin.lib.web.toast import said, tell_refusal

View = Callable[[HttpRequest], HttpResponse]


class RefusalMiddleware:
    """A view may simply raise a refusal; the person hears it in the form that fits how they asked."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET":
            return _lead_on(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        if _prefers_json(request):
            return as_problem(exception)
        came_from = _own_page_before(request)
        if request.method == "POST" and came_from:
            tell_refusal(request, exception)
            return _back_to(came_from, request)
        return render(request, "refusal.html", {"refusal": exception, "said": said(exception)}, status=exception.status)


class NoStoreMiddleware:
    """Pages of someone signed in stay in no cache: on a ward's shared computer, Back shows nothing of them."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response


class NulMiddleware:
    """PostgreSQL cannot store a NUL byte, and no honest form holds one: answer before anything is looked up."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _holds_nul(request):
            return render(request, "400.html", status=400)
        return self.get_response(request)


def as_problem(refusal: Refusal) -> JsonResponse:
    """RFC 9457: what a program reads of a refusal."""
    problem = {
        "type": f"urn:xinglin:refusal:{refusal.code}",
        "code": refusal.code,
        "title": _("这次没有办成"),
        "detail": said(refusal),
        "status": refusal.status,
    }
    return JsonResponse(
        problem,
        status=refusal.status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def _prefers_json(request: HttpRequest) -> bool:
    accepted = request.get_preferred_type(["text/html", "application/json", "application/problem+json"])
    return accepted is not None and accepted != "text/html"


def _own_page_before(request: HttpRequest) -> str:
    """The page of ours on which the form stood, or nothing: we never send anyone to a stranger's address."""
    referer = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure())
    return referer if is_ours else ""


def _lead_on(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Who comes to a button's address by a link, after signing in or a reload say, is shown the way to its page."""
    refusal = OnlyByButton(next_url=_page_above(request.path_info), next_text=_("去那一页"))
    if _prefers_json(request):
        answer: HttpResponse = as_problem(refusal)
    else:
        answer = render(request, "refusal.html", {"refusal": refusal, "said": said(refusal)}, status=refusal.status)
    answer["Allow"] = response["Allow"]
    return answer


def _page_above(path: str) -> str:
    """The nearest address above this one that the house knows: of /shifts/8F3K/take/ it is /shifts/8F3K/.

    Said as `../`, so that the answer repeats nothing of what was asked.
    """
    up = ""
    while path.strip("/"):
        path, up = path.rstrip("/").rpartition("/")[0] + "/", f"{up}../"
        if is_valid_path(path):
            return up
    return "/"


def _back_to(url: str, request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": url})  # a redirect would be swallowed by the swap
    return HttpResponseRedirect(url, status=303)


def _holds_nul(request: HttpRequest) -> bool:
    if "\x00" in request.path or _any_nul(request.GET) or any("\x00" in text for text in request.COOKIES.values()):
        return True
    is_form = request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data")
    return is_form and (_any_nul(request.POST) or any("\x00" in str(file) for file in request.FILES.values()))


def _any_nul(fields: QueryDict) -> bool:
    return any("\x00" in key or any("\x00" in value for value in values) for key, values in fields.lists())
