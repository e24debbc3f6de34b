"""代办: staff acts for somebody who cannot use a telephone, once it is written down who consented, on which paper."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from xinglin.accounts.vault import vault
from xinglin.audit import actions as audit
from xinglin.lib.whole_person import ERASED
from xinglin.people import queries, scopes
from xinglin.people.errors import (
    AssistedAlready,
    NoAssistance,
    NotAboutOneself,
    PaperNeeded,
    WhoConsented,
)
from xinglin.people.models import Agreement, Assistance, Consent, DocumentText, Person, Volunteer
from xinglin.people.vetting import files

PURPOSE = "assistance.consented_by"
VERB = "assist_people"
Kind = DocumentText.Kind


@dataclass(frozen=True)
class Paper:
    """What somebody signed at the desk: who, in what capacity, what kind of paper, and which texts stood on it.

    A version that is None was not on the page: then the one that holds now was read out. `content`: the bytes of its
    picture, as `files.read` let them through. `privacy_version`: the paper agrees to the privacy notice as well.
    """

    capacity: str
    name: str
    paper: str
    version: str | None = None
    privacy_version: str = ""
    has_agreement: bool = False  # the service agreement was signed on paper, too
    content: bytes | None = None


def consented_by(assistance: Assistance) -> str:
    """Who said yes, by name; one of the two may be forgotten."""
    if not assistance.consented_sealed:
        return ERASED
    return vault().open(bytes(assistance.consented_sealed), purpose=PURPOSE)


def standing(person: Person) -> Assistance | None:
    """The consent on which staff may act for this person."""
    found = Assistance.objects.filter(person=person, ended_at__isnull=True)
    return found.select_related("registered_by", "text", "file").first()


def with_file(person: Person) -> QuerySet[Assistance]:
    """Consents of theirs, standing or ended, whose paper is still kept."""
    return Assistance.objects.filter(person=person, file__isnull=False, file__deleted_at__isnull=True).select_related(
        "file"
    )


def demand(person: Person) -> Assistance:
    """Refuse to act for somebody of whom nothing of the kind is written down."""
    found = standing(person)
    if found is None:
        raise NoAssistance
    return found


def demand_by(person: Person, *, by: Any) -> Assistance:
    """The consent on which this user may do for somebody what they would do on their own telephone."""
    scopes.demand(by, VERB, person)
    if person.user_id == by.pk:
        raise NotAboutOneself
    return demand(person)


def facts_of(person: Person) -> dict[str, str]:
    """For the trail: for whom staff did it, and on which consent, both by code."""
    return {"on_behalf": person.code, "assistance": demand(person).code}


@transaction.atomic
def sign_agreement(*, person: Person, paper: str, version: str, by: Any, at: dt.datetime) -> None:
    """The service agreement of today was signed on paper, by whoever consented to the assistance. Twice is once."""
    assistance, paper = demand_by(person, by=by), paper.strip()[:60]
    if not paper:
        raise PaperNeeded
    queries.text_as_read(Kind.AGREEMENT, version, at=at)
    _sign_on_paper(assistance, paper=paper, by=by, at=at)


@transaction.atomic
def register(*, person: Person, said: Paper, by: Any, at: dt.datetime) -> Assistance:
    """Write down who consented, in what capacity, on which paper; from now on staff may act for this person."""
    scopes.demand(by, VERB, person)
    if person.user_id == by.pk:
        raise NotAboutOneself
    name = person.name if said.capacity == Assistance.Capacity.SELF else said.name.strip()[:60]
    if not name:
        raise WhoConsented
    paper = said.paper.strip()[:60]
    if not paper:
        raise PaperNeeded
    text = queries.text_as_read(Kind.ASSISTANCE, said.version, at=at)
    row = Assistance(person=person, capacity=said.capacity, paper=paper, text=text, registered_by=by, registered_at=at)
    row.consented_sealed = vault().seal(name, purpose=PURPOSE)
    if said.content is not None:
        row.file = files.keep(said.content, owner=person, by=by, at=at)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as stands:
        raise AssistedAlready from stands
    _record("registered_assistance", row, by=by, at=at)
    if said.privacy_version:
        _consent_to_privacy(person, said.privacy_version, paper=paper, by=by, at=at)
    if said.has_agreement:
        _sign_on_paper(row, paper=paper, by=by, at=at)
    return row


@transaction.atomic
def end(*, assistance: Assistance, by: Any, at: dt.datetime) -> Assistance:
    """From now on they act for themselves; what was done for them stays theirs."""
    assistance = Assistance.objects.select_for_update(of=("self",)).select_related("person").get(pk=assistance.pk)
    if assistance.ended_at is not None:
        raise NoAssistance
    if by.pk != assistance.person.user_id:
        scopes.demand(by, VERB, assistance.person)
    assistance.ended_at, assistance.ended_by = at, by
    assistance.save(update_fields=["ended_at", "ended_by"])
    _record("ended_assistance", assistance, by=by, at=at)
    return assistance


def _consent_to_privacy(person: Person, version: str, *, paper: str, by: Any, at: dt.datetime) -> None:
    text = queries.text_as_read(Kind.PRIVACY, version, at=at)
    _row, is_new = Consent.objects.get_or_create(
        person=person, text=text, withdrawn_at=None, defaults={"given_at": at, "paper": paper, "entered_by": by}
    )
    if is_new:
        _record_paper("entered_consent", person, text, by=by, at=at)


def _sign_on_paper(assistance: Assistance, *, paper: str, by: Any, at: dt.datetime) -> None:
    person = assistance.person
    volunteer = Volunteer.objects.filter(person=person).first()
    if volunteer is None:
        return
    text = queries.text(Kind.AGREEMENT, at=at)
    signed: dict[str, Any] = {"signed_at": at, "paper": paper}
    if assistance.capacity == Assistance.Capacity.SELF:
        signed |= {"signed_name": person.name}
    else:  # the name is somebody else's, and stays where it is sealed
        signed |= {"assistance": assistance}
    _row, is_new = Agreement.objects.get_or_create(volunteer=volunteer, text=text, defaults=signed)
    if is_new:
        _record_paper("entered_agreement", person, text, by=by, at=at)


def _record_paper(verb: str, person: Person, text: DocumentText, *, by: Any, at: dt.datetime) -> None:
    facts = {"kind": text.kind, "version": text.version}
    audit.record(actor=by, verb=verb, thing=f"person:{person.code}", facts=facts, at=at)


def _record(verb: str, assistance: Assistance, *, by: Any, at: dt.datetime) -> None:
    facts = {"assistance": assistance.code, "capacity": assistance.capacity}
    if assistance.text is not None:
        facts["version"] = assistance.text.version
    audit.record(actor=by, verb=verb, thing=f"person:{assistance.person.code}", facts=facts, at=at)
