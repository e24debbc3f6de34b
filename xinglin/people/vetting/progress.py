"""上岗进度: a volunteer's gates in words, with the day, who decided, and what to do now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from xinglin.lib import clock
from xinglin.lib.web.words import day_said, span_said
from xinglin.organisation.models import Unit
from xinglin.people import queries as people
from xinglin.people.models import Interview, Submission, Volunteer
from xinglin.people.vetting import gates, interviews, queries, rules
from xinglin.people.vetting.rules import Step


@dataclass(frozen=True)
class Line:
    """One gate as it stands on the page. `url`: where the person does what is theirs to do."""

    gate: str
    title: str
    state: str  # done, now, later
    note: str
    url: str = ""
    text: str = ""
    waits: bool = False  # for somebody else


@dataclass(frozen=True)
class Progress:
    """The way to being on duty: its lines, how many gates are still shut, and what to press now."""

    lines: Sequence[Line]
    left: int

    @property
    def action(self) -> Line | None:
        """The first line with something to do; else one with something to look at."""
        pressable = [line for line in self.lines if line.url]
        return next((line for line in pressable if not line.waits), next(iter(pressable), None))

    @property
    def next(self) -> Line | None:
        """What is the person's own to do next; else what they wait for."""
        return next((line for line in self.lines if line.state == "now" and not line.waits), self.now)

    @property
    def now(self) -> Line | None:
        """What is next, also where it is somebody else's to do."""
        return next((line for line in self.lines if line.state == "now"), None)


def of(volunteer: Volunteer, *, at: dt.datetime) -> Progress:
    """Where the volunteer stands with the gates that their own unit asks for."""
    unit, today = people.home_unit(volunteer.person), clock.local_day(at)
    wanted = gates.needed(unit, at=at)
    waiting = {"insurance": _("单位统一投保，不用您出钱。办好了这里会写上"), **_handed_in(volunteer, today=today)}
    waiting |= _booked(volunteer, wanted, today=today)
    said_no = _said_no(volunteer, wanted, today=today)
    steps = rules.steps(wanted, gates.passed(volunteer, wanted, at=at, unit=unit), waiting=waiting, on=today)
    lines = [
        _line(
            step,
            unit=unit,
            waits_for=waiting.get(step.gate, ""),
            said_no=said_no.get(step.gate),
            today=today,
        )
        for step in steps
    ]
    return Progress(lines, sum(not step.is_open for step in steps))


def _handed_in(volunteer: Volunteer, *, today: dt.date) -> dict[str, str]:
    """What was handed in for a gate and still waits for somebody's word."""
    said = {
        Submission.State.WAITING: _("%(day)s交的，审核的人正在看"),
        Submission.State.HALF: _("%(day)s交的，一位已经同意，还等第二位"),
    }
    return {
        one.what: said[Submission.State(one.state)] % {"day": day_said(clock.local_day(one.submitted_at), today=today)}
        for one in queries.open_ones(volunteer)
    }


def _booked(volunteer: Volunteer, wanted: Sequence[str], *, today: dt.date) -> dict[str, str]:
    """When and where the talk is."""
    booked = interviews.booked_by(volunteer) if "interview" in wanted else None
    if booked is None:
        return {}
    when = span_said(booked.slot.starts_at, booked.slot.ends_at, today=today)
    return {"interview": _("约在%(when)s · %(place)s") % {"when": when, "place": booked.slot.place}}


def _said_no(volunteer: Volunteer, wanted: Sequence[str], *, today: dt.date) -> dict[str, tuple[dt.date, str]]:
    """Why it has to be done again: the last word on each gate, where that was a no."""
    found: list[tuple[dt.datetime, str, str]] = []
    for one in queries.refused_of(volunteer, wanted):
        assert one.decided_at is not None, "what was refused was decided"
        found.append((one.decided_at, one.what, _("上次没有通过：%(reason)s。") % {"reason": _bare(one.reason)}))
    for gate in gates.shut_of(volunteer, wanted):
        assert gate.ended_at is not None, "asked for"
        facts = {"day": day_said(clock.local_day(gate.ended_at), today=today), "reason": _bare(gate.end_reason)}
        found.append((gate.ended_at, gate.kind, _("%(day)s收回了：%(reason)s。") % facts))
    talk = interviews.last_without_success(volunteer) if "interview" in wanted else None
    if talk is not None and talk.decided_at is not None:
        is_failed = talk.state == Interview.State.FAILED
        said = _("上次没有通过：%(reason)s。") % {"reason": _bare(talk.notes)} if is_failed else _("约好的时间取消了。")
        found.append((talk.decided_at, "interview", said))
    return {gate: (clock.local_day(at), said) for at, gate, said in sorted(found)}


def _bare(reason: str) -> str:
    """A sentence goes on behind it."""
    return reason.strip().rstrip("。.")


def _line(
    step: Step, *, unit: Unit | None, waits_for: str, said_no: tuple[dt.date, str] | None, today: dt.date
) -> Line:
    title = gates.said(step.gate)
    if step.state == "done":
        return Line(step.gate, title, "done", _passed_said(step, today=today))
    over = _over_said(step, today=today)
    if step.state == "waiting":
        is_talk = step.gate == "interview" and not over
        url = reverse("people:interviews") if is_talk else ""
        return Line(step.gate, title, "now", over + waits_for, url, _("看约好的时间") if is_talk else "", waits=True)
    if said_no is not None and (step.passed is None or said_no[0] > step.passed.since):
        over += said_no[1]
    if step.state != "now":
        return Line(step.gate, title, "later", over)
    what, url, text = _to_do(step.gate, unit)
    return Line(step.gate, title, "now", over + what, url, text)


def _to_do(gate: str, unit: Unit | None) -> tuple[str, str, str]:
    """What to do, where, and what the button says."""
    where = unit.name if unit is not None else _("志愿服务台")
    match gate:
        case "agreement":
            return _("手机上签，双方各留一份"), reverse("people:agreement"), _("去签服务协议")
        case "papers":
            return _("带上证件原件，到%(where)s当面核对一下") % {"where": where}, "", ""
        case "interview":
            return _("选一个时间，当面聊半小时"), reverse("people:interviews"), _("选面谈的时间")
        case "training":
            return _("看几条要点，答几道题，大约五分钟"), reverse("people:exam"), _("去考试")
        case "no_record" | "health":
            what = _("拍下证明传上来；没有的话，先去开一份。也可以带到%(where)s登记") % {"where": where}
            return what, reverse("people:hand_in", args=[gate]), _("交%(gate)s") % {"gate": gates.said(gate)}
        case _:
            return _("到%(where)s办，协调员会帮您登记") % {"where": where}, "", ""


def _passed_said(step: Step, *, today: dt.date) -> str:
    assert step.passed is not None, "an open gate was passed"
    said = [day_said(step.passed.since, today=today)]
    if step.passed.where:
        said.append(_("在%(where)s通过，本单位认可") % {"where": step.passed.where})
    if step.passed.who:
        said.append(_("%(name)s通过") % {"name": step.passed.who})
    if step.passed.until:
        said.append(_("有效期到%(day)s") % {"day": day_said(step.passed.until, today=today)})
    return " · ".join(said)


def _over_said(step: Step, *, today: dt.date) -> str:
    if step.passed is None or step.passed.until is None or step.passed.until >= today:
        return ""
    return _("%(day)s过期了。") % {"day": day_said(step.passed.until, today=today)}
