"""Keeping the catalogue, redeeming, and the ends of a voucher, on the database."""

from __future__ import annotations

import datetime as dt

import pytest

from xinglin.audit.models import Entry
from xinglin.benefits import actions, queries
from xinglin.benefits.errors import (
    BadBenefit,
    BadRestock,
    BalanceTooSmall,
    NotForYourUnit,
    NotOwnVoucher,
    OutOfStock,
    QuotaUsed,
    StarNeeded,
    VoucherEnded,
    VoucherExpired,
    VoucherReasonNeeded,
)
from xinglin.benefits.models import Voucher
from xinglin.benefits.tests.factories import NOON, make_benefit, make_voucher
from xinglin.organisation import actions as organisation
from xinglin.organisation import previews
from xinglin.organisation.errors import MayNot
from xinglin.organisation.previews import Question
from xinglin.organisation.tests.factories import make_role, make_unit
from xinglin.people.tests.factories import make_staff, make_volunteer
from xinglin.recognition import actions as recognition
from xinglin.recognition.tests.factories import make_scheme, make_star
from xinglin.timebank import actions as bank
from xinglin.timebank import queries as timebank
from xinglin.timebank.errors import MaySpendLater
from xinglin.timebank.tests.factories import LONG_AGO, credit

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def rich(lin):
    """林晓 with five hours to spend."""
    credit(lin.person, 300)
    return lin


def balance(volunteer):
    found = timebank.balance_of(volunteer.person)
    return found.free_minutes, found.held_minutes


# Redeeming -------------------------------------------------------------------------------------------------------


def test_a_voucher_holds_its_minutes_no_longer_than_the_policy_says(bureau, hospital, rich):
    organisation.set_policy(unit=bureau, name="voucher_hold_days", value=5, set_by=None, starts_at=NOON, at=NOON)
    paid, free = make_benefit(unit=hospital, price_minutes=60), make_benefit(unit=hospital, price_minutes=0)
    shorter = make_benefit(unit=hospital, price_minutes=60, voucher_days=2)

    lives = [(make_voucher(one, rich).expires_at - NOON).days for one in (paid, free, shorter)]

    assert lives == [5, 30, 2]


def test_a_shorter_time_shows_whose_vouchers_would_have_come_too_late(hospital, rich, wang):
    voucher = make_voucher(make_benefit(unit=hospital, price_minutes=60), rich, at=NOON - 9 * DAY)
    actions.use(voucher=voucher, by=wang, at=NOON)

    five, ten = (previews.of(Question("voucher_hold_days", hospital, days, NOON)) for days in (5, 10))

    assert five is not None
    assert [(one.number, one.before_minutes, one.after_minutes) for one in five.changes] == [("V000001", 0, 60)]
    assert ten is not None
    assert ten.changes == []


def test_minutes_below_zero_redeem_too_where_the_policy_lets_them(hospital, rich):
    organisation.set_policy(unit=hospital, name="overdraft_minutes", value=60, set_by=None, starts_at=NOON, at=NOON)

    make_voucher(make_benefit(unit=hospital, price_minutes=340), rich)
    with pytest.raises(BalanceTooSmall, match="1分"):
        make_voucher(make_benefit(unit=hospital, price_minutes=21), rich)

    assert balance(rich) == (-40, 340)


def test_redeeming_sets_the_price_aside_and_takes_one_from_the_stock(hospital, rich):
    benefit = make_benefit(unit=hospital, price_minutes=120, stock=3)

    voucher = make_voucher(benefit, rich)

    benefit.refresh_from_db()
    assert balance(rich) == (180, 120)
    assert benefit.stock_left == 2
    assert (voucher.state, voucher.minutes, voucher.title) == ("unused", 120, benefit.title)
    assert timebank.hold_of(voucher.origin).minutes == 120


def test_the_same_request_again_gives_the_same_voucher(hospital, rich):
    benefit = make_benefit(unit=hospital, quota=1, stock=1)

    first = actions.redeem(benefit=benefit, user=rich.person.user, request="tap", at=NOON)
    again = actions.redeem(benefit=benefit, user=rich.person.user, request="tap", at=NOON)

    assert first == again
    assert balance(rich) == (240, 60)


def test_what_a_star_opens_takes_no_minutes(hospital, lin):
    privilege = recognition.add_privilege(unit=hospital, level=3, title="免挂号费", note="", by=None, at=LONG_AGO)
    benefit = make_benefit(unit=hospital, price_minutes=0, privilege=privilege)
    assert benefit.level == 3
    with pytest.raises(StarNeeded):
        make_voucher(benefit, lin)

    make_star(lin.person, scheme=make_scheme(unit=hospital), level=3)
    voucher = make_voucher(benefit, lin)
    actions.give_back(voucher=voucher, by=lin.person.user, at=NOON)

    assert balance(lin) == (0, 0)
    assert timebank.hold_of(voucher.origin) is None


