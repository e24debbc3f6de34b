"""The log at the desk: how it stands, who receives the checkpoints, and a proof of any transfer."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xinglin.audit import queries as audit
from xinglin.lib import clock
from xinglin.lib.web.toast import tell
from xinglin.notices import sending as outbox
from xinglin.organisation import queries as organisation
from xinglin.transparency import actions, queries
from xinglin.transparency.forms import RecipientForm


@require_GET
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """For whoever may see the ledger."""
    organisation.demand(request.user, "see_ledger", organisation.root_unit())
    return _shown(request, RecipientForm())


@require_GET
@login_required
def proof(request: HttpRequest) -> HttpResponse:
    """The proof of a transfer by its key, such as record:8F3KQ2TM."""
    found = queries.proof_of(queries.any_row(request.user, request.GET.get("key", "")))
    text = json.dumps(found.bundle, ensure_ascii=False, indent=1) + "\n"
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="proof-{found.index}.json"'
    return answer


@require_POST
@login_required
def add(request: HttpRequest) -> HttpResponse:
    organisation.demand(request.user, "name_auditors", organisation.root_unit())
    form = RecipientForm(request.POST)
    if not form.is_valid():
        return _shown(request, form)
    actions.add_recipient(by=request.user, at=clock.now(), **form.cleaned_data)
    tell(request, _("已加上，每天早上九点后寄一份"))
    return redirect("transparency:desk")


@require_POST
@login_required
def remove(request: HttpRequest, code: str) -> HttpResponse:
    actions.remove_recipient(code=code, by=request.user, at=clock.now())
    tell(request, _("已去掉，以后不再寄"))
    return redirect("transparency:desk")


def _shown(request: HttpRequest, form: RecipientForm) -> HttpResponse:
    facts: dict[str, Any] = {
        "latest": audit.latest(),
        "keys": audit.key_lines(),
        "recipients": [(each, queries.masked_address_of(each)) for each in queries.recipients()],
        "may_name": organisation.may_anywhere(request.user, "name_auditors"),
        "is_mail_on": outbox.has_mail(),
        "form": form,
        "here": "transparency:desk",
    }
    return render(request, "transparency/desk.html", facts, status=422 if form.errors else 200)
