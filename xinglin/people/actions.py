"""The verbs of people: applying and deciding, consenting and signing, suspending and registering papers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from xinglin.accounts import actions as accounts
from xinglin.audit import actions as audit
from xinglin.lib import clock
from xinglin.lib.ids import short_code
from xinglin.organisation import actions as organisation_actions
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Role, Unit
from xinglin.people import consenting, documents, duty, enrolling, licences, numbers, queries, rules, seeking, telling
from xinglin.people.errors import (
    AlreadyApplied,
    AlreadyVolunteer,
    BadDocument,
    ConsentNeeded,
    DecisionOfAnother,
    DocumentOfAnotherAccount,
    NameDiffers,
    NotAboutOneself,
    NotActive,
    NotSuspended,
    OwnApplication,
    ProofNotSeen,
    ReasonNeeded,
    ReturnInPast,
    TakenInAlready,
    TooLateToReopen,
    UnitTakesNobody,
    ValidityPast,
)
from xinglin.people.models import (
    Agreement,
    Application,
    Consent,
    DocumentText,
    Person,
    Qualification,
    Volunteer,
)
from xinglin.people.vetting import telling as vetting_telling
from xinglin.people.vetting.errors import LicenceEnded


@dataclass(frozen=True)
class Draft:
    """What somebody says of themselves when they apply. Birthday and sex of an ID card follow from its number."""

    name: str
    id_kind: str
    id_number: str
    unit: Unit
    sex: str = ""
    born_on: dt.date | None = None
    township: str = ""
    specialities: tuple[str, ...] = ()
    half_days: tuple[str, ...] = ()
    note: str = ""
    privacy_version: str = ""  # the version of the text that stood on the page; empty: no consent


# Applying ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def apply(*, user: Any, draft: Draft, at: dt.datetime) -> Application:
    """Ask to become a volunteer of a unit. The person is made here, sealed and once."""
    document = _looked_at(draft, at=at)
    person = _person_of(user, draft, document, at=at)
    _consent_on_applying(person, draft, at=at)
    application = _new_application(person, draft, at=at)
    _record("applied", application, actor=user, at=at)
    return application


@transaction.atomic
def answer_ask_back(*, application: Application, draft: Draft, at: dt.datetime) -> Application:
    """The applicant mends what was asked about; the application waits again, at its old place in the queue."""
    application = _moved(application, "answer")
    document = _looked_at(draft, at=at)
    user = application.person.user
    application.person = _person_of(user, draft, document, at=at)
    _consent_on_applying(application.person, draft, at=at)
    application.unit = draft.unit
    application.specialities, application.half_days = list(draft.specialities), list(draft.half_days)
    application.note = draft.note
    application.save()
    _record("answered_ask_back", application, actor=user, at=at)
    return application


@transaction.atomic
def withdraw(*, application: Application, at: dt.datetime) -> Application:
    """The applicant takes the application back; they may apply again whenever they like."""
    application = _moved(application, "withdraw")
    application.save(update_fields=["state"])
    _record("withdrew_application", application, actor=application.person.user, at=at)
    return application


# Deciding ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def approve(*, application: Application, by: Any, at: dt.datetime) -> Volunteer:
    """Take the applicant in: a number, a place in the team, a role."""
    organisation_actions.keep_open(unit=application.unit)  # before what waits there, as whoever closes it
    application = _decided(application, "approve", by=by, reason="", at=at)
    person = application.person
    volunteer = enrolling.enrol(
        person=person,
        unit=application.unit,
        number=numbers.take(1)[0],
        by=by,
        at=at,
        specialities=application.specialities,
        half_days=application.half_days,
    )
    # Who signs in with a password goes on using the word they know: nobody is locked out by being taken in.
    login_name = person.user.login_name if person.user.has_usable_password() else volunteer.number
    accounts.rename(user=person.user, login_name=login_name, name=person.name, at=at)
    return volunteer


@transaction.atomic
def ask_back(*, application: Application, by: Any, reason: str, at: dt.datetime) -> Application:
    """Ask the applicant to mend or add something."""
    return _decided(application, "ask_back", by=by, reason=reason, at=at)


@transaction.atomic
def refuse(*, application: Application, by: Any, reason: str, at: dt.datetime) -> Application:
    """Say no, with the reason that the applicant will read."""
    return _decided(application, "refuse", by=by, reason=reason, at=at)


@transaction.atomic
def reopen(*, application: Application, by: Any, at: dt.datetime) -> Application:
    """Take back a slip of the hand within minutes: the application waits again. Only whoever decided may."""
    application = _taken_back(application, "reopen", by=by, at=at)
    _record("reopened_application", application, actor=by, at=at)
    return application


@transaction.atomic
def take_back_approval(*, application: Application, by: Any, at: dt.datetime) -> Application:
    """Undo an approval within minutes and before anything hangs on it: the number lapses, the application waits again.

    What hangs on it is found by the database itself: whatever points to the volunteer keeps them.
    """
    application = _taken_back(application, "take_back", by=by, at=at)
    volunteer = (
        Volunteer.objects.select_for_update(of=("self",))
        .select_related("person__user")
        .get(person_id=application.person_id)
    )
    _end_what_approval_gave(volunteer, application.unit, by=by, at=at)
    try:
        with transaction.atomic():
            volunteer.memberships.filter(unit=application.unit).delete()
            volunteer.delete()
    except ProtectedError as hanging:
        raise TakenInAlready from hanging
    user = volunteer.person.user
    if user.login_name == volunteer.number:  # the number lapses, and nobody signs in with a lapsed one
        accounts.rename(user=user, login_name=f"u{short_code()}", name=user.name, at=at)
    _record("took_back_approval", application, actor=by, at=at)
    return application


# Signing ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def sign_agreement(
    *,
    volunteer: Volunteer,
    name: str,
    at: dt.datetime,
    version: str | None = None,
    privacy_version: str | None = None,
) -> Agreement:
    """Sign the agreement of today by typing one's own name. Signing twice is signing once.

    `privacy_version`: whoever came by a roster says yes to the privacy notice in the same breath.
    """
    text = queries.text_as_read(DocumentText.Kind.AGREEMENT, version, at=at)
    if not rules.is_same_name(name, volunteer.person.name):
        raise NameDiffers
    agreement, is_new = Agreement.objects.get_or_create(
        volunteer=volunteer, text=text, defaults={"signed_name": volunteer.person.name, "signed_at": at}
    )
    if privacy_version is not None:
        _consent_to_privacy(volunteer.person, privacy_version, at=at)
    if is_new:
        _record_of_person("signed_agreement", volunteer.person, at, {"version": text.version})
    return agreement


# On duty ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def suspend(
    *, volunteer: Volunteer, by: Any, reason: str, at: dt.datetime, returns_on: dt.date | None = None
) -> Volunteer:
    """Nobody suspended takes a shift; what they served stays theirs. With a day they come back by themselves on it.

    Places in shifts to come, before that day, are given back; `given_back` says how many.
    """
    if not reason.strip():
        raise ReasonNeeded
    if returns_on is not None and returns_on <= clock.local_day(at):
        raise ReturnInPast
    volunteer = _locked_by_another(volunteer, by=by)
    if volunteer.state != Volunteer.State.ACTIVE:
        raise NotActive
    volunteer.returns_on = returns_on
    volunteer = _now(volunteer, Volunteer.State.SUSPENDED, "suspended", by=by, reason=reason.strip()[:300], at=at)
    volunteer.given_back = duty.suspended(volunteer, by=by, at=at)
    telling.suspended(volunteer, at=at)
    return volunteer


@transaction.atomic
def resume(*, volunteer: Volunteer, by: Any, at: dt.datetime) -> Volunteer:
    """Back on duty; by nobody: the day has come that was said with the suspension, and `vetting.returning` tells so."""
    volunteer = _locked_by_another(volunteer, by=by)
    if volunteer.state != Volunteer.State.SUSPENDED:
        raise NotSuspended
    volunteer.returns_on, since = None, volunteer.state_since
    _now(volunteer, Volunteer.State.ACTIVE, "resumed", by=by, reason="", at=at)
    if by is not None:
        telling.resumed(volunteer, since=since, at=at)
    return volunteer


@transaction.atomic
def add_qualification(
    *,
    volunteer: Volunteer,
    kind: str,
    proof_seen: bool,
    valid_until: dt.date | None,
    by: Any,
    at: dt.datetime,
    source: str = "",
) -> Qualification:
    """Register a licence whose paper somebody saw. An earlier one of the same name ends here: it was renewed."""
    if not proof_seen:
        raise ProofNotSeen
    if valid_until is not None and valid_until < clock.local_day(at):
        raise ValidityPast
    volunteer = _locked_by_another(volunteer, by=by)
    named = Qualification.objects.filter(volunteer=volunteer, kind=kind.strip(), ended_at__isnull=True)
    named.update(ended_at=at, ended_by=by)
    qualification = Qualification.objects.create(
        volunteer=volunteer, kind=kind.strip(), checked_by=by, checked_at=at, valid_until=valid_until, source=source
    )
    # A licence's name is free text: only one that everybody knows goes into the trail.
    facts = {"valid_until": valid_until.isoformat() if valid_until else None}
    if qualification.kind in licences.names():
        facts["qualification"] = qualification.kind
    audit.record(actor=by, verb="added_qualification", thing=f"volunteer:{volunteer.number}", facts=facts, at=at)
    return qualification


@transaction.atomic
def end_qualification(*, qualification: Qualification, reason: str, by: Any, at: dt.datetime) -> Qualification:
    """Take a licence back, with the reason that its holder reads; places that were taken stay."""
    if not reason.strip():
        raise ReasonNeeded
    volunteer = _locked_by_another(qualification.volunteer, by=by)
    standing = Qualification.objects.filter(pk=qualification.pk, ended_at__isnull=True)
    if not standing.update(ended_at=at, ended_by=by, end_reason=reason.strip()[:300]):
        raise LicenceEnded
    # What a licence is called is free text, and a reason may say anything: the trail names the row.
    facts = {"licence": qualification.pk}
    audit.record(actor=by, verb="ended_qualification", thing=f"volunteer:{volunteer.number}", facts=facts, at=at)
    qualification.refresh_from_db()
    vetting_telling.licence_taken_back(qualification, at=at)
    return qualification


# Helpers ----------------------------------------------------------------------------------------------------------


def _looked_at(draft: Draft, *, at: dt.datetime) -> documents.Document:
    """The document of a draft, the applicant's age and the unit: all that needs no row of theirs."""
    if draft.unit.closed_at is not None:
        raise UnitTakesNobody
    today = clock.local_day(at)
    try:
        document = documents.read(draft.id_kind, draft.id_number, today=today)
    except documents.BadNumberError as bad:
        raise BadDocument(why=str(bad)) from bad
    document = replace(document, born_on=document.born_on or draft.born_on, sex=document.sex or draft.sex)
    assert document.born_on is not None, "the form asks for the birthday of everybody without an ID card"
    minimum_age = organisation.policy("minimum_age", draft.unit, at=at)
    rules.refuse_too_young(document.born_on, minimum_age=minimum_age, on=today)
    return document


