"""The load of the ledger faults: whoever posts while the others are killed, and what they were promised.

A process of its own beside a running site. Told `load`, its threads set minutes aside and end holds, write records down
and defer the job that makes them effective, and void records by the site's own pages; each tries again until it is
answered, as a telephone does whose connection broke. Told `rest`, they stop, and what the ledger says is compared
with what was answered. One line of JSON for each word.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable
from typing import Any

import django

from xinglin.lib import environment, postgres

LONG_AGO = dt.datetime(2026, 1, 5, 1, tzinfo=dt.UTC)
SERVED = 60
PERSONS = 12
CSRF = "f" * 32
PATIENCE_S = 300


class Stays(urllib.request.HTTPRedirectHandler):
    """A page that answers with another address has said yes; nobody goes there."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


class Load:
    """What runs, and what it was promised."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.chance = random.Random(20261125)
        self.running = threading.Event()
        self.threads: list[threading.Thread] = []
        self.trouble: list[str] = []
        self.tries: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.number = 0
        self.held: dict[str, tuple[int, int]] = {}  # origin → person and minutes, as asked and answered
        self.ended: dict[str, tuple[str, int]] = {}  # origin → how, and how much was settled, as answered
        self.voided: set[str] = set()
        self.asked_to_void: set[str] = set()
        self.slots: Counter[int] = Counter()

    def prepare(self) -> None:
        from django.conf import settings
        from django.test import Client

        from conftest import sign_in, staff
        from xinglin.organisation.tests.factories import make_unit
        from xinglin.people.tests.factories import make_person

        self.unit = make_unit()
        self.people = [make_person() for _ in range(PERSONS)]
        wang = staff(name="王敏", login_name="wangmin", role="coordinator", unit=self.unit)
        client = sign_in(Client(), wang)
        self.session = client.cookies[settings.SESSION_COOKIE_NAME].value

    # ── Whoever posts ──

    def start(self) -> None:
        self.running.set()
        deeds = [self.hold_and_end, self.hold_and_end, self.serve, self.void_by_page, self.void_by_page]
        self.threads = [threading.Thread(target=self.keep_doing, args=(deed,)) for deed in deeds]
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.running.clear()
        for thread in self.threads:
            thread.join(timeout=PATIENCE_S)
            assert not thread.is_alive(), "somebody waits for an answer that never comes"

    def keep_doing(self, deed: Callable[[], None]) -> None:
        from django.db import connection

        try:
            while self.running.is_set():
                deed()
        except Exception as trouble:  # a thread that dies unseen would make the proof easy
            self.trouble.append(f"{deed.__name__}: {trouble!r}")
        finally:
            connection.close()

    def until_answered(self, ask: Callable[[], Any]) -> Any:
        """The database may be gone at any moment, before or after it has done what was asked."""
        from django.db import DatabaseError, InterfaceError, connection
        from procrastinate.exceptions import ConnectorException  # what a job's defer makes of the same

        give_up_at = time.monotonic() + PATIENCE_S
        while True:
            try:
                return ask()
            except (DatabaseError, InterfaceError, ConnectorException):
                self.tries["database"] += 1
                connection.close()
                assert time.monotonic() < give_up_at, "the database did not come back"
                time.sleep(0.1)

    def next(self) -> int:
        with self.lock:
            self.number += 1
            return self.number

    def hold_and_end(self) -> None:
        """Set minutes aside; use them, give them back, let them expire, or leave them for a later round."""
        from xinglin.lib import clock
        from xinglin.timebank import actions
        from xinglin.timebank.errors import NotEnoughMinutes

        number = self.next()
        mine = random.Random(number)
        origin, person, minutes = f"fault:{number}", mine.choice(self.people), mine.randint(1, 20)
        now = clock.now()
        how = mine.choice(["settled", "part", "released", "expired", "open"])
        expires_at = now + (dt.timedelta(seconds=1) if how == "expired" else dt.timedelta(days=1))
        asked = {"person": person, "minutes": minutes, "origin": origin, "reason": "陪诊", "expires_at": expires_at}
        try:
            self.until_answered(lambda: actions.hold(**asked, at=now))
        except NotEnoughMinutes:
            time.sleep(0.02)
            return
        self.held[origin] = (person.pk, minutes)
        if how == "open":
            return
        if how == "expired":
            self.until_answered(lambda: actions.expire_holds(at=expires_at))
            self.ended[origin] = ("expired", 0)
        elif how == "released":
            ended = self.until_answered(lambda: actions.release(origin=origin, at=now))
            self.ended[origin] = (str(ended.end), 0)
        else:
            part = minutes if how == "settled" else max(1, minutes // 2)
            ended = self.until_answered(lambda: actions.settle(origin=origin, minutes=part, at=now))
            self.ended[origin] = (str(ended.end), ended.settled_minutes)

    def serve(self) -> None:
        """Write a few records down, and ask the worker to make what is due effective."""
        from xinglin.hours import jobs
        from xinglin.hours.tests.factories import make_record

        for _ in range(6):
            number = self.next()
            place = number % PERSONS
            self.slots[place] += 1
            starts_at = LONG_AGO + dt.timedelta(hours=self.slots[place])
            source = f"signup:F{number}"
            asked = {"person": self.people[place], "unit": self.unit, "minutes": SERVED, "starts_at": starts_at}
            self.until_answered(lambda asked=asked, source=source: make_record(**asked, source=source))
        self.until_answered(lambda: jobs.make_effective.defer(timestamp=0))
        time.sleep(0.05)

    def void_by_page(self) -> None:
        """Void an effective record as a coordinator does, by the page."""
        code = self.until_answered(self.one_to_void)
        if code is None:
            time.sleep(0.1)
            return
        give_up_at = time.monotonic() + PATIENCE_S
        while self.post(f"/desk/records/{code}/void/", {"reason": "记错人了"}) not in (302, 409):
            self.tries["page"] += 1
            assert time.monotonic() < give_up_at, "the page did not come back"
            time.sleep(0.1)
        self.voided.add(code)

    def one_to_void(self) -> str | None:
        from xinglin.hours.models import Record

        with self.lock:
            effective = Record.objects.filter(state="effective").exclude(code__in=self.asked_to_void)
            if effective.count() < 3 * PERSONS:  # leave people something to hold
                return None
            code = effective.order_by("pk").values_list("code", flat=True).first()
            if code is not None:
                self.asked_to_void.add(code)
            return code

    def post(self, path: str, form: dict[str, str]) -> int:
        """What the page answers; 0 for no answer. A second void finds the record voided: 409."""
        body = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": CSRF}).encode()
        headers = {"Cookie": f"sessionid={self.session}; csrftoken={CSRF}"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=body, headers=headers)
        try:
            with urllib.request.build_opener(Stays).open(request, timeout=20) as answer:
                status = int(answer.status)
        except urllib.error.HTTPError as answer:
            status = answer.code
        except OSError:
            status = 0
        assert status in (0, 302, 409, 500, 502, 503), f"{path} answered {status}"
        return status

    # ── What they were promised ──

    def mistakes(self) -> list[str]:
        """Where the ledger is not what was answered."""
        return self.until_answered(lambda: [*self.trouble, *self.of_the_ledger(), *self.of_holds(), *self.of_records()])

    def of_the_ledger(self) -> list[str]:
        from xinglin.timebank import verification

        return [str(difference) for difference in verification.differences(verification.Tally())]

    def of_holds(self) -> list[str]:
        from xinglin.timebank import queries

        found = [
            f"{origin} is {hold}, answered was {how}"
            for origin, how in self.ended.items()
            if (hold := queries.hold_of(origin)) is None or (str(hold.end), hold.settled_minutes) != how
        ]
        open_now = {hold.origin: (hold.person_id, hold.minutes) for hold in queries.open_holds()}
        promised = {origin: asked for origin, asked in self.held.items() if origin not in self.ended}
        if open_now != promised:
            found.append(f"open are {open_now.keys() ^ promised.keys()}")
        return found

    def of_records(self) -> list[str]:
        """Each person's minutes are those of the effective records, less what was settled."""
        from django.db.models import Sum

        from xinglin.hours.models import Record
        from xinglin.timebank import queries

        states = dict(Record.objects.filter(code__in=self.voided).values_list("code", "state"))
        found = [f"record {code} was voided, and is {states[code]}" for code in self.voided if states[code] != "voided"]
        used: Counter[int] = Counter()
        for origin, (_how, minutes) in self.ended.items():
            used[self.held[origin][0]] += minutes
        for person in self.people:
            effective = Record.objects.filter(person=person, state="effective")
            served = effective.aggregate(total=Sum("minutes"))["total"] or 0
            balance = queries.balance_of(person)
            has = balance.free_minutes + balance.held_minutes - balance.owed_minutes
            if has != served - used[person.pk]:
                found.append(f"person {person.pk} has {has}, served {served}, used {used[person.pk]}")
        return found

    def end_what_is_open(self) -> None:
        from xinglin.lib import clock
        from xinglin.timebank import actions

        for origin in self.held.keys() - self.ended.keys():
            ended = self.until_answered(lambda origin=origin: actions.release(origin=origin, at=clock.now()))
            self.ended[origin] = (str(ended.end), 0)

    def counts(self) -> dict[str, int]:
        from xinglin.timebank.models import Transfer

        kinds = Counter(Transfer.objects.values_list("kind", flat=True))
        return {**kinds, "voided by page": len(self.voided), **{f"tried again: {k}": v for k, v in self.tries.items()}}


def main() -> None:
    """Answer each word on a line of its own."""
    settings = environment.read()
    with postgres.lease(settings.var, wish=settings.postgres) as cluster:  # the site's; only to learn where it is
        os.environ["DATABASE_URL"] = cluster.url()
    os.environ["DJANGO_SETTINGS_MODULE"] = "xinglin.settings"
    django.setup()
    from xinglin.cities import current, queries

    with current.outside():
        current.make_home(queries.the_only_city())
    load = Load(int(sys.argv[1]))
    for line in sys.stdin:
        word = line.strip()
        said: Any = None
        if word == "prepare":
            load.prepare()
        elif word == "load":
            load.start()
        elif word == "rest":
            load.stop()
            said = load.mistakes()
        elif word == "end":
            load.end_what_is_open()
            said = load.counts()
        print(json.dumps(said, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
