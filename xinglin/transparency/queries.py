"""Reading: what of one's own can be proved, and who receives the daily checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from xinglin.accounts.vault import vault
from xinglin.audit import queries as log
from xinglin.audit.queries import Proof
from xinglin.hours import queries as hours
from xinglin.lib.channels.mail import masked_address
from xinglin.organisation import queries as organisation
from xinglin.people import queries as people
from xinglin.timebank import queries as timebank
from xinglin.transparency.errors import KeyNeeded, NothingToProve
from xinglin.transparency.models import Recipient

PURPOSE = "transparency.recipient.address"
TRANSFER, RECORD = "transfer", "record"


@dataclass(frozen=True)
class Row:
    """A sealed row that somebody may see: its source, its number, and what a page calls it."""

    source: str
    row_id: int
    title: str
    minutes: int


def own_line(user: Any, sequence: int) -> Row:
    """One line of one's own statement."""
    person = people.person_of(user)
    entry = timebank.entry_of(person, sequence) if person else None
    if entry is None:
        raise NothingToProve
    return Row(TRANSFER, entry.transfer_id, entry.reason, entry.minutes)


def own_record(user: Any, code: str) -> Row:
    """One of one's own records, as it stood when it took effect or was voided afterwards."""
    person = people.person_of(user)
    effect = hours.last_effect(code, person=person) if person else None
    if effect is None:
        raise NothingToProve
    return Row(RECORD, effect.pk, effect.title, effect.minutes)


def any_row(user: Any, key: str) -> Row:
    """A transfer by its key, for whoever may see the ledger."""
    organisation.demand(user, "see_ledger", organisation.root_unit())
    if not key.strip():
        raise KeyNeeded
    found = timebank.transfer_of_key(key.strip())
    if found is None:
        raise NothingToProve
    return Row(TRANSFER, found.pk, found.reason, found.minutes)


def proof_of(row: Row) -> Proof:
    return log.proof_of(row.source, row.row_id)


def recipients() -> QuerySet[Recipient]:
    """Those who receive the daily checkpoint now."""
    return Recipient.objects.filter(removed_at=None).order_by("added_at", "pk")


def address_of(recipient: Recipient) -> str:
    return vault().open(bytes(recipient.address_sealed), purpose=PURPOSE)


def masked_address_of(recipient: Recipient) -> str:
    return masked_address(address_of(recipient))
