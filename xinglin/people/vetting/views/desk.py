"""The reviewer's pages: one volunteer's gates, opened and shut by hand, and the papers that were handed in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.lib import clock
from xinglin.lib.errors import NotAllowed, NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.people import actions, consenting
from xinglin.people import queries as people
from xinglin.people.care_forms import renewed
from xinglin.people.consent_views import Purpose, purpose_of
from xinglin.people.models import DocumentText, Volunteer
from xinglin.people.vetting import files, progress, queries, signing, submissions
from xinglin.people.vetting import gates as vetting
from xinglin.people.vetting.forms import OpenGateForm, ShutGateForm


@login_required
@require_http_methods(["GET", "POST"])
def gates(request: HttpRequest, number: str) -> HttpResponse:
    """Where a volunteer stands; and for whoever brings a paper to the desk, the gate is opened here."""
    chosen, form = _decided(request, number), None
    if request.method == "POST":
        form = _open_form(_health(chosen), request.POST)
        if form.is_valid() and _registered(request, form, chosen):
            return redirect("people:gates_of", number)
    return _page(request, chosen, form=form)


@login_required
@require_POST
def shut_gate(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Take a gate back, with the reason."""
    chosen, form = _decided(request, number), ShutGateForm(request.POST)
    if form.is_valid():
        vetting.shut_gate(
            volunteer=chosen, kind=kind, reason=form.cleaned_data["reason"], by=request.user, at=clock.now()
        )
        tell(request, _("已经收回，要求这一关的班次暂时不能报"))
        return redirect("people:gates_of", number)
    return _page(request, chosen, shut_form=form)


@login_required
@require_POST
def end_licence(request: HttpRequest, number: str, licence: int) -> HttpResponse:
    """Take a licence back, with the reason."""
    chosen, form = _decided(request, number), ShutGateForm(request.POST)
    found = chosen.qualifications.filter(pk=licence).first()
    if found is None:
        raise NotFound
    if form.is_valid():
        actions.end_qualification(
            qualification=found, reason=form.cleaned_data["reason"], by=request.user, at=clock.now()
        )
        tell(request, _("已经收回，要这张证书的岗位不能再报"))
        return redirect("people:gates_of", number)
    return _page(request, chosen, shut_form=form)


@login_required
@require_GET
def agreement(request: HttpRequest, number: str) -> HttpResponse:
    """The unit's copy of the agreement that a volunteer has signed."""
    at = clock.now()
    signed = people.agreement_of(_decided(request, number), at=at)
    if signed is None:
        raise NotFound
    content = signing.as_pdf(signed, by=request.user, at=at)
    headers = {"Content-Disposition": 'attachment; filename="agreement.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@login_required
@require_GET
def file(request: HttpRequest, code: str) -> HttpResponse:
    """A paper that waits for, or had, my decision. That I looked stands in the trail."""
    organisation.demand(request.user, "decide_gate")
    found = queries.decided_by(request.user).filter(code=code).first()
    if found is None or found.file is None:
        raise NotFound
    return files.as_answer(found.file, files.look_at(found.file, by=request.user, at=clock.now()))


def _registered(request: HttpRequest, form: OpenGateForm, chosen: Volunteer) -> bool:
    try:
        waits = submissions.register(volunteer=chosen, paper=form.paper(), by=request.user, at=clock.now())
    except NotAllowed:  # nothing typed can mend that
        raise
    except Refusal as refusal:
        form.hear(refusal)
        return False
    tell(request, _("已经登记") if waits is None else _("您的同意记下了，还要第二个人同意才算"))
    return True


def _health(chosen: Volunteer) -> Purpose:
    """How they stand to the text on health."""
    return purpose_of(chosen.person, DocumentText.Kind.HEALTH, at=clock.now())


def _open_form(health: Purpose, sent: Any = None) -> OpenGateForm:
    """With a place for the consent on paper, while there is none."""
    versions = {"consent_version": health.text.version}
    form = OpenGateForm(sent, asks_consent=health.consent is None, initial=versions)
    if health.consent is None:
        renewed(form, versions)
    return form


def _page(
    request: HttpRequest,
    chosen: Volunteer,
    *,
    form: OpenGateForm | None = None,
    shut_form: ShutGateForm | None = None,
) -> HttpResponse:
    """The page as it stands, or with what a form that was sent got wrong."""
    at, health = clock.now(), _health(chosen)
    context = {
        "chosen": chosen,
        "health": health,
        "enters_consents": organisation.may_anywhere(request.user, consenting.VERB),
        "progress": progress.of(chosen, at=at),
        "signed": people.agreement_of(chosen, at=at),
        "standing": vetting.standing_gates(chosen),
        "licences": people.standing_licences(chosen).select_related("checked_by").order_by("kind"),
        "licences_taken_back": queries.licences_taken_back(chosen),
        "waiting": queries.open_ones(chosen),
        "history": vetting.ended_gates(chosen),
        "today": clock.local_day(at),
        "is_oneself": chosen.person.user_id == request.user.pk,
        "form": form or _open_form(health),
        "shut_form": shut_form or ShutGateForm(),
    }
    is_refused = form is not None or shut_form is not None
    return render(request, "people/vetting/gates_of.html", context, status=422 if is_refused else 200)


def _decided(request: HttpRequest, number: str) -> Volunteer:
    organisation.demand(request.user, "decide_gate")
    chosen = people.members_where(request.user, "decide_gate").filter(number=number).first()
    if chosen is None:
        raise NotFound
    return chosen
