"""Papers and wishes that wait for a reviewer: handed in, decided by one or by two, taken back for some minutes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from xinglin.accounts.vault import vault
from xinglin.audit import actions as audit
from xinglin.lib import clock
from xinglin.organisation import actions as organisation_actions
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.organisation.models.units import TAKES_VOLUNTEERS
from xinglin.people import actions, consenting, queries
from xinglin.people import telling as people_telling
from xinglin.people.errors import NotAboutOneself, NotSuspended, ProofNotSeen, TextHasChanged, ValidityPast
from xinglin.people.models import DocumentText, Gate, Qualification, SealedFile, Submission, Volunteer
from xinglin.people.models.vetting import OPEN as OPEN
from xinglin.people.teams import joining
from xinglin.people.vetting import errors, files, gates, rules, telling

What, State = Submission.What, Submission.State
NUMBER_PURPOSE = "people.licence_number"
OF_MONTHS = {What.HEALTH: "health_months", What.NO_RECORD: "no_record_months"}


@dataclass(frozen=True)
class Paper:
    """What a volunteer says of a paper. `content`: the bytes of its picture, as `files.read` let them through."""

    what: str
    content: bytes | None = None
    title: str = ""
    number: str = ""
    issued_on: dt.date | None = None
    valid_until: dt.date | None = None
    note: str = ""
    consent_version: str = ""  # of the text on health that stood on the page
    consent_paper: str = ""  # at the desk: on which paper the consent to it was signed


# Handing in -------------------------------------------------------------------------------------------------------


@transaction.atomic
def hand_in(*, volunteer: Volunteer, paper: Paper, at: dt.datetime) -> Submission:
    """A volunteer hands in a paper for a gate or a licence; it waits for a reviewer of their unit."""
    unit, user = _unit_of(volunteer), volunteer.person.user
    if paper.content is None:
        raise errors.FileMissing
    _refuse_unfit(paper, unit, at=at)
    if paper.what == What.HEALTH:
        _consent_to_health(volunteer, paper, at=at)
    file = files.keep(paper.content, owner=volunteer.person, by=user, at=at)
    return _submitted(volunteer, unit, paper, by=user, file=file, at=at)


@transaction.atomic
def ask_to_return(*, volunteer: Volunteer, note: str, at: dt.datetime, unit: Unit | None = None) -> Submission:
    """Who was suspended, or has left, says that they would like to serve again; who has left says in which team."""
    volunteer = queries.held(volunteer)
    if volunteer.state == Volunteer.State.ACTIVE:
        raise errors.NotSuspendedNow
    if volunteer.state == Volunteer.State.LEFT:
        if unit is None or unit.closed_at is not None or unit.kind not in TAKES_VOLUNTEERS:
            raise errors.TeamNeeded
    else:
        unit = _unit_of(volunteer)
    paper = Paper(What.RETURN, note=note.strip()[:200])
    return _submitted(volunteer, unit, paper, by=volunteer.person.user, file=None, at=at)


@transaction.atomic
def register(*, volunteer: Volunteer, paper: Paper, by: Any, at: dt.datetime, source: str = "") -> Submission | None:
    """Somebody of the staff has seen the original or the person. Where two must decide, it waits for the second."""
    if volunteer.person.user_id == by.pk:
        raise NotAboutOneself
    unit = _unit_of(volunteer)
    _refuse_unfit(paper, unit, at=at)
    if paper.what == What.HEALTH:
        _consent_on_paper(volunteer, paper, by=by, at=at)
    if not _needs_two(paper.what, unit, at=at):
        draft = Submission(volunteer=volunteer, unit=unit, source=source, **_facts(paper))
        _take_effect(draft, by=by, second_by=None, at=at)
        return None
    submission = _submitted(volunteer, unit, paper, by=by, file=None, at=at, source=source)
    return accept(submission=submission, by=by, at=at)


@transaction.atomic
def register_licence(
    *, volunteer: Volunteer, kind: str, proof_seen: bool, valid_until: dt.date | None, by: Any, at: dt.datetime
) -> Submission | None:
    """The same for a licence whose paper somebody of the staff has in hand."""
    if not proof_seen:
        raise ProofNotSeen
    if valid_until is not None and valid_until < clock.local_day(at):
        raise ValidityPast
    paper = Paper(What.QUALIFICATION, title=kind, valid_until=valid_until)
    return register(volunteer=volunteer, paper=paper, by=by, at=at)


@transaction.atomic
def resume(*, volunteer: Volunteer, by: Any, at: dt.datetime) -> Submission | None:
    """Back on duty: what the volunteer had asked for is answered with it."""
    asked = Submission.objects.filter(volunteer=volunteer, what=What.RETURN, state__in=OPEN).first()
    if asked is not None:
        return accept(submission=asked, by=by, at=at)
    if volunteer.state != Volunteer.State.SUSPENDED:
        raise NotSuspended
    return register(volunteer=volunteer, paper=Paper(What.RETURN), by=by, at=at)


@transaction.atomic
def withdraw(*, submission: Submission, at: dt.datetime) -> Submission:
    """The volunteer takes it back, and the file is deleted at once."""
    submission = _locked(submission)
    _refuse_decided(submission)
    submission.state = State.WITHDRAWN
    submission.save(update_fields=["state"])
    if submission.file is not None:
        files.delete(submission.file, at=at)
    _note("withdrew_submission", submission, by=submission.volunteer.person.user, at=at)
    return submission


# Deciding ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def accept(*, submission: Submission, by: Any, at: dt.datetime) -> Submission:
    """Say yes. Where two must decide, the first yes waits for the second; the last one takes effect."""
    if submission.what == What.RETURN:
        organisation_actions.keep_open(unit=submission.unit)  # before what waits there, as whoever closes it
    submission = _locked_for(submission, by=by)
    _refuse_decided(submission)
    if submission.file is not None and not files.was_looked_at(submission.file, by=by):
        raise errors.NotLookedAt
    if submission.first_by_id == by.pk:
        raise errors.SecondNeeded
    if submission.state == State.WAITING and _needs_two(submission.what, submission.unit, at=at):
        submission.state, submission.first_by, submission.first_at = State.HALF, by, at
        submission.save(update_fields=["state", "first_by", "first_at"])
        _note("agreed_to_submission", submission, by=by, at=at)
        return submission
    submission.state, submission.decided_by, submission.decided_at = State.ACCEPTED, by, at
    submission.save(update_fields=["state", "decided_by", "decided_at"])
    first = submission.first_by
    _take_effect(submission, by=first or by, second_by=by if first is not None else None, at=at)
    _note("accepted_submission", submission, by=by, at=at)
    telling.decided(submission, at=at)
    return submission


@transaction.atomic
def refuse(*, submission: Submission, by: Any, reason: str, at: dt.datetime) -> Submission:
    """Say no, with the reason that the volunteer reads; one is enough."""
    if not reason.strip():
        raise errors.SubmissionReasonNeeded
    submission = _locked_for(submission, by=by)
    _refuse_decided(submission)
    submission.state, submission.decided_by, submission.decided_at = State.REFUSED, by, at
    submission.reason = reason.strip()[:300]
    submission.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    _note("refused_submission", submission, by=by, at=at)
    telling.decided(submission, at=at)
    return submission


@transaction.atomic
def take_back(*, submission: Submission, by: Any, at: dt.datetime) -> Submission:
    """Undo one's own word within minutes: it waits as it did before. What has gone into force by a yes is shut."""
    submission = _locked_for(submission, by=by)
    if submission.state == State.WITHDRAWN:  # after a first yes; its file is gone
        raise errors.TakingBackTooLate
    minutes = organisation.policy("undo_minutes", submission.unit, at=at)
    decided_at = submission.decided_at or submission.first_at
    hand = submission.decided_by_id or submission.first_by_id
    if hand != by.pk or decided_at is None or at - decided_at > dt.timedelta(minutes=minutes):
        raise errors.TakingBackTooLate
    if submission.state == State.ACCEPTED:
        _undo_effect(submission, by=by, at=at)
    telling.taken_back(submission)
    if submission.decided_by_id is not None:
        submission.decided_by, submission.decided_at, submission.reason = None, None, ""
    else:
        submission.first_by, submission.first_at = None, None
    submission.state = State.HALF if submission.first_by_id is not None else State.WAITING
    try:
        with transaction.atomic():
            submission.save()
    except IntegrityError as handed_in_anew:
        raise errors.TakingBackTooLate from handed_in_anew
    _note("took_back_submission", submission, by=by, at=at)
    return submission


