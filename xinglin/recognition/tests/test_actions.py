"""Schemes, stars, bars and privileges on the database."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from xinglin.audit.models import Entry
from xinglin.hours import actions as hours
from xinglin.organisation import actions as organisation
from xinglin.organisation.errors import MayNot
from xinglin.people.tests.factories import make_staff, make_volunteer
from xinglin.recognition import actions, queries
from xinglin.recognition.errors import (
    BarOver,
    NotOwnStar,
    PrivilegeEnded,
    PublicationOver,
    SchemeInThePast,
    SchemeSetAlready,
    WithdrawnAlready,
)
from xinglin.recognition.models import Grant
from xinglin.recognition.tests.factories import LONG_AGO, NOON, make_scheme, make_star, serve

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def scheme(hospital):
    return make_scheme(unit=hospital)


@pytest.fixture
def published(hospital):
    """New stars of the hospital are published for five days."""
    organisation.set_policy(
        unit=hospital, name="star_publication_days", value=5, set_by=None, starts_at=LONG_AGO, at=LONG_AGO
    )


def grant(scheme, at=NOON):
    return actions.grant_stars(scheme=scheme, at=at)


def test_stars_are_granted_in_order_when_the_minutes_are_there(scheme, blue, lin):
    first = serve(lin.person, 25, unit=blue, effective_at=NOON - 3 * DAY)
    serve(lin.person, 10, unit=blue, effective_at=NOON - DAY)

    assert grant(scheme) == 2

    stars = list(Grant.objects.order_by("level"))
    assert [star.level for star in stars] == [1, 2]
    assert stars[0].reached_at == first.effective_at
    assert stars[1].reached_at == NOON - DAY
    assert queries.star_of(lin.person, at=NOON) == 2
    assert Entry.objects.filter(verb="granted_star").count() == 2


def test_a_second_run_grants_nothing_more(scheme, blue, lin):
    serve(lin.person, 50, unit=blue)

    assert grant(scheme) == 3
    assert grant(scheme) == 0


def test_a_minute_too_few_is_no_star(scheme, blue, lin):
    serve(lin.person, 19, unit=blue)

    assert grant(scheme) == 0
    assert queries.star_of(lin.person, at=NOON) == 0


def test_the_database_keeps_one_standing_star_of_a_kind(scheme, lin):
    make_star(lin.person, scheme=scheme)

    with pytest.raises(IntegrityError, match="one_standing_star"), transaction.atomic():
        make_star(lin.person, scheme=scheme)


def test_voided_and_unconfirmed_hours_make_no_star(scheme, blue, lin, wang):
    record = serve(lin.person, 25, unit=blue)
    hours.void(record=record, by=wang, reason="记错", at=NOON)

    assert grant(scheme) == 0


def test_the_nearest_scheme_upward_decides(scheme, bureau, blue, association, lin):
    make_scheme(unit=bureau, hours=(100, 300))
    elsewhere = make_volunteer(name="何苗", unit=association)
    serve(lin.person, 20, unit=blue)
    serve(elsewhere.person, 100, unit=association)

    for one in queries.schemes_in_force(at=NOON):
        grant(one)

    assert [(star.person, star.scheme.unit) for star in Grant.objects.order_by("pk")] in (
        [(lin.person, scheme.unit), (elsewhere.person, bureau)],
        [(elsewhere.person, bureau), (lin.person, scheme.unit)],
    )


def test_who_has_left_or_is_suspended_gets_no_star(scheme, blue):
    for state in ("suspended", "left"):
        serve(make_volunteer(unit=blue, state=state).person, 50, unit=blue)

    assert grant(scheme) == 0


def test_a_new_version_takes_no_star_and_grants_by_its_own_thresholds(scheme, hospital, blue, lin):
    serve(lin.person, 35, unit=blue)
    grant(scheme)
    harder = make_scheme(unit=hospital, hours=(100, 200, 300), starts_at=NOON)

    assert queries.schemes_in_force(at=NOON) == [harder]
    assert grant(harder) == 0
    assert queries.star_of(lin.person, at=NOON) == 2
    found = queries.progress(lin.person, at=NOON)
    assert (found.next_level, found.next_minutes) == (3, 300 * 60)

    serve(lin.person, 265, unit=blue)
    assert grant(harder) == 1
    assert queries.star_of(lin.person, at=NOON) == 3


def test_a_lower_version_grants_what_is_now_due(scheme, hospital, blue, lin):
    serve(lin.person, 12, unit=blue)
    easier = make_scheme(unit=hospital, hours=(5, 10), starts_at=NOON)

    assert grant(easier) == 2
    assert easier.version == 2


def test_a_published_star_counts_when_its_days_are_over(scheme, published, blue, lin):
    serve(lin.person, 20, unit=blue)
    grant(scheme)

    assert queries.star_of(lin.person, at=NOON) == 0
    star = Grant.objects.get()
    assert star.published_until >= NOON + 5 * DAY
    way = queries.progress(lin.person, at=NOON)
    assert (way.level, way.next_level, way.missing_minutes) == (0, 2, 10 * 60)
    assert queries.star_of(lin.person, at=star.published_until) == 1


def test_staff_withdraw_a_published_star_and_the_job_does_not_bring_it_back(scheme, published, blue, lin, wang):
    serve(lin.person, 30, unit=blue)
    grant(scheme)
    star = Grant.objects.get(level=1)

    actions.withdraw(grant=star, by=wang, reason="时长有疑问", barred_until=NOON + 30 * DAY, at=NOON + DAY)

    assert not Grant.objects.filter(withdrawn_at__isnull=True).exists()
    assert grant(scheme, at=NOON + 2 * DAY) == 0
    assert queries.bar_of(lin.person, at=NOON + 2 * DAY).reason == "时长有疑问"
    assert grant(scheme, at=NOON + 31 * DAY) == 2


def test_a_withdrawal_happens_once_and_only_during_publication(scheme, published, blue, lin, wang):
    serve(lin.person, 20, unit=blue)
    grant(scheme)
    star = Grant.objects.get()
    late = {"by": wang, "reason": "晚了", "barred_until": NOON + 60 * DAY}

    with pytest.raises(PublicationOver):
        actions.withdraw(grant=star, at=star.published_until, **late)
    actions.withdraw(grant=star, at=NOON, **late)
    with pytest.raises(WithdrawnAlready):
        actions.withdraw(grant=star, at=NOON, **late)


def test_a_bar_holds_stars_back_and_leaves_what_stands(scheme, hospital, blue, lin, wang):
    serve(lin.person, 20, unit=blue)
    grant(scheme)
    serve(lin.person, 30, unit=blue)

    bar = actions.bar(person=lin.person, unit=hospital, by=wang, reason="失信", until=NOON + 10 * DAY, at=NOON)

    assert grant(scheme) == 0
    assert queries.star_of(lin.person, at=NOON) == 1
    assert grant(scheme, at=bar.ends_at) == 2


def test_a_bar_is_lifted_once(scheme, hospital, blue, lin, wang):
    serve(lin.person, 20, unit=blue)
    bar = actions.bar(person=lin.person, unit=hospital, by=wang, reason="失信", until=NOON + DAY, at=NOON)

    actions.lift(bar=bar, by=wang, at=NOON)

    assert grant(scheme) == 1
    with pytest.raises(BarOver):
        actions.lift(bar=bar, by=wang, at=NOON)


def test_nobody_decides_over_the_own_star(scheme, hospital, lin, published, blue):
    serve(lin.person, 20, unit=blue)
    grant(scheme)
    from xinglin.organisation.tests.factories import make_role

    me = lin.person.user
    make_role(user=me, unit=hospital, name="coordinator")
    me.has_second_factor = True

    with pytest.raises(NotOwnStar):
        actions.withdraw(grant=Grant.objects.get(), by=me, reason="谦虚", barred_until=NOON + DAY, at=NOON)
    with pytest.raises(NotOwnStar):
        actions.bar(person=lin.person, unit=hospital, by=me, reason="谦虚", until=NOON + DAY, at=NOON)


def test_a_coordinator_sets_no_scheme(hospital, wang):
    with pytest.raises(MayNot):
        actions.set_scheme(unit=hospital, name="新", hours_per_star=[1], starts_at=NOON, set_by=wang, at=NOON)


def test_a_scheme_begins_now_or_later_and_at_one_moment_once(hospital, bureau):
    chen = make_staff(unit=bureau, role="bureau_administrator")
    said = {"unit": hospital, "name": "新", "hours_per_star": [1, 2], "set_by": chen, "at": NOON}

    with pytest.raises(SchemeInThePast):
        actions.set_scheme(starts_at=NOON - DAY, **said)
    actions.set_scheme(starts_at=NOON, **said)
    with pytest.raises(SchemeSetAlready):
        actions.set_scheme(starts_at=NOON, **said)


def test_the_preview_counts_each_person_once_and_keeps_what_stands(hospital, blue, lin):
    make_star(lin.person, scheme=make_scheme(unit=hospital), level=2)
    serve(lin.person, 20, unit=blue)
    serve(make_volunteer(unit=blue).person, 45, unit=blue)
    make_volunteer(unit=blue)
    from xinglin.recognition.models import Scheme

    counts = queries.preview(Scheme(unit=hospital, thresholds=[40 * 60, 400 * 60, 500 * 60]), at=NOON)

    assert counts == [(0, 1), (1, 1), (2, 1), (3, 0)]


def test_a_star_is_worth_something_where_its_unit_reaches(hospital, bureau, association, blue, lin):
    from xinglin.organisation.tests.factories import make_unit

    make_star(lin.person, scheme=make_scheme(unit=hospital), level=3)
    other = make_unit(parent=association, kind="hospital")

    assert queries.star_of(lin.person, at=NOON, unit=blue) == 3
    assert queries.star_of(lin.person, at=NOON, unit=bureau) == 3
    assert queries.star_of(lin.person, at=NOON, unit=other) == 0


def test_privileges_reach_the_teams_below_and_end(hospital, bureau, lin):
    chen = make_staff(unit=bureau, role="bureau_administrator")
    said = {"unit": hospital, "title": "就诊绿色通道", "by": chen, "at": NOON}
    first = actions.add_privilege(level=4, note="", **said)
    again = actions.add_privilege(level=3, note="导医台", **said)

    assert first == again
    assert [(one.level, one.note) for one in queries.privileges_for(lin.person, at=NOON)] == [(3, "导医台")]

    actions.end_privilege(privilege=again, by=chen, at=NOON)
    assert queries.privileges_for(lin.person, at=NOON) == []
    with pytest.raises(PrivilegeEnded):
        actions.end_privilege(privilege=again, by=chen, at=NOON)
