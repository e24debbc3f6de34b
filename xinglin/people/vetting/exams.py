"""防护培训与考试: questions drawn from the bank, answered on the phone; enough right ones open the gate."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from xinglin.audit import actions as audit
from xinglin.lib import clock
from xinglin.organisation import queries as organisation
from xinglin.organisation import rules as organisation_rules
from xinglin.organisation.models import Unit
from xinglin.people import assisting
from xinglin.people import queries as people
from xinglin.people.models import Exam, Gate, Question, Volunteer
from xinglin.people.vetting import errors, gates, rules

POLICIES = ("exam_questions", "exam_pass_percent", "exam_tries_a_day", "training_months")


def bank_for(unit: Unit | None) -> QuerySet[Question]:
    """The questions of a unit, of those above it, and those for everybody."""
    chain = organisation_rules.chain_of(unit.path, step=Unit.steplen) if unit is not None else []
    return Question.objects.filter(Q(unit__isnull=True) | Q(unit__path__in=chain), retired_at__isnull=True)


def bank_kept_by(user: Any) -> QuerySet[Question]:
    """Questions that this user may retire: of the units in their scope."""
    mine = organisation.reaches(user, "keep_vetting", "unit__path")
    return Question.objects.filter(mine, retired_at__isnull=True).select_related("unit").order_by("-made_at", "-pk")


def last_of(volunteer: Volunteer, unit: Unit | None) -> Exam | None:
    """The latest try at a unit that was handed in."""
    tries = volunteer.exams.filter(Q(unit=unit) | Q(unit__isnull=True), finished_at__isnull=False)
    return tries.select_related("read_by").order_by("-finished_at", "-pk").first()


def questions_of(exam: Exam) -> list[Question]:
    """What this try asks, in its order; retired ones too."""
    known = {question.code: question for question in Question.objects.filter(code__in=exam.questions)}
    return [known[code] for code in exam.questions]


@transaction.atomic
def begin(*, volunteer: Volunteer, at: dt.datetime, unit: Unit | None = None, read_by: Any = None) -> Exam:
    """Draw the questions of one's own unit, or of another where one would like to serve.

    Whoever has begun goes on with the same ones: nobody draws until the easy ones come. `read_by`: staff reads it
    aloud to somebody whom they assist.
    """
    _refuse_reader(volunteer, read_by)
    volunteer = Volunteer.objects.select_for_update(of=("self",)).select_related("person").get(pk=volunteer.pk)
    under_way = volunteer.exams.filter(finished_at__isnull=True).first()
    if under_way is not None:
        return under_way
    unit = unit or people.home_unit(volunteer.person)
    values = organisation.policies_of(POLICIES, unit, at=at)
    _refuse_too_often(volunteer, values["exam_tries_a_day"], at=at)
    codes = list(bank_for(unit).order_by("code").values_list("code", flat=True))
    if not codes:
        raise errors.NoQuestions
    drawn = random.SystemRandom().sample(codes, min(len(codes), values["exam_questions"]))
    exam = Exam.objects.create(
        volunteer=volunteer, unit=unit, questions=drawn, pass_percent=values["exam_pass_percent"], started_at=at
    )
    _note("began_exam", exam, by=read_by, at=at)
    return exam


@transaction.atomic
def hand_in(*, exam: Exam, answers: Sequence[int | None], at: dt.datetime, read_by: Any = None) -> Exam:
    """Count what is right. Enough opens the gate, for as long as the policy says. Twice is once."""
    exam = (
        Exam.objects.select_for_update(of=("self",)).select_related("volunteer__person__user", "unit").get(pk=exam.pk)
    )
    _refuse_reader(exam.volunteer, read_by)
    if exam.finished_at is not None:
        return exam
    if len(answers) != len(exam.questions) or any(answer is None for answer in answers):
        raise errors.AnswersMissing
    rights = [question.right for question in questions_of(exam)]
    exam.answers = [int(answer) for answer in answers if answer is not None]
    exam.right_count = sum(answer == right for answer, right in zip(exam.answers, rights, strict=True))
    exam.has_passed = rules.is_enough(exam.right_count, of=len(rights), pass_percent=exam.pass_percent)
    exam.finished_at, exam.read_by = at, read_by
    exam.save(update_fields=["answers", "right_count", "has_passed", "finished_at", "read_by"])
    _note("handed_in_exam", exam, by=read_by, at=at, right=exam.right_count, of=len(rights), passed=exam.has_passed)
    if exam.has_passed:
        _open_gate(exam, at=at)
    return exam


@transaction.atomic
def add_question(
    *, unit: Unit, text: str, choices: Sequence[str], right: int, why: str, by: Any, at: dt.datetime
) -> Question:
    """Put a question into the bank of a unit and of all below it."""
    if not 0 <= right < len(choices):
        raise errors.RightChoiceMissing
    question = Question.objects.create(
        unit=unit, text=text.strip(), choices=list(choices), right=right, why=why.strip(), made_by=by, made_at=at
    )
    thing = f"question:{question.code}"
    audit.record(actor=by, verb="added_question", thing=thing, unit_path=unit.path, at=at)
    return question


@transaction.atomic
def retire_question(*, question: Question, by: Any, at: dt.datetime) -> None:
    """It is not asked any more; exams under way still ask it."""
    if Question.objects.filter(pk=question.pk, retired_at__isnull=True).update(retired_at=at):
        path = question.unit.path if question.unit is not None else ""
        audit.record(actor=by, verb="retired_question", thing=f"question:{question.code}", unit_path=path, at=at)


def _refuse_reader(volunteer: Volunteer, read_by: Any) -> None:
    """Only to somebody who is assisted, and never to oneself."""
    if read_by is not None:
        assisting.demand_by(volunteer.person, by=read_by)


def _refuse_too_often(volunteer: Volunteer, most: int, *, at: dt.datetime) -> None:
    if not most:
        return
    midnight = dt.datetime.combine(clock.local_day(at), dt.time(), tzinfo=clock.SHANGHAI)
    if volunteer.exams.filter(started_at__gte=midnight).count() >= most:
        raise errors.ExamTomorrow(most=most)


def _open_gate(exam: Exam, *, at: dt.datetime) -> None:
    unit = exam.unit or people.home_unit(exam.volunteer.person)
    months = organisation.policies_of(POLICIES, unit, at=at)["training_months"]
    until = rules.valid_until(clock.local_day(at), months=months)
    gates.open_gate(
        volunteer=exam.volunteer,
        kind=Gate.Kind.TRAINING,
        by=None,
        valid_until=until,
        source=f"exam:{exam.code}",
        unit=unit,
        at=at,
    )


def _note(verb: str, exam: Exam, *, by: Any = None, at: dt.datetime, **facts: Any) -> None:
    person = exam.volunteer.person
    thing = f"volunteer:{exam.volunteer.number}"
    if by is not None:
        facts |= assisting.facts_of(person)
    audit.record(actor=by or person.user, verb=verb, thing=thing, facts={"exam": exam.code, **facts}, at=at)
