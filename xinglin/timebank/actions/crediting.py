"""Crediting service, under the terms that hold for it, and taking a credit back when the service no longer counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.db.models import F, Sum

from xinglin.timebank import reckoning
from xinglin.timebank.actions import accounts
from xinglin.timebank.actions.posting import post, reverse
from xinglin.timebank.models import Account, Reckoning, Remainder
from xinglin.timebank.models import Transfer as TransferRow
from xinglin.timebank.reckoning import Reckoned, Standing
from xinglin.timebank.rules import (
    AccountKind,
    Answer,
    Credited,
    Outcome,
    Service,
    TakenBack,
    Transfer,
    TransferKind,
    over_key,
)


@transaction.atomic
def credit_service(*, services: Sequence[Service], at: dt.datetime) -> list[Credited]:
    """Credit served minutes from issuance to the members who served, opening accounts for those who have none.

    All of it is one batch. Where every minute is simply a minute, nothing but the ledger is asked.
    """
    if not services:
        return []
    issuance = accounts.issuance(at=at)
    members = accounts.of_people(person_ids={service.person_id for service in services}, kind=AccountKind.MEMBER, at=at)
    book = _Book()
    if not all(service.terms.are_plain for service in services):
        book = _opened(services, members)
    drafts = [_draft(service, book) for service in services]
    overflow = _overflow_accounts(drafts, at=at)
    parts = [
        draft.transfers(issuance=issuance, member=members[draft.service.person_id], overflow=overflow)
        for draft in drafts
    ]
    posted = iter(post(transfers=[transfer for part in parts for transfer in part], at=at))
    answers = [[next(posted) for _transfer in part] for part in parts]  # a draft's own: its member's, then overflow's
    credited = [draft.answered(own) for draft, own in zip(drafts, answers, strict=True)]
    _keep(
        [draft for draft, answer in zip(drafts, credited, strict=True) if draft.is_new and answer.stands], book, at=at
    )
    return credited


@transaction.atomic
def take_back_service(
    *, key: str, minutes: int, reversal_key: str, reason: str, origin: str, at: dt.datetime
) -> TakenBack | None:
    """Take back what a service came to: `minutes` as the caller knows them, what went to overflow, what was carried."""
    row = Reckoning.objects.filter(key=key).first()
    answer = None
    if row is not None:
        members = accounts.of_people(person_ids=[row.person_id], kind=AccountKind.MEMBER, at=at)
        _locked(members.values())
        row = Reckoning.objects.select_for_update().get(pk=row.pk)
    if minutes:
        answer = reverse(key=key, reversal_key=reversal_key, reason=reason, origin=origin, at=at)
    if row is None or row.taken_back_at is not None:
        return answer
    if row.overflow_minutes:
        reverse(key=over_key(key), reversal_key=over_key(reversal_key), reason=reason, origin=origin, at=at)
    carried = Remainder.objects.filter(person_id=row.person_id)
    now = carried.values_list("hundredths", flat=True).first() or 0
    carried.update(
        hundredths=reckoning.carried_after_taking_back(
            now,
            minutes=row.served_minutes,
            rate_percent=row.rate_percent,
            whole_minutes=row.credited_minutes + row.overflow_minutes + row.refused_minutes,
        )
    )
    row.taken_back_at = at
    row.save(update_fields=["taken_back_at"])
    return answer


# ── What must be known of the persons ──


@dataclass
class _Book:
    """What is known of the persons of a batch, brought up to date service by service."""

    standing: dict[int, Standing] = field(default_factory=dict)
    day_minutes: dict[tuple[int, dt.date | None], int] = field(default_factory=dict)
    reckoned: dict[str, Reckoning] = field(default_factory=dict)  # by key: services of an earlier try
    posted: set[str] = field(default_factory=set)  # keys that stand in the ledger already
    closed: set[int] = field(default_factory=set)  # persons whose account takes nothing any more


def _opened(services: Sequence[Service], members: dict[int, int]) -> _Book:
    """The book of a batch. Its accounts are locked first, all in the order in which the ledger will lock them."""
    person_ids, keys = members.keys(), [service.key for service in services]
    accounts_locked = _locked(members.values())
    held = dict(
        Account.objects.filter(person_id__in=person_ids, kind=AccountKind.MEMBER_HELD).values_list(
            "person_id", "balance_minutes"
        )
    )
    carried = dict(Remainder.objects.filter(person_id__in=person_ids).values_list("person_id", "hundredths"))
    standing = {
        account.person_id: Standing(
            carried_hundredths=carried.get(account.person_id, 0),
            holding_minutes=(account.balance_minutes or 0) + (held.get(account.person_id) or 0),
        )
        for account in accounts_locked
        if account.person_id is not None
    }
    return _Book(
        standing=standing,
        day_minutes=_day_minutes(person_ids, {service.day for service in services if service.day}),
        reckoned={row.key: row for row in Reckoning.objects.filter(key__in=keys)},
        posted=set(TransferRow.objects.filter(key__in=keys).values_list("key", flat=True)),
        closed={account.person_id for account in accounts_locked if account.closed_at and account.person_id},
    )


def _locked(ids: Collection[int]) -> list[Account]:
    return list(Account.objects.select_for_update(no_key=False).filter(pk__in=list(ids)).order_by("pk"))


def _day_minutes(person_ids: Collection[int], days: set[dt.date]) -> dict[tuple[int, dt.date | None], int]:
    """What the time bank took already of the services of these days."""
    rows = Reckoning.objects.filter(person_id__in=person_ids, day__in=days, taken_back_at=None)
    sums = rows.values_list("person_id", "day").annotate(taken=Sum(F("credited_minutes") + F("overflow_minutes")))
    return {(person_id, day): taken for person_id, day, taken in sums}


# ── One service ──


@dataclass(frozen=True)
class _Draft:
    """One service with what it came to."""

    service: Service
    reckoned: Reckoned
    earlier: Reckoning | None = None  # reckoned in an earlier try: nothing is posted again
    is_new: bool = False  # a reckoning that shall be kept

    def transfers(self, *, issuance: int, member: int, overflow: dict[int | None, int]) -> list[Transfer]:
        service, parts = self.service, []
        if self.earlier is not None:
            return []
        if self.reckoned.credited_minutes:
            parts.append((service.key, member, self.reckoned.credited_minutes))
        if self.reckoned.overflow_minutes:
            account = overflow[service.terms.overflow_unit_id]
            parts.append((over_key(service.key), account, self.reckoned.overflow_minutes))
        return [
            Transfer(
                key=key,
                payer_id=issuance,
                payee_id=payee,
                minutes=minutes,
                kind=TransferKind.CREDIT,
                origin=service.origin,
                reason=service.reason,
                at=service.at,
            )
            for key, payee, minutes in parts
        ]

    def answered(self, answers: Sequence[Answer]) -> Credited:
        """The answer to this service: that of its first transfer, or that there was nothing to post."""
        key, credited, over = self.service.key, self.reckoned.credited_minutes, self.reckoned.overflow_minutes
        if self.earlier is not None:
            is_same = self.earlier.served_minutes == self.service.minutes
            outcome = Outcome.ALREADY_POSTED if is_same else Outcome.CONFLICT
            return Credited(key, outcome, None, None, self.earlier.credited_minutes, self.earlier.overflow_minutes)
        answer = answers[0] if answers else Answer(key, Outcome.POSTED)
        if not answer.stands:
            return Credited(key, answer.outcome, answer.reason, answer.transfer_id)
        return Credited(key, answer.outcome, None, answer.transfer_id, credited, over)


def _draft(service: Service, book: _Book) -> _Draft:
    """What one service comes to; the book learns of it before the next one is looked at."""
    whole = Reckoned(credited_minutes=service.minutes)
    standing = book.standing.get(service.person_id)
    if standing is None or service.person_id in book.closed or service.key in book.posted:
        if service.key in book.reckoned:
            return _Draft(service, whole, earlier=book.reckoned[service.key])
        return _Draft(service, whole)
    if service.key in book.reckoned:
        return _Draft(service, whole, earlier=book.reckoned[service.key])
    if service.terms.are_plain:
        book.standing[service.person_id] = replace(standing, holding_minutes=standing.holding_minutes + service.minutes)
        book.posted.add(service.key)
        return _Draft(service, whole)
    return _reckoned(service, book, standing)


def _reckoned(service: Service, book: _Book, standing: Standing) -> _Draft:
    day = (service.person_id, service.day)
    standing = replace(standing, day_minutes=book.day_minutes.get(day, 0))
    found = reckoning.reckon(service.minutes, service.terms, standing)
    book.standing[service.person_id] = replace(
        standing,
        carried_hundredths=found.carried_hundredths,
        holding_minutes=standing.holding_minutes + found.credited_minutes,
    )
    book.day_minutes[day] = standing.day_minutes + found.taken_minutes
    book.reckoned[service.key] = _row(service, found)  # the same key once more in this batch is a repeat
    return _Draft(service, found, is_new=True)


def _row(service: Service, found: Reckoned) -> Reckoning:
    assert service.day is not None, "what is reckoned needs its day"
    return Reckoning(
        key=service.key,
        person_id=service.person_id,
        day=service.day,
        served_minutes=service.minutes,
        rate_percent=service.terms.rate_percent,
        credited_minutes=found.credited_minutes,
        overflow_minutes=found.overflow_minutes,
        refused_minutes=found.refused_minutes,
        carried_hundredths=found.carried_hundredths,
    )


def _keep(drafts: Sequence[_Draft], book: _Book, *, at: dt.datetime) -> None:
    """Write down how each came to its credit, and what its person carries on."""
    if not drafts:
        return
    rows = [book.reckoned[draft.service.key] for draft in drafts]
    for row in rows:
        row.at = at
    Reckoning.objects.bulk_create(rows)
    people = {draft.service.person_id for draft in drafts}
    Remainder.objects.bulk_create(
        [Remainder(person_id=pk, hundredths=book.standing[pk].carried_hundredths) for pk in sorted(people)],
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=["hundredths"],
    )


def _overflow_accounts(drafts: Sequence[_Draft], *, at: dt.datetime) -> dict[int | None, int]:
    units = {draft.service.terms.overflow_unit_id for draft in drafts if draft.reckoned.overflow_minutes}
    return accounts.overflow(unit_ids=units, at=at) if units else {}
