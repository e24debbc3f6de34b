"""Loading the demo: where it may live, that its figures agree, and that a second start adds nothing."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.db.models import Sum

from conftest import at
from xinglin.accounts.models import User
from xinglin.activities.models import Activity, Shift, Signup
from xinglin.home import demo
from xinglin.hours.models import Record
from xinglin.organisation.models import Role
from xinglin.people.models import Volunteer
from xinglin.timebank import queries as timebank

TWENTIETH = demo.Size(people=280, activities=100, coming=6, hours=1500)
NOON = at("12:00")


def load(size: demo.Size = TWENTIETH, *, moment: dt.datetime = NOON) -> list[str]:
    said: list[str] = []
    demo.load(at=moment, say=said.append, size=size)
    return said


@pytest.mark.django_db
def test_the_demo_is_not_loaded_beside_real_people(lin):
    with pytest.raises(demo.NotADemo):
        load()

    assert not User.objects.filter(is_demo=True).exists()


@pytest.mark.django_db
def test_the_demo_is_not_loaded_in_production(settings):
    settings.MODE = "production"

    with pytest.raises(demo.NotADemo):
        load()


@pytest.mark.django_db(transaction=True)
def test_the_figures_of_the_city_agree_with_its_ledger():
    load()

    told = io.StringIO()
    call_command("verify_ledger", stdout=told)  # exits when anything differs
    effective = Record.objects.filter(state=Record.State.EFFECTIVE)
    sums = effective.aggregate(served=Sum("minutes"), credited=Sum("credited_minutes"))
    entered = effective.filter(provenance=Record.Provenance.TEAM_ENTRY).aggregate(minutes=Sum("minutes"))["minutes"]
    summaries = [timebank.summary_of(volunteer.person) for volunteer in Volunteer.objects.all()]
    balances = sum(summary.free_minutes + summary.held_minutes + summary.used_minutes for summary in summaries)
    assert sums["served"] >= TWENTIETH.hours * 60
    assert sums["credited"] == sums["served"] - (entered or 0) == balances


@pytest.mark.django_db
def test_loading_again_changes_nothing_until_the_coming_weeks_have_run_out():
    load()
    before = [model.objects.count() for model in (Record, Signup, Activity, Volunteer, Role)]

    load(moment=NOON + dt.timedelta(minutes=5))
    again = [model.objects.count() for model in (Record, Signup, Activity, Volunteer, Role)]
    load(moment=NOON + dt.timedelta(days=400))

    assert again == before
    assert Shift.objects.filter(starts_at__gt=NOON + dt.timedelta(days=403), state=Shift.State.OPEN).exists()


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_the_whole_city_has_the_figures_of_six_years_and_its_ledger_verifies(settings, tmp_path):
    settings.VAR_DIR = tmp_path

    load(demo.WHOLE)

    call_command("verify_ledger", stdout=io.StringIO())  # exits when anything differs
    effective = Record.objects.filter(state=Record.State.EFFECTIVE)
    serves, _leads = demo.volunteers()
    of_last_year = effective.filter(person=serves.person, starts_at__year=NOON.year - 1, starts_at__month__gte=4)
    assert Activity.objects.filter(shifts__state=Shift.State.CLOSED).distinct().count() == 2000
    assert Activity.objects.filter(shifts__starts_at__gt=NOON).distinct().count() == 60
    assert Volunteer.objects.count() == 5600
    assert 60_000 <= effective.aggregate(minutes=Sum("minutes"))["minutes"] // 60 < 60_010
    assert of_last_year.aggregate(minutes=Sum("minutes"))["minutes"] >= 300 * 60
