"""A volunteer's own gates and papers on the phone: what is done, what is next, who does it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.people import leaving, licences
from xinglin.people import queries as people
from xinglin.people.models import DocumentText, Submission, Volunteer
from xinglin.people.vetting import files, progress, queries, submissions
from xinglin.people.vetting.forms import ComeBackForm, HandInForm, ReturnForm
from xinglin.people.views import words_of

What = Submission.What
BY_PHONE = (What.NO_RECORD, What.HEALTH, What.QUALIFICATION)
UNREADABLE = 422


@login_required
@require_GET
def gates(request: HttpRequest) -> HttpResponse:
    """上岗进度: every gate of my unit, with its day, who decided, and what I can do now."""
    at, volunteer = clock.now(), people.volunteer_or_not_found(request.user)
    context = {"volunteer": volunteer, "progress": progress.of(volunteer, at=at), "here": "people"}
    return render(request, "people/vetting/gates.html", context)


@login_required
@require_GET
def papers(request: HttpRequest) -> HttpResponse:
    """我的证书和材料: what counts, until when, and what I have handed in."""
    volunteer = people.volunteer_or_not_found(request.user)
    context = {
        "volunteer": volunteer,
        "qualifications": people.standing_licences(volunteer).order_by("kind"),
        "taken_back": queries.licences_taken_back(volunteer),
        "submissions": queries.own(volunteer)[:20],
        "today": clock.local_day(clock.now()),
        "here": "people",
    }
    return render(request, "people/vetting/papers.html", context)


@sensitive_post_parameters("number")
@login_required
@require_http_methods(["GET", "POST"])
def hand_in(request: HttpRequest, what: str) -> HttpResponse:
    """Hand in a paper: for a gate, or a licence."""
    at, volunteer = clock.now(), people.volunteer_or_not_found(request.user)
    if what not in BY_PHONE:
        raise NotFound
    text = people.text(DocumentText.Kind.HEALTH, at=at) if what == What.HEALTH else None
    asks_consent = text is not None and not people.has_consented(volunteer.person, DocumentText.Kind.HEALTH)
    form = HandInForm(
        what,
        request.POST or None,
        request.FILES or None,
        asks_consent=asks_consent,
        initial={"consent_version": text.version if text else ""},
    )
    if form.is_valid() and _handed_in(form, volunteer):
        tell(request, _("交上去了，有结果会在这里告诉您"))
        return redirect("people:papers" if what == What.QUALIFICATION else "people:gates")
    context: dict[str, Any] = {"form": form, "what": what, "said": What(what).label, "licences": licences.names()}
    context["text"] = text if asks_consent else None
    context["guardian_first"] = asks_consent and people.is_child(volunteer.person, at=at)
    context["words"] = words_of(text) if text is not None else []
    return render(request, "people/vetting/hand_in.html", context, status=UNREADABLE if form.errors else 200)


@login_required
@require_GET
def own_file(request: HttpRequest, code: str) -> HttpResponse:
    """What I handed in, as I handed it in."""
    found = _own(request, code)
    if found.file is None:
        raise NotFound
    return files.as_answer(found.file, files.look_at(found.file, by=request.user, at=clock.now()))


@login_required
@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """I take it back; the file is deleted at once."""
    submissions.withdraw(submission=_own(request, code), at=clock.now())
    tell(request, _("撤回了，文件已经删除"))
    return redirect("people:papers")


@login_required
@require_http_methods(["GET", "POST"])
def ask_to_return(request: HttpRequest) -> HttpResponse:
    """I was suspended, or have left, and would like to serve again."""
    volunteer = people.volunteer_or_not_found(request.user)
    form = _return_form(request, volunteer)
    if form.is_valid():
        submissions.ask_to_return(volunteer=volunteer, **form.cleaned_data, at=clock.now())
        tell(request, _("已经告诉队伍，有结果会在首页告诉您"))
        return redirect("people:me")
    waiting = [one for one in queries.open_ones(volunteer) if one.what == What.RETURN]
    context = {"form": form, "volunteer": volunteer, "waiting": waiting[0] if waiting else None}
    return render(request, "people/vetting/return.html", context, status=UNREADABLE if form.errors else 200)


def _return_form(request: HttpRequest, volunteer: Volunteer) -> ReturnForm:
    if volunteer.state != Volunteer.State.LEFT:
        return ReturnForm(request.POST or None)
    teams, last = people.units_to_apply_to(), leaving.last_team_of(volunteer)
    comes_from = teams.filter(code=request.GET.get("unit", "")[:12]).first() or last
    return ComeBackForm(request.POST or None, teams=teams, initial={"unit": comes_from and comes_from.code})


def _handed_in(form: HandInForm, volunteer: Volunteer) -> bool:
    try:
        submissions.hand_in(volunteer=volunteer, paper=form.paper(), at=clock.now())
    except Refusal as refusal:
        form.hear(refusal)
        return False
    return True


def _own(request: HttpRequest, code: str) -> Submission:
    found = queries.own(people.volunteer_or_not_found(request.user)).filter(code=code).first()
    if found is None:
        raise NotFound
    return found
