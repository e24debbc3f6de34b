"""What the time bank holds of somebody: accounts and all that moved over them, gifts, requests, debts.

Transfers never change. An erasure ends what is open, gives what is left to the pool of their own house and closes the
accounts; sums and proofs stand, of an account whose owner is a code. A merge moves what is free by a transfer.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from xinglin.audit import actions as audit
from xinglin.lib.web.words import minutes_said
from xinglin.lib.whole_person import Key, Moved, OpenThing, Section, Whole, emptied
from xinglin.organisation import queries as organisation
from xinglin.people import queries as people
from xinglin.timebank import queries
from xinglin.timebank.actions import accounts, gifts, holds, merging
from xinglin.timebank.actions.posting import post
from xinglin.timebank.models import Account, Debt, Forgiveness, Gift, OpenHold, Reckoning, Remainder, Request, Transfer
from xinglin.timebank.rules import AccountKind, TransferKind
from xinglin.timebank.rules import Transfer as NewTransfer
from xinglin.timebank.words import line_of

KEYS = {
    "timebank.Account.person": Key.OWN,
    "timebank.Debt.account": Key.OWN,
    "timebank.Debt.creditor": Key.OWN,
    "timebank.Forgiveness.debt": Key.OWN,
    "timebank.Forgiveness.asked_by": Key.HAND,
    "timebank.Forgiveness.decided_by": Key.HAND,
    "timebank.Gift.giver": Key.OWN,
    "timebank.Gift.receiver": Key.OWN,
    "timebank.Reckoning.person": Key.OWN,
    "timebank.Remainder.person": Key.OWN,
    "timebank.Request.person": Key.OWN,
    "timebank.Request.asked_by": Key.HAND,
    "timebank.Request.decided_by": Key.HAND,
    "timebank.RollUp.account": Key.ASIDE,
}
TO_POOL = "注销账号，余下的捐给公益池"  # as it stands in the ledger
# What the log or the trail bears out as it stands: emptied, it could no longer be proved.
KEPT_OF_GIFT = {"code", "state"}
KEPT_OF_REQUEST = {"code", "kind", "state"}


def export(who: Whole, at: dt.datetime) -> list[Section]:
    """The statement from the first line on, and gifts."""
    lines = [line_of(entry) for entry in reversed(queries.statement(who.person, limit=100_000))]
    statement = [
        {
            "number": line.sequence,
            "at": line.at.isoformat(),
            "what": line.title,
            "source": line.source,
            "minutes": line.minutes,
            "left": line.balance_after,
        }
        for line in lines
    ]
    labels = {
        "number": _("第几笔"),
        "at": _("时间"),
        "what": _("事由"),
        "source": _("种类"),
        "minutes": _("分钟"),
        "left": _("余额"),
    }
    given = [
        {
            "at": gift.given_at.isoformat(),
            "direction": str(_("送出") if gift.giver_id == who.person.pk else _("收到")),
            "minutes": gift.minutes,
            "words": gift.words,
            "state": gift.get_state_display(),
        }
        for gift in _gifts(who).order_by("given_at")
    ]
    gift_labels = {
        "at": _("时间"),
        "direction": _("方向"),
        "minutes": _("分钟"),
        "words": _("附言"),
        "state": _("状态"),
    }
    return [
        Section("statement", _("时间银行明细"), labels, statement),
        Section("gifts", _("赠予"), gift_labels, given),
        _debts(who),
        _requests(who),
    ]


def _debts(who: Whole) -> Section:
    """What was to be taken back and had been spent: owed by them or to them, and what was asked to be forgiven.

    The reasons are about whoever owes, so they stand in that person's copy only.
    """
    me = who.person.pk
    found = Debt.objects.filter(Q(account__person=who.person) | Q(creditor__person=who.person))
    rows = [
        {
            "at": debt.incurred_at.isoformat(),
            "direction": str(_("我欠的") if debt.account.person_id == me else _("欠我的")),
            "why": debt.reason if debt.account.person_id == me else "",
            "minutes": debt.minutes,
            "repaid": debt.repaid_minutes,
            "forgiven": debt.forgiven_minutes,
            "asked": "、".join(one.reason for one in debt.forgivenesses.all() if debt.account.person_id == me),
        }
        for debt in found.select_related("account").prefetch_related("forgivenesses").order_by("pk")
    ]
    labels = {
        "at": _("时间"),
        "direction": _("方向"),
        "why": _("事由"),
        "minutes": _("分钟"),
        "repaid": _("已还"),
        "forgiven": _("已免"),
        "asked": _("申请免还的理由"),
    }
    return Section("debts", _("欠的时间"), labels, rows)


def _requests(who: Whole) -> Section:
    """What the staff asked to move for them."""
    rows = [
        {
            "at": one.asked_at.isoformat(),
            "what": one.get_kind_display(),
            "minutes": one.minutes,
            "why": one.reason,
            "state": one.get_state_display(),
            "answer": one.decision_reason,
        }
        for one in Request.objects.filter(person=who.person).order_by("asked_at", "pk")
    ]
    labels = {
        "at": _("时间"),
        "what": _("种类"),
        "minutes": _("分钟"),
        "why": _("事由"),
        "state": _("状态"),
        "answer": _("答复"),
    }
    return Section("requests", _("为我提出的账务"), labels, rows)


def open_things(who: Whole, at: dt.datetime) -> list[OpenThing]:
    """Debts and requests that wait have to be decided by people; the rest ends with the account."""
    found = []
    below_zero = max(0, -queries.balance_of(who.person).free_minutes)
    owed = queries.owed_minutes(who.person) + below_zero
    if owed:
        what = _("时间银行还欠 %(minutes)s") % {"minutes": minutes_said(owed)}
        found.append(OpenThing(what, _("还清，或由两人决定免还以后再办"), blocks=True))
    if Request.objects.filter(person=who.person, state=Request.State.WAITING).exists():
        found.append(OpenThing(_("有一件账务申请还没有决定"), _("决定以后再办"), blocks=True))
    for gift in _gifts(who).filter(state=Gift.State.WAITING):
        what = _("一份 %(minutes)s 的赠予还没有收下") % {"minutes": minutes_said(gift.minutes)}
        found.append(OpenThing(what, _("退回给送的人")))
    free = queries.balance_of(who.person).free_minutes
    if free > 0:
        what = _("时间银行还有 %(minutes)s 可用") % {"minutes": minutes_said(free)}
        found.append(OpenThing(what, _("注销前可以自己送给亲友；没有用掉的捐给本单位公益池")))
    return found


def erase(who: Whole, by: Any, at: dt.datetime) -> None:
    """End gifts and holds, give what is left to the pool, close the accounts, empty what people wrote."""
    _end_gifts(who, by=by, at=at)
    for transfer in _open_holds(who):
        holds.release(origin=transfer.origin, at=at)
    _give_rest_to_pool(who, at=at)
    close_accounts(who.person, by=by, at=at)
    _gifts(who).update(**emptied(Gift, keep=KEPT_OF_GIFT))
    Request.objects.filter(person=who.person).update(**emptied(Request, keep=KEPT_OF_REQUEST))
    Forgiveness.objects.filter(debt__account__person=who.person).update(**emptied(Forgiveness, keep={"code"}))


def close_accounts(person: Any, *, by: Any, at: dt.datetime) -> None:
    """Nothing moves over them any more; the trail says since when, and a verification compares."""
    own = Account.objects.select_for_update().filter(person=person, closed_at__isnull=True).order_by("pk")
    for account in own:
        assert not account.balance_minutes, "an account is emptied before it is closed"
        Account.objects.filter(pk=account.pk).update(closed_at=at)
        audit.record(actor=by, verb="closed_account", thing=f"account:{account.code}", at=at)


def moves(kept: Whole, gone: Whole) -> list[Moved]:
    """What is free goes along by a transfer; the old account's lines stay readable where they are."""
    free = queries.balance_of(gone.person).free_minutes
    note = _("用一笔划转转过去，原来的账留着可查")
    found = [Moved(_("时间银行可用时间"), 1, minutes=free, note=note)] if free > 0 else []
    count = _gifts(gone).count()
    return found + ([Moved(_("赠予"), count)] if count else [])


