"""Grants, corrections and reversals by the staff: one person asks, another one decides, and only then minutes move.

What stands in the ledger stays; a correction is a new transfer that names the one it corrects. A decision that has
moved minutes can't be undone: whoever finds it wrong asks for its reversal.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from xinglin.audit import actions as audit
from xinglin.lib.web.words import minutes_said
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people.models import Person
from xinglin.timebank import requesting
from xinglin.timebank.actions import accounts
from xinglin.timebank.actions.posting import post, reverse
from xinglin.timebank.errors import (
    AccountClosed,
    AlreadyCorrecting,
    MoreThanAllowed,
    MovesReasonNeeded,
    NotAboutOneself,
    NotEnoughInAccount,
    NotMinutes,
    NotReversible,
    RequestDecided,
    SecondPersonDecides,
)
from xinglin.timebank.models import Account, Request
from xinglin.timebank.models import Transfer as TransferRow
from xinglin.timebank.rules import AccountKind, Reason, Transfer, TransferKind

VERB = "move_minutes"
VERB_TO_FUND = "fund_reserve"
MOST_MINUTES = 600_000  # ten thousand hours: more in one go is a slip of the hand
ACCOUNT_OF_GRANT = {Request.Kind.POOL_GRANT: AccountKind.POOL, Request.Kind.RESERVE_GRANT: AccountKind.RESERVE}
REVERSIBLE = frozenset({TransferKind.GIFT, TransferKind.GRANT, TransferKind.ADJUSTMENT, TransferKind.CREDIT})
# As they stand in the ledger, where nothing personal may stand.
SAID = {
    Request.Kind.POOL_GRANT: "公益池发放",
    Request.Kind.RESERVE_GRANT: "储备发放",
    Request.Kind.RESERVE_FUNDING: "拨入储备",
    Request.Kind.REVERSAL: "冲回",
    Request.Kind.ADJUSTMENT: "更正补入",
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
    an adjustment adds what an earlier transfer should have brought.
    """
    organisation.demand(by, VERB_TO_FUND if kind == Request.Kind.RESERVE_FUNDING else VERB, unit)
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
        assert request.person_id is not None, "it goes to somebody"
        payee = accounts.of_people(person_ids=[request.person_id], kind=AccountKind.MEMBER, at=at)[request.person_id]
        payer = issuance
        if kind in ACCOUNT_OF_GRANT:
            payer = accounts.of_unit(unit_id=request.unit_id, kind=ACCOUNT_OF_GRANT[kind], at=at)
    is_correction = kind == Request.Kind.ADJUSTMENT
    return Transfer(
        key=request.thing,
        payer_id=payer,
        payee_id=payee,
        minutes=request.minutes,
        kind=TransferKind.ADJUSTMENT if is_correction else TransferKind.GRANT,
        origin=f"transfer:{request.transfer_id}" if is_correction else request.thing,
        reason=SAID[kind],
    )


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
    audit.record(
        actor=by, verb=verb, thing=request.thing, unit_path=request.unit.path, reason=reason, facts=facts, at=at
    )
