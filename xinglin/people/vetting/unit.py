"""What vetting holds of a unit: times for talks, and questions of its own. `people.unit` asks here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from xinglin.lib import clock
from xinglin.organisation.hanging import Hanging
from xinglin.organisation.models import Unit
from xinglin.people.models import Gate, Honour, Insurance, InterviewSlot, Question
from xinglin.people.vetting import exams, honouring, interviews, rules

KEYS = {
    "people.InterviewSlot.unit",
    "people.Question.unit",
    "people.Insurance.unit",
    "people.Gate.unit",
    "people.Exam.unit",
    "people.Honour.unit",
    "people.Honour.of_unit",
}


def hangs_on(unit: Unit, *, successor: Unit | None, at: dt.datetime) -> list[Hanging]:
    """Talks to come, and the questions that are asked."""
    then = _("转到接手单位")
    return [
        Hanging(_("还没到的面谈时段"), _slots(unit, at=at).count(), then if successor else _("取消，约过的人另选")),
        Hanging(_("保单"), _insurances(unit, at=at).count(), then if successor else _("到期以前照样有效")),
        Hanging(
            _("在本单位通过的培训"),
            Gate.objects.filter(unit=unit, ended_at__isnull=True).count(),
            _("接手单位认可") if successor else _("上下级单位照样认可"),
        ),
        Hanging(_("认可的外单位培训"), Honour.objects.filter(unit=unit, ended_at__isnull=True).count(), _("不再有效")),
        Hanging(_("本单位的考题"), _questions(unit).count(), then if successor else _("不再出")),
    ]


def hand_over(*, unit: Unit, successor: Unit | None, by: Any, at: dt.datetime) -> None:
    """Both go along to the successor; without one the talks are called off and the questions retired."""
    for honour in Honour.objects.filter(unit=unit, ended_at__isnull=True).select_related("unit", "of_unit"):
        honouring.end(honour=honour, by=by, at=at)
    if successor is not None:
        _honour(unit, successor, by=by, at=at)
        _slots(unit, at=at).update(unit=successor)
        _questions(unit).update(unit=successor)
        _insurances(unit, at=at).update(unit=successor)
        return
    for slot in _slots(unit, at=at):
        interviews.close_slot(slot=slot, by=by, at=at)
    for question in _questions(unit).select_related("unit"):
        exams.retire_question(question=question, by=by, at=at)


def _honour(unit: Unit, successor: Unit, *, by: Any, at: dt.datetime) -> None:
    """What was passed at the unit counts at whoever takes over."""
    known = Honour.objects.filter(unit=successor, of_unit=unit, ended_at__isnull=True).exists()
    if not known and not rules.is_own_line(unit.path, successor.path):
        honouring.honour(unit=successor, of_unit=unit, by=by, at=at)


def _insurances(unit: Unit, *, at: dt.datetime) -> Any:
    return Insurance.objects.filter(unit=unit, ends_on__gte=clock.local_day(at))


def _slots(unit: Unit, *, at: dt.datetime) -> Any:
    return InterviewSlot.objects.filter(unit=unit, closed_at__isnull=True, ends_at__gt=at)


def _questions(unit: Unit) -> Any:
    return Question.objects.filter(unit=unit, retired_at__isnull=True)
