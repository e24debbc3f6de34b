"""监护: a grown-up decides for a minor. Staff registers it on a paper, the guardian says yes from their own account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from xinglin.audit import actions as audit
from xinglin.lib import clock
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import queries, rules, scopes
from xinglin.people.errors import (
    ConsentGivenAlready,
    GuardedAlready,
    GuardianOfOneself,
    GuardianshipEnded,
    GuardianTooYoung,
    NotAboutOneself,
    NotAMinor,
    PaperNeeded,
)
from xinglin.people.models import Agreement, DocumentText, Guardianship, Person, Volunteer, Wish

VERB = "assist_people"

# What becomes of that which a guardian's word allowed, once it is gone: apps above say so when they start.
_following: dict[str, Callable[..., Any]] = {}


def follow(name: str, what: Callable[..., Any]) -> None:
    """`what(child=…, by=…, at=…)` is called in the transaction in which a guardian's word ends."""
    _following[name] = what


def word_is_gone(child: Person, *, by: Any, at: dt.datetime) -> None:
    """A guardian of this child consents no longer, or is none any more."""
    for name in sorted(_following):
        _following[name](child=child, by=by, at=at)


@transaction.atomic
def register(*, child: Person, guardian: Person, capacity: str, paper: str, by: Any, at: dt.datetime) -> Guardianship:
    """Write down who decides for a minor, after a paper was seen. The guardian says yes themselves."""
    scopes.demand(by, VERB, child)
    if by.pk in (child.user_id, guardian.user_id):
        raise NotAboutOneself
    if child.pk == guardian.pk:
        raise GuardianOfOneself
    if not paper.strip():
        raise PaperNeeded
    return write(child=child, guardian=guardian, capacity=capacity, paper=paper.strip()[:40], by=by, at=at)


@transaction.atomic
def write(*, child: Person, guardian: Person, capacity: str, paper: str, by: Any, at: dt.datetime) -> Guardianship:
    """The row of it, by the ages of both; whoever calls this has looked at the rest."""
    adult_age = adult_age_of(child, at=at)
    if not is_minor(child, at=at):
        raise NotAMinor(age=adult_age)
    age = queries.age_of(guardian, at=at)
    if age is None or age < adult_age:
        raise GuardianTooYoung(age=adult_age)
    row = Guardianship(child=child, guardian=guardian, capacity=capacity, paper=paper)
    row.registered_by, row.registered_at = by, at
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as stands:
        raise GuardedAlready from stands
    _record("registered_guardian", row, by=by, at=at)
    return row


@transaction.atomic
def consent(
    *, guardianship: Guardianship, at: dt.datetime, version: str | None = None, by: Any = None, paper: str = ""
) -> Guardianship:
    """The guardian says yes to the child's serving, as the text of today has it, and signs the agreement for them.

    `version`: of the text that stood on the page. `by` and `paper`: staff enters what the guardian signed on paper.
    """
    row = _standing(guardianship)
    text = queries.text_as_read(DocumentText.Kind.GUARDIAN, version, at=at)
    if row.consented_at is not None and row.text_id == text.pk:
        raise ConsentGivenAlready
    paper = paper.strip()[:60]
    if by is not None:
        _refuse_to_enter(row, paper, by=by)
    row.consented_at, row.text, row.consent_paper, row.consent_entered_by = at, text, paper, by
    row.save(update_fields=["consented_at", "text", "consent_paper", "consent_entered_by"])
    sign_for(guardianship=row, at=at)
    _record("guardian_consented", row, by=by or row.guardian.user, at=at)
    return row


@transaction.atomic
def withdraw_consent(*, guardianship: Guardianship, at: dt.datetime, by: Any = None) -> Guardianship:
    """As easy as saying yes, also at the desk (`by`). What is to come and nobody else allows is given back."""
    row = _standing(guardianship)
    if by is not None and by.pk != row.guardian.user_id:
        scopes.demand(by, VERB, row.child)
    had_consented = row.consented_at is not None
    row.consented_at, row.text, row.consent_paper, row.consent_entered_by = None, None, "", None
    row.save(update_fields=["consented_at", "text", "consent_paper", "consent_entered_by"])
    _record("guardian_withdrew_consent", row, by=by or row.guardian.user, at=at)
    if had_consented:
        word_is_gone(row.child, by=by or row.guardian.user, at=at)
    return row


@transaction.atomic
def end(*, guardianship: Guardianship, by: Any, at: dt.datetime) -> Guardianship:
    """They decide for the child no longer."""
    row = _standing(guardianship)
    if by.pk != row.guardian.user_id:
        scopes.demand(by, VERB, row.child)
    _end(row, by=by, at=at)
    return row


@transaction.atomic
def birthday_changed(*, person: Person, by: Any, at: dt.datetime) -> None:
    """Whoever turns out to be a minor decides for no child, and keeps of what is to come what a guardian allows."""
    age = queries.age_of(person, at=at)
    for row in children_of(person):
        if age is not None and age < adult_age_of(row.child, at=at):
            _end(_standing(row), by=by, at=at)
    if is_minor(person, at=at):
        word_is_gone(person, by=by, at=at)


