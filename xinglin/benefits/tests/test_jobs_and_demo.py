"""The job that ends vouchers, and the demo's benefits."""

from __future__ import annotations

import json

import pytest
from django.conf import settings

from conftest import at
from xinglin.benefits import demo, jobs
from xinglin.benefits.models import Benefit
from xinglin.benefits.tests.factories import make_benefit, make_voucher
from xinglin.organisation.tests.factories import make_unit
from xinglin.recognition.models import Privilege, Scheme
from xinglin.timebank import queries as timebank
from xinglin.timebank.tests.factories import credit

pytestmark = pytest.mark.django_db
FILE = settings.BASE_DIR / "demo" / "benefits.json"


def test_the_job_ends_what_is_over_and_gives_back(now_is, hospital, lin):
    credit(lin.person, 60)
    voucher = make_voucher(make_benefit(unit=hospital, voucher_days=1), lin, at=at("12:00"))
    now_is(voucher.expires_at)

    assert jobs.expire_vouchers(timestamp=0) == 1
    assert timebank.balance_of(lin.person).free_minutes == 60


def test_the_demo_brings_schemes_privileges_and_benefits_once():
    said = json.loads(FILE.read_text(encoding="utf-8"))
    places = {place: make_unit().name for place in {one["unit"] for one in said["benefits"]}}

    first = demo.plant(file=FILE, places=places, at=at("08:00"))
    again = demo.plant(file=FILE, places=places, at=at("09:00"))

    assert first == again == len(said["benefits"]) >= 8
    assert Scheme.objects.count() == len(said["schemes"])
    assert Privilege.objects.count() == len(said["privileges"])
    assert Benefit.objects.get(title="健康体检一次").level == 5
    assert Benefit.objects.get(title="免专家门诊挂号费").level == 3