# What helps to decide -------------------------------------------------------------------------------------------------


def needs_two(submission: Submission, *, at: dt.datetime) -> bool:
    """Does the unit's policy ask for a second word?"""
    return _needs_two(submission.what, submission.unit, at=at)


def was_seen(submission: Submission, *, by: Any) -> bool:
    """Has this user opened the file? What came without one was seen by whoever entered it."""
    return submission.file is None or files.was_looked_at(submission.file, by=by)


def number_of(submission: Submission) -> str:
    """The licence's number in full, for its owner alone."""
    sealed = submission.number_sealed
    return vault().open(bytes(sealed), purpose=NUMBER_PURPOSE) if sealed else ""


def until_of(submission: Submission, *, at: dt.datetime) -> dt.date | None:
    """The last day, if it is accepted now."""
    return _valid_until(submission.what, submission.issued_on, submission.valid_until, submission.unit, at=at)


# Helpers ----------------------------------------------------------------------------------------------------------


def _unit_of(volunteer: Volunteer) -> Unit:
    unit = queries.home_unit(volunteer.person)
    assert unit is not None, "a city without a tree has no volunteers"
    return unit


def _needs_two(what: str, unit: Unit, *, at: dt.datetime) -> bool:
    return what in organisation.policy("two_decide", unit, at=at)


