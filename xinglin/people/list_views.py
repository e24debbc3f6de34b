"""The desk's list of volunteers: found by name, pinyin, number, phone, team, skill, gate or star, page by page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xinglin.accounts import queries as accounts
from xinglin.lib import clock
from xinglin.organisation import queries as organisation
from xinglin.people import queries, search
from xinglin.people.search_forms import SearchForm


@login_required
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """The volunteers whom this user may see, fifty a page."""
    organisation.demand(request.user, "see_people")
    units = organisation.units_where(request.user, "see_people").filter(closed_at__isnull=True).order_by("path")
    form, after, at = SearchForm(request.GET, units=units), request.GET.get("after", "")[:12], clock.now()
    asked = form.asked()
    reach = search.within(request.user, asked.unit)
    page = search.page_of(reach, asked, at=at, after=after)
    context = {
        "page": page,
        "rows": [{"volunteer": one, "phone": accounts.masked_phone(one.phone_sealed)} for one in page.rows],
        "form": form,
        "q": request.GET.get("q", ""),
        "after": after,
        "most": search.MOST_COUNTED,
        "may_print_card": organisation.may_anywhere(request.user, "print_card"),
    }
    if not after:
        has_all = not page.after
        context["count"] = len(page.rows) if has_all else search.counted(reach, asked, at=at)
    return render(request, "people/desk.html", context | queries.tabs(request.user))
