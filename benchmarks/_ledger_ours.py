"""Our side of `ledger.py`: the public API of the time bank, in one city, in the ways that are compared.

Each way answers with the seconds for a number of transfers. What is asked is drawn before the clock runs; making the
`Transfer`s and reading the answers is inside it.
"""

from __future__ import annotations

import multiprocessing
import random
import secrets
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import django

from benchmarks._side import serve

BATCH = 1_000
CLIENTS = 16
RICH = 10**6  # minutes in each account at the beginning
Asked = list[tuple[int, int, int]]


def prepare(told: dict[str, Any]) -> Callable[[dict[str, Any]], float]:
    """A city with rich members; the clients of the crowd are forked before any connection is open."""
    django.setup()
    bench = Bench(random.Random(told["seed"]))
    crowd = Crowd(bench)
    bench.open(accounts=told["accounts"])
    crowd.enter(bench.city, bench.issuance, bench.members)
    ways: dict[str, Callable[[int], float]] = {
        "batches": lambda n: bench.batches(bench.asked(n)),
        "hot_batches": lambda n: bench.batches(bench.asked(n, is_hot=True)),
        "singles": lambda n: bench.singles(bench.asked(n)),
        "crowd": lambda n: crowd.run(n, is_hot=False),
        "hot_crowd": lambda n: crowd.run(n, is_hot=True),
        "copy": bench.copy,
    }
    return lambda wish: ways[wish["way"]](wish["transfers"])


class Bench:
    """One client of the time bank."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.numbers, self.word = chance, count(), secrets.token_hex(4)
        self.issuance, self.members = 0, [0]
        self.city: Any = None

    def open(self, *, accounts: int) -> None:
        """The city and its accounts."""
        from django.db import connection

        self.city = open_city()
        self.issuance, self.members = open_accounts(accounts)
        granted = [(self.issuance, member, RICH) for member in self.members]
        for some in _pieces(granted):
            self.post(some)
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE {COPIED} (LIKE timebank_transfer INCLUDING ALL)")
            cursor.execute("ANALYZE")

    def asked(self, number: int, *, is_hot: bool = False) -> Asked:
        """Transfers between random members, or from the one issuing account to random members."""
        pair = self._hot if is_hot else self._random
        return [(*pair(), self.chance.randint(1, 60)) for _ in range(number)]

    def batches(self, asked: Asked) -> float:
        pieces = list(_pieces(asked))
        began = time.perf_counter()
        for some in pieces:
            self.post(some)
        return time.perf_counter() - began

    def singles(self, asked: Asked) -> float:
        began = time.perf_counter()
        for one in asked:
            self.post([one])
        return time.perf_counter() - began

    def post(self, asked: Asked) -> None:
        """One call of the API; every transfer is posted, or the benchmark is none."""
        from xinglin.lib import clock
        from xinglin.timebank import actions
        from xinglin.timebank.rules import Outcome, Transfer, TransferKind

        transfers = []
        for payer, payee, minutes in asked:
            key = f"bench:{self.word}:{next(self.numbers)}"
            transfers.append(
                Transfer(
                    key=key, payer_id=payer, payee_id=payee, minutes=minutes, kind=TransferKind.GIFT, origin=key
                )
            )  # fmt: skip
        for answer in actions.post(transfers=transfers, at=clock.now()):
            assert answer.outcome == Outcome.POSTED, answer

    def copy(self, number: int) -> float:
        """The rows that `post` wrote last, copied as text into a table with the same indexes, constraints and size."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(OLDER, [number])
            text = bytearray()
            with cursor.copy(f"COPY ({LATEST}) TO STDOUT", [number]) as rows:
                for data in rows:
                    text += data
            began = time.perf_counter()
            with cursor.copy(f"COPY {COPIED} ({COLUMNS}) FROM STDIN") as rows:
                rows.write(text)
            return time.perf_counter() - began

    def _random(self) -> tuple[int, int]:
        payer, payee = self.chance.sample(self.members, 2)
        return payer, payee

    def _hot(self) -> tuple[int, int]:
        return self.issuance, self.chance.choice(self.members)