def _refuse_unfit(paper: Paper, unit: Unit, *, at: dt.datetime) -> None:
    """A paper of tomorrow, one that has run out, a licence without a name."""
    today = clock.local_day(at)
    if paper.what == What.QUALIFICATION and not paper.title.strip():
        raise errors.TitleNeeded
    if paper.issued_on is not None and paper.issued_on > today:
        raise errors.IssuedInFuture
    until = _valid_until(paper.what, paper.issued_on, paper.valid_until, unit, at=at)
    if until is not None and until < today:
        raise errors.PaperHasExpired(day=until.isoformat())


def _valid_until(
    what: str, issued_on: dt.date | None, said: dt.date | None, unit: Unit, *, at: dt.datetime
) -> dt.date | None:
    """The last day: as somebody read it on the paper, else by the unit's policy from the day of issue."""
    if said is not None or issued_on is None or what not in OF_MONTHS:
        return said
    return rules.valid_until(issued_on, months=organisation.policy(OF_MONTHS[What(what)], unit, at=at))


def _consent_to_health(volunteer: Volunteer, paper: Paper, *, at: dt.datetime) -> None:
    if queries.has_consented(volunteer.person, DocumentText.Kind.HEALTH):
        return
    if not paper.consent_version:
        raise errors.HealthConsentNeeded
    if paper.consent_version != queries.text(DocumentText.Kind.HEALTH, at=at).version:
        raise TextHasChanged
    consenting.give(person=volunteer.person, kind=DocumentText.Kind.HEALTH, at=at)


def _consent_on_paper(volunteer: Volunteer, paper: Paper, *, by: Any, at: dt.datetime) -> None:
    """What is known of somebody's health is kept with their own word only, whoever types it in."""
    kind = DocumentText.Kind.HEALTH
    if queries.has_consented(volunteer.person, kind):
        return
    if not paper.consent_paper.strip():
        raise errors.HealthPaperNeeded
    version, on = paper.consent_version, paper.consent_paper
    consenting.on_paper(person=volunteer.person, kind=kind, paper=on, version=version, by=by, at=at)


def _facts(paper: Paper) -> dict[str, Any]:
    number = paper.number.strip()
    return {
        "what": paper.what,
        "title": paper.title.strip()[:40],
        "number_sealed": vault().seal(number, purpose=NUMBER_PURPOSE) if number else None,
        "number_tail": number[-4:] if len(number) > 4 else "",
        "issued_on": paper.issued_on,
        "valid_until": paper.valid_until,
        "note": paper.note,
    }


