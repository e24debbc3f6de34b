"""The log of a city moves with it: it stays intact, goes on under its name and key, and continues old checkpoints."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from conftest import at
from xinglin.audit import actions as audit
from xinglin.audit import verification
from xinglin.audit.models import Mark
from xinglin.audit.tests.factories import seal_and_sign
from xinglin.cities import current, moving
from xinglin.lib.tlog import notes
from xinglin.people.tests.factories import make_person
from xinglin.timebank.tests.factories import credit

pytestmark = pytest.mark.django_db(transaction=True)
PASSPHRASE = "杏林春暖 is a long one"


@pytest.fixture
def moved(tmp_path, settings) -> Iterator[tuple[str, object]]:
    """A checkpoint of a city, and that city imported under another name."""
    settings.MEDIA_ROOT = tmp_path / "files"
    person = make_person()
    credit(person, 60, key="record:A")
    kept = seal_and_sign(at=at("10:00")).note
    credit(person, 30, key="record:B")  # this one is not sealed before the move
    path = tmp_path / "tested.city"
    moving.export(city=current.demand(), path=path, passphrase=PASSPHRASE, at=at("12:00"))
    city = moving.import_(path=path, passphrase=PASSPHRASE, slug="moved", at=at("13:00"))
    yield kept, city
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA city_moved CASCADE")


def differences(since: str) -> list[str]:
    return [str(found) for found in verification.differences(verification.Tally(), since=since)]


def test_a_moved_log_is_intact_and_goes_on(moved):
    kept, city = moved

    with current.entered(city):
        assert differences(kept) == []
        audit.record(actor=None, verb="tried", thing="thing:after", at=at("14:00"))
        latest = seal_and_sign(at=at("14:01"))
        assert differences(kept) == []

    assert notes.read(latest.note).origin == notes.read(kept).origin
    assert latest.size > notes.read(kept).size


def test_marks_from_a_cluster_with_higher_numbers_do_not_stop_it(moved):
    kept, city = moved

    with current.entered(city):
        Mark.objects.update(transaction_number=1 << 60)
        latest = seal_and_sign(at=at("14:01"))
        assert differences(kept) == []

    assert latest.size > notes.read(kept).size