COPIED = "bench_copied_transfer"
COLUMNS = (
    "id, key, payer_id, payee_id, minutes, kind, origin, reason, at, payer_balance_after, payer_sequence,"
    " payee_balance_after, payee_sequence, reverses, expires_at, xid, salt"
)
LATEST = f"SELECT * FROM (SELECT {COLUMNS} FROM timebank_transfer ORDER BY id DESC LIMIT %s) latest ORDER BY id"
OLDER = (
    f"INSERT INTO {COPIED} ({COLUMNS}) SELECT {COLUMNS} FROM timebank_transfer"
    f" WHERE id > coalesce((SELECT max(id) FROM {COPIED}), 0)"
    " AND id < (SELECT min(id) FROM (SELECT id FROM timebank_transfer ORDER BY id DESC LIMIT %s) latest)"
)


class Crowd:
    """Many clients at once, each a process with a connection of its own, posting one transfer at a time."""

    def __init__(self, bench: Bench) -> None:
        self._clients = [_forked(bench, number) for number in range(CLIENTS)]

    def enter(self, *facts: Any) -> None:
        for pipe in self._clients:
            pipe.send(facts)
            pipe.recv()

    def run(self, number: int, *, is_hot: bool) -> float:
        """Seconds until the last one is done with its share."""
        for pipe in self._clients:
            pipe.send((number // CLIENTS, is_hot))
            pipe.recv()
        began = time.perf_counter()
        for pipe in self._clients:
            pipe.send(None)
        for pipe in self._clients:
            pipe.recv()
        return time.perf_counter() - began


def _forked(bench: Bench, number: int) -> Any:
    here, there = multiprocessing.Pipe()
    fork = multiprocessing.get_context("fork")
    fork.Process(target=_be_client, args=(bench, number, there), daemon=True).start()
    return here


def _be_client(bench: Bench, number: int, pipe: Any) -> None:
    from xinglin.cities import current

    bench.city, bench.issuance, bench.members = pipe.recv()
    current.make_home(bench.city)
    bench.chance, bench.word = random.Random(number), secrets.token_hex(4)
    bench.post(bench.asked(1))  # connects
    pipe.send(None)
    while True:
        share, is_hot = pipe.recv()
        asked = bench.asked(share, is_hot=is_hot)
        pipe.send(None)
        pipe.recv()
        bench.singles(asked)
        pipe.send(None)


def open_city() -> Any:
    """An empty city, where this process is from now on."""
    from django.core.management import call_command

    from xinglin.cities import actions, current
    from xinglin.lib import clock

    call_command("migrate", verbosity=0, interactive=False)
    with current.outside():
        city = actions.create(slug="bench", name="测速", hosts=["bench.example.cn"], at=clock.now())
    current.make_home(city)
    return city


def open_accounts(number: int) -> tuple[int, list[int]]:
    """The issuing account, and so many members'."""
    from xinglin.accounts.models import User
    from xinglin.lib import clock
    from xinglin.people.models import Person
    from xinglin.timebank.models import Account
    from xinglin.timebank.rules import AccountKind

    now = clock.now()
    users = User.objects.bulk_create([User(login_name=f"V{n:08}", created_at=now) for n in range(number)])
    people = Person.objects.bulk_create(
        [Person(user=user, id_sealed=b"", id_blind=user.login_name.encode(), created_at=now) for user in users]
    )
    zero = {"floor_minutes": 0, "balance_minutes": 0, "sequence": 0, "is_limited": True, "opened_at": now}
    members = Account.objects.bulk_create(
        [Account(kind=AccountKind.MEMBER, person=person, **zero) for person in people]
    )  # fmt: skip
    issuance = Account.objects.create(kind=AccountKind.ISSUANCE, is_limited=False, opened_at=now)
    return issuance.pk, [member.pk for member in members]


def _pieces(asked: Asked) -> Iterator[Asked]:
    for start in range(0, len(asked), BATCH):
        yield asked[start : start + BATCH]


if __name__ == "__main__":
    serve(prepare)
