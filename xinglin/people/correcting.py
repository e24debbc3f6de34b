"""更正: what stands about somebody is put right, by themselves where they may, else at the desk with the document seen.

The trail says which fields were changed and by whom, never from what or to what.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinglin.accounts import actions as accounts
from xinglin.accounts.models import User
from xinglin.audit import actions as audit
from xinglin.audit.models import Entry
from xinglin.lib import clock
from xinglin.notices import actions as notices
from xinglin.people import documents, guardians, phones, reasons, seeking
from xinglin.people.desk_errors import DocumentNotSeen, DocumentTaken, NothingToCorrect
from xinglin.people.errors import BadDocument
from xinglin.people.models import Person, Volunteer

OWN, AT_DESK, WHO = "changed_own_details", "changed_details", "corrected_person"
OF_THE_PERSON = ("township", "education", "employment", "political_status")
OF_THE_VOLUNTEER = ("specialities", "half_days")
MOST_SHOWN = 20
SAID = {
    "name": gettext_lazy("姓名"),
    "sex": gettext_lazy("性别"),
    "born_on": gettext_lazy("出生日期"),
    "document": gettext_lazy("证件"),
    "township": gettext_lazy("住在"),
    "education": gettext_lazy("学历"),
    "employment": gettext_lazy("从业状况"),
    "political_status": gettext_lazy("政治面貌"),
    "specialities": gettext_lazy("特长"),
    "half_days": gettext_lazy("有空的时段"),
}


@dataclass(frozen=True)
class Details:
    """What everybody says of themselves, and changes when they like."""

    township: str = ""
    education: str = ""
    employment: str = ""
    political_status: str = ""
    specialities: tuple[str, ...] = ()
    half_days: tuple[str, ...] = ()


@dataclass(frozen=True)
class Identity:
    """What a document says. No number: the document stays, and with an ID card the birthday and sex in it."""

    name: str
    id_kind: str
    id_number: str = ""
    sex: str = ""
    born_on: dt.date | None = None


@dataclass(frozen=True)
class Change:
    """That something about somebody was changed: when, by whom, which fields or phone, why."""

    at: dt.datetime
    who: str
    what: tuple[str, ...]
    reason: str


@transaction.atomic
def change_details(*, person: Person, details: Details, by: Any, at: dt.datetime) -> list[str]:
    """Write down what somebody says of themselves, or what staff says for them. The names of what has changed."""
    is_own = by.pk == person.user_id
    if not is_own:
        phones.refuse_about(person, by=by, at=at)
    person = _held(person)
    volunteer = Volunteer.objects.select_for_update().filter(person=person).first()
    changed = _set(person, {name: getattr(details, name) for name in OF_THE_PERSON})
    person.save(update_fields=changed)
    if volunteer is not None:
        of_volunteer = _set(volunteer, {name: sorted(getattr(details, name)) for name in OF_THE_VOLUNTEER})
        volunteer.save(update_fields=of_volunteer)
        changed += of_volunteer
    if changed:
        _record(OWN if is_own else AT_DESK, person, changed, by=by, at=at)
    return changed


@transaction.atomic
def correct(
    *, person: Person, identity: Identity, document_seen: bool, reason: str, by: Any, at: dt.datetime
) -> list[str]:
    """Put right who somebody is, after a look at the document. The names of what has changed."""
    phones.refuse_about(person, by=by, at=at)
    if not document_seen:
        raise DocumentNotSeen
    before = _held(person)
    reason = reasons.cleaned(reason, of=before, also=identity.name)
    person = Person.objects.get(pk=before.pk)
    _take_over(person, identity, today=clock.local_day(at))
    changed = [name for name in ("name", "sex", "born_on") if getattr(before, name) != getattr(person, name)]
    if bytes(before.id_blind) != bytes(person.id_blind):
        changed.append("document")
    if not changed:
        raise NothingToCorrect
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as taken:  # the blind index is unique: the database says that it is somebody's, not whose
        raise DocumentTaken from taken
    if "name" in changed:
        seeking.note(person=person)
        user = User.objects.select_for_update().get(pk=person.user_id)
        accounts.rename(user=user, login_name=user.login_name, name=person.name, at=at)
    if "born_on" in changed:
        guardians.birthday_changed(person=person, by=by, at=at)
    _record(WHO, person, changed, by=by, at=at, reason=reason)
    source = f"corrected:{person.code}:{at.timestamp():.0f}"
    notices.tell(user=person.user, kind="data_corrected", source=source, at=at)
    return changed


def details_of(person: Person) -> Details:
    """As it stands now."""
    volunteer = Volunteer.objects.filter(person=person).first()
    known = {name: getattr(person, name) for name in OF_THE_PERSON}
    if volunteer is not None:
        known |= {name: tuple(getattr(volunteer, name)) for name in OF_THE_VOLUNTEER}
    return Details(**known)


def changes_of(person: Person) -> list[Change]:
    """What was changed about this person, the latest first."""
    about = Q(thing=f"person:{person.code}", verb__in=(OWN, AT_DESK, WHO))
    phone = Q(thing=f"user:{person.user.code}", verb__in=("changed_phone", "removed_phone"))
    entries = list(Entry.objects.filter(about | phone).order_by("-id")[:MOST_SHOWN])
    names = dict(User.objects.filter(code__in={one.actor_code for one in entries}).values_list("code", "name"))
    return [Change(one.at, _who(one, person, names), _what(one), one.reason) for one in entries]


def _who(entry: Entry, person: Person, names: Mapping[str, str]) -> str:
    return _("本人") if entry.actor_code == person.user.code else names.get(entry.actor_code, entry.actor_code)


def _what(entry: Entry) -> tuple[str, ...]:
    if entry.verb in ("changed_phone", "removed_phone"):
        return (_("手机号"),)
    return tuple(str(SAID[name]) for name in entry.facts.get("fields", []) if name in SAID)


def _held(person: Person) -> Person:
    """As it stands now; whoever else corrects them waits."""
    return Person.objects.select_for_update(of=("self",)).select_related("user").get(pk=person.pk)


def _set(row: Any, values: Mapping[str, Any]) -> list[str]:
    """Set what differs; its names."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def _take_over(person: Person, identity: Identity, *, today: dt.date) -> None:
    person.name = identity.name
    if not identity.id_number.strip():
        _keep_document(person, identity)
        return
    try:
        document = documents.read(identity.id_kind, identity.id_number, today=today)
    except documents.BadNumberError as bad:
        raise BadDocument(why=str(bad)) from bad
    born_on = document.born_on or identity.born_on or person.born_on
    person.sex = document.sex or identity.sex or person.sex
    for name, value in documents.sealed(document).items():
        setattr(person, name, value)
    person.born_on = born_on


def _keep_document(person: Person, identity: Identity) -> None:
    """The number stays; an ID card's says birthday and sex by itself."""
    if identity.id_kind != person.id_kind:
        raise BadDocument(why=_("换了一种证件，号码也要重新写"))
    if person.id_kind != documents.ID_CARD:
        person.sex, person.born_on = identity.sex or person.sex, identity.born_on or person.born_on


def _record(verb: str, person: Person, changed: list[str], *, by: Any, at: dt.datetime, reason: str = "") -> None:
    facts = {"fields": sorted(changed)}
    audit.record(actor=by, verb=verb, thing=f"person:{person.code}", reason=reason, facts=facts, at=at)


assert {one.name for one in fields(Details)} == {*OF_THE_PERSON, *OF_THE_VOLUNTEER}
