"""Grants, corrections and reversals by the staff: one person asks, another one decides, and only then minutes move.

What stands in the ledger stays; a correction is a new transfer that names the one it corrects. A decision that has
moved minutes can't be undone: whoever finds it wrong asks for its reversal.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from xinglin.audit import actions as audit
from xinglin.lib import clock
from xinglin.lib.errors import NotFound
from xinglin.lib.web.words import minutes_said
from xinglin.organisation import policies as policy_words
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import queries as people
from xinglin.people.models import Person
from xinglin.timebank import requesting, teams
from xinglin.timebank import terms as terms_of
from xinglin.timebank.actions import accounts
from xinglin.timebank.actions.posting import post, reverse
from xinglin.timebank.errors import (
    AccountClosed,
    AlreadyCorrecting,
    GiftNotPermitted,
    MoreThanAllowed,
    MovesReasonNeeded,
    NotAboutOneself,
    NotEnoughInAccount,
    NotInNeed,
    NotMinutes,
    NotOfTheHouse,
    NotReversible,
    ReceiverIsFull,
    RequestDecided,
    SecondPersonDecides,
)
from xinglin.timebank.models import Account, Request
from xinglin.timebank.models import Transfer as TransferRow
from xinglin.timebank.rules import AccountKind, Reason, Transfer, TransferKind

VERB = "move_minutes"
VERB_TO_FUND = "fund_reserve"
MOST_MINUTES = 600_000  # ten thousand hours: more in one go is a slip of the hand
VERB_OF_KIND = {Request.Kind.RESERVE_FUNDING: VERB_TO_FUND, Request.Kind.TEAM_GIFT: teams.VERB}
ACCOUNT_OF_GRANT = {
    Request.Kind.POOL_GRANT: AccountKind.POOL,
    Request.Kind.RESERVE_GRANT: AccountKind.RESERVE,
    Request.Kind.TEAM_GIFT: AccountKind.TEAM,
}
REVERSIBLE = frozenset({TransferKind.GIFT, TransferKind.GRANT, TransferKind.ADJUSTMENT, TransferKind.CREDIT})
KIND_IN_LEDGER = {Request.Kind.ADJUSTMENT: TransferKind.ADJUSTMENT, Request.Kind.TEAM_GIFT: TransferKind.GIFT}
# As they stand in the ledger, where nothing personal may stand.
SAID = {
    Request.Kind.POOL_GRANT: "公益池发放",
    Request.Kind.RESERVE_GRANT: "储备发放",
    Request.Kind.RESERVE_FUNDING: "拨入储备",
    Request.Kind.REVERSAL: "冲回",
    Request.Kind.ADJUSTMENT: "更正补入",
    Request.Kind.TEAM_GIFT: "团队捐出",
}


@transaction.atomic
def ask(
    *,
    kind: str,
    unit: Unit,
    person: Person | None,
    minutes: int,
    reason: str,
    by: Any,
    at: dt.datetime,
    transfer_id: int | None = None,
) -> Request:
    """Ask that minutes be moved. Nothing moves until somebody else agrees.

    A grant takes from the unit's pool or reserve; a funding fills the reserve; a reversal takes a whole transfer back;
    an adjustment adds what an earlier transfer should have brought; a team's gift goes to the pool or to one in need.
    """
    organisation.demand(by, VERB_OF_KIND.get(Request.Kind(kind), VERB), unit)
    _refuse_about_oneself(person, by)
    reason = reason.strip()[:200]
    if not reason:
        raise MovesReasonNeeded
    if kind == Request.Kind.REVERSAL:
        minutes = _reversible(transfer_id, person).minutes
    if kind == Request.Kind.ADJUSTMENT:
        _of_person(transfer_id, person)
    if not minutes > 0:
        raise NotMinutes
    if minutes > MOST_MINUTES:
        raise MoreThanAllowed(most=minutes_said(MOST_MINUTES))
    if kind == Request.Kind.TEAM_GIFT:
        _refuse_to_give_of_team(unit, person, minutes, at=at)
    request = Request(kind=kind, unit=unit, person=person, minutes=minutes, transfer_id=transfer_id, reason=reason)
    request.state, request.asked_by, request.asked_at = Request.State.WAITING, by, at
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError as asked:  # of two who ask for the same reversal one is first
        raise AlreadyCorrecting from asked
    _record("asked_to_move_minutes", request, by=by, at=at, reason=reason)
    return request


@transaction.atomic
def agree(*, request: Request, by: Any, at: dt.datetime) -> Request:
    """The second person agrees: the minutes move now. Twice is once."""
    request = _locked(request)
    if request.state == Request.State.DONE and request.decided_by_id == by.pk:
        return request
    _refuse_to_decide(request, by)
    if request.kind == Request.Kind.REVERSAL:
        original = _reversible(request.transfer_id, request.person)
        taken = reverse(
            key=original.key,
            reversal_key=request.thing,
            reason=SAID[Request.Kind.REVERSAL],
            origin=request.thing,
            at=at,
        )
        request.owed_minutes = taken.owed_minutes
    else:
        if request.kind == Request.Kind.TEAM_GIFT and request.person is not None:
            _refuse_who_is_not_in_need(request.person, request.minutes, at=at)
        _post(_transfer(request, at=at), request, at=at)
    return _decided(request, Request.State.DONE, "moved_minutes", by=by, at=at)


@transaction.atomic
def decline(*, request: Request, by: Any, reason: str, at: dt.datetime) -> Request:
    """The second person does not agree, and says why."""
    request = _locked(request)
    _refuse_to_decide(request, by)
    reason = reason.strip()[:200]
    if not reason:
        raise MovesReasonNeeded
    request.decision_reason = reason
    return _decided(request, Request.State.DECLINED, "declined_to_move_minutes", by=by, at=at)


@transaction.atomic
def withdraw(*, request: Request, by: Any, at: dt.datetime) -> Request:
    """Whoever asked takes it back while nobody has decided."""
    request = _locked(request)
    if request.asked_by_id != by.pk:
        raise NotFound
    if request.state == Request.State.WITHDRAWN:
        return request
    if request.state != Request.State.WAITING:
        raise RequestDecided(state=request.get_state_display())
    request.state = Request.State.WITHDRAWN
    request.save(update_fields=["state"])
    _record("withdrew_request", request, by=by, at=at)
    return request


def _transfer(request: Request, *, at: dt.datetime) -> Transfer:
    """What agreeing posts, under a key that can be had only once."""
    kind = Request.Kind(request.kind)
    issuance = accounts.issuance(at=at)
    if kind == Request.Kind.RESERVE_FUNDING:
        payer = issuance
        payee = accounts.of_unit(unit_id=request.unit_id, kind=AccountKind.RESERVE, at=at)
    else:
        payee = _payee(request, at=at)
        payer = issuance
        if kind in ACCOUNT_OF_GRANT:
            payer = accounts.of_unit(unit_id=request.unit_id, kind=ACCOUNT_OF_GRANT[kind], at=at)
    is_correction = kind == Request.Kind.ADJUSTMENT
    return Transfer(
        key=request.thing,
        payer_id=payer,
        payee_id=payee,
        minutes=request.minutes,
        kind=KIND_IN_LEDGER.get(kind, TransferKind.GRANT),
        origin=f"transfer:{request.transfer_id}" if is_correction else request.thing,
        reason=SAID[kind],
    )


def _payee(request: Request, *, at: dt.datetime) -> int:
    """The account of the person whom it is for; of a team's gift to nobody in particular, the pool of its house."""
    if request.person_id is None:
        assert request.kind == Request.Kind.TEAM_GIFT, "it goes to somebody"
        return accounts.of_unit(unit_id=teams.house_of(request.unit).pk, kind=AccountKind.POOL, at=at)
    return accounts.of_people(person_ids=[request.person_id], kind=AccountKind.MEMBER, at=at)[request.person_id]


