"""The demo: where it may be loaded."""

import pytest

from conftest import at
from xinglin.accounts.models import User
from xinglin.home import demo

pytestmark = pytest.mark.django_db


def test_the_demo_is_not_loaded_beside_real_people(lin):
    with pytest.raises(demo.NotADemo):
        demo.load(at=at("09:00"), say=lambda said: None)

    assert not User.objects.filter(is_demo=True).exists()


def test_the_demo_is_not_loaded_in_production(settings):
    settings.MODE = "production"

    with pytest.raises(demo.NotADemo):
        demo.load(at=at("09:00"), say=lambda said: None)
