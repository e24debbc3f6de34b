"""Jobs of people: what waits already is not put into the queue twice, and takes nothing else with it."""

from __future__ import annotations

import pytest
from django.db import transaction

from xinglin.accounts.models import User
from xinglin.people import jobs
from xinglin.people.tests.factories import make_user


@pytest.mark.django_db(transaction=True)
def test_a_job_that_waits_already_leaves_the_rest_of_the_transaction_as_it_was(bureau):
    assert jobs.import_roster.defer(lock="import:X", roster="X")

    with transaction.atomic():
        make_user(login_name="hemiao")
        assert not jobs.import_roster.defer(lock="import:X", roster="X")

    assert User.objects.filter(login_name="hemiao").exists()