def _person_of(user: Any, draft: Draft, document: documents.Document, *, at: dt.datetime) -> Person:
    """The applicant's row: made at the first application, mended at the next; never a volunteer's."""
    person = Person.objects.select_for_update().filter(user=user).first() or Person(user=user, created_at=at)
    if Volunteer.objects.filter(person_id=person.pk).exists():
        raise AlreadyVolunteer
    person.name, person.sex, person.township = draft.name, document.sex, draft.township
    for field, value in documents.sealed(document).items():
        setattr(person, field, value)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as taken:  # the blind index is unique: the database says whose paper it is, we don't
        raise _who_was_first(person) from taken
    seeking.note(person=person)
    accounts.rename(user=user, login_name=user.login_name, name=draft.name, at=at)
    return person


def _who_was_first(person: Person) -> Exception:
    """Pressed twice, or another account with this very paper."""
    is_own = Person.objects.filter(user=person.user).exists()
    same_paper = Person.objects.filter(id_blind=person.id_blind).exclude(user=person.user).exists()
    return AlreadyApplied() if is_own and not same_paper else DocumentOfAnotherAccount()


def _consent_on_applying(person: Person, draft: Draft, *, at: dt.datetime) -> None:
    if not draft.privacy_version:
        raise ConsentNeeded
    _consent_to_privacy(person, draft.privacy_version, at=at)


