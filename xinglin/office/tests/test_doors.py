"""Who may open which page of the console: every address it has, walked by everyone who may come along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from conftest import at, sign_in, staff
from xinglin.cities import actions as cities
from xinglin.cities import current
from xinglin.office import operators, sessions
from xinglin.office.models import Deed, Operator
from xinglin.office.tests.factories import HOST, knocking, make_operator, signed_in

pytestmark = pytest.mark.django_db
CONSOLE = "xinglin.office.console_urls"
OPERATOR = frozenset({"operator"})
UNSET = frozenset({"operator", "unset"})  # `unset` came by password and has no authenticator yet
EVERYONE = frozenset({"operator", "unset", "half", "closed", "changed", "visitor", "administrator"})
SHUT = "shut"

# address → (by GET, by POST): who comes in. All others are led to the sign-in, `unset` to its authenticator.
TABLE: dict[str, tuple[frozenset[str] | str, frozenset[str] | str]] = {
    "console:cities": (OPERATOR, SHUT),
    "console:city": (OPERATOR, SHUT),
    "console:new_city": (OPERATOR, OPERATOR),
    "console:add_host": (SHUT, OPERATOR),
    "console:remove_host": (SHUT, OPERATOR),
    "console:close_city": (OPERATOR, OPERATOR),
    "console:reopen_city": (OPERATOR, OPERATOR),
    "console:health": (OPERATOR, SHUT),
    "console:versions": (OPERATOR, SHUT),
    "console:deeds": (OPERATOR, SHUT),
    "console:sign_in": (EVERYONE, EVERYONE),
    "console:second_factor": (frozenset({"half"}), frozenset({"half"})),
    "console:sign_out": (SHUT, frozenset()),  # it leads everyone to the sign-in
    "console:security": (OPERATOR, SHUT),
    "console:authenticator": (UNSET, UNSET),
    "console:recovery_codes": (OPERATOR, OPERATOR),
    "console:password": (OPERATOR, OPERATOR),
    "web:preferences": (SHUT, EVERYONE),
    "web:look": (OPERATOR, SHUT),
    "web:look_desk": (OPERATOR, SHUT),
    "web:look_paper": (OPERATOR, SHUT),
}


@pytest.fixture
def everyone(console: str, bureau: Any) -> dict[str, Client]:
    """Each in their own browser, all at the console's address."""
    quiet = {"raise_request_exception": False}
    unset, closed, changed = (make_operator(name) for name in ("unset", "gone", "changed"))
    clients = {
        "operator": signed_in(make_operator("qiao"), **quiet),
        "closed": signed_in(closed, **quiet),
        "changed": signed_in(changed, **quiet),
        "visitor": knocking(**quiet),
        "half": _half(make_operator("half"), **quiet),
    }
    with current.outside():
        operators.close(operator=closed, reason="left", at=at("09:00"))
        operators.reset(operator=changed, password="another long password", reason="lost", at=at("09:00"))
        Operator.objects.filter(pk=unset.pk).update(totp_sealed=None)
    clients["unset"] = signed_in(unset, second_factor=False, **quiet)
    # The administrator of a whole city, with a good session of that city, is nobody here.
    user = staff(name="钱局", login_name="qian", role="bureau_administrator", unit=bureau)
    inside = sign_in(Client(), user)
    clients["administrator"] = knocking(**quiet)
    clients["administrator"].cookies[settings.SESSION_COOKIE_NAME] = inside.cookies[settings.SESSION_COOKIE_NAME].value
    return clients


def _half(operator: Operator, **options: Any) -> Client:
    client = knocking(**options)
    with current.outside():
        store = sessions.SessionStore()
        request: Any = type("Request", (), {"session": store})
        sessions.hold(request, sessions.OPERATOR, f"{operator.code}:{operator.session_round}", at=at("09:00"))
        store.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key
    return client


def test_each_address_has_its_row():
    assert set(addresses()) == set(TABLE), "say in the table who comes in"


@pytest.mark.parametrize("name", TABLE)
def test_who_comes_in(name: str, everyone: dict[str, Client], now_is: Any):
    now_is(at("09:05"))

    for method, allowed in zip(("get", "post"), TABLE[name], strict=True):
        found = {who: knock(client, name, method) for who, client in everyone.items()}

        assert found == {who: expected(who, allowed, found[who]) for who in found}, method


