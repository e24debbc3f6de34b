"""The desk's page about who decides for somebody, and who is helped by the staff: guardians and assistance."""

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
from xinglin.people import asking, assisting, for_them, guardians, queries
from xinglin.people.care_forms import AgreementPaperForm, AssistanceForm, GuardianForm, GuardianPaperForm, renewed
from xinglin.people.errors import NoSuchVolunteer
from xinglin.people.models import AskedTie, DocumentText, Guardianship, Volunteer
from xinglin.people.relation_views import said_of
from xinglin.people.vetting import files
from xinglin.people.views import words_of


@login_required
@require_GET
def care(request: HttpRequest, number: str) -> HttpResponse:
    """Both, with what stands."""
    return _page(request, for_them.chosen(request, number), GuardianForm(), None)


@login_required
@require_POST
def add_guardian(request: HttpRequest, number: str) -> HttpResponse:
    """Register who decides for a minor; they say yes on their own phone."""
    chosen, form = for_them.chosen(request, number), GuardianForm(request.POST)
    if form.is_valid():
        said = form.said()
        try:
            known = Volunteer.objects.filter(number=said.pop("number"), person__erased_at__isnull=True)
            guardian = known.select_related("person__user").first()
            if guardian is None:
                raise NoSuchVolunteer(number=form.said()["number"])
            made = asking.guard(child=chosen.person, guardian=guardian.person, by=request.user, at=clock.now(), **said)
        except NotAllowed:  # nothing typed can mend that
            raise
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, said_of(made))
            return redirect("people:care", number)
    return _page(request, chosen, form, None)


@login_required
@require_POST
def end_guardian(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """They decide no longer."""
    guardians.end(guardianship=_guardian(for_them.chosen(request, number), code), by=request.user, at=clock.now())
    tell(request, _("已经结束"))
    return redirect("people:care", number)


@login_required
@require_POST
def take_back(request: HttpRequest, number: str, asked: str) -> HttpResponse:
    """Nobody need answer any more whether they are the guardian."""
    found = (
        asking.waiting_of(for_them.chosen(request, number).person, AskedTie.What.GUARDIAN).filter(code=asked).first()
    )
    if found is None:
        raise NotFound
    asking.take_back(asked=found, by=request.user, at=clock.now())
    tell(request, _("已经收回"))
    return redirect("people:care", number)


@login_required
@require_POST
def enter_consent(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """A guardian signed on paper."""
    chosen, form = for_them.chosen(request, number), GuardianPaperForm(request.POST)
    row = _guardian(chosen, code)
    if form.is_valid():
        try:
            guardians.consent(guardianship=row, by=request.user, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("记下了，孩子可以报名"))
            return redirect("people:care", number)
    return _page(request, chosen, GuardianForm(), None, on_paper=form, of=row)


@login_required
@require_POST
def withdraw_consent(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """A guardian says at the desk that they consent no longer."""
    row = _guardian(for_them.chosen(request, number), code)
    guardians.withdraw_consent(guardianship=row, by=request.user, at=clock.now())
    tell(request, _("已经撤回，马上生效；还没有开始的班次退掉了"))
    return redirect("people:care", number)


@login_required
@require_POST
def add_assistance(request: HttpRequest, number: str) -> HttpResponse:
    """Write down who consented that staff acts for them."""
    chosen, form = for_them.chosen(request, number), AssistanceForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            assisting.register(person=chosen.person, said=form.paper_said(), by=request.user, at=clock.now())
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("登记好了，可以替他报名"))
            return redirect("people:care", number)
    return _page(request, chosen, GuardianForm(), form)


@login_required
@require_POST
def end_assistance(request: HttpRequest, number: str) -> HttpResponse:
    """They act for themselves again."""
    standing = assisting.standing(for_them.chosen(request, number).person)
    if standing is None:
        raise NotFound
    assisting.end(assistance=standing, by=request.user, at=clock.now())
    tell(request, _("已经结束"))
    return redirect("people:care", number)


@login_required
@require_GET
def assistance_file(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """The paper on which somebody consented; whoever opens it stands in the trail."""
    found = assisting.with_file(for_them.chosen(request, number).person).filter(code=code).first()
    if found is None or found.file is None:
        raise NotFound
    return files.as_answer(found.file, files.look_at(found.file, by=request.user, at=clock.now()))


@login_required
@require_http_methods(["GET", "POST"])
def agreement(request: HttpRequest, number: str) -> HttpResponse:
    """The service agreement was signed on paper, later than the assistance, or its next version."""
    chosen, at = for_them.chosen(request, number), clock.now()
    assistance = assisting.demand_by(chosen.person, by=request.user)
    text = queries.text(DocumentText.Kind.AGREEMENT, at=at)
    form = AgreementPaperForm(request.POST or None, initial={"version": text.version})
    if form.is_valid():
        try:
            assisting.sign_agreement(person=chosen.person, by=request.user, at=at, **form.cleaned_data)
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("服务协议登记好了，可以报名班次"))
            return redirect("people:care", number)
    renewed(form, {"version": text.version})
    context = {
        "chosen": chosen,
        "form": form,
        "text": text,
        "words": words_of(text),
        "signed": queries.agreement_of(chosen, at=at),
        "signs": assisting.consented_by(assistance),
        "capacity": assistance.get_capacity_display(),
        "here": "people:desk",
    }
    return render(request, "people/agreement_for.html", context, status=form.status if form.is_bound else 200)


def _page(
    request: HttpRequest,
    chosen: Volunteer,
    guardian: GuardianForm,
    helped: AssistanceForm | None,
    *,
    on_paper: GuardianPaperForm | None = None,
    of: Guardianship | None = None,
) -> HttpResponse:
    at, standing = clock.now(), assisting.standing(chosen.person)
    text = queries.text(DocumentText.Kind.ASSISTANCE, at=at)
    helped = helped or AssistanceForm(initial={"version": text.version})
    for_guardians = queries.text(DocumentText.Kind.GUARDIAN, at=at)
    on_paper = on_paper or GuardianPaperForm(initial={"version": for_guardians.version})
    renewed(helped, {"version": text.version}, agreed=["has_agreement"])
    renewed(on_paper, {"version": for_guardians.version})
    rows = list(guardians.guardians_of(chosen.person))
    known = asking.named([row.guardian for row in rows], of=chosen.person, by=request.user, verb=asking.GUARD)
    waiting = asking.waiting_of(chosen.person, AskedTie.What.GUARDIAN)
    context: dict[str, Any] = {
        "chosen": chosen,
        "is_minor": guardians.is_minor(chosen.person, at=at),
        "guardians": rows,
        "named": known,
        "waiting": [asking.Question(row, asking.said(row)) for row in waiting],
        "assistance": standing,
        "consented_by": assisting.consented_by(standing) if standing else "",
        "kept_files": assisting.with_file(chosen.person).order_by("-registered_at"),
        "text": text,
        "words": words_of(text),
        "for_guardians": for_guardians,
        "guardians_words": words_of(for_guardians),
        "paper_form": on_paper,
        "paper_of": of,
        "guardian_form": guardian,
        "assistance_form": helped,
        "here": "people:desk",
    }
    status = max(form.status if form.is_bound else 200 for form in (guardian, helped, on_paper))
    return render(request, "people/care.html", context, status=status)


def _guardian(chosen: Volunteer, code: str) -> Guardianship:
    row = guardians.guardians_of(chosen.person).filter(code=code).first()
    if row is None:
        raise NotFound
    return row
