"""The job three times at once, and hands at the same moment: real threads on real connections."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter

import pytest
from django.db import transaction

from xinglin.audit.models import Entry
from xinglin.hours.tests.test_races import at_once
from xinglin.organisation.tests.factories import make_unit
from xinglin.people.models import Sought
from xinglin.people.tests.factories import make_staff, make_volunteer
from xinglin.recognition import actions, queries
from xinglin.recognition.models import Grant
from xinglin.recognition.tests.factories import NOON, make_scheme, make_star, serve

pytestmark = pytest.mark.django_db(transaction=True)


def test_three_runs_at_once_grant_each_star_once():
    unit = make_unit()
    scheme = make_scheme(unit=unit)
    people = [make_volunteer(unit=unit).person for _ in range(20)]
    for person in people:
        serve(person, 35, unit=unit)

    granted = at_once(lambda _: sum(actions.grant_stars(scheme=scheme, at=NOON, limit=6) for _ in range(12)), 3)

    assert sum(granted) == 40
    assert Grant.objects.count() == Entry.objects.filter(verb="granted_star").count() == 40
    assert Counter(Grant.objects.values_list("level", flat=True)) == {1: 20, 2: 20}


def test_a_bar_and_the_job_at_once_end_in_one_order_or_the_other():
    unit = make_unit()
    scheme, lin = make_scheme(unit=unit), make_volunteer(unit=unit)
    wang = make_staff(unit=unit)
    serve(lin.person, 20, unit=unit)

    def work(number: int) -> None:
        if number:
            until = NOON + dt.timedelta(days=9)
            actions.bar(person=lin.person, unit=unit, by=wang, reason="失信", until=until, at=NOON)
        else:
            actions.grant_stars(scheme=scheme, at=NOON)

    at_once(work, 2)

    assert queries.star_of(lin.person, at=NOON) in (0, 1)
    assert actions.grant_stars(scheme=scheme, at=NOON) == 0
    assert queries.bar_of(lin.person, at=NOON) is not None


def test_of_two_stars_of_one_person_given_at_once_the_higher_one_is_sought():
    person = make_volunteer(unit=make_unit()).person
    schemes = [make_scheme(unit=make_unit(name=name)) for name in ("甲", "乙")]
    is_given, may_end = threading.Event(), threading.Event()

    def work(number: int) -> None:
        if number:
            is_given.wait(timeout=10)
            threading.Timer(0.5, may_end.set).start()  # by then we wait for the other one's row
            make_star(person, scheme=schemes[1], level=1)
        else:
            with transaction.atomic():
                make_star(person, scheme=schemes[0], level=2)
                is_given.set()
                may_end.wait(timeout=10)

    at_once(work, 2)

    assert Sought.objects.get(person=person).stars == 2