def test_too_little_is_refused_and_nothing_is_touched(hospital, rich):
    benefit = make_benefit(unit=hospital, price_minutes=301, stock=1)

    with pytest.raises(BalanceTooSmall, match="还差1分"):
        make_voucher(benefit, rich)

    benefit.refresh_from_db()
    assert benefit.stock_left == 1
    assert balance(rich) == (300, 0)
    assert not Voucher.objects.exists()


def test_the_last_one_is_the_last(hospital, blue, rich):
    benefit = make_benefit(unit=hospital, stock=1)
    mate = make_volunteer(name="何苗", unit=blue)
    credit(mate.person, 60)
    make_voucher(benefit, rich)

    with pytest.raises(OutOfStock):
        make_voucher(benefit, mate)


def test_a_quota_counts_what_was_had_and_not_what_went_back(hospital, rich):
    benefit = make_benefit(unit=hospital, quota=1, period="month")
    first = make_voucher(benefit, rich)
    with pytest.raises(QuotaUsed):
        make_voucher(benefit, rich)

    actions.give_back(voucher=first, by=rich.person.user, at=NOON)

    make_voucher(benefit, rich)
    make_voucher(benefit, rich, at=NOON + 7 * DAY)  # December


def test_a_benefit_is_for_the_unit_that_gives_it_and_all_below(bureau, association, rich):
    other = make_unit(name="市中医院", kind="hospital", parent=association)

    make_voucher(make_benefit(unit=bureau), rich)
    with pytest.raises(NotForYourUnit):
        make_voucher(make_benefit(unit=other), rich)


def test_the_time_banks_spending_age_is_explained_beforehand(hospital, rich):
    organisation.set_policy(unit=hospital, name="spending_age", value=60, set_by=None, starts_at=LONG_AGO, at=LONG_AGO)
    benefit = make_benefit(unit=hospital)

    assert [one.code for one in queries.hindrances(benefit, rich.person.user, at=NOON)] == ["may_spend_later"]
    with pytest.raises(MaySpendLater):
        make_voucher(benefit, rich)


# The ends --------------------------------------------------------------------------------------------------------


@pytest.fixture
def voucher(hospital, rich):
    return make_voucher(make_benefit(unit=hospital, price_minutes=120, stock=3), rich)


def stock(voucher):
    voucher.benefit.refresh_from_db()
    return voucher.benefit.stock_left


def test_used_at_the_desk_the_minutes_are_gone(voucher, rich, wang):
    used = actions.use(voucher=voucher, by=wang, at=NOON + DAY)

    assert (used.state, used.ended_by, used.ended_at) == ("used", wang, NOON + DAY)
    assert balance(rich) == (180, 0)
    assert stock(voucher) == 2
    assert actions.use(voucher=voucher, by=wang, at=NOON + 2 * DAY).ended_at == NOON + DAY


def test_refused_at_the_desk_everything_goes_back_with_the_reason(voucher, rich, wang):
    with pytest.raises(VoucherReasonNeeded):
        actions.refuse(voucher=voucher, by=wang, reason=" ", at=NOON)

    refused = actions.refuse(voucher=voucher, by=wang, reason="机器坏了", at=NOON)

    assert (refused.state, refused.reason) == ("refused", "机器坏了")
    assert balance(rich) == (300, 0)
    assert stock(voucher) == 3


def test_given_back_twice_is_once(voucher, rich):
    for _ in range(2):
        returned = actions.give_back(voucher=voucher, by=rich.person.user, at=NOON)

    assert returned.state == "returned"
    assert balance(rich) == (300, 0)
    assert stock(voucher) == 3


def test_what_has_ended_stays_ended(voucher, rich, wang):
    actions.use(voucher=voucher, by=wang, at=NOON)

    with pytest.raises(VoucherEnded):
        actions.refuse(voucher=voucher, by=wang, reason="反悔", at=NOON)
    with pytest.raises(VoucherEnded):
        actions.give_back(voucher=voucher, by=rich.person.user, at=NOON)
    other = make_staff(unit=voucher.benefit.unit)
    with pytest.raises(VoucherEnded):
        actions.use(voucher=voucher, by=other, at=NOON)
    assert actions.expire_vouchers(at=voucher.expires_at) == 0


