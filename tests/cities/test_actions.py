"""Making, naming and closing cities."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag

from conftest import at
from xinglin.accounts.models import User
from xinglin.accounts.vault import vault
from xinglin.cities import actions, current, queries
from xinglin.cities.errors import BadHost, BadSlug, CityClosed, HostTaken, NoSuchCity, SlugTaken, WhichCity
from xinglin.cities.models import City
from xinglin.organisation.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def yueqing():
    return actions.create(slug="yueqing", name="乐清市", hosts=["yueqing.example.cn"], at=at("09:00"))


def test_a_new_city_is_empty_and_its_own(yueqing, lin):
    with current.entered(yueqing):
        assert not User.objects.exists()
        Unit.objects.add_root(instance=Unit(name="乐清市卫生健康局", kind="bureau", opened_at=at("09:00")))

    assert not Unit.objects.filter(name="乐清市卫生健康局").exists()
    assert User.objects.exists()


def test_what_one_city_sealed_another_cannot_open(yueqing):
    sealed = vault().seal("330381199001010012", purpose="document")

    with current.entered(yueqing):
        with pytest.raises(InvalidTag):
            vault().open(sealed, purpose="document")
        blind = vault().blind("330381199001010012", purpose="document")

    assert vault().blind("330381199001010012", purpose="document") != blind


def test_cities_sign_with_their_own_keys(yueqing):
    here = current.demand()
    signature = yueqing.signer.sign(b"figures")

    yueqing.signer.public_key().verify(signature, b"figures")

    assert yueqing.signer.public_key().public_bytes_raw() == bytes(yueqing.signing_public)
    assert bytes(here.signing_public) != bytes(yueqing.signing_public)


def test_keys_are_stored_wrapped(yueqing):
    assert yueqing.vault.sealing_key not in bytes(yueqing.sealing_key)
    assert len(bytes(yueqing.sealing_key)) == 12 + 32 + 16


def test_a_name_is_taken_once(yueqing):
    with pytest.raises(SlugTaken):
        actions.create(slug="yueqing", name="又一个", at=at("10:00"))


def test_a_bad_name_makes_nothing():
    with pytest.raises(BadSlug):
        actions.create(slug='x"; DROP SCHEMA public', name="坏", at=at("10:00"))


def test_a_host_leads_to_one_city(yueqing):
    actions.add_host(city=yueqing, host="WWW.yueqing.example.cn:443")
    actions.add_host(city=yueqing, host="www.yueqing.example.cn")

    with current.outside():
        assert [str(host) for host in yueqing.domains.order_by("id")] == [
            "yueqing.example.cn",
            "www.yueqing.example.cn",
        ]
        assert [host.is_primary for host in yueqing.domains.order_by("id")] == [True, False]
    with pytest.raises(HostTaken):
        actions.add_host(city=current.demand(), host="yueqing.example.cn")
    with pytest.raises(BadHost):
        actions.add_host(city=yueqing, host="*.example.cn")


def test_a_host_that_is_taken_leaves_no_half_city(yueqing):
    with pytest.raises(HostTaken):
        actions.create(slug="late", name="晚市", hosts=["yueqing.example.cn"], at=at("10:00"))

    with pytest.raises(NoSuchCity):
        queries.by_slug("late")


def test_a_closed_city_stays_where_it_is(yueqing):
    actions.close(city=yueqing, at=at("10:00"))
    actions.close(city=yueqing, at=at("11:00"))

    assert queries.by_slug("yueqing").closed_at == at("10:00")
    assert queries.city_of_host("yueqing.example.cn") is None
    with pytest.raises(CityClosed):
        queries.by_schema(yueqing.schema_name)
    with current.entered(yueqing):
        assert not User.objects.exists()


def test_with_several_cities_one_must_be_named():
    with pytest.raises(WhichCity, match="tested"):
        queries.the_only_city()


def test_the_only_open_city_need_not_be_named():
    with current.outside():
        for city in City.objects.exclude(schema_name="city_tested"):
            actions.close(city=city, at=at("10:00"))

    assert queries.the_only_city().slug == "tested"
