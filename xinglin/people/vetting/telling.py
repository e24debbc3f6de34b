"""What a volunteer hears of their vetting: how papers and talks were decided. Why is for the page, not for a notice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from xinglin.notices import actions as notices
from xinglin.notices.kinds import kept
from xinglin.organisation import queries as organisation
from xinglin.people import licences
from xinglin.people.models import Gate, Interview, InterviewSlot, Qualification, Submission

What, State = Submission.What, Submission.State


def said(what: str, title: str = "") -> str:
    """By what name it is told. What somebody typed as the name of a licence may be anything, and is not repeated."""
    if what == What.QUALIFICATION:
        return title if title in licences.names() else "证书"
    return kept(Gate.Kind(what).label)


def decided(submission: Submission, *, at: dt.datetime) -> None:
    """Accepted or refused; outside the house once it can no longer be taken back. Coming back is told by itself."""
    is_accepted = submission.state == State.ACCEPTED
    if submission.what == What.RETURN and is_accepted:
        return
    if submission.what == What.RETURN:
        kind = "return_refused"
    elif submission.what == What.INTERVIEW:
        kind = "interview_decided"
    else:
        kind = "paper_accepted" if is_accepted else "paper_refused"
    undo_minutes = organisation.policy("undo_minutes", submission.unit, at=at)
    notices.tell(
        user=submission.volunteer.person.user,
        kind=kind,
        source=_decision(submission),
        values={"paper": said(submission.what, submission.title)} if kind.startswith("paper") else {},
        not_before=at + dt.timedelta(minutes=undo_minutes),
        at=at,
    )


def taken_back(submission: Submission) -> None:
    """It was a slip of the hand, and waits again."""
    if submission.decided_at is not None:
        notices.take_back(source=_decision(submission))


def shut(gate: Gate, *, at: dt.datetime) -> None:
    """A gate that stood was taken back."""
    user, source = gate.volunteer.person.user, f"gate:{gate.code}:shut"
    notices.tell(user=user, kind="gate_shut", source=source, values={"paper": said(gate.kind)}, at=at)


def licence_taken_back(licence: Qualification, *, at: dt.datetime) -> None:
    """A licence counts no more."""
    user, source = licence.volunteer.person.user, f"licence:{licence.pk}:taken_back"
    values = {"paper": said(What.QUALIFICATION, licence.kind)}
    notices.tell(user=user, kind="licence_taken_back", source=source, values=values, at=at)


def called_off(slot: InterviewSlot, user_ids: Collection[int], *, at: dt.datetime) -> None:
    """To whoever had booked the time."""
    values = {"starts_at": slot.starts_at.isoformat(), "ends_at": slot.ends_at.isoformat(), "place": slot.place}
    source = f"interview_slot:{slot.code}:called_off"
    notices.tell_many(
        news=[notices.News(user_id=one, kind="interview_called_off", source=source, values=values) for one in user_ids],
        at=at,
    )


def talked(interview: Interview, *, at: dt.datetime) -> None:
    """Somebody has said how the talk went, or that nobody came."""
    kind = "interview_missed" if interview.state == Interview.State.MISSED else "interview_decided"
    source = f"interview:{interview.code}:decided"
    notices.tell(user=interview.volunteer.person.user, kind=kind, source=source, at=at)


def _decision(submission: Submission) -> str:
    """Each decision is an event of its own: one that was taken back may come again."""
    assert submission.decided_at is not None, "told once it is decided"
    return f"submission:{submission.code}:{submission.decided_at.timestamp():.0f}"