def obstacles(kept: Whole, gone: Whole, at: dt.datetime) -> list[OpenThing]:
    """What names an account of the ledger and waits must be decided before."""
    if Request.objects.filter(person=gone.person, state=Request.State.WAITING).exists():
        return [OpenThing(_("有一件账务申请还没有决定"), _("决定以后再合并"), blocks=True)]
    below_zero = max(0, -queries.balance_of(gone.person).free_minutes)
    if below_zero > max(0, queries.balance_of(kept.person).free_minutes):
        what = _("要并进来的账号预支了 %(minutes)s") % {"minutes": minutes_said(below_zero)}
        return [OpenThing(what, _("补上以后再合并"), blocks=True)]
    return []


def merge(kept: Whole, gone: Whole, by: Any, at: dt.datetime) -> list[Moved]:
    """Minutes by transfer; gifts, requests and what was reckoned by changing whose they are."""
    moved = moves(kept, gone)
    _end_gifts(gone, by=by, at=at)
    for transfer in _open_holds(gone):
        holds.release(origin=transfer.origin, at=at)
    merging.move_all(kept=kept.person, gone=gone.person, at=at)
    # A gift from one of the two to the other stays as it was: nobody gives to themselves.
    Gift.objects.filter(giver=gone.person).exclude(receiver=kept.person).update(giver=kept.person)
    Gift.objects.filter(receiver=gone.person).exclude(giver=kept.person).update(receiver=kept.person)
    Request.objects.filter(person=gone.person).update(person=kept.person)
    _move_reckoning(kept, gone)
    return moved


