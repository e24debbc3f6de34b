"""What vetting holds of somebody: gates, papers handed in. `people.person` asks here, as `office` asks it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xinglin.lib.whole_person import Key, Moved, Section, emptied
from xinglin.people.models import Exam, Gate, Interview, Person, SealedFile, Submission, Volunteer
from xinglin.people.vetting import insurance, keeping, submissions

KEYS = {
    "people.Gate.volunteer": Key.OWN,
    "people.Gate.decided_by": Key.HAND,
    "people.Gate.second_by": Key.HAND,
    "people.Gate.ended_by": Key.HAND,
    "people.Honour.made_by": Key.HAND,
    "people.Honour.ended_by": Key.HAND,
    "people.SealedFile.owner": Key.OWN,
    "people.SealedFile.uploaded_by": Key.HAND,
    "people.Insurance.made_by": Key.HAND,
    "people.Insurance.file": Key.ASIDE,
    "people.Insured.volunteer": Key.OWN,
    "people.Insured.added_by": Key.HAND,
    "people.Insured.removed_by": Key.HAND,
    "people.Interview.volunteer": Key.OWN,
    "people.Interview.decided_by": Key.HAND,
    "people.InterviewSlot.opened_by": Key.HAND,
    "people.Exam.volunteer": Key.OWN,
    "people.Exam.read_by": Key.HAND,
    "people.Question.made_by": Key.HAND,
    "people.Submission.volunteer": Key.OWN,
    "people.Submission.file": Key.OWN,
    "people.Submission.submitted_by": Key.HAND,
    "people.Submission.first_by": Key.HAND,
    "people.Submission.decided_by": Key.HAND,
}


def export(volunteer: Volunteer) -> list[Section]:
    """The gates with their days, and what became of each paper."""
    gates = [
        {
            "what": one.get_kind_display(),
            "on": one.passed_on.isoformat(),
            "until": str(one.valid_until or ""),
            "ended": one.ended_at.isoformat() if one.ended_at else "",
            "why": one.end_reason,
        }
        for one in volunteer.gates.order_by("decided_at")
    ]
    papers = [
        {
            "what": one.title or one.get_what_display(),
            "at": one.submitted_at.isoformat(),
            "state": one.get_state_display(),
            "number": submissions.number_of(one),
            "note": one.note,
            "why": one.reason,
        }
        for one in volunteer.submissions.order_by("submitted_at")
    ]
    talks = [
        {"at": one.slot.starts_at.isoformat(), "state": one.get_state_display(), "notes": one.notes}
        for one in volunteer.interviews.select_related("slot").order_by("booked_at")
    ]
    exams = [
        {
            "at": one.started_at.isoformat(),
            "right": f"{one.right_count}/{len(one.questions)}" if one.right_count is not None else "",
            "read_by": one.read_by.name if one.read_by is not None else "",
        }
        for one in volunteer.exams.select_related("read_by").order_by("started_at")
    ]
    covers = [
        {"what": f"{one.insurance.insurer} {one.insurance.number}", "since": str(one.since), "until": str(one.until)}
        for one in volunteer.covers.select_related("insurance").order_by("since")
    ]
    of_covers = {"what": _("保单"), "since": _("从哪天起"), "until": _("有效期到")}
    of_gates = {"what": _("哪一关"), "on": _("时间"), "until": _("有效期到"), "ended": _("结束时间"), "why": _("原因")}
    of_papers = {
        "what": _("材料"),
        "at": _("时间"),
        "state": _("状态"),
        "number": _("证书编号"),
        "note": _("附言"),
        "why": _("答复"),
    }
    return [
        Section("gates", _("各道关"), of_gates, gates),
        Section("papers", _("交上去的材料"), of_papers, papers),
        Section("interviews", _("面谈"), {"at": _("时间"), "state": _("状态"), "notes": _("记录")}, talks),
        Section("covers", _("保险"), of_covers, covers),
        Section("exams", _("考试"), {"at": _("时间"), "right": _("答对几道"), "read_by": _("谁念的题")}, exams),
    ]


def erase(volunteer: Volunteer, *, by: Any, at: dt.datetime) -> None:
    """Files go at once; of the rest stays which gate, and when."""
    _delete_files(volunteer.person, at=at)
    volunteer.submissions.filter(state__in=submissions.OPEN).update(state=Submission.State.WITHDRAWN)
    volunteer.submissions.update(**emptied(Submission, keep={"code", "what", "state", "source"}))
    volunteer.interviews.filter(state=Interview.State.BOOKED).update(state=Interview.State.CANCELLED)
    volunteer.interviews.update(**emptied(Interview, keep={"code", "state"}))
    insurance.take_off(volunteer.covers.all(), by=by, at=at)
    volunteer.exams.filter(finished_at__isnull=True).delete()
    volunteer.exams.update(**emptied(Exam, keep={"code"}))
    volunteer.gates.filter(ended_at__isnull=True).update(ended_at=at, ended_by=by)
    volunteer.gates.update(**emptied(Gate, keep={"code", "kind", "source"}))


def moves(gone: Volunteer) -> list[Moved]:
    """What would move in a merge."""
    return [Moved(_("各道关"), gone.gates.count()), Moved(_("交上去的材料"), gone.submissions.count())]


def merge(mine: Volunteer, theirs: Volunteer, *, by: Any, at: dt.datetime) -> None:
    """A gate stands once, and one paper of a kind waits; what the kept account has itself goes before."""
    has = mine.gates.filter(ended_at__isnull=True)
    same = Q(kind__in=has.exclude(kind=Gate.Kind.TRAINING).values("kind"))
    same |= Q(kind=Gate.Kind.TRAINING, unit__in=has.filter(kind=Gate.Kind.TRAINING, unit__isnull=False).values("unit"))
    theirs.gates.filter(same, ended_at__isnull=True).update(ended_at=at, ended_by=by)
    theirs.gates.update(volunteer=mine)
    waiting = Q()
    for what, title in mine.submissions.filter(state__in=submissions.OPEN).values_list("what", "title"):
        waiting |= Q(what=what, title=title)
    if waiting:
        doubled = theirs.submissions.filter(waiting, state__in=submissions.OPEN)
        keeping.delete_files_of(doubled, at=at)  # as when somebody withdraws it themselves
        doubled.update(state=Submission.State.WITHDRAWN)
    theirs.submissions.update(volunteer=mine)
    if mine.interviews.filter(state=Interview.State.BOOKED).exists():
        theirs.interviews.filter(state=Interview.State.BOOKED).update(state=Interview.State.CANCELLED)
    theirs.interviews.update(volunteer=mine)
    covered = mine.covers.filter(removed_at__isnull=True).values("insurance")
    insurance.take_off(theirs.covers.filter(insurance__in=covered), by=by, at=at)
    theirs.covers.update(volunteer=mine)
    theirs.exams.filter(finished_at__isnull=True).delete()
    theirs.exams.update(volunteer=mine)
    SealedFile.objects.filter(owner=theirs.person).update(owner=mine.person)


def _delete_files(person: Person, *, at: dt.datetime) -> None:
    files = SealedFile.objects.filter(owner=person, deleted_at__isnull=True)
    files.update(sealed=None, deleted_at=at)
