"""The exam on the phone: what to know, the questions, the result; and the bank of questions at the desk."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import assisting, for_them
from xinglin.people import queries as people
from xinglin.people.models import Exam, Question
from xinglin.people.vetting import errors, exams
from xinglin.people.vetting.forms import QuestionForm
from xinglin.people.vetting.views.own import UNREADABLE

PER_PAGE = 20


@login_required
@require_http_methods(["GET", "POST"])
def exam(request: HttpRequest) -> HttpResponse:
    """Begin, answer, hand in; a slip loses nothing that was chosen."""
    at, volunteer = clock.now(), people.volunteer_or_not_found(request.user)
    unit = _elsewhere(request)
    under_way = volunteer.exams.filter(finished_at__isnull=True).first()
    if request.method == "POST" and under_way is None:
        begun = exams.begin(volunteer=volunteer, unit=unit, at=at)
        return redirect(_page_of(begun, volunteer))
    if under_way is None:
        return render(request, "people/vetting/exam.html", _before(volunteer, unit))
    chosen = [_chosen(request, number) for number in range(len(under_way.questions))]
    error = ""
    if request.method == "POST":
        try:
            done = exams.hand_in(exam=under_way, answers=chosen, at=at)
        except errors.AnswersMissing as missing:
            error = str(missing)
        else:
            tell(request, _("考试通过了") if done.has_passed else _("这次差一点，看看讲解，随时再考"))
            return redirect(_page_of(done, volunteer))
    context = {"questions": _asked(under_way, chosen), "error": error, "exam": under_way}
    return render(request, "people/vetting/exam_paper.html", context, status=UNREADABLE if error else 200)


@login_required
@require_http_methods(["GET", "POST"])
def exam_for(request: HttpRequest, number: str) -> HttpResponse:
    """The same exam, read aloud at the desk to somebody without a telephone; who read it stands with it."""
    at, volunteer = clock.now(), for_them.chosen(request, number)
    assisting.demand_by(volunteer.person, by=request.user)
    unit, under_way = _elsewhere(request), volunteer.exams.filter(finished_at__isnull=True).first()
    here = reverse("people:exam_for", args=[number]) + (f"?unit={unit.code}" if unit is not None else "")
    context: dict[str, Any] = {"chosen": volunteer, "here": "people:desk", "unit": unit}
    if request.method == "POST" and under_way is None:
        exams.begin(volunteer=volunteer, unit=unit, read_by=request.user, at=at)
        return redirect(here)
    if under_way is None:
        return render(request, "people/vetting/exam_for.html", context | _before(volunteer, unit))
    answers = [_chosen(request, place) for place in range(len(under_way.questions))]
    error = ""
    if request.method == "POST":
        try:
            done = exams.hand_in(exam=under_way, answers=answers, read_by=request.user, at=at)
        except errors.AnswersMissing as missing:
            error = str(missing)
        else:
            tell(request, _("考试通过了") if done.has_passed else _("这次差一点，讲一讲再考"))
            return redirect(here)
    context |= {"questions": _asked(under_way, answers), "error": error, "exam": under_way}
    return render(request, "people/vetting/exam_for.html", context, status=UNREADABLE if error else 200)


@login_required
@require_http_methods(["GET", "POST"])
def bank(request: HttpRequest) -> HttpResponse:
    """The questions of my units; and a new one."""
    organisation.demand(request.user, "keep_vetting")
    units = organisation.units_where(request.user, "keep_vetting").filter(closed_at__isnull=True).order_by("path")
    form = QuestionForm(request.POST or None, units=units)
    if form.is_valid() and _added(request, form):
        tell(request, _("题目加进题库了"))
        return redirect("people:bank")
    page = Paginator(exams.bank_kept_by(request.user), PER_PAGE).get_page(request.GET.get("page"))
    common = [_said(question) for question in exams.bank_for(None).order_by("code")]
    context = {"form": form, "page_obj": page, "common": common, **people.tabs(request.user)}
    return render(request, "people/vetting/bank.html", context, status=UNREADABLE if form.errors else 200)


@login_required
@require_POST
def retire(request: HttpRequest, code: str) -> HttpResponse:
    """A question is not asked any more."""
    organisation.demand(request.user, "keep_vetting")
    found = exams.bank_kept_by(request.user).filter(code=code).first()
    if found is None:
        raise NotFound
    exams.retire_question(question=found, by=request.user, at=clock.now())
    tell(request, _("这道题不再出了"))
    return redirect("people:bank")


def _page_of(exam: Exam, volunteer: Any) -> str:
    """Where one reads how a try went: at another unit than one's own, the page says so."""
    address = reverse("people:exam")
    home = people.home_unit(volunteer.person)
    return address if exam.unit is None or exam.unit == home else f"{address}?unit={exam.unit.code}"


def _elsewhere(request: HttpRequest) -> Unit | None:
    """The unit where they would like to serve, if it is not their own."""
    code = request.GET.get("unit", "") or request.POST.get("unit", "")
    return organisation.open_units().filter(code=code[:12]).first() if code else None


def _before(volunteer: Any, unit: Unit | None) -> dict[str, Any]:
    """What to know, and how the last try at this unit went."""
    asked_by = unit or people.home_unit(volunteer.person)
    last = exams.last_of(volunteer, asked_by)
    said = map(_said, exams.bank_for(asked_by).order_by("code")[:PER_PAGE])
    context: dict[str, Any] = {"unit": unit, "points": [one["why"] for one in said if one["why"]]}
    if last is not None:
        asked = [
            {**_said(question), "answer": answer, "is_right": answer == question.right}
            for question, answer in zip(exams.questions_of(last), last.answers, strict=True)
        ]
        context |= {"last": last, "wrong": [one for one in asked if not one["is_right"]]}
    return context


def _asked(exam: Exam, chosen: list[int | None]) -> list[dict[str, Any]]:
    return [
        {**_said(question), "number": number, "chosen": answer}
        for number, (question, answer) in enumerate(zip(exams.questions_of(exam), chosen, strict=True))
    ]


def _said(question: Question) -> dict[str, Any]:
    """The question in the language of the page; a question without English is asked in Chinese."""
    is_english = (get_language() or "").startswith("en") and bool(question.text_en) and bool(question.choices_en)
    choices = question.choices_en if is_english else question.choices
    return {
        "code": question.code,
        "text": question.text_en if is_english else question.text,
        "choices": choices,
        "right": choices[question.right],
        "why": question.why_en if is_english else question.why,
    }


def _chosen(request: HttpRequest, number: int) -> int | None:
    typed = request.POST.get(f"answer-{number}", "")
    return int(typed) if typed in ("0", "1", "2", "3", "4", "5") else None


def _added(request: HttpRequest, form: QuestionForm) -> bool:
    try:
        exams.add_question(by=request.user, at=clock.now(), **form.said())
    except Refusal as refusal:
        form.hear(refusal)
        return False
    return True
