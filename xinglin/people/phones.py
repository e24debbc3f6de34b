"""手机号: who may change the phone of an account, and who is told. Proved by a code, or seen to at the desk.

Whoever holds the phone signs in with it. So the old one is told, by a text message and not by a notice, which would go
to the new one; and nobody at a desk sets the phone of somebody whose role they could not have handed out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from xinglin.accounts import actions as accounts
from xinglin.accounts import phone_codes, sending
from xinglin.accounts import queries as phones
from xinglin.accounts.errors import PhoneTaken, SamePhone
from xinglin.accounts.models import PhoneCode, User
from xinglin.accounts.rules import normal_phone
from xinglin.lib.channels.sms import ENGLISH
from xinglin.notices import actions as notices
from xinglin.notices import queries as wishes
from xinglin.notices.kinds import CHINESE
from xinglin.organisation import queries as organisation
from xinglin.organisation.errors import OfSomebodyAtWork
from xinglin.organisation.models import Role
from xinglin.people import reasons, scopes
from xinglin.people.desk_errors import DocumentNotSeen, NoPhone
from xinglin.people.errors import NotAboutOneself
from xinglin.people.models import Person

VERB = "correct_people"


@dataclass(frozen=True)
class Changed:
    """The account as it stands now, and whether the phone before could be told; None: there was none."""

    user: User
    old_was_told: bool | None


def ask_for_code(*, user: User, phone: str, address: str, at: dt.datetime) -> None:
    """Send a code to the phone that somebody wants to have from now on; whose it is now is not said."""
    phone = normal_phone(phone)
    if phones.phone_of(user) == phone:
        raise SamePhone
    phone_codes.send(phone=phone, address=address, purpose=_purpose(user), at=at)


def change_own(*, user: User, phone: str, code: str, at: dt.datetime) -> Changed:
    """The code was typed: the phone is theirs. All sessions end; the page that asked keeps its own open."""
    sent = phone_codes.show(phone=phone, code=code, purpose=_purpose(user), at=at)
    before = _change_by_code(sent, user=user, phone=phone, at=at)
    return _old_told(user, before)


def set_at_desk(*, person: Person, phone: str, document_seen: bool, reason: str, by: Any, at: dt.datetime) -> Changed:
    """Staff has seen the document and writes down another phone."""
    phone = normal_phone(phone)
    before = _change_at_desk(person, phone, document_seen=document_seen, reason=reason, by=by, at=at)
    return _old_told(person.user, before)


def remove_at_desk(*, person: Person, document_seen: bool, reason: str, by: Any, at: dt.datetime) -> Changed:
    """The number belongs to somebody else now, or to nobody: it opens this account no longer."""
    before = _change_at_desk(person, None, document_seen=document_seen, reason=reason, by=by, at=at)
    return _old_told(person.user, before)


def may_correct(person: Person, *, by: Any, at: dt.datetime) -> bool:
    """Who may write down who somebody is, and how they come in: for pages that lead there."""
    return person.user_id != by.pk and scopes.may(by, VERB, person) and organisation.stands_over(by, person.user, at=at)


def refuse_about(person: Person, *, by: Any, at: dt.datetime) -> None:
    """The same, said: at their home, not about oneself, nor about who stands above or beside."""
    scopes.demand(by, VERB, person)
    if person.user_id == by.pk:
        raise NotAboutOneself
    refuse_above(person, by=by, at=at)


def refuse_above(person: Person, *, by: Any, at: dt.datetime) -> None:
    """Nobody at a desk opens a way in for whoever holds a role that they could not have handed out."""
    if not organisation.stands_over(by, person.user, at=at):
        raise OfSomebodyAtWork


@transaction.atomic
def _change_by_code(sent: PhoneCode, *, user: User, phone: str, at: dt.datetime) -> str | None:
    phone_codes.use(sent, at=at)
    _hold(user, phone)
    before = phones.phone_of(User.objects.get(pk=user.pk))
    _make_way(phone, to=user, by=user, at=at)
    accounts.change_phone(user=user, phone=phone, by=user, at=at)
    _tell(user, "phone_changed", at=at)
    return before


@transaction.atomic
def _change_at_desk(
    person: Person, phone: str | None, *, document_seen: bool, reason: str, by: Any, at: dt.datetime
) -> str | None:
    refuse_about(person, by=by, at=at)
    if not document_seen:
        raise DocumentNotSeen
    reason = reasons.cleaned(reason, of=person)
    _hold(person.user, phone)
    refuse_about(person, by=by, at=at)  # a role may have been handed out before the account was held
    user = User.objects.get(pk=person.user_id)
    before = phones.phone_of(user)
    if phone is None and before is None:
        raise NoPhone
    if phone is not None:
        if before == phone:
            raise SamePhone
        _make_way(phone, to=user, by=by, at=at)
    accounts.change_phone(user=user, phone=phone, by=by, reason=reason, at=at)
    _tell(user, "phone_set_at_desk" if phone else "phone_removed_at_desk", at=at)
    return before


def _hold(user: User, phone: str | None) -> None:
    """This account and the one that has the phone now, always in one order: two who swap phones wait in no circle."""
    holder = phones.by_phone(phone) if phone else None
    keys = {user.pk} | ({holder.pk} if holder else set())
    list(User.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def _make_way(phone: str, *, to: User, by: Any, at: dt.datetime) -> None:
    """Who signs in with a new phone before they have changed it gets a second account, which is nothing but that phone.

    It makes way. Any other account keeps its phone, and whose it is is not said.
    """
    holder = phones.by_phone(phone)
    if holder is None or holder.pk == to.pk:
        return
    if not _is_bare(holder):
        raise PhoneTaken
    accounts.close_bare(user=holder, by=by, at=at)


def _is_bare(user: User) -> bool:
    """Nobody has said who they are with it, works with it, or comes in by another way."""
    has_another_way = bool(user.pin) or user.has_usable_password()
    is_somebody = Person.objects.filter(user=user).exists() or Role.objects.filter(user=user).exists()
    return user.is_active and not has_another_way and not is_somebody


def _tell(user: User, kind: str, *, at: dt.datetime) -> None:
    notices.tell(user=user, kind=kind, source=f"phone:{user.code}:{at.timestamp():.0f}", at=at)


def _old_told(user: User, before: str | None) -> Changed:
    """Sent after the commit, as a sign-in code is: no lock waits for another house's server."""
    ending = "" if wishes.wishes_of(user).language == CHINESE else ENGLISH
    told = sending.tell_phone(phone=before, template="phone_gone", language_ending=ending) if before else None
    return Changed(User.objects.get(pk=user.pk), told)


def _purpose(user: User) -> str:
    """A code that was sent for one account's new phone is of no use to another, nor for signing in."""
    return f"phone_of:{user.code}"