@transaction.atomic
def sign_for(*, guardianship: Guardianship, at: dt.datetime) -> None:
    """The guardian signs the agreement of today for the child; twice is once."""
    volunteer = Volunteer.objects.filter(person=guardianship.child).first()
    if volunteer is not None:
        text = queries.text(DocumentText.Kind.AGREEMENT, at=at)
        signed = {"guardianship": guardianship, "signed_at": at, "paper": guardianship.consent_paper}
        Agreement.objects.get_or_create(volunteer=volunteer, text=text, defaults=signed)


# Wishes ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def wish(*, child: Person, source: str, at: dt.datetime) -> Wish:
    """The child would like to do something; the guardian decides. Twice is once."""
    row, is_new = Wish.objects.get_or_create(child=child, source=source, decided_at=None, defaults={"asked_at": at})
    if is_new:
        facts = {"wish": row.code, "source": source}
        audit.record(actor=child.user, verb="wished", thing=f"person:{child.code}", facts=facts, at=at)
    return row


@transaction.atomic
def decide(*, wish: Wish, grant: bool, by: Any, at: dt.datetime) -> Wish:
    """The guardian's word on a wish. Twice is once."""
    row = Wish.objects.select_for_update(of=("self",)).select_related("child").get(pk=wish.pk)
    if row.decided_at is not None:
        return row
    row.is_granted, row.decided_by, row.decided_at = grant, by, at
    row.save(update_fields=["is_granted", "decided_by", "decided_at"])
    verb = "granted_wish" if grant else "denied_wish"
    facts = {"wish": row.code, "source": row.source, "on_behalf": row.child.code}
    audit.record(actor=by, verb=verb, thing=f"person:{row.child.code}", facts=facts, at=at)
    return row


# What is known -----------------------------------------------------------------------------------------------------


def adult_age_of(person: Person, *, at: dt.datetime) -> int:
    """From which age on they decide for themselves, by the policy of their unit."""
    return int(organisation.policies_of(["adult_age"], scopes.unit_of(person), at=at)["adult_age"])


def is_minor(person: Person, *, at: dt.datetime) -> bool:
    """Below that age; whoever's birthday is unknown counts as grown up."""
    age = queries.age_of(person, at=at)
    return age is not None and age < adult_age_of(person, at=at)


def guardians_of(child: Person) -> QuerySet[Guardianship]:
    """Who decides for this child, consented or not."""
    return _rows().filter(child=child).order_by("registered_at")


def children_of(guardian: Person) -> QuerySet[Guardianship]:
    """For whom this grown-up decides."""
    return _rows().filter(guardian=guardian).order_by("registered_at")


def accounts_deciding_for(children: Collection[int], *, unit: Unit, at: dt.datetime) -> dict[int, list[int]]:
    """Of these accounts, those of minors, each with the accounts of its guardians; in one question however many."""
    adult_age, today = organisation.policy("adult_age", unit, at=at), clock.local_day(at)
    rows = Guardianship.objects.filter(
        ended_at__isnull=True, child__user__in=children, child__born_on__isnull=False, guardian__user__isnull=False
    )
    found: dict[int, list[int]] = {}
    for child, born_on, guardian in rows.order_by("pk").values_list("child__user", "child__born_on", "guardian__user"):
        assert born_on is not None, "asked for above"
        if rules.age_on(born_on, on=today) < adult_age:
            found.setdefault(child, []).append(guardian)
    return found


def waiting_wishes(child: Person) -> QuerySet[Wish]:
    """What the child asked for and nobody has decided."""
    return Wish.objects.filter(child=child, decided_at__isnull=True).order_by("asked_at")


def _rows() -> QuerySet[Guardianship]:
    return Guardianship.objects.filter(ended_at__isnull=True).select_related(
        "child__user", "child__volunteer", "guardian__user", "guardian__volunteer", "registered_by", "text"
    )


def _refuse_to_enter(row: Guardianship, paper: str, *, by: Any) -> None:
    """Staff enters a guardian's paper for children of theirs, and never their own."""
    scopes.demand(by, VERB, row.child)
    if by.pk in (row.child.user_id, row.guardian.user_id):
        raise NotAboutOneself
    if not paper:
        raise PaperNeeded


def _end(row: Guardianship, *, by: Any, at: dt.datetime) -> None:
    row.ended_at, row.ended_by = at, by
    row.save(update_fields=["ended_at", "ended_by"])
    _record("ended_guardianship", row, by=by, at=at)
    word_is_gone(row.child, by=by, at=at)


def _standing(guardianship: Guardianship) -> Guardianship:
    found = Guardianship.objects.select_for_update(of=("self",)).select_related("child__user", "guardian__user")
    row = found.get(pk=guardianship.pk)
    if row.ended_at is not None:
        raise GuardianshipEnded
    return row


def _record(verb: str, row: Guardianship, *, by: Any, at: dt.datetime) -> None:
    facts = {"guardianship": row.code, "guardian": row.guardian.code}
    if row.text is not None:
        facts["version"] = row.text.version
    audit.record(actor=by, verb=verb, thing=f"person:{row.child.code}", facts=facts, at=at)
