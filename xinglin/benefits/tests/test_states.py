"""Whatever is done in whatever order: vouchers, holds, stock and minutes always add up."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.benefits import actions, queries
from xinglin.benefits.models import Benefit, Voucher
from xinglin.benefits.tests.factories import NOON, make_benefit
from xinglin.lib.errors import Refusal
from xinglin.organisation.tests.factories import make_unit
from xinglin.people.tests.factories import make_staff, make_volunteer
from xinglin.timebank import queries as timebank
from xinglin.timebank.tests.factories import credit

pytestmark = pytest.mark.django_db
VERBS = st.sampled_from(["redeem", "redeem", "use", "refuse", "give_back", "expire", "restock"])
STEPS = st.lists(st.tuples(VERBS, st.integers(0, 5), st.integers(0, 20)), max_size=25)
EARNED, STOCK = 400, 4


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_minutes_stock_and_holds_add_up_after_every_step(db: Any, steps: list[tuple[str, int, int]]) -> None:
    from django.db import transaction

    with transaction.atomic():
        unit = make_unit()
        lin, wang = make_volunteer(unit=unit), make_staff(unit=unit)
        shelf = [make_benefit(unit=unit, stock=STOCK, price_minutes=minutes, voucher_days=7) for minutes in (60, 90, 0)]
        credit(lin.person, EARNED)
        added, at = 0, NOON
        for verb, which, days in steps:
            at += dt.timedelta(days=days)
            benefit = shelf[which % 3]
            vouchers = list(Voucher.objects.order_by("pk"))
            voucher = vouchers[which % len(vouchers)] if vouchers else None
            try:
                if verb == "redeem":
                    actions.redeem(benefit=benefit, user=lin.person.user, request=f"r{len(vouchers)}", at=at)
                elif verb == "restock":
                    actions.restock(benefit=benefit, change=1, by=wang, at=at)
                    added += 1
                elif verb == "expire":
                    actions.expire_vouchers(at=at)
                elif voucher is not None and verb == "use":
                    actions.use(voucher=voucher, by=wang, at=at)
                elif voucher is not None and verb == "refuse":
                    actions.refuse(voucher=voucher, by=wang, reason="停电", at=at)
                elif voucher is not None:
                    actions.give_back(voucher=voucher, by=lin.person.user, at=at)
            except Refusal:
                pass
            adds_up(lin, stocked=3 * STOCK + added)
        transaction.set_rollback(True)


def adds_up(lin: Any, *, stocked: int) -> None:
    """What is held is what waits, what is gone is what was used, and no place is lost or doubled."""
    vouchers = list(Voucher.objects.all())
    waiting = sum(one.minutes for one in vouchers if one.state == "unused")
    used = sum(one.minutes for one in vouchers if one.state == "used")
    balance = timebank.balance_of(lin.person)
    out = sum(one.state in ("unused", "used") for one in vouchers)

    assert balance.held_minutes == waiting
    assert balance.free_minutes == EARNED - waiting - used >= 0
    assert sum(Benefit.objects.values_list("stock_left", flat=True)) == stocked - out
    assert list(queries.open_holds()) == list(timebank.open_holds())
