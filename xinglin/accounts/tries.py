"""Counting tries in the database, before they are checked: so that guesses made at the same moment count too.

A try is reserved in a short transaction of its own, under a lock of who is tried and where from. Only then is the
secret compared, without any lock, because hashing takes its time. A right answer takes the reservation back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from xinglin.accounts import rules
from xinglin.accounts.errors import TooManyTries
from xinglin.accounts.models import Attempt
from xinglin.accounts.vault import vault
from xinglin.lib.crypto import Vault

MOST_ROWS = 500  # no limit counts further


@dataclass(frozen=True)
class Book:
    """Where tries are written down, and the vault that hides whose they are: a city's own, or the installation's."""

    rows: Any
    vault: Callable[[], Vault]


OF_THE_CITY = Book(Attempt, vault)


@transaction.atomic(durable=True)
def reserve(*, kind: str, who: str, address: str, at: dt.datetime, book: Book = OF_THE_CITY) -> Reservation:
    """Count one try at `who`'s secret as wrong until `forget` says otherwise, or refuse with the wait."""
    mine, theirs = _key(kind, who, book), _key("wrong_from", rules.address_block(address), book)
    _lock(mine, theirs)
    _refuse_until_waited(
        rules.wait_after_wrong(_times(mine, book, at=at), at=at),
        rules.wait_by_limits(_times(theirs, book, at=at), rules.WRONG_PER_ADDRESS, at=at),
    )
    book.rows.objects.create(key=mine, kind=kind, at=at)
    at_address = book.rows.objects.create(key=theirs, kind="wrong_from", at=at).pk
    return Reservation(book, mine=mine, at_address=at_address)


def reserve_code(*, to: str, address: str, at: dt.datetime) -> None:
    """Count one code to be sent to a phone or mailbox, or refuse with the wait.

    Call it in the transaction that makes the code.
    """
    to_phone, from_address = (
        _key("code_to", to, OF_THE_CITY),
        _key("code_from", rules.address_block(address), OF_THE_CITY),
    )
    _lock(to_phone, from_address)
    _refuse_until_waited(
        rules.wait_by_limits(_times(to_phone, OF_THE_CITY, at=at), rules.CODES_PER_PHONE, at=at),
        rules.wait_by_limits(_times(from_address, OF_THE_CITY, at=at), rules.CODES_PER_ADDRESS, at=at),
    )
    Attempt.objects.create(key=to_phone, kind="code_to", at=at)
    Attempt.objects.create(key=from_address, kind="code_from", at=at)


class Reservation:
    """One counted try whose answer is not known yet."""

    def __init__(self, book: Book, *, mine: bytes, at_address: int) -> None:
        self._book = book
        self._mine = mine
        self._at_address = at_address

    def forget(self) -> None:
        """The try was right: it does not count, and neither do the wrong ones before it."""
        self._book.rows.objects.filter(key=self._mine).delete()
        self._book.rows.objects.filter(pk=self._at_address).delete()


def _refuse_until_waited(*waits: dt.timedelta) -> None:
    if max(waits) > dt.timedelta(0):
        raise TooManyTries(wait=max(waits))


def _times(key: bytes, book: Book, *, at: dt.datetime) -> Sequence[dt.datetime]:
    recent = book.rows.objects.filter(key=key, at__gt=at - rules.REMEMBERED).order_by("-at")
    return list(recent.values_list("at", flat=True)[:MOST_ROWS])


def _lock(*keys: bytes) -> None:
    numbers = {int.from_bytes(key[:8], "big", signed=True) for key in keys}
    with connection.cursor() as cursor:
        for number in sorted(numbers):  # always the same order, so that two tries cannot deadlock
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _key(kind: str, who: str, book: Book) -> bytes:
    return book.vault().blind(f"{kind}:{who}", purpose="attempt")
