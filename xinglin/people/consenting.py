"""同意: yes to one text for one purpose, and its withdrawal: by oneself, by a child's guardian, or on paper."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from xinglin.audit import actions as audit
from xinglin.people import queries, rules, scopes
from xinglin.people.consent_errors import DecidesThemselves, GuardiansWord
from xinglin.people.errors import (
    ConsentGivenAlready,
    GuardianshipEnded,
    NoSuchConsent,
    NotAboutOneself,
    PaperNeeded,
)
from xinglin.people.models import Consent, DocumentText, Guardianship, Person
from xinglin.people.vetting import keeping

Kind = DocumentText.Kind
PURPOSES = (Kind.PRIVACY, Kind.LOCATION, Kind.HEALTH)
VERB = "assist_people"


@transaction.atomic
def give(*, person: Person, kind: str, at: dt.datetime) -> Consent:
    """Say yes to the text of one purpose as it stands now."""
    _refuse_a_child(person, at=at)
    return _given(Consent(person=person, text=queries.text(kind, at=at), given_at=at), "gave_consent", by=person.user)


@transaction.atomic
def withdraw(*, person: Person, kind: str, at: dt.datetime) -> None:
    """Take a consent back, under whichever versions it was given. Takes effect at once."""
    _refuse_a_child(person, at=at)
    _withdrawn(person, kind, by=person.user, at=at)


@transaction.atomic
def give_for(*, guardianship: Guardianship, kind: str, version: str, at: dt.datetime) -> Consent:
    """A guardian says yes to what is kept of a child. `version`: of the text that stood on the page."""
    row = _of_a_child(guardianship, at=at)
    text = queries.text_as_read(kind, version, at=at)
    consent = Consent(person=row.child, text=text, given_at=at, given_by=row.guardian.user)
    return _given(consent, "gave_consent", by=row.guardian.user)


@transaction.atomic
def withdraw_for(*, guardianship: Guardianship, kind: str, at: dt.datetime) -> None:
    """A guardian takes it back, whoever of the family or the desk had given it."""
    row = _of_a_child(guardianship, at=at)
    _withdrawn(row.child, kind, by=row.guardian.user, at=at)


@transaction.atomic
def enter(*, person: Person, kind: str, paper: str, version: str, by: Any, at: dt.datetime) -> Consent:
    """Staff writes down at the desk what somebody has signed on paper. `version`: of the text that was signed."""
    scopes.demand(by, VERB, person)
    return on_paper(person=person, kind=kind, paper=paper, version=version, by=by, at=at)


@transaction.atomic
def withdraw_at_desk(*, person: Person, kind: str, by: Any, at: dt.datetime) -> None:
    """Somebody without a telephone says at the desk that they consent no longer: as easy as saying yes."""
    scopes.demand(by, VERB, person)
    if person.user_id == by.pk:
        raise NotAboutOneself
    _withdrawn(person, kind, by=by, at=at)


def on_paper(*, person: Person, kind: str, paper: str, version: str, by: Any, at: dt.datetime) -> Consent:
    """The same for whoever may do something else at the desk that asks for this consent; who may is theirs to ask."""
    if person.user_id == by.pk:
        raise NotAboutOneself
    paper = paper.strip()[:60]
    if not paper:
        raise PaperNeeded
    text = queries.text_as_read(kind, version, at=at)
    consent = Consent(person=person, text=text, given_at=at, paper=paper, entered_by=by)
    return _given(consent, "entered_consent", by=by)


def _refuse_a_child(person: Person, *, at: dt.datetime) -> None:
    if queries.is_child(person, at=at):
        raise GuardiansWord(age=rules.AGE_OF_CONSENT)


def _of_a_child(guardianship: Guardianship, *, at: dt.datetime) -> Guardianship:
    rows = Guardianship.objects.select_related("child__user", "guardian__user")
    row = rows.get(pk=guardianship.pk)
    if row.ended_at is not None:
        raise GuardianshipEnded
    if not queries.is_child(row.child, at=at):
        raise DecidesThemselves(age=rules.AGE_OF_CONSENT)
    return row


def _given(consent: Consent, verb: str, *, by: Any) -> Consent:
    try:
        with transaction.atomic():
            consent.save(force_insert=True)
    except IntegrityError as given:
        raise ConsentGivenAlready from given
    facts = {"kind": consent.text.kind, "version": consent.text.version}
    _record(verb, consent.person, facts, by=by, at=consent.given_at)
    return consent


def _withdrawn(person: Person, kind: str, *, by: Any, at: dt.datetime) -> None:
    # Whoever signs them up at this moment holds the person: one comes after the other.
    person = Person.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=person.pk)
    standing = Consent.objects.filter(person=person, text__kind=kind, withdrawn_at__isnull=True)
    hand = by if by.pk != person.user_id else None
    if not standing.update(withdrawn_at=at, withdrawn_by=hand):
        raise NoSuchConsent
    if kind == Kind.HEALTH:
        keeping.delete_health_papers(person, at=at)
    _record("withdrew_consent", person, {"kind": kind}, by=by, at=at)


def _record(verb: str, person: Person, facts: dict[str, str], *, by: Any, at: dt.datetime) -> None:
    audit.record(actor=by, verb=verb, thing=f"person:{person.code}", facts=facts, at=at)
