"""Pages on which data are put right: one's own details on the phone; a volunteer's, and who they are, at the desk."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from xinglin.lib import clock
from xinglin.lib.errors import NotAllowed, NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.people import correcting, queries, rules, words
from xinglin.people.correcting_forms import DetailsForm, IdentityForm, identity_said
from xinglin.people.models import Person
from xinglin.people.phone_views import chosen_to_correct

WHO = "who"  # which of the desk's two forms was sent


@login_required
@require_http_methods(["GET", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """What I said of myself, to be changed; and what the desk changes, with the document."""
    person = queries.person_of(request.user)
    if person is None:
        raise NotFound
    form = _details_form(person, request.POST or None)
    if form.is_valid():
        changed = correcting.change_details(person=person, details=form.details(), by=request.user, at=clock.now())
        tell(request, _("改好了") if changed else _("和原来一样，没有要改的"))
        return redirect("people:details")
    context = {"form": form, **_known(person), "here": "people"}
    return render(request, "people/details.html", context, status=form.status)


@sensitive_post_parameters("name", "id_number", "born_on")
@login_required
@require_http_methods(["GET", "POST"])
def data_of(request: HttpRequest, number: str) -> HttpResponse:
    """The same of somebody who stands at the desk, and who they are as their document says."""
    chosen, at = chosen_to_correct(request, number), clock.now()
    person, sent, is_who = chosen.person, request.method == "POST", request.POST.get("what") == WHO
    details = _details_form(person, request.POST if sent and not is_who else None)
    who = IdentityForm(
        request.POST if sent and is_who else None, today=clock.local_day(at), initial=identity_said(person)
    )
    form: Any = who if is_who else details
    if form.is_valid():
        about: dict[str, Any] = {"person": person, "by": request.user, "at": at}
        try:
            if is_who:
                correcting.correct(**about, identity=who.identity(), **who.seen())
            else:
                correcting.change_details(**about, details=details.details())
        except NotAllowed:  # nothing typed can mend that
            raise
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("更正好了，本人会收到通知") if is_who else _("改好了"))
            return redirect("people:data_of", number)
    context = {"chosen": chosen, "details": details, "who": who, **_known(person), "here": "people:desk"}
    return render(request, "people/data_desk.html", context, status=form.status if sent else 200)


def _details_form(person: Person, data: Any) -> DetailsForm:
    is_volunteer = hasattr(person, "volunteer")
    return DetailsForm(data, is_volunteer=is_volunteer, initial=vars(correcting.details_of(person)))


def _known(person: Person) -> dict[str, Any]:
    return {
        "person": person,
        "document": rules.masked_document(person.id_tail),
        "document_kind": words.said("id_document", person.id_kind),
        "changes": correcting.changes_of(person),
    }
