"""The desk's pages about people: the list of volunteers, one volunteer, the applications that wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.accounts import actions as accounts_actions
from xinglin.accounts import queries as accounts
from xinglin.accounts.models import User
from xinglin.lib import clock
from xinglin.lib.errors import NotAllowed, NotFound, Refusal
from xinglin.lib.web import qr
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.people import actions, birthdays, cards, leaving, licences, phones, queries, rules, scopes, words
from xinglin.people.errors import NoneChosen
from xinglin.people.forms import BirthdayForm, QualificationForm, ReasonForm, SuspendForm
from xinglin.people.models import Application, DocumentText, Submission, Volunteer
from xinglin.people.vetting import queries as vetting
from xinglin.people.vetting import submissions

PER_PAGE = 50
CARDS_A_SHEET = 10  # 85 × 54 mm, two by five on A4


@login_required
@require_GET
def volunteer(request: HttpRequest, number: str) -> HttpResponse:
    """One volunteer: who, where, since when, with which papers."""
    organisation.demand(request.user, "see_people")
    chosen = queries.volunteer_seen_by(request.user, number)
    return _volunteer_page(request, chosen, QualificationForm(), SuspendForm())


@login_required
@require_POST
def add_qualification(request: HttpRequest, number: str) -> HttpResponse:
    """Register a paper that was seen."""
    chosen, form = _edited(request, number), QualificationForm(request.POST)
    if form.is_valid() and _heard(
        form, submissions.register_licence, volunteer=chosen, by=request.user, at=clock.now(), **form.cleaned_data
    ):
        tell(request, _told(chosen, Submission.What.QUALIFICATION, _("证书已经登记")))
        return redirect("people:volunteer", number)
    return _volunteer_page(request, chosen, form, SuspendForm(), status=422)


@login_required
@require_POST
def add_birthday(request: HttpRequest, number: str) -> HttpResponse:
    """Whoever came by a list without a birthday shows the document."""
    chosen, form = _edited(request, number), BirthdayForm(request.POST)
    if form.is_valid() and _heard(
        form, birthdays.register, person=chosen.person, by=request.user, at=clock.now(), **form.cleaned_data
    ):
        tell(request, _("出生日期登记好了，可以报名了"))
        return redirect("people:volunteer", number)
    return _volunteer_page(request, chosen, QualificationForm(), SuspendForm(), birthday=form, status=422)


@login_required
@require_POST
def suspend(request: HttpRequest, number: str) -> HttpResponse:
    """Take somebody off duty for a while, with the reason."""
    chosen, form = _edited(request, number), SuspendForm(request.POST)
    if form.is_valid():
        try:
            volunteer = actions.suspend(volunteer=chosen, by=request.user, at=clock.now(), **form.cleaned_data)
        except NotAllowed:  # nothing typed can mend that
            raise
        except Refusal as refusal:
            form.hear(refusal)
        else:
            _tell_suspended(request, volunteer)
            return redirect("people:volunteer", number)
    return _volunteer_page(request, chosen, QualificationForm(), form, status=422)


@login_required
@require_POST
def resume(request: HttpRequest, number: str) -> HttpResponse:
    """Back on duty."""
    chosen = _edited(request, number)
    submissions.resume(volunteer=chosen, by=request.user, at=clock.now())
    tell(request, _told(chosen, Submission.What.RETURN, _("已恢复在岗")))
    return redirect("people:volunteer", number)


@login_required
@require_http_methods(["GET", "POST"])
def slip(request: HttpRequest, number: str) -> HttpResponse:
    """Print the slip with which a volunteer without text messages sets the first PIN. The code is shown this once."""
    organisation.demand(request.user, "print_pin_slip")
    chosen = _one(queries.members_where(request.user, "print_pin_slip"), number)
    if request.method == "GET":  # only a press makes a slip: looking must not put the last one out of use
        return redirect("people:volunteer", number)
    phones.refuse_above(chosen.person, by=request.user, at=clock.now())
    code = accounts_actions.print_slip(user=chosen.person.user, printed_by=_signed_in(request), at=clock.now())
    return render(request, "people/slip.html", {"volunteer": chosen, "code": code})


@login_required
@require_POST
def print_cards(request: HttpRequest) -> HttpResponse:
    """Cards of a selection, ten on a sheet. Only a press makes one."""
    organisation.demand(request.user, "print_card")
    wanted = request.POST.getlist("number")[: cards.MOST_AT_ONCE]
    mine = queries.members_where(request.user, "print_card")
    volunteers = list(queries.with_teams(mine.filter(number__in=wanted)).order_by("number"))
    if not volunteers:
        raise NoneChosen
    made = cards.issue_many(volunteers=volunteers, by=request.user, at=clock.now())
    shown = [
        {"volunteer": volunteer, "qr": _card_code(request, card.token)}
        for volunteer, card in zip(volunteers, made, strict=True)
    ]
    sheets = [shown[start : start + CARDS_A_SHEET] for start in range(0, len(shown), CARDS_A_SHEET)]
    return render(request, "people/cards.html", {"sheets": sheets, "count": len(shown)})


@login_required
@require_POST
def void_card(request: HttpRequest, number: str) -> HttpResponse:
    """A card is lost."""
    organisation.demand(request.user, "print_card")
    chosen = _one(queries.members_where(request.user, "print_card"), number)
    cards.void(volunteer=chosen, by=request.user, at=clock.now())
    tell(request, _("挂失了，旧卡扫不出是谁了"))
    return redirect("people:volunteer", number)


def _card_code(request: HttpRequest, token: str) -> str:
    return qr.drawn(request.build_absolute_uri(reverse("activities:card", args=[token])), title=_("志愿者卡的二维码"))


@login_required
@require_GET
def applications(request: HttpRequest) -> HttpResponse:
    """What waits; the first of it opens at once."""
    organisation.demand(request.user, "decide_application")
    return _applications_page(request, None)


@login_required
@require_GET
def application(request: HttpRequest, code: str) -> HttpResponse:
    """One application beside the list of those that wait."""
    return _applications_page(request, _decidable(request, code))


@login_required
@require_POST
def approve(request: HttpRequest, code: str) -> HttpResponse:
    """Take the applicant in."""
    taken_in = actions.approve(application=_decidable(request, code), by=request.user, at=clock.now())
    tell(request, _("已通过，志愿者编号 %(number)s") % {"number": taken_in.number})
    return redirect("people:applications")


@login_required
@require_POST
def ask_back(request: HttpRequest, code: str) -> HttpResponse:
    """Ask the applicant to mend something."""
    return _decide_with_reason(request, code, actions.ask_back, _("已请申请人补充"))


@login_required
@require_POST
def refuse(request: HttpRequest, code: str) -> HttpResponse:
    """Say no, with the reason."""
    return _decide_with_reason(request, code, actions.refuse, _("已回复申请人，这次没有通过"))


@login_required
@require_POST
def reopen(request: HttpRequest, code: str) -> HttpResponse:
    """Take back a decision of the last minutes."""
    actions.reopen(application=_decidable(request, code), by=request.user, at=clock.now())
    tell(request, _("已撤销，申请回到待审核"))
    return redirect("people:application", code)


def _decide_with_reason(request: HttpRequest, code: str, verb: Callable[..., Any], sentence: str) -> HttpResponse:
    chosen, form = _decidable(request, code), ReasonForm(request.POST)
    if form.is_valid() and _heard(form, verb, application=chosen, by=request.user, at=clock.now(), **form.cleaned_data):
        tell(request, sentence, undo_url=reverse("people:reopen", args=[code]))
        return redirect("people:applications")
    return _applications_page(request, chosen, form, status=422)


def _tell_suspended(request: HttpRequest, volunteer: Any) -> None:
    """Places that were given back do not come again with an undo: somebody else may have them by then."""
    if volunteer.given_back:
        said = _("已暂停，还没开始的 %(count)s 个班次替他们退掉了，本人和带队人收到通知")
        tell(request, said % {"count": volunteer.given_back})
    else:
        undo_url = reverse("people:resume", args=[volunteer.number])
        tell(request, _("已暂停，恢复以前不能报名班次"), undo_url=undo_url)


def _told(chosen: Volunteer, what: str, done: str) -> str:
    """It is done, or waits for the second person where two must decide."""
    waits = any(one.what == what for one in vetting.open_ones(chosen))
    return _("您的同意记下了，还要第二个人同意才算") if waits else done


def _heard(form: Any, verb: Callable[..., Any], **what: Any) -> bool:
    """Did the action go through? Otherwise the form says why, with everything typed still in it."""
    try:
        verb(**what)
    except NotAllowed:  # nothing typed can mend that
        raise
    except Refusal as refusal:
        form.hear(refusal)
        return False
    return True


def _applications_page(
    request: HttpRequest, chosen: Application | None, form: ReasonForm | None = None, *, status: int = 200
) -> HttpResponse:
    page = Paginator(queries.waiting_applications(request.user), PER_PAGE).get_page(request.GET.get("page"))
    chosen = chosen or next(iter(page), None)
    context: dict[str, Any] = {"page_obj": page, "chosen": chosen, "form": form or ReasonForm()}
    if chosen:
        context |= queries.looked_at(chosen, at=clock.now())
        is_theirs = scopes.may(request.user, "assist_people", chosen.person) and chosen.person.erased_at is None
        context["may_erase"] = is_theirs and chosen.person.user_id != request.user.pk
    return render(request, "people/applications.html", context | queries.tabs(request.user), status=status)


def _volunteer_page(
    request: HttpRequest,
    chosen: Volunteer,
    qualification: QualificationForm,
    reason: SuspendForm,
    *,
    birthday: BirthdayForm | None = None,
    status: int = 200,
) -> HttpResponse:
    at, person, privacy = clock.now(), chosen.person, DocumentText.Kind.PRIVACY
    consent = queries.consent_of(person, privacy)
    context = {
        "chosen": chosen,
        "person": person,
        "here": "people:desk",
        "age": rules.age_on(person.born_on, on=clock.local_day(at)) if person.born_on else None,
        "document": rules.masked_document(person.id_tail),
        "document_kind": words.said("id_document", person.id_kind),
        "phone": accounts.masked_phone_of(person.user),
        "teams": queries.teams_of(chosen),
        "last_team": leaving.last_team_of(chosen) if chosen.state == Volunteer.State.LEFT else None,
        "agreement": queries.agreement_of(chosen, at=at),
        "consent": consent,
        "is_withdrawn": consent is None and queries.has_withdrawn(person, privacy),
        "specialities": words.all_said("speciality", chosen.specialities),
        "half_days": words.all_said("availability_half_day", chosen.half_days),
        "qualifications": queries.standing_licences(chosen).select_related("checked_by").order_by("kind"),
        "licences": licences.names(),
        "today": clock.local_day(at),
        "card": cards.live_card(chosen),
        "sees_records": organisation.may_anywhere(request.user, "confirm_record"),
        "may_print_card": organisation.may_anywhere(request.user, "print_card"),
        "may_correct": phones.may_correct(person, by=request.user, at=at),
        "may_edit": person.user_id != request.user.pk
        and queries.volunteers_edited_by(request.user).filter(pk=chosen.pk).exists(),
        "may_erase_left": chosen.state == Volunteer.State.LEFT
        and person.erased_at is None
        and scopes.may(request.user, "assist_people", person),
        "birthday_form": birthday or BirthdayForm(),
        "qualification_form": qualification,
        "reason_form": reason,
    }
    return render(request, "people/volunteer.html", context | queries.tabs(request.user), status=status)


def _edited(request: HttpRequest, number: str) -> Volunteer:
    organisation.demand(request.user, "edit_people")
    return _one(queries.volunteers_edited_by(request.user), number)


def _signed_in(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "login_required has let nobody else in"
    return request.user


def _one(volunteers: Any, number: str) -> Volunteer:
    chosen = volunteers.filter(number=number).first()
    if chosen is None:
        raise NotFound
    return chosen  # type: ignore[no-any-return]


def _decidable(request: HttpRequest, code: str) -> Application:
    organisation.demand(request.user, "decide_application")
    chosen = queries.applications_decided_by(request.user).filter(code=code).first()
    if chosen is None:
        raise NotFound
    return chosen
