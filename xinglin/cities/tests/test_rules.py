"""Which city a host name leads to, and what a city may be called."""

from __future__ import annotations

import pytest

from xinglin.cities import rules

RUIAN, YUEQING = "ruian", "yueqing"


@pytest.mark.parametrize("slug", ["ruian", "wenzhou2", "zhe_jiang"])
def test_a_short_word_in_small_letters_is_a_slug(slug):
    assert rules.is_slug(slug)


@pytest.mark.parametrize("slug", ["", "Ruian", "瑞安", "9city", "a-b", "a__b", "_a", "a" * 41, 'x"; drop', "a\n"])
def test_anything_else_is_none(slug):
    assert not rules.is_slug(slug)


@pytest.mark.parametrize("host", ["ruian.example.cn", "localhost", "127.0.0.1", "[::1]"])
def test_host_names_are_told_from_other_words(host):
    assert rules.is_host(host)


@pytest.mark.parametrize("host", ["", "*.example.cn", "a b", "-a.cn", "a/b", "a..b", "瑞安.中国"])
def test_what_is_no_host_name_is_told_too(host):
    assert not rules.is_host(host)


def test_host_names_are_compared_without_port_and_case():
    said = ["Ruian.Example.CN:8000", "ruian.example.cn.", " ruian.example.cn "]

    assert {rules.normal_host(host) for host in said} == {"ruian.example.cn"}
    assert rules.normal_host("[::1]:8000") == "[::1]"


def led_to(host, *, by_host, cities, is_demo=False):
    return rules.led_to(host, by_host=by_host, open_cities=cities, is_demo=is_demo)


def test_every_name_leads_to_the_only_city():
    assert led_to("anything.cn", by_host={}, cities=[RUIAN]) == RUIAN


def test_with_two_cities_only_their_own_names_lead_to_them():
    by_host = {"ruian.cn": RUIAN, "yueqing.cn": YUEQING}

    assert led_to("yueqing.cn", by_host=by_host, cities=[RUIAN, YUEQING]) == YUEQING
    assert led_to("other.cn", by_host=by_host, cities=[RUIAN, YUEQING]) is None


def test_in_a_demo_every_other_name_leads_to_the_first():
    by_host = {"yueqing.cn": YUEQING}

    assert led_to("other.cn", by_host=by_host, cities=[RUIAN, YUEQING], is_demo=True) == RUIAN
    assert led_to("yueqing.cn", by_host=by_host, cities=[RUIAN, YUEQING], is_demo=True) == YUEQING


def test_the_name_of_a_closed_city_leads_nowhere_else():
    assert led_to("ruian.cn", by_host={"ruian.cn": RUIAN}, cities=[YUEQING]) is None


def test_without_cities_nothing_leads_anywhere():
    assert led_to("ruian.cn", by_host={}, cities=[], is_demo=True) is None