def expected(who: str, allowed: frozenset[str] | str, found: str) -> str:
    """Past the door, or where one is led instead. Who would be led away anyway may find a shut door as well."""
    if allowed == SHUT:
        return found if found in ("shut", "sign_in", "authenticator") and who != "operator" else "shut"
    if who in allowed:
        return "in"
    return "authenticator" if who == "unset" and found == "authenticator" else "sign_in"


def knock(client: Client, name: str, method: str) -> str:
    """Ask, and undo whatever it did."""
    facts = {"slug": "tested"} if "slug" in wanted_by(name) else {}
    address = reverse(name, urlconf=CONSOLE, kwargs=facts)
    kept = client.cookies.copy()
    with transaction.atomic():
        answer = getattr(client, method)(address, headers={"host": HOST})
        transaction.set_rollback(True)
    client.cookies = kept
    assert answer.status_code < 500
    if answer.status_code == 405:
        return "shut"
    goes = answer.headers.get("Location", "")
    if answer.status_code == 302 and goes.startswith("/sign-in/"):
        return "sign_in"
    if answer.status_code == 302 and goes == "/security/authenticator/" and name != "console:authenticator":
        return "authenticator"
    return "in"


def addresses() -> Iterator[str]:
    def walk(resolver: URLResolver, space: str) -> Iterator[str]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry, f"{entry.namespace}:" if entry.namespace else space)
            elif isinstance(entry, URLPattern):
                yield f"{space}{entry.name}"

    return walk(get_resolver(CONSOLE), "")


def wanted_by(name: str) -> list[str]:
    space, _colon, last = name.rpartition(":")
    resolver = get_resolver(CONSOLE).namespace_dict[space][1]
    return list(resolver.reverse_dict.getlist(last)[0][0][0][1])


# Two hosts that know nothing of each other ------------------------------------------------------------------------

CITY_ADDRESSES = ["/desk/", "/activities/", "/me/", "/timebank/", "/health/", "/ready/", "/metrics", "/trust/"]


@pytest.mark.parametrize("path", CITY_ADDRESSES)
def test_the_consoles_host_serves_nothing_of_a_city(path: str, desk: Client):
    assert desk.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/state/", "/versions/", "/trail/", "/cities/new/", "/security/password/"])
def test_a_citys_host_serves_nothing_of_the_console(path: str, qiao: Operator):
    assert signed_in(qiao).get(path, headers={"host": "localhost"}).status_code == 404


def test_without_the_setting_there_is_no_console(client: Client, settings: Any, db: None):
    settings.CONSOLE_HOST, settings.ALLOWED_HOSTS = "", ["*"]

    assert client.get("/state/", headers={"host": HOST}).status_code == 404


def test_an_operators_session_opens_no_door_in_a_city(desk: Client):
    answer = desk.get("/me/", headers={"host": "localhost"})

    assert answer.status_code == 302
    assert answer.url.startswith("/sign-in/")


def test_a_host_name_of_the_console_can_lead_to_no_city(console: str, desk: Client):
    answer = desk.post("/cities/tested/hosts/", {"host": "CONSOLE.example.cn"})

    assert answer.status_code == 409
    assert "控制台自己的域名" in answer.content.decode()


def test_its_pages_stay_in_no_cache_and_carry_the_policy(desk: Client):
    for path in ("/", "/state/", "/sign-in/", "/no/such/page/"):
        answer = desk.get(path)

        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_a_form_that_another_site_sends_is_refused(qiao: Operator):
    client = signed_in(qiao, enforce_csrf_checks=True)

    answer = client.post("/cities/new/", {"name": "乐清市", "slug": "yueqing"})

    assert answer.status_code == 403
    assert not Deed.objects.filter(verb="created_city").exists()


def test_the_look_of_a_session_row_from_a_city_is_empty_here(console: str, lin: Any):
    """A row copied from a city's table would be signed with another name."""
    inside = sign_in(Client(), lin.person.user).session
    data = inside.encode(dict(inside))
    with current.outside():
        sessions.Session.objects.create(
            session_key=inside.session_key, session_data=data, expire_date=at("09:00", days=9000)
        )
    client = knocking()
    client.cookies[settings.SESSION_COOKIE_NAME] = inside.session_key

    assert client.get("/").status_code == 302


def test_the_console_is_asked_before_any_city(console: str, settings: Any):
    """In one-city mode every other host leads to the only city; this one does not."""
    with current.outside():
        city = cities.queries.by_slug("local")
        cities.close(city=city, at=at("09:00"))

    assert knocking().get("/").url.startswith("/sign-in/?next=")
    assert Client(headers={"host": "any.example.cn"}).get("/").status_code == 200