def _move_reckoning(kept: Whole, gone: Whole) -> None:
    """The limit of a day holds for the human being; what stayed below a minute is added up."""
    Reckoning.objects.filter(person=gone.person).update(person=kept.person)
    rest = Remainder.objects.filter(person=gone.person).values_list("hundredths", flat=True).first()
    if rest:
        Remainder.objects.get_or_create(person=kept.person, defaults={"hundredths": 0})
        Remainder.objects.filter(person=kept.person).update(hundredths=F("hundredths") + rest)
        Remainder.objects.filter(person=gone.person).update(hundredths=0)


def _end_gifts(who: Whole, *, by: Any, at: dt.datetime) -> None:
    gifts.mark_lapsed(at=at)
    for gift in _gifts(who).filter(state=Gift.State.WAITING):
        end = gifts.withdraw if gift.giver_id == who.person.pk else gifts.decline
        end(gift=gift, by=by, at=at)


def _give_rest_to_pool(who: Whole, *, at: dt.datetime) -> None:
    person = who.person
    member = accounts.of_people(person_ids=[person.pk], kind=AccountKind.MEMBER, at=at)[person.pk]
    free = Account.objects.select_for_update(no_key=False).get(pk=member).balance_minutes or 0
    if free <= 0:
        return
    home = people.home_unit(person)
    if home is None:
        payee = accounts.overflow(unit_ids=[None], at=at)[None]
    else:
        house = organisation.houses_of([home])[home.pk]
        payee = accounts.of_unit(unit_id=house.pk, kind=AccountKind.POOL, at=at)
    rest = NewTransfer(
        key=f"erase:{person.code}",
        payer_id=member,
        payee_id=payee,
        minutes=free,
        kind=TransferKind.GIFT,
        origin=f"person:{person.code}",
        reason=TO_POOL,
    )
    [answer] = post(transfers=[rest], at=at)
    assert answer.stands, f"the rest of an account was answered {answer}"


def _gifts(who: Whole) -> QuerySet[Gift]:
    return Gift.objects.filter(Q(giver=who.person) | Q(receiver=who.person))


def _open_holds(who: Whole) -> list[Transfer]:
    """Whatever is still set aside; the apps that set it aside have ended what they know of."""
    member = Account.objects.filter(person=who.person, kind=AccountKind.MEMBER).values_list("pk", flat=True).first()
    open_now = OpenHold.objects.values("transfer_id")
    return list(Transfer.objects.filter(payer_id=member or 0, kind=TransferKind.HOLD, pk__in=open_now).order_by("pk"))