def _consent_to_privacy(person: Person, version: str, *, at: dt.datetime) -> None:
    text = queries.text_as_read(DocumentText.Kind.PRIVACY, version, at=at)
    if not Consent.objects.filter(person=person, text=text, withdrawn_at__isnull=True).exists():
        consenting.give(person=person, kind=DocumentText.Kind.PRIVACY, at=at)


def _new_application(person: Person, draft: Draft, *, at: dt.datetime) -> Application:
    try:
        with transaction.atomic():
            return Application.objects.create(
                person=person,
                unit=draft.unit,
                specialities=list(draft.specialities),
                half_days=list(draft.half_days),
                note=draft.note,
                submitted_at=at,
            )
    except IntegrityError as open_already:
        raise AlreadyApplied from open_already


def _moved(application: Application, verb: str) -> Application:
    """The application, locked and in its next state (not saved): of two who decide at once, one comes too late."""
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("person__user", "unit")
        .get(pk=application.pk)
    )
    state_said = Application.State(application.state).label
    application.state = rules.next_state(application.state, verb, state_said=str(state_said))
    return application


def _decided(application: Application, verb: str, *, by: Any, reason: str, at: dt.datetime) -> Application:
    reason = rules.reason_for(verb, reason)
    application = _moved(application, verb)
    if application.person.user_id == by.pk:
        raise OwnApplication
    application.decided_by, application.decided_at, application.reason = by, at, reason
    application.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    _record(DECIDED[verb], application, actor=by, at=at)
    telling.decided(application, at=at)
    return application