def _refuse_to_give_of_team(team: Unit, person: Person | None, minutes: int, *, at: dt.datetime) -> None:
    """Not to whom the policy does not name, not outside the house, not more than there is."""
    assert team.kind == Unit.Kind.TEAM, "only a team has such minutes"
    word = teams.POOL if person is None else teams.NEED
    if word not in teams.permitted(team, at=at):
        raise GiftNotPermitted(whom=policy_words.TEAM_GIFTS[word])
    if person is not None and not people.is_member_below(person, teams.house_of(team)):
        raise NotOfTheHouse
    free = teams.minutes_of(team)
    if minutes > free:
        raise NotEnoughInAccount(free=minutes_said(free), needed=minutes_said(minutes))


def _refuse_who_is_not_in_need(person: Person, minutes: int, *, at: dt.datetime) -> None:
    """Said to whoever decides, who may know of hardships; a team's leader need not."""
    if not people.is_in_hardship(person, on=clock.local_day(at)):
        raise NotInNeed
    room = terms_of.room_of(person, at=at)
    if room is not None and minutes > room:
        raise ReceiverIsFull(room=minutes_said(room))


def _post(transfer: Transfer, request: Request, *, at: dt.datetime) -> None:
    [answer] = post(transfers=[transfer], at=at)
    if answer.reason == Reason.FLOOR:
        free = requesting.balance_of_unit(request.unit, ACCOUNT_OF_GRANT[Request.Kind(request.kind)])
        raise NotEnoughInAccount(free=minutes_said(free), needed=minutes_said(request.minutes))
    if answer.reason == Reason.CLOSED:
        raise AccountClosed
    assert answer.stands, f"a request was answered {answer.outcome} {answer.reason or ''}"


