"""个人信息与同意: what somebody said yes to, on the phone, for one's child, and at the desk on paper."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.people import consenting, for_them, guardians, queries
from xinglin.people.care_forms import ConsentPaperForm, renewed
from xinglin.people.models import Consent, DocumentText, Guardianship, Person, Volunteer
from xinglin.people.vetting import progress
from xinglin.people.views import words_of


@dataclass(frozen=True)
class Purpose:
    """One thing that somebody says yes or no to: the text of today, and how they stand to it."""

    text: DocumentText
    words: list[str]
    consent: Consent | None
    is_withdrawn: bool


def purposes_of(person: Person, *, at: dt.datetime) -> list[Purpose]:
    """All of them, in the order of the page."""
    return [purpose_of(person, kind, at=at) for kind in consenting.PURPOSES]


def purpose_of(person: Person, kind: str, *, at: dt.datetime) -> Purpose:
    """How a person stands to one of them."""
    text, consent = queries.text(kind, at=at), queries.consent_of(person, kind)
    return Purpose(text, words_of(text), consent, consent is None and queries.has_withdrawn(person, kind))


# One's own ------------------------------------------------------------------------------------------------------------


@login_required
@require_GET
def consents(request: HttpRequest) -> HttpResponse:
    """What I said yes to; each can be given and taken back."""
    at, person = clock.now(), _person_or_not_found(request)
    context = {
        "purposes": purposes_of(person, at=at),
        "is_child": queries.is_child(person, at=at),
        "children": list(guardians.children_of(person)),
        "guardian_text": queries.text(DocumentText.Kind.GUARDIAN, at=at),
    }
    return render(request, "people/consents.html", context)


@login_required
@require_POST
def change_consent(request: HttpRequest, kind: str) -> HttpResponse:
    """Say yes, or take it back: one press each."""
    at, person = clock.now(), _person_or_not_found(request)
    if kind not in consenting.PURPOSES:
        raise NotFound
    if request.POST.get("give"):
        consenting.give(person=person, kind=kind, at=at)
        tell(request, _("已经记下您的同意"))
    else:
        consenting.withdraw(person=person, kind=kind, at=at)
        tell(request, _("已经撤回，马上生效"))
    return redirect("people:consents")


def _person_or_not_found(request: HttpRequest) -> Person:
    person = queries.person_of(request.user)
    if person is None:
        raise NotFound
    return person


# A child's ------------------------------------------------------------------------------------------------------------


@login_required
@require_GET
def of_child(request: HttpRequest, code: str) -> HttpResponse:
    """For the guardian: what is kept of the child and on whose word, and which gates are open."""
    row, at = _ward(request, code), clock.now()
    volunteer = Volunteer.objects.filter(person=row.child).select_related("person").first()
    context = {
        "row": row,
        "purposes": purposes_of(row.child, at=at),
        "is_child": queries.is_child(row.child, at=at),
        "progress": progress.of(volunteer, at=at) if volunteer is not None else None,
        "here": "people",
    }
    return render(request, "people/child_consents.html", context)


@login_required
@require_POST
def change_of_child(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The guardian says yes for a child under 14, or takes it back: one press each."""
    row, at = _ward(request, code), clock.now()
    if kind not in consenting.PURPOSES:
        raise NotFound
    if request.POST.get("give"):
        consenting.give_for(guardianship=row, kind=kind, version=request.POST.get("version", ""), at=at)
        tell(request, _("已经记下您的同意"))
    else:
        consenting.withdraw_for(guardianship=row, kind=kind, at=at)
        tell(request, _("已经撤回，马上生效"))
    return redirect("people:child_consents", code)


def _ward(request: HttpRequest, code: str) -> Guardianship:
    row = guardians.children_of(_person_or_not_found(request)).filter(code=code).first()
    if row is None:
        raise NotFound
    return row


# At the desk ----------------------------------------------------------------------------------------------------------


@login_required
@require_GET
def of_volunteer(request: HttpRequest, number: str) -> HttpResponse:
    """What a volunteer said yes to, on the phone or on which paper."""
    return _desk_page(request, for_them.chosen(request, number), None, of="")


@login_required
@require_POST
def change_of_volunteer(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Enter what somebody signed on paper, or that they said here that they consent no longer."""
    chosen, at = for_them.chosen(request, number), clock.now()
    if kind not in consenting.PURPOSES:
        raise NotFound
    if not request.POST.get("give"):
        consenting.withdraw_at_desk(person=chosen.person, kind=kind, by=request.user, at=at)
        tell(request, _("已经撤回，马上生效"))
        return redirect("people:consents_of", number)
    form = ConsentPaperForm(request.POST)
    if form.is_valid():
        try:
            consenting.enter(person=chosen.person, kind=kind, by=request.user, at=at, **form.cleaned_data)
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("记下了"))
            return redirect("people:consents_of", number)
    return _desk_page(request, chosen, form, of=kind)


def _desk_page(request: HttpRequest, chosen: Volunteer, sent: ConsentPaperForm | None, *, of: str) -> HttpResponse:
    lines = []
    for purpose in purposes_of(chosen.person, at=clock.now()):
        versions = {"version": purpose.text.version}
        form = sent if sent is not None and purpose.text.kind == of else ConsentPaperForm(initial=versions)
        form.auto_id = f"{purpose.text.kind}_%s"  # it stands beside its like
        renewed(form, versions)
        lines.append((purpose, form))
    context: dict[str, Any] = {
        "chosen": chosen,
        "lines": lines,
        "is_child": queries.is_child(chosen.person, at=clock.now()),
        "is_oneself": chosen.person.user_id == request.user.pk,
        "here": "people:desk",
    }
    return render(request, "people/consents_of.html", context, status=sent.status if sent is not None else 200)