def test_from_its_end_on_a_voucher_is_over_and_the_job_gives_back(voucher, rich, wang):
    late = voucher.expires_at
    with pytest.raises(VoucherExpired):
        actions.use(voucher=voucher, by=wang, at=late)
    assert actions.expire_vouchers(at=late - dt.timedelta(seconds=1)) == 0

    assert actions.expire_vouchers(at=late) == 1

    voucher.refresh_from_db()
    assert voucher.state == "expired"
    assert balance(rich) == (300, 0)
    assert stock(voucher) == 3
    assert actions.expire_vouchers(at=late) == 0


def test_a_voucher_ends_also_when_the_ledgers_own_sweep_was_quicker(voucher, rich):
    late = voucher.expires_at + 2 * DAY
    assert bank.expire_holds(at=late) == 1

    assert actions.expire_vouchers(at=late) == 1

    voucher.refresh_from_db()
    assert voucher.state == "expired"
    assert balance(rich) == (300, 0)


def test_nobody_marks_the_own_voucher(hospital, voucher, rich):
    make_role(user=rich.person.user, unit=hospital, name="clerk")

    with pytest.raises(NotOwnVoucher):
        actions.use(voucher=voucher, by=rich.person.user, at=NOON)


def test_a_clerk_hands_out_at_the_own_unit_only_and_keeps_no_catalogue(hospital, association, voucher):
    clerk = make_staff(unit=hospital, role="clerk", name="小陈", second_factor=False)
    elsewhere = make_staff(unit=make_unit(parent=association), role="clerk", second_factor=False)

    with pytest.raises(MayNot):
        actions.use(voucher=voucher, by=elsewhere, at=NOON)
    with pytest.raises(MayNot):
        actions.pause(benefit=voucher.benefit, by=clerk, at=NOON)
    assert actions.use(voucher=voucher, by=clerk, at=NOON).state == "used"


def test_open_holds_are_those_of_the_ledger_in_its_order(hospital, blue, rich):
    make_voucher(make_benefit(unit=hospital, price_minutes=0), rich)
    for _ in range(4):
        make_voucher(make_benefit(unit=hospital, price_minutes=30), rich)
    actions.give_back(voucher=Voucher.objects.filter(minutes=30).first(), by=rich.person.user, at=NOON)

    assert list(queries.open_holds()) == list(timebank.open_holds())
    assert len(list(queries.open_holds())) == 3


# The catalogue ---------------------------------------------------------------------------------------------------


def test_editing_leaves_given_vouchers_as_promised_and_a_trail_of_both_values(voucher, hospital, wang):
    benefit = voucher.benefit
    actions.edit_benefit(
        benefit=benefit, by=wang, at=NOON, title="新名字", price_minutes=999, where_to_use=benefit.where_to_use
    )

    voucher.refresh_from_db()
    assert voucher.minutes == 120
    assert voucher.title != "新名字"
    entry = Entry.objects.get(verb="edited_benefit")
    assert entry.facts["price_minutes"] == [120, 999]
    assert "where_to_use" not in entry.facts


def test_an_edit_that_changes_nothing_leaves_no_trail(hospital, wang):
    benefit = make_benefit(unit=hospital)

    actions.edit_benefit(benefit=benefit, by=wang, at=NOON, title=benefit.title)

    assert not Entry.objects.filter(verb="edited_benefit").exists()


def test_paused_it_is_not_given_and_given_vouchers_hold(voucher, rich, wang):
    for _ in range(2):
        actions.pause(benefit=voucher.benefit, by=wang, at=NOON)
    codes = [one.code for one in queries.hindrances(_fresh(voucher), rich.person.user, at=NOON)]

    assert codes == ["benefit_paused"]
    assert Entry.objects.filter(verb="paused_benefit").count() == 1
    assert actions.use(voucher=voucher, by=wang, at=NOON).state == "used"

    actions.resume(benefit=voucher.benefit, by=wang, at=NOON)
    assert queries.hindrances(_fresh(voucher), rich.person.user, at=NOON) == []


def test_restocking_counts_from_what_is_left(voucher, wang):
    assert actions.restock(benefit=voucher.benefit, change=5, by=wang, at=NOON).stock_left == 7
    with pytest.raises(BadRestock):
        actions.restock(benefit=voucher.benefit, change=-8, by=wang, at=NOON)


def test_a_benefit_that_ends_before_it_begins_is_refused(hospital):
    with pytest.raises(BadBenefit):
        make_benefit(unit=hospital, starts_at=NOON, ends_at=NOON - DAY)


def test_a_leader_keeps_no_catalogue(blue, hospital):
    leader = make_staff(unit=blue, role="team_leader", second_factor=False)

    with pytest.raises(MayNot):
        actions.restock(benefit=make_benefit(unit=blue, stock=1), change=1, by=leader, at=NOON)


def _fresh(voucher):
    return type(voucher.benefit).objects.select_related("unit").get(pk=voucher.benefit_id)