def _taken_back(application: Application, step: str, *, by: Any, at: dt.datetime) -> Application:
    """The application as it waited before the decision, if the same hand takes it back in time."""
    application = _moved(application, step)
    undo_minutes = organisation.policy("undo_minutes", application.unit, at=at)
    rules.refuse_late_reopening(application.decided_at, at=at, undo_minutes=undo_minutes)
    if application.decided_by_id != by.pk:
        raise DecisionOfAnother
    telling.taken_back(application)
    application.decided_by, application.decided_at, application.reason = None, None, ""
    try:
        with transaction.atomic():
            application.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    except IntegrityError as applied_anew:
        raise TooLateToReopen from applied_anew
    return application


def _end_what_approval_gave(volunteer: Volunteer, unit: Unit, *, by: Any, at: dt.datetime) -> None:
    """The one role of a volunteer ends; any other means that somebody has built on the approval."""
    held = Role.objects.filter(user=volunteer.person.user, ends_at__isnull=True)
    given = held.filter(unit=unit, name=Role.Name.VOLUNTEER).first()
    if given is None or held.exclude(pk=given.pk).exists():
        raise TakenInAlready
    organisation_actions.end_role(role=given, ended_by=by, at=at)


DECIDED = {"approve": "approved_application", "ask_back": "asked_back_application", "refuse": "refused_application"}


def _locked_by_another(volunteer: Volunteer, *, by: Any) -> Volunteer:
    """The volunteer as it stands now, held; refused to the volunteer themself."""
    if by is not None and volunteer.person.user_id == by.pk:
        raise NotAboutOneself
    return queries.held(volunteer)


def _now(volunteer: Volunteer, state: str, verb: str, *, by: Any, reason: str, at: dt.datetime) -> Volunteer:
    volunteer.state, volunteer.state_reason, volunteer.state_since = state, reason, at
    volunteer.save(update_fields=["state", "state_reason", "state_since", "returns_on"])
    # The reason may name an illness: it stays with the volunteer, where it can be erased, and out of the trail.
    facts = {"returns_on": volunteer.returns_on.isoformat()} if volunteer.returns_on is not None else {}
    audit.record(actor=by, verb=f"{verb}_volunteer", thing=f"volunteer:{volunteer.number}", facts=facts, at=at)
    return volunteer


def _record(verb: str, application: Application, *, actor: Any, at: dt.datetime) -> None:
    thing = f"application:{application.code}"
    facts = {"state": application.state}
    audit.record(actor=actor, verb=verb, thing=thing, unit_path=application.unit.path, facts=facts, at=at)


def _record_of_person(verb: str, person: Person, at: dt.datetime, facts: dict[str, str]) -> None:
    audit.record(actor=person.user, verb=verb, thing=f"person:{person.code}", facts=facts, at=at)
