"""post(batch) against a ledger of a dozen lines of Python: whatever comes in, both say the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.timebank import actions
from xinglin.timebank.models import Account, Transfer
from xinglin.timebank.rules import AccountKind, TransferKind
from xinglin.timebank.rules import Transfer as Asked
from xinglin.timebank.tests.factories import NOON, make_account

UNLIMITED, FLOORS = 2, (0, 0, -50, -5)
SHUT = 6
ACCOUNTS = 8  # two unlimited, four limited, a closed one, and one that does not exist


@dataclass
class Plain:
    """The ledger as one would explain it to a child."""

    balances: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(ACCOUNTS), 0))
    posted: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def answer(self, key: str, payer: int, payee: int, minutes: int) -> str:
        body = (payer, payee, minutes)
        if key in self.posted:
            return "already_posted" if self.posted[key] == body else "conflict"
        if minutes < 1:
            return "minutes"
        if payer == payee:
            return "same_account"
        if ACCOUNTS - 1 in (payer, payee):
            return "unknown_account"
        if SHUT in (payer, payee):
            return "closed"
        if self._is_limited(payer) and self.balances[payer] - minutes < FLOORS[payer - UNLIMITED]:
            return "floor"
        self.posted[key] = body
        self.balances[payer] -= minutes
        self.balances[payee] += minutes
        return "posted"

    @staticmethod
    def _is_limited(account: int) -> bool:
        return account >= UNLIMITED


ITEMS = st.tuples(
    st.sampled_from([f"k{n}" for n in range(12)]),
    st.integers(0, ACCOUNTS - 1),
    st.integers(0, ACCOUNTS - 1),
    st.integers(-1, 90),
)
BATCHES = st.lists(st.lists(ITEMS, max_size=25), min_size=1, max_size=4)


@pytest.mark.django_db
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(batches=BATCHES)
def test_the_ledger_says_what_a_plain_one_says(batches):
    with transaction.atomic():
        ids, plain = _accounts(), Plain()

        for batch in batches:
            answers = actions.post(transfers=[_asked(item, ids) for item in batch], at=NOON)
            said = [str(answer.reason or answer.outcome) for answer in answers]
            assert said == [plain.answer(*item) for item in batch]

        stored = dict(Account.objects.values_list("pk", "balance_minutes"))
        assert [stored[ids[place]] for place in range(UNLIMITED, SHUT)] == [
            plain.balances[place] for place in range(UNLIMITED, SHUT)
        ]
        assert set(Transfer.objects.values_list("key", flat=True)) == plain.posted.keys()
        transaction.set_rollback(True)


def _accounts() -> list[int]:
    unlimited = [make_account(kind) for kind in (AccountKind.ISSUANCE, AccountKind.SUSPENSE)]
    kinds = (AccountKind.POOL, AccountKind.RESERVE, AccountKind.TEAM, AccountKind.MEMBER)
    limited = [make_account(kind, floor=floor) for kind, floor in zip(kinds, FLOORS, strict=True)]
    shut = make_account(AccountKind.PEER, closed_at=NOON)
    return [account.pk for account in (*unlimited, *limited, shut)] + [2**60]


def _asked(item: tuple[str, int, int, int], ids: list[int]) -> Asked:
    key, payer, payee, minutes = item
    return Asked(key=key, payer_id=ids[payer], payee_id=ids[payee], minutes=minutes, kind=TransferKind.GIFT)
