"""One side of `cities.py`: serves pages and posts transfers in the cities it is told, and says how long it took.

It is told the cities, then in which of them one after the other to do what, and answers with seconds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from itertools import count
from typing import Any

import django
from django.test.client import ClientHandler

from benchmarks._side import serve


def prepare(told: dict[str, Any]) -> Callable[[dict[str, Any]], float]:
    """A visitor in each city; then, wish by wish, one deed in each of the cities named."""
    django.setup()
    from xinglin.cities import current

    is_fixed = sys.argv[1] == "fixed"
    house = ClientHandler(enforce_csrf_checks=False)  # one for all visitors, as a server has it
    if is_fixed:
        current.make_home(Fixed(told["cities"][0]["schema"]))  # for what asks where it is without reading a table
    visitors = {city["schema"]: _visitor(city, house, is_fixed=is_fixed) for city in told["cities"]}

    def answer(wish: dict[str, Any]) -> float:
        return _timed(DEEDS[wish["kind"]], [visitors[schema] for schema in wish["schemas"]])

    return answer


class Fixed:
    """Where the rival always is."""

    def __init__(self, schema_name: str) -> None:
        self.schema_name = schema_name


class Visitor:
    """Somebody of one city: a browser with a session, and an account in the time bank."""

    def __init__(self, client: Any, place: Any, issuance: int, account: int) -> None:
        self.client, self.place, self.issuance, self.account = client, place, issuance, account


def look(visitor: Visitor) -> None:
    """The volunteer's first page; then the connection goes back to the pool, as after each request."""
    from django.db import connection

    answer = visitor.client.get("/")
    assert answer.status_code == 200, answer.status_code
    connection.close()


def post(visitor: Visitor) -> None:
    """One minute given to the pool, by the page for it."""
    from django.db import connection

    answer = visitor.client.post("/timebank/gifts/new/", {"to": "pool", "minutes": "1", "sure": "1"})
    assert answer.status_code == 302, answer.status_code
    connection.close()


_keys = count(time.time_ns())


def call(visitor: Visitor) -> None:
    """One transfer of one minute, by the bare function."""
    from django.utils import timezone

    from xinglin.cities import current
    from xinglin.timebank import actions
    from xinglin.timebank.rules import Transfer, TransferKind

    transfer = Transfer(
        payer_id=visitor.issuance,
        payee_id=visitor.account,
        minutes=1,
        key=f"bench:{next(_keys)}",
        kind=TransferKind.GRANT,
    )
    with current.entered(visitor.place) if visitor.place else nullcontext():
        [answer] = actions.post(transfers=[transfer], at=timezone.now())
    assert answer.stands, answer


DEEDS = {"page": look, "post": post, "call": call}


def _visitor(city: dict[str, Any], house: ClientHandler, *, is_fixed: bool) -> Visitor:
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    from xinglin.cities import current, queries
    from xinglin.timebank.models import Account
    from xinglin.timebank.rules import AccountKind

    place = None if is_fixed else queries.by_schema(city["schema"])
    client = Client(headers={"host": city["host"]})
    client.handler = house
    with current.entered(place) if place else nullcontext():
        client.force_login(get_user_model().objects.get(), backend=settings.AUTHENTICATION_BACKENDS[0])
        issuance = Account.objects.get(kind=AccountKind.ISSUANCE).pk
        account = Account.objects.get(kind=AccountKind.MEMBER).pk
    return Visitor(client, place, issuance, account)


def _timed(deed: Any, visitors: Any) -> float:
    began = time.perf_counter()
    for visitor in visitors:
        deed(visitor)
    return time.perf_counter() - began


if __name__ == "__main__":
    serve(prepare)
