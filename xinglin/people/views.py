"""A person's own pages: applying, where the application stands, consents, the agreement, and 我的."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.accounts import queries as accounts
from xinglin.accounts.sessions import own_page
from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web import qr
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.people import actions, cards, queries, rules
from xinglin.people.forms import ApplyForm, SignForm, said_before
from xinglin.people.models import Application, DocumentText, Volunteer
from xinglin.people.vetting import progress, signing

UNREADABLE = 422


@login_required
@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """我的: who I am here, what I agreed to, how I want to see pages."""
    at = clock.now()
    person, volunteer = queries.person_of(request.user), queries.volunteer_of(request.user)
    context = {
        "person": person,
        "volunteer": volunteer,
        "teams": queries.teams_of(volunteer) if volunteer else [],
        "document": rules.masked_document(person.id_tail) if person else "",
        "phone": accounts.masked_phone_of(request.user),  # type: ignore[arg-type]  # signed in
        "application": queries.latest_application(person) if volunteer is None else None,
        "agreement": queries.agreement_of(volunteer, at=at) if volunteer else None,
        "is_staff": organisation.is_staff(request.user),
    }
    return render(request, "people/me.html", context)


@sensitive_post_parameters("id_number", "name")
@login_required
@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """A new person applies; whoever was asked back mends here what they had said."""
    at, person = clock.now(), queries.person_of(request.user)
    application = queries.latest_application(person)
    if queries.volunteer_of(request.user) or (application and application.state == Application.State.SUBMITTED):
        return redirect("people:me" if queries.volunteer_of(request.user) else "people:application_state")
    asked_back = application if application and application.state == Application.State.ASKED_BACK else None
    form = ApplyForm(
        request.POST or None,
        today=clock.local_day(at),
        known=person if asked_back else None,
        initial=_initial(request, application),
    )
    if form.is_valid() and _sent(request, form, asked_back, at=at):
        tell(request, _("已经交上去了，有结果会在首页告诉您"))
        return redirect("people:application_state")
    context = {
        "form": form,
        "asked_back": asked_back,
        "text": queries.text(DocumentText.Kind.PRIVACY, at=at),
        "words": words_of(queries.text(DocumentText.Kind.PRIVACY, at=at)),
        "teams": queries.units_to_apply_to().values_list("name", flat=True),
    }
    return render(request, "people/apply.html", context, status=UNREADABLE if form.errors else 200)


@login_required
@require_GET
def application_state(request: HttpRequest) -> HttpResponse:
    """Where my application stands, and what comes next."""
    person = queries.person_of(request.user)
    application = queries.latest_application(person)
    if application is None:
        return redirect("people:apply")
    volunteer = queries.volunteer_of(request.user)
    document = rules.masked_document(application.person.id_tail)
    context = {
        "application": application,
        "volunteer": volunteer,
        "document": document,
        "progress": progress.of(volunteer, at=clock.now()) if volunteer else None,
    }
    return render(request, "people/application_state.html", context)


@login_required
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """I take my application back."""
    application = queries.latest_application(queries.person_of(request.user))
    if application is None:
        raise NotFound
    actions.withdraw(application=application, at=clock.now())
    tell(request, _("申请已经撤回，想来的时候随时再申请"))
    return redirect("people:application_state")


@login_required
@require_http_methods(["GET", "POST"])
def agreement(request: HttpRequest) -> HttpResponse:
    """Read the agreement, sign it with one's own name, print it."""
    at, volunteer = clock.now(), queries.volunteer_or_not_found(request.user)
    text = queries.text(DocumentText.Kind.AGREEMENT, at=at)
    privacy = queries.text(DocumentText.Kind.PRIVACY, at=at)
    asks_consent = not queries.has_consented(volunteer.person, DocumentText.Kind.PRIVACY)
    asks_consent = asks_consent and not queries.is_child(volunteer.person, at=at)  # of a child, the guardian is asked
    versions = {"version": text.version, "privacy_version": privacy.version}
    form = SignForm(request.POST or None, asks_consent=asks_consent, initial=versions)
    if form.is_valid() and _signed(form, volunteer, at=at):
        tell(request, _("签好了，现在可以报名班次"))
        return redirect(own_page(request, request.POST.get("next")) or "people:agreement")
    signed = queries.agreement_of(volunteer, at=at)
    context = {
        "form": form,
        "text": text,
        "words": words_of(text),
        "signed": signed,
        "signer": signing.signer_of(signed) if signed else "",
        "privacy": privacy,
        "privacy_words": words_of(privacy),
        "next": own_page(request, request.POST.get("next") or request.GET.get("next")),
    }
    return render(request, "people/agreement.html", context, status=UNREADABLE if form.errors else 200)


