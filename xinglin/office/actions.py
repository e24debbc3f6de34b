"""What operators do to the installation: cities made, closed and named. Each leaves a deed in the same transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction

from xinglin.accounts.rules import REMEMBERED
from xinglin.cities import actions as cities
from xinglin.cities import moving
from xinglin.cities import queries as cities_known
from xinglin.cities.models import City, Hostname
from xinglin.lib import discreet
from xinglin.office import rules
from xinglin.office.errors import BadTimeZone, NameTooLong, OtherName
from xinglin.office.models import Deed, Operator, Session, Try


def note(
    *,
    operator: Operator | None,
    verb: str,
    thing: str,
    at: dt.datetime,
    reason: str = "",
    facts: dict[str, Any] | None = None,
) -> Deed:
    """Write down a deed. `operator` None: whoever sat at the server itself. `facts` hold nothing personal."""
    # What a request beside this one remembers of cities before the commit would be what they were.
    transaction.on_commit(cities_known.forget)
    code = operator.code if operator is not None else ""
    reason = discreet.without_numbers(reason)
    return Deed.objects.create(at=at, actor_code=code, verb=verb, thing=thing, reason=reason, facts=facts or {})


@transaction.atomic
def create_city(
    *,
    operator: Operator | None,
    slug: str,
    name: str,
    division_code: str = "",
    hosts: Sequence[str] = (),
    time_zone: str = "",
    at: dt.datetime,
) -> City:
    """A new city: completely, or not at all. About a second."""
    if not rules.are_city_facts(name=name, division_code=division_code):
        raise NameTooLong
    if time_zone and time_zone not in available_timezones():
        raise BadTimeZone(time_zone=time_zone)
    city = cities.create(
        slug=slug,
        name=name.strip(),
        division_code=division_code,
        hosts=hosts,
        time_zone=time_zone,
        at=at,
    )
    note(operator=operator, verb="created_city", thing=f"city:{city.slug}", at=at, facts={"host": ", ".join(hosts)})
    return city


@transaction.atomic
def close_city(*, operator: Operator | None, city: City, typed_name: str, reason: str, at: dt.datetime) -> City:
    """Its pages and jobs stop, its data stay. Asks for the city's name, so that it is no other one."""
    _refuse_other_name(city, typed_name)
    city = cities.close(city=city, at=at)
    note(operator=operator, verb="closed_city", thing=f"city:{city.slug}", reason=reason, at=at)
    return city


@transaction.atomic
def reopen_city(*, operator: Operator | None, city: City, typed_name: str, reason: str, at: dt.datetime) -> City:
    """Pages and jobs go on where they stopped."""
    _refuse_other_name(city, typed_name)
    city = cities.reopen(city=city)
    note(operator=operator, verb="reopened_city", thing=f"city:{city.slug}", reason=reason, at=at)
    return city


@transaction.atomic
def add_host(*, operator: Operator | None, city: City, host: str, at: dt.datetime) -> Hostname:
    """Let one more host name lead to the city."""
    name = cities.add_host(city=city, host=host)
    note(operator=operator, verb="added_host", thing=f"city:{city.slug}", at=at, facts={"host": name.domain})
    return name


@transaction.atomic
def remove_host(*, operator: Operator | None, city: City, host: str, at: dt.datetime) -> None:
    """Let a host name lead to the city no more."""
    cities.remove_host(city=city, host=host)
    note(operator=operator, verb="removed_host", thing=f"city:{city.slug}", at=at, facts={"host": host})


def export_city(*, city: City, path: Path, passphrase: str, at: dt.datetime) -> dict[str, Any]:
    """The whole of a city into one sealed file; its manifest. The trail knows that somebody has taken it along."""
    manifest = moving.export(city=city, path=path, passphrase=passphrase, at=at)
    note(operator=None, verb="exported_city", thing=f"city:{city.slug}", at=at)
    return manifest


@transaction.atomic
def import_city(*, path: Path, passphrase: str, slug: str = "", hosts: Sequence[str] = (), at: dt.datetime) -> City:
    """A city out of such a file."""
    city = moving.import_(path=path, passphrase=passphrase, slug=slug, hosts=hosts, at=at)
    note(operator=None, verb="imported_city", thing=f"city:{city.slug}", at=at, facts={"host": ", ".join(hosts)})
    return city


def forget_old_tries(*, at: dt.datetime) -> dict[str, int]:
    """Delete tries that no limit asks for any more, and sessions whose time is over. May run twice."""
    return {
        "tries": Try.objects.filter(at__lt=at - REMEMBERED).delete()[0],
        "sessions": Session.objects.filter(expire_date__lt=at).delete()[0],
    }


def _refuse_other_name(city: City, typed_name: str) -> None:
    if not rules.is_same_name(typed_name, city.name):
        raise OtherName(name=city.name)
