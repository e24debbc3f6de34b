"""Threads that mix cities never see a row of another one. tests/faults has the long form of this."""

from __future__ import annotations

import pytest

from tests.cities.mixing import mix, populate, tidy

SLUGS = ["anji", "beilun", "cixi", "deqing"]


@pytest.fixture
def sessions(transactional_db, settings):
    settings.ALLOWED_HOSTS = ["*"]
    yield populate(SLUGS)
    tidy(SLUGS)


def test_eight_threads_in_four_cities_see_no_strangers(sessions):
    counts = mix(sessions, threads=8, requests=400)

    assert sum(counts.values()) == 400
    assert len(counts) == 6