@login_required
@require_GET
def agreement_paper(request: HttpRequest) -> HttpResponse:
    """The agreement as I signed it, on paper."""
    volunteer = queries.volunteer_or_not_found(request.user)
    signed = queries.agreement_of(volunteer, at=clock.now())
    if signed is None:
        raise NotFound
    context = {"signed": signed, "signer": signing.signer_of(signed), "text": signed.text, "volunteer": volunteer}
    context |= {"words": words_of(signed.text)}
    return render(request, "people/agreement_paper.html", context)


@login_required
@require_GET
def agreement_pdf(request: HttpRequest) -> HttpResponse:
    """My copy of the agreement, as a document."""
    at = clock.now()
    signed = queries.agreement_of(queries.volunteer_or_not_found(request.user), at=at)
    if signed is None:
        raise NotFound
    content = signing.as_pdf(signed, by=request.user, at=at)
    headers = {"Content-Disposition": 'attachment; filename="agreement.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def words_of(text: DocumentText) -> list[str]:
    """The paragraphs of a text in the language of the page; the Chinese one is what holds."""
    is_english = (get_language() or "").startswith("en") and text.text_en
    return [paragraph for paragraph in (text.text_en if is_english else text.text).split("\n\n") if paragraph.strip()]


def _sent(request: HttpRequest, form: ApplyForm, asked_back: Application | None, *, at: Any) -> bool:
    try:
        if asked_back:
            actions.answer_ask_back(application=asked_back, draft=form.draft(), at=at)
        else:
            actions.apply(user=request.user, draft=form.draft(), at=at)
    except Refusal as refusal:
        form.hear(refusal)
        return False
    return True


def _signed(form: SignForm, volunteer: Volunteer, *, at: Any) -> bool:
    said = {"privacy_version": None} | form.cleaned_data  # the drawing among it
    said.pop("agreed", None)
    try:
        signing.sign(volunteer=volunteer, at=at, **said)
    except Refusal as refusal:
        form.hear(refusal)
        return False
    return True


def _initial(request: HttpRequest, application: Application | None) -> dict[str, Any]:
    """What is known already: the last application, and the team from whose page or poster they come.

    Whoever was asked back mends what they had said: also to whom.
    """
    version = {"privacy_version": queries.text(DocumentText.Kind.PRIVACY, at=clock.now()).version}
    said = said_before(application) if application else {}
    if application and application.state == Application.State.ASKED_BACK:
        return said | version
    team = queries.units_to_apply_to().filter(code=request.GET.get("unit", "")[:12]).first()
    return said | ({"unit": team.name} if team else {}) | version


@login_required
@require_GET
def card(request: HttpRequest) -> HttpResponse:
    """One's own card on the screen, to show or to print."""
    volunteer = queries.volunteer_or_not_found(request.user)
    standing = cards.live_card(volunteer)
    context = {"volunteer": volunteer, "teams": queries.teams_of(volunteer), "card": standing}
    if standing is not None:
        address = request.build_absolute_uri(reverse("activities:card", args=[standing.token]))
        context["qr"] = qr.drawn(address, title=_("志愿者卡的二维码"))
    return render(request, "people/card.html", context | {"here": "people"})


@login_required
@require_POST
def new_card(request: HttpRequest) -> HttpResponse:
    """Make one's card."""
    cards.issue(volunteer=queries.volunteer_or_not_found(request.user), by=request.user, at=clock.now())
    return redirect("people:card")


@login_required
@require_POST
def lose_card(request: HttpRequest) -> HttpResponse:
    """The card is gone: it says nothing to anyone any more."""
    cards.void(volunteer=queries.volunteer_or_not_found(request.user), by=request.user, at=clock.now())
    tell(request, _("挂失了。旧卡扫不出是谁了，可以再做一张"))
    return redirect("people:card")
