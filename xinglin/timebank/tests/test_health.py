"""The health of a bank: judgements from figures, figures from the ledger, and the page for whoever watches."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from conftest import at, member, sign_in, staff
from xinglin.timebank import actions, health, measuring
from xinglin.timebank.health import Figures, Month
from xinglin.timebank.rules import Service

TODAY = dt.date(2026, 11, 24)
MONTHS = health.months_until(TODAY, 13)


def even(*, earned: int, spent: int) -> tuple[Month, ...]:
    """The same in each month."""
    return tuple(Month(month, earned, spent, change_minutes=earned - spent) for month in MONTHS)


def test_months_end_with_this_one_and_cross_the_year():
    assert health.months_until(dt.date(2026, 2, 9), 3) == [
        dt.date(2025, 12, 1),
        dt.date(2026, 1, 1),
        dt.date(2026, 2, 1),
    ]


def test_spending_that_keeps_up_is_no_lag():
    judged = health.judge(Figures(free_minutes=6000, months=even(earned=600, spent=180)), today=TODAY, lag_percent=30)

    assert (judged.spent_percent, judged.lags) == (30, False)


def test_spending_below_the_limit_lags():
    judged = health.judge(Figures(free_minutes=6000, months=even(earned=600, spent=179)), today=TODAY, lag_percent=30)

    assert (judged.spent_percent, judged.lags) == (29, True)


def test_a_limit_of_nought_never_warns_and_an_empty_bank_is_not_judged():
    silent = health.judge(Figures(months=even(earned=600, spent=0)), today=TODAY, lag_percent=0)
    empty = health.judge(Figures(months=even(earned=0, spent=0)), today=TODAY, lag_percent=30)

    assert not silent.lags
    assert (empty.lags, empty.spent_percent, empty.velocity_percent, empty.months_to_spend) == (False, None, None, None)


def test_the_month_that_runs_is_not_judged():
    months = [*even(earned=600, spent=300)[:-1], Month(MONTHS[-1], 0, 90_000, change_minutes=-90_000)]

    judged = health.judge(Figures(months=months), today=TODAY, lag_percent=30)

    assert judged.spent_monthly == 300


def test_the_forecast_goes_on_with_the_average_and_never_below_nought():
    growing = health.judge(Figures(free_minutes=1000, months=even(earned=600, spent=100)), today=TODAY, lag_percent=30)
    shrinking = health.judge(Figures(free_minutes=100, months=even(earned=0, spent=60)), today=TODAY, lag_percent=30)

    assert growing.forecast_minutes[:2] == (1500, 2000)
    assert shrinking.forecast_minutes[:3] == (40, 0, 0)
    assert shrinking.months_to_spend == 2


def test_velocity_is_what_was_spent_over_what_lay_there_on_average():
    judged = health.judge(Figures(free_minutes=1200, months=even(earned=100, spent=100)), today=TODAY, lag_percent=30)

    assert judged.velocity_percent == 100


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=13, max_size=13), st.integers(0, 100))
def test_whatever_the_figures_a_judgement_stands(values: list[tuple[int, int]], lag_percent: int):
    months = [
        Month(m, earned, spent, change_minutes=earned - spent)
        for m, (earned, spent) in zip(MONTHS, values, strict=True)
    ]
    outstanding = max(0, sum(earned - spent for earned, spent in values))

    judged = health.judge(Figures(free_minutes=outstanding, months=months), today=TODAY, lag_percent=lag_percent)

    assert all(minutes >= 0 for minutes in judged.forecast_minutes)
    assert len(judged.forecast_minutes) == health.FORECAST_MONTHS
    if judged.lags:
        assert judged.spent_monthly <= judged.earned_monthly


def test_columns_fill_the_chart_and_nothing_more():
    drawn = health.columns([(TODAY, 50), (TODAY, 100), (TODAY, 0)], highest=100)

    assert [column.height for column in drawn] == [80, 160, 0]
    assert all(column.y + column.height == health.CHART_HEIGHT for column in drawn)


# ── From the ledger ──


def served(person: object, minutes: int, *, when: dt.datetime, key: str) -> None:
    actions.credit_service(
        services=[Service(person_id=person.pk, key=key, minutes=minutes, reason="门诊导医", origin=key)], at=when
    )


@pytest.fixture
def bank(lin, hospital, association):
    """Lin earned 300 last year and 200 lately, used 60 and holds 40; 何苗 of another unit earned 100."""
    from conftest import _below, _unit

    elsewhere = _below(association, _unit("瑞安市中医院", "hospital"))
    other = member(name="何苗", number="V000777", phone="13800000777", unit=elsewhere)
    served(lin.person, 300, when=at("09:00", days=-390), key="record:OLD")
    served(lin.person, 200, when=at("09:00", days=-30), key="record:NEW")
    served(other.person, 100, when=at("09:00", days=-2), key="record:OTHER")
    later = at("09:00", days=20)
    actions.hold(person=lin.person, minutes=60, origin="voucher:A", reason="体检", expires_at=later, at=at("08:00"))
    actions.settle(origin="voucher:A", at=at("08:30"))
    actions.hold(person=lin.person, minutes=40, origin="voucher:B", reason="体检", expires_at=later, at=at("08:40"))


def test_the_whole_bank_is_measured(bank):
    figures = measuring.measure(None, at=at("10:00"))

    assert (figures.free_minutes, figures.held_minutes, figures.holders) == (500, 40, 2)
    assert (figures.ever_earned, figures.ever_spent) == (2, 1)
    assert [(month.earned_minutes, month.spent_minutes) for month in figures.months[-2:]] == [(200, 0), (100, 60)]
    assert [(holder.number, holder.minutes) for holder in figures.largest] == [("V000001", 440), ("V000777", 100)]


def test_what_came_in_first_is_used_first(bank):
    figures = measuring.measure(None, at=at("10:00"))

    assert figures.ages_minutes == (300, 0, 0, 240, 0)
    assert sum(figures.ages_minutes) == figures.outstanding_minutes


def test_a_unit_sees_its_own_members_only(bank, hospital):
    figures = measuring.measure(hospital, at=at("10:00"))

    assert (figures.outstanding_minutes, figures.holders) == (440, 1)
    assert [holder.number for holder in figures.largest] == ["V000001"]


def test_a_day_is_measured_once_unless_somebody_asks_again(bank, lin):
    first = measuring.figures_of(None, at=at("10:00"))
    served(lin.person, 60, when=at("10:30"), key="record:LATER")

    assert measuring.figures_of(None, at=at("11:00")) == first
    assert measuring.measure(None, at=at("11:00")).free_minutes == first.free_minutes + 60
    assert measuring.figures_of(None, at=at("11:30")).free_minutes == first.free_minutes + 60


def test_a_voided_service_was_never_earned(lin):
    served(lin.person, 100, when=at("09:00", days=-40), key="record:V")
    actions.reverse(
        key="record:V", reversal_key="void:V", reason="门诊导医", origin="record:V", at=at("09:00", days=-30)
    )

    figures = measuring.measure(None, at=at("10:00"))
    judged = health.judge(figures, today=TODAY, lag_percent=30)

    assert (figures.outstanding_minutes, judged.earned_monthly, judged.spent_percent) == (0, 0, None)


# ── The page ──


def test_the_page_says_that_spending_lags(bank, bureau, client, now_is):
    now_is(at("10:00"))
    sign_in(client, staff(name="郑审", login_name="zheng", role="auditor", unit=bureau))

    page = client.get(reverse("timebank:health")).content.decode()

    assert "好存难用" in page
    assert "V000777" in page
    assert "林晓" not in page


def test_an_auditor_of_one_hospital_sees_no_other(bank, hospital, bureau, client, now_is):
    now_is(at("10:00"))
    sign_in(client, staff(name="郑审", login_name="zheng", role="auditor", unit=hospital))

    page = client.get(reverse("timebank:health"), {"unit": bureau.code}).content.decode()

    assert "V000001" in page
    assert "V000777" not in page


def test_an_empty_bank_says_when_something_will_come(bureau, client, now_is):
    now_is(at("10:00"))
    sign_in(client, staff(name="郑审", login_name="zheng", role="auditor", unit=bureau))

    page = client.get(reverse("timebank:health")).content.decode()

    assert "还没有存量" in page
    assert "好存难用" not in page


def test_measuring_anew_leads_back_to_the_unit(bank, hospital, client, now_is):
    now_is(at("10:00"))
    sign_in(client, staff(name="郑审", login_name="zheng", role="auditor", unit=hospital))

    answer = client.post(reverse("timebank:measure"), {"unit": hospital.code})

    assert answer.url == f"{reverse('timebank:health')}?unit={hospital.code}"


def test_who_watches_is_reminded_on_every_desk_page_once_it_was_measured(bank, bureau, client, now_is):
    now_is(at("10:00"))
    administrator = staff(name="钱局", login_name="qian", role="bureau_administrator", unit=bureau)
    sign_in(client, administrator)
    before = client.get(reverse("home:desk")).content.decode()

    measuring.measure(None, at=at("09:30"))

    assert "<b>提醒</b>" not in before
    assert "<b>提醒</b>" in client.get(reverse("home:desk")).content.decode()
    assert not measuring.lags(bureau, at=at("09:30", days=8))
