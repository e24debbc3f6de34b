"""Many threads that mix cities: each asks pages by host name, and every answer must be of the city asked."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client

from conftest import LONG_AGO, member, sign_in
from xinglin.accounts.models import User
from xinglin.activities.tests.factories import make_shift
from xinglin.cities import actions, current, queries
from xinglin.organisation.models import Unit
from xinglin.people.models import Person


class Stranger(AssertionError):
    """A row of another city was seen."""


def populate(slugs: Sequence[str]) -> dict[str, str]:
    """One city for each name, with a unit, a volunteer and a shift that bear it; returns each volunteer's session."""
    sessions = {}
    for slug in slugs:
        city = actions.create(slug=slug, name=slug, hosts=[host_of(slug)], at=LONG_AGO)
        with current.entered(city):
            unit = Unit.objects.add_root(instance=Unit(name=f"医院{mark(slug)}", kind="hospital", opened_at=LONG_AGO))
            volunteer = member(name=f"林{mark(slug)}", number="V000001", phone="13800000001", unit=unit)
            make_shift(places=1, unit=unit)
            client = sign_in(Client(headers={"host": host_of(slug)}), volunteer.person.user)
            sessions[slug] = client.cookies[settings.SESSION_COOKIE_NAME].value
    queries.forget()
    return sessions


def host_of(slug: str) -> str:
    return f"{slug}.example.cn"


def mark(slug: str) -> str:
    """A mark that stands on the pages of this city and on no other's."""
    return f"〔{slug}〕"


def mix(sessions: dict[str, str], *, threads: int, requests: int, seed: int = 7) -> dict[str, int]:
    """Send so many requests, each to a city drawn by lot; raises Stranger at the first wrong row."""
    slugs = sorted(sessions)

    def visit(number: int) -> str:
        lot = random.Random(seed * 1_000_003 + number)
        slug = lot.choice(slugs)
        deed = lot.choice(DEEDS)
        try:
            deed(slug, sessions[slug], slugs)
        finally:
            connection.close()
        return deed.__name__

    counts: dict[str, int] = {}
    with ThreadPoolExecutor(threads) as pool:
        for name in pool.map(visit, range(requests)):
            counts[name] = counts.get(name, 0) + 1
    return counts


def look_at_home(slug: str, session: str, slugs: Sequence[str]) -> None:
    """The volunteer's own page, signed in."""
    said = _client(slug, session).get("/").content.decode()
    _check(said, slug, slugs)


def look_around(slug: str, session: str, slugs: Sequence[str]) -> None:
    """The list of shifts, as a visitor."""
    _check(_client(slug).get("/activities/").content.decode(), slug, slugs, must_show=False)


def come_with_a_foreign_session(slug: str, session: str, slugs: Sequence[str]) -> None:
    """Somebody else's cookie opens nothing."""
    other = slugs[slugs.index(slug) - 1]
    answer = _client(other, session).get("/me/")
    if answer.status_code != 302:
        raise Stranger(f"the session of {slug} opened {other}")


def sign_in_anew(slug: str, session: str, slugs: Sequence[str]) -> None:
    """A new session is written, and opens the own page."""
    with current.entered(queries.city_of_host(host_of(slug))):
        user = User.objects.get()
        client = sign_in(Client(headers={"host": host_of(slug)}), user)
    _check(client.get("/").content.decode(), slug, slugs)


def count_rows(slug: str, session: str, slugs: Sequence[str]) -> None:
    """As a job does it: enter the city, read, roll something back on the way, read again."""
    from django.db import transaction

    with current.entered(queries.city_of_host(host_of(slug))):
        before = _names()
        try:
            with transaction.atomic():
                Person.objects.update(name=f"改{mark(slug)}")
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        if before != _names() or before != [f"林{mark(slug)}"]:
            raise Stranger(f"{slug} holds {before}")


def knock_at_nobodys(slug: str, session: str, slugs: Sequence[str]) -> None:
    """A host name that leads nowhere."""
    answer = Client(headers={"host": "nobody.example.cn"}).get("/")
    _check(answer.content.decode(), "nobody", slugs, must_show=False)
    if answer.status_code != 404:
        raise Stranger("an unknown host was answered")


DEEDS = [
    look_at_home,
    look_at_home,
    look_around,
    come_with_a_foreign_session,
    sign_in_anew,
    count_rows,
    knock_at_nobodys,
]


def _client(slug: str, session: str = "") -> Client:
    client = Client(headers={"host": host_of(slug)})
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client


def _names() -> list[Any]:
    return list(Person.objects.values_list("name", flat=True))


def _check(said: str, slug: str, slugs: Sequence[str], *, must_show: bool = True) -> None:
    strangers = [other for other in slugs if other != slug and mark(other) in said]
    if strangers:
        raise Stranger(f"a page of {slug} shows {strangers}")
    if must_show and mark(slug) not in said:
        raise Stranger(f"a page of {slug} does not show its own: {said[:200]}")


def tidy(slugs: Sequence[str]) -> None:
    """The schemas away again; the rows in public go with the test's own."""
    with current.outside(), connection.cursor() as cursor:
        for slug in slugs:
            cursor.execute(f'DROP SCHEMA IF EXISTS "{current.PREFIX}{slug}" CASCADE')
