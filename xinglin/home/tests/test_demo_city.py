"""A twentieth of the demo city, made by the same code as the whole, loaded once for tests that only look at it."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count
from django.utils.timezone import localtime

from xinglin.accounts.models import User
from xinglin.activities import queries as activities
from xinglin.activities.models import Activity, Shift, Signup
from xinglin.benefits.models import Voucher
from xinglin.circulars import queries as circulars
from xinglin.home import demo, queries
from xinglin.home.demo import city as cities
from xinglin.home.tests.test_demo import NOON, TWENTIETH, load
from xinglin.hours import queries as hours
from xinglin.hours.models import Record
from xinglin.organisation.models import Role, Unit
from xinglin.people import guardians
from xinglin.people.models import Honour, Submission, Volunteer
from xinglin.people.teams import queries as teams
from xinglin.people.vetting import expiring
from xinglin.timebank import measuring
from xinglin.timebank import queries as timebank
from xinglin.timebank.rules import Period


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The small city, loaded once for all tests that only look at it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load()
        yield
        transaction.set_rollback(True)


def test_the_city_has_its_past_its_coming_weeks_and_somebody_in_every_role(city, db):
    past = Activity.objects.filter(shifts__state=Shift.State.CLOSED).distinct()
    coming = Activity.objects.filter(shifts__starts_at__gt=NOON).distinct()
    assert (past.count(), coming.count()) == (TWENTIETH.activities, TWENTIETH.coming)
    assert Unit.objects.filter(kind__in=[Unit.Kind.TEAM, Unit.Kind.PARTNER]).count() == 50
    assert set(Role.objects.values_list("name", flat=True)) == set(Role.Name.values)
    assert not User.objects.filter(is_demo=False).exists()


def test_each_first_page_of_the_city_has_something_to_do(city, db):
    wang, zhao = (User.objects.get(login_name=name) for name in ("wangmin", "zhaoyan"))
    wang.has_second_factor = zhao.has_second_factor = True

    kinds = {todo.kind for todo in queries.todos(wang, at=NOON)}
    serves, leads = demo.volunteers()

    assert kinds == {"application", "nod", "record", "paper", "interview"}
    assert len(queries.todos(zhao, at=NOON)) >= 6
    assert activities.next_signup(serves, at=NOON) is not None
    assert activities.led_by(leads.person.user, at=NOON).exists()
    assert hours.honour_minutes(serves.person) > 0


def test_people_of_the_city_want_something_of_each_other(city, db):
    serves, _leads = demo.volunteers()
    administers: Any = User.objects.get(login_name="chenlixin")
    administers.has_second_factor = True
    late = NOON + dt.timedelta(days=1)  # whenever the circulars were written

    [child] = guardians.children_of(serves.person)

    assert circulars.unread(serves.person.user, at=late).count() == 2
    assert [move.kind for move in teams.offered_to(serves)] == ["loan"]
    assert guardians.waiting_wishes(child.child).exists()
    assert "minutes" in {todo.kind for todo in queries.todos(administers, at=NOON)}


def test_vetting_has_something_in_every_state(city, db):
    zhao = User.objects.get(login_name="zhaoyan")
    zhao.has_second_factor = True
    ending = list(expiring.listed(zhao, days=60, at=NOON))
    days = [until for *_what, until in ending]

    assert min(days) < NOON.date() < max(days)
    assert {of for _number, _name, of, *_rest in ending} == {"gate", "licence"}
    assert expiring.contracts(zhao, days=60, at=NOON).get().insured.count() > 3
    assert set(Submission.objects.values_list("what", flat=True)) == {"health", "qualification", "no_record", "return"}
    assert Submission.objects.filter(state="half").count() == 1
    assert Volunteer.objects.filter(state="suspended", returns_on__isnull=False).count() == 1
    assert Honour.objects.count() == 1


def test_nobody_served_on_a_day_before_joining_or_twice_on_one_day(city, db):
    served = Record.objects.select_related("person__volunteer").exclude(state="voided")
    days = [(record.person_id, localtime(record.starts_at).date()) for record in served]
    early = [one for one in served if localtime(one.starts_at).date() < one.person.volunteer.joined_on]

    assert len(days) == len(set(days))
    assert early == []


def test_no_post_has_more_sign_ups_than_places(city, db):
    taken = Signup.objects.filter(state=Signup.State.TAKEN)
    full = taken.values("post", "post__places").annotate(taken=Count("pk"))

    assert [post for post in full if post["taken"] > post["post__places"]] == []


def test_six_people_are_named_with_how_they_sign_in(city, db):
    told = io.StringIO()

    call_command("demo_people", stdout=told)

    lines = [line for line in told.getvalue().splitlines() if line.startswith("  ")]
    assert len(lines) == 6
    for role in ("volunteer", "team leader", "coordinator", "bureau administrator", "reviewer", "auditor"):
        assert sum(f" {role} " in line for line in lines) == 1


def test_the_page_about_the_demo_draws_the_city_and_says_what_is_invented(city, db, client, now_is):
    now_is(NOON)

    page = client.get("/demo/")

    said = page.content.decode()
    assert all(f"<title>{township}</title>" in said for township in cities.named("ruian").townships)
    assert "坐标是虚构的" in said
    assert page.context["figures"].past == TWENTIETH.activities
    assert page.context["figures"].coming == TWENTIETH.coming


def test_a_real_city_has_no_page_about_the_demo(city, db, client, settings):
    settings.MODE = "production"

    assert client.get("/demo/").status_code == 404


def test_the_first_page_of_the_demo_says_that_it_is_one(city, db, client, settings, now_is):
    now_is(NOON)
    settings.MODE = "demo"

    assert 'href="/demo/"' in client.get("/").content.decode()


def test_minutes_were_used_in_many_months_and_some_are_held_today(city, db):
    serves, _leads = demo.volunteers()
    figures = measuring.measure(None, at=NOON)

    assert sum(month.spent_minutes > 0 for month in figures.months) >= 3
    assert timebank.balance_of(serves.person).held_minutes > 0


def test_every_statement_runs_in_the_order_of_its_days(city, db):
    redeemed = Voucher.objects.select_related("person")
    people = {voucher.person for voucher in redeemed} | {one.person for one in demo.volunteers()}

    jumps = []
    for person in people:
        days = [entry.at for entry in timebank.entries_of(person, Period(), limit=1000)]
        jumps += [person.pk for earlier, later in pairwise(days) if later < earlier]

    assert len(people) > 10
    assert jumps == []
