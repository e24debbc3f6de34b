"""The desk's list of volunteers: found by name, pinyin, number, phone, team, skill, gate or star, page by page."""

from __future__ import annotations

from typing import IO

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from xinglin.accounts import queries as accounts
from xinglin.lib import clock
from xinglin.lib.errors import Refusal
from xinglin.organisation import queries as organisation
from xinglin.people import exporting, queries, search
from xinglin.people.lists import saving
from xinglin.people.newcomers import registering
from xinglin.people.search_forms import ExportForm, SearchForm, search_units

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest) -> HttpResponseBase:
    """Take the list away as a workbook, narrowed as the address says, for a reason."""
    organisation.demand(request.user, exporting.VERB)
    asked = _form(request).asked()
    form = ExportForm(request.POST) if request.method == "POST" else ExportForm()
    if request.method == "POST" and form.is_valid():
        try:
            file = exporting.export(user=request.user, asked=asked, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.hear(refusal)
        else:
            return _download(file)
    count = search.counted(*exporting.of_whom(request.user, asked), at=clock.now())
    context = {"form": form, "count": count, "most": search.MOST_COUNTED} | queries.tabs(request.user)
    return render(request, "people/export.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """The volunteers whom this user may see, fifty a page."""
    organisation.demand(request.user, "see_people")
    form, after, at = _form(request), request.GET.get("after", "")[:12], clock.now()
    asked = form.asked()
    reach = search.within(request.user, asked.unit)
    page = search.page_of(reach, asked, at=at, after=after)
    context = {
        "page": page,
        "rows": [{"volunteer": one, "phone": accounts.masked_phone(one.phone_sealed)} for one in page.rows],
        "form": form,
        "q": request.GET.get("q", ""),
        "lists": saving.in_order(saving.seen_by(request.user)),
        "list": request.GET.get("list", ""),
        "after": after,
        "most": search.MOST_COUNTED,
        "may_export": organisation.may_anywhere(request.user, exporting.VERB),
        "may_print_card": organisation.may_anywhere(request.user, "print_card"),
        "may_register": organisation.may_anywhere(request.user, registering.VERB),
    }
    if not after:
        has_all = not page.after
        context["count"] = len(page.rows) if has_all else search.counted(reach, asked, at=at)
    return render(request, "people/desk.html", context | queries.tabs(request.user))


def _form(request: HttpRequest) -> SearchForm:
    return SearchForm(request.GET, units=search_units(request.user))


def _download(file: IO[bytes]) -> FileResponse:
    response = FileResponse(file, as_attachment=True, filename=f"{_('志愿者名单')}.xlsx", content_type=SHEET)
    response.headers["Cache-Control"] = "no-store"
    return response