def _of_person(transfer_id: int | None, person: Person | None) -> TransferRow:
    """A transfer from or to the person's account; another one is none of this request's business."""
    account = Account.objects.filter(person=person, unit=None, kind=AccountKind.MEMBER).first()
    row = TransferRow.objects.filter(pk=transfer_id or 0).first()
    if person is None or account is None or row is None or account.pk not in (row.payer_id, row.payee_id):
        raise NotReversible
    return row


def _reversible(transfer_id: int | None, person: Person | None) -> TransferRow:
    row = _of_person(transfer_id, person)
    if row.kind not in REVERSIBLE or row.origin.startswith("record:"):
        raise NotReversible
    if TransferRow.objects.filter(reverses=row.pk).exists():
        raise NotReversible
    return row


def _locked(request: Request) -> Request:
    return Request.objects.select_for_update(of=("self",)).select_related("person", "unit").get(pk=request.pk)


def _refuse_to_decide(request: Request, by: Any) -> None:
    organisation.demand(by, VERB, request.unit)
    if request.state != Request.State.WAITING:
        raise RequestDecided(state=request.get_state_display())
    if request.asked_by_id == by.pk:
        raise SecondPersonDecides
    _refuse_about_oneself(request.person, by)


def _refuse_about_oneself(person: Person | None, by: Any) -> None:
    if person is not None and person.user_id == by.pk:
        raise NotAboutOneself


def _decided(request: Request, state: str, verb: str, *, by: Any, at: dt.datetime) -> Request:
    request.state, request.decided_by, request.decided_at = state, by, at
    request.save(update_fields=["state", "decided_by", "decided_at", "decision_reason", "owed_minutes"])
    _record(verb, request, by=by, at=at, reason=request.decision_reason)
    return request


def _record(verb: str, request: Request, *, by: Any, at: dt.datetime, reason: str = "") -> None:
    facts = {"kind": request.kind, "minutes": request.minutes, "transfer": request.transfer_id}
    about = request.person.name if request.person is not None else ""
    told: dict[str, Any] = {"reason": reason, "about": about, "facts": facts}
    audit.record(actor=by, verb=verb, thing=request.thing, unit_path=request.unit.path, at=at, **told)