def _submitted(
    volunteer: Volunteer,
    unit: Unit,
    paper: Paper,
    *,
    by: Any,
    file: SealedFile | None,
    at: dt.datetime,
    source: str = "",
) -> Submission:
    try:
        with transaction.atomic():
            submission = Submission.objects.create(
                volunteer=volunteer,
                unit=unit,
                file=file,
                submitted_by=by,
                submitted_at=at,
                source=source,
                **_facts(paper),
            )
    except IntegrityError as open_already:
        raise errors.SubmittedAlready from open_already
    _note("handed_in", submission, by=by, at=at)
    return submission


def _take_effect(submission: Submission, *, by: Any, second_by: Any, at: dt.datetime) -> None:
    """What the yes does: a gate opens, a licence counts, somebody is back on duty."""
    volunteer, what = submission.volunteer, submission.what
    if what == What.RETURN:
        _take_back(volunteer, submission.unit, by=by, at=at)
        return
    until = _valid_until(what, submission.issued_on, submission.valid_until, submission.unit, at=at)
    source = submission.source or (f"submission:{submission.code}" if submission.pk else "")
    if what == What.QUALIFICATION:
        licence: dict[str, Any] = {"kind": submission.title, "proof_seen": True, "valid_until": until, "source": source}
        actions.add_qualification(volunteer=volunteer, **licence, by=by, at=at)
        return
    gates.open_gate(volunteer=volunteer, kind=what, by=by, second_by=second_by, valid_until=until, source=source, at=at)


def _take_back(volunteer: Volunteer, unit: Unit, *, by: Any, at: dt.datetime) -> None:
    if volunteer.state != Volunteer.State.LEFT:
        actions.resume(volunteer=volunteer, by=by, at=at)
        return
    volunteer.state, volunteer.state_reason, volunteer.state_since = Volunteer.State.ACTIVE, "", at
    volunteer.save(update_fields=["state", "state_reason", "state_since"])
    joining.enter(volunteer=volunteer, unit=unit, by=by, at=at)
    facts = {"unit": unit.code}
    thing = f"volunteer:{volunteer.number}"
    audit.record(actor=by, verb="took_back_volunteer", thing=thing, unit_path=unit.path, facts=facts, at=at)
    people_telling.back(volunteer, at=at)


def _undo_effect(submission: Submission, *, by: Any, at: dt.datetime) -> None:
    """The gate or licence that the yes had given ends, and what it had replaced stands again."""
    if submission.what == What.RETURN:
        raise errors.TakingBackTooLate
    rows = _rows_like(submission)
    source = submission.source or f"submission:{submission.code}"
    if not rows.filter(source=source, ended_at__isnull=True).update(ended_at=at, ended_by=by, end_reason=gates.UNDONE):
        raise errors.TakingBackTooLate
    rows.filter(ended_at=submission.decided_at, end_reason="").update(ended_at=None, ended_by=None)


def _rows_like(submission: Submission) -> QuerySet[Any]:
    """What the volunteer has, or had, of the kind that this paper is for."""
    if submission.what == What.QUALIFICATION:
        return Qualification.objects.filter(volunteer=submission.volunteer, kind=submission.title)
    return Gate.objects.filter(volunteer=submission.volunteer, kind=submission.what)


def _locked(submission: Submission) -> Submission:
    rows = Submission.objects.select_for_update(of=("self",))
    return rows.select_related("volunteer__person__user", "unit", "file", "first_by").get(pk=submission.pk)


def _locked_for(submission: Submission, *, by: Any) -> Submission:
    """Held for a decision; refused to whoever it is about, and to whoever decides elsewhere."""
    submission = _locked(submission)
    if submission.volunteer.person.user_id == by.pk:
        raise NotAboutOneself
    organisation.demand(by, "decide_gate", submission.unit)
    return submission


def _refuse_decided(submission: Submission) -> None:
    if submission.state not in OPEN:
        raise errors.SubmissionDecided(state=str(State(submission.state).label))


def _note(verb: str, submission: Submission, *, by: Any, at: dt.datetime) -> None:
    # A licence's name is free text, and a reason may say anything: neither goes into the trail.
    facts = {"what": submission.what, "state": submission.state}
    thing = f"submission:{submission.code}"
    audit.record(actor=by, verb=verb, thing=thing, unit_path=submission.unit.path, facts=facts, at=at)
