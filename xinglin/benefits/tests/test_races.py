"""The last voucher, a balance for five, and three ends of one voucher at the same moment: real threads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from xinglin.benefits import actions, queries
from xinglin.benefits.models import Benefit, Voucher
from xinglin.benefits.tests.factories import NOON, make_benefit, make_voucher
from xinglin.hours.tests.test_races import at_once
from xinglin.lib.errors import Refusal
from xinglin.organisation.tests.factories import make_unit
from xinglin.people.tests.factories import make_staff, make_volunteer
from xinglin.timebank import queries as timebank
from xinglin.timebank.tests.factories import credit

pytestmark = pytest.mark.django_db(transaction=True)


def heard(verb: Callable[..., Any], **said: Any) -> str:
    """What came of it: the voucher's state, or the code of the refusal."""
    try:
        return str(verb(**said).state)
    except Refusal as refusal:
        return refusal.code


def test_of_two_who_want_the_last_voucher_one_gets_it():
    unit = make_unit()
    benefit = make_benefit(unit=unit, stock=1)
    people = [make_volunteer(unit=unit) for _ in range(2)]
    for one in people:
        credit(one.person, 60)

    answers = at_once(
        lambda n: heard(actions.redeem, benefit=benefit, user=people[n].person.user, request="tap", at=NOON), 2
    )

    assert Counter(answers) == {"unused": 1, "out_of_stock": 1}
    assert Benefit.objects.get().stock_left == 0
    assert sorted(timebank.balance_of(one.person).free_minutes for one in people) == [0, 60]


@pytest.mark.parametrize("benefits", [1, 16], ids=["of one benefit", "of sixteen benefits"])
def test_of_sixteen_redemptions_at_once_a_balance_for_five_gives_five(benefits):
    unit = make_unit()
    lin = make_volunteer(unit=unit)
    credit(lin.person, 5 * 60 + 59)
    shelf = [make_benefit(unit=unit, stock=100) for _ in range(benefits)]

    answers = at_once(
        lambda n: heard(actions.redeem, benefit=shelf[n % benefits], user=lin.person.user, request=f"tap{n}", at=NOON),
        16,
    )

    assert answers.count("unused") == 5
    assert set(answers) - {"unused"} <= {"balance_too_small", "not_enough_minutes"}
    found = timebank.balance_of(lin.person)
    assert (found.free_minutes, found.held_minutes) == (59, 300)
    assert sum(Benefit.objects.values_list("stock_left", flat=True)) == 100 * benefits - 5
    assert list(queries.open_holds()) == list(timebank.open_holds())


def test_one_button_pressed_eight_times_gives_one_voucher():
    unit = make_unit()
    benefit, lin = make_benefit(unit=unit, stock=8), make_volunteer(unit=unit)
    credit(lin.person, 600)

    answers = at_once(lambda _: heard(actions.redeem, benefit=benefit, user=lin.person.user, request="tap", at=NOON), 8)

    assert answers == ["unused"] * 8
    assert Voucher.objects.count() == 1
    assert Benefit.objects.get().stock_left == 7


def test_a_quota_of_two_holds_against_eight_at_once():
    unit = make_unit()
    benefit, lin = make_benefit(unit=unit, quota=2), make_volunteer(unit=unit)
    credit(lin.person, 600)

    answers = at_once(
        lambda n: heard(actions.redeem, benefit=benefit, user=lin.person.user, request=f"tap{n}", at=NOON), 8
    )

    assert Counter(answers) == {"unused": 2, "benefit_quota_used": 6}


def test_used_given_back_refused_and_expired_at_once_end_it_once():
    unit = make_unit()
    lin, wang, chen = make_volunteer(unit=unit), make_staff(unit=unit), make_staff(unit=unit)
    benefit = make_benefit(unit=unit, stock=9)
    credit(lin.person, 6 * 60)
    for round_ in range(6):
        voucher = make_voucher(benefit, lin)
        stocked, before = Benefit.objects.get().stock_left, timebank.balance_of(lin.person)
        moment = voucher.expires_at

        def end(n: int, voucher: Voucher = voucher, moment: Any = moment, round_: int = round_) -> Any:
            n = (n + round_) % 4
            if n == 0:
                return heard(actions.use, voucher=voucher, by=wang, at=NOON)
            if n == 1:
                return heard(actions.give_back, voucher=voucher, by=lin.person.user, at=NOON)
            if n == 2:
                return heard(actions.refuse, voucher=voucher, by=chen, reason="停电", at=NOON)
            return actions.expire_vouchers(at=moment)

        answers = at_once(end, 4)

        voucher.refresh_from_db()
        after = timebank.balance_of(lin.person)
        assert voucher.state != "unused"
        assert [answer for answer in answers if answer in ("used", "returned", "refused", 1)] in (
            [voucher.state],
            [1],
        )
        went_back = voucher.state != "used"
        assert Benefit.objects.get().stock_left == stocked + went_back
        assert after.held_minutes == before.held_minutes - 60
        assert after.free_minutes == before.free_minutes + 60 * went_back


def test_stock_is_right_though_restocked_while_others_redeem():
    unit = make_unit()
    benefit, wang = make_benefit(unit=unit, stock=4), make_staff(unit=unit)
    people = [make_volunteer(unit=unit) for _ in range(6)]
    for one in people:
        credit(one.person, 60)

    def work(n: int) -> str:
        if n < 6:
            return heard(actions.redeem, benefit=benefit, user=people[n].person.user, request="tap", at=NOON)
        actions.restock(benefit=benefit, change=3, by=wang, at=NOON)
        return "restocked"

    answers = at_once(work, 7)

    assert answers.count("restocked") == 1
    assert Benefit.objects.get().stock_left == 7 - answers.count("unused")
