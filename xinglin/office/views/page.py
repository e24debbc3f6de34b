"""What the console's pages share: who sits there, and how one of them is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from xinglin.accounts.forms import Form
from xinglin.office.models import Operator

View = Callable[..., HttpResponse]


def door(view: View) -> View:
    """A page with a form that holds secrets: kept in no error report. In caches no page of the console is kept."""
    return sensitive_post_parameters()(require_http_methods(["GET", "HEAD", "POST"])(view))


def operator_of(request: HttpRequest) -> Operator:
    """Whoever the middleware let in."""
    operator: Operator = request.operator  # type: ignore[attr-defined]
    return operator


def show(request: HttpRequest, name: str, *, here: str = "", form: Form | None = None, **context: Any) -> HttpResponse:
    """One of the console's pages; an answer to a form says by its status how it went."""
    operator = getattr(request, "operator", None)
    if operator is not None:
        context |= {"desk_name": operator.login_name, "desk_role": _("安装操作员"), "here": here or "console:cities"}
    if form is not None:
        form.point_at_error()
        context["form"] = form
    return render(request, f"office/{name}.html", context, status=form.status if form is not None else 200)
