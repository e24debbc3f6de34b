"""The job that grants stars, as the worker calls it."""

import pytest

from conftest import at
from xinglin.recognition import jobs
from xinglin.recognition.models import Grant
from xinglin.recognition.tests.factories import make_scheme, serve

pytestmark = pytest.mark.django_db


def test_the_job_goes_through_every_scheme_once(now_is, hospital, bureau, blue, lin):
    now_is(at("12:00"))
    make_scheme(unit=bureau, hours=(1,))
    make_scheme(unit=hospital)
    serve(lin.person, 50, unit=blue)

    assert jobs.grant_stars(timestamp=0) == 3
    assert jobs.grant_stars(timestamp=0) == 0
    assert Grant.objects.filter(unit=hospital).count() == 3
