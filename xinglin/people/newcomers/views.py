"""The desk's page for somebody new who has no telephone."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from xinglin.lib import clock
from xinglin.lib.errors import NotAllowed, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.people import queries, rules
from xinglin.people.actions import Draft
from xinglin.people.care_forms import renewed
from xinglin.people.errors import RegisteredAlready
from xinglin.people.models import DocumentText
from xinglin.people.newcomers import registering
from xinglin.people.newcomers.forms import NewcomerForm
from xinglin.people.views import words_of

UNREADABLE = 422


@sensitive_post_parameters("id_number", "name", "consent_name")
@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Register somebody; whoever is here already is shown instead."""
    organisation.demand(request.user, registering.VERB)
    at = clock.now()
    units = organisation.units_where(request.user, registering.VERB).filter(closed_at__isnull=True)
    texts = [queries.text(kind, at=at) for kind in (DocumentText.Kind.PRIVACY, DocumentText.Kind.ASSISTANCE)]
    versions = {"privacy_version": texts[0].version, "version": texts[1].version}
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = NewcomerForm(*sent, units=units, today=clock.local_day(at), initial=versions)
    here: dict[str, Any] = {}
    if form.is_valid():
        draft = form.draft()
        try:
            made = registering.register(draft=draft, said=form.paper_said(), by=request.user, at=at)
        except NotAllowed:  # nothing typed can mend that
            raise
        except RegisteredAlready as refusal:
            form.hear(refusal)
            here = _here(request, draft)
        except Refusal as refusal:
            form.hear(refusal)
        else:
            facts = {"name": made.person.name, "number": made.number}
            tell(request, _("%(name)s登记好了，编号 %(number)s。志愿者卡和 PIN 设置条在这一页打印") % facts)
            return redirect("people:volunteer", made.number)
    renewed(form, versions, agreed=["agreed", "has_agreement"])
    context = {
        "form": form,
        "texts": [(text, words_of(text)) for text in texts],
        "units": units.order_by("path").values_list("name", flat=True),
        **here,
        **queries.tabs(request.user),
    }
    return render(request, "people/new_person.html", context, status=UNREADABLE if form.errors else 200)


def _here(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    """Who has this document, with nothing of it but the last four characters."""
    found = registering.known(draft=draft, by=request.user, at=clock.now())
    person = found.volunteer.person if found.volunteer else found.application.person if found.application else None
    if person is None:
        return {}
    return {
        "known": found,
        "known_person": person,
        "known_document": rules.masked_document(person.id_tail),
        "known_teams": queries.teams_of(found.volunteer) if found.volunteer else [],
    }
