"""A demo city: its tree, its people, six years of service and what is going on today. Safe to load again.

city.py       the place: units, townships, outline, invented points, from its folder below demo/
crowd.py      who is registered, where no roster came: made up line by line (pure)
cast.py       who signs in as what, who leads, what was signed
programme.py  which activity takes place where and when (pure)
turnout.py    who came (pure)
past.py       writing service in bulk, by COPY and through the ledger's own door
years.py      the six years, and the weeks to come
thanks.py     what people got for their minutes
living.py     today
exchanges.py  what people want of each other today
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from xinglin.accounts.models import User
from xinglin.benefits import demo as benefits
from xinglin.home.demo import cast, crowd, exchanges, living, programme, thanks, vetting, years
from xinglin.home.demo import city as cities
from xinglin.home.demo.cast import PASSWORD, STAFF, volunteers
from xinglin.home.demo.city import City
from xinglin.home.demo.copying import count_anew
from xinglin.home.demo.years import Size
from xinglin.lib import clock
from xinglin.lib.errors import Refusal
from xinglin.organisation.models import Unit
from xinglin.people import importing
from xinglin.people.models import Volunteer

__all__ = ["PASSWORD", "STAFF", "WHOLE", "AnotherCity", "NotADemo", "Size", "load", "volunteers"]

WHOLE = Size()


class NotADemo(Refusal):
    """The demo is only loaded where its people may live: never in production, never beside real people."""

    code = "not_a_demo"
    message = (
        "演示数据只能装进空的或演示用的数据库 · demo data goes into an empty database, or one that is a demo's already"
    )


class AnotherCity(Refusal):
    """One database holds one demo city."""

    code = "another_demo_city"
    message = (
        "这里已经装了演示城市{here}，换一座请换一个数据目录（XINGLIN_VAR）"
        " · {here} lives here already; another demo city needs a data folder of its own (XINGLIN_VAR)"
    )


def load(*, at: dt.datetime, say: Callable[[str], object], size: Size | None = None, slug: str | None = None) -> None:
    """Load what is missing of a demo city. Everything already there stays as it is."""
    if settings.MODE == "production" or (User.objects.exists() and not User.objects.filter(is_demo=True).exists()):
        raise NotADemo
    city = cities.named(slug or settings.DEMO_CITY) if not Unit.objects.exists() else cities.here()
    if city.slug != (slug or settings.DEMO_CITY):
        raise AnotherCity(here=city.name)
    size = size or whole(city)
    began = dt.datetime.combine(programme.six_years_before(clock.local_day(at)), dt.time(8), tzinfo=clock.SHANGHAI)
    with transaction.atomic():
        if not Unit.objects.exists():
            city.plant(at=began)
            teams = Unit.objects.filter(kind__in=[Unit.Kind.TEAM, Unit.Kind.PARTNER]).count()
            say(f"组织：{teams} 支队伍 · {teams} teams")
        cast.appoint_staff(city, at=began)
    if not Volunteer.objects.exists() or _made_up_roster().exists():
        _take_roster_in(city, size, at=at, say=say)
    # Whoever lives in a demo's database is a demo person: production refuses to start beside them.
    User.objects.filter(is_demo=False).update(is_demo=True)
    leaders = cast.appoint_leaders(city, at=began)
    cast.appoint_clerk(city, at=began)
    benefits.plant(file=cities.FOLDERS / "benefits.json", places=city.told, at=began)
    years.tell_past(city, leaders=leaders, size=size, at=at, say=say)
    years.tell_coming(city, leaders=leaders, size=size, at=at, say=say)
    years.plan_projects(city, at=at, wanted=size.projects)
    living.grant_stars(at=at)
    thanks.tell(city, a_month=10 if size == whole(city) else 2, at=at, say=say)
    living.begin(city, at=at, say=say)
    exchanges.begin(city, at=at)
    living.keep_a_shift_on(city, at=at)
    vetting.begin(city, at=at, say=say)


def whole(city: City) -> Size:
    """A city at its full size."""
    return Size(**city.told["size"])


def _take_roster_in(city: City, size: Size, *, at: dt.datetime, say: Callable[[str], object]) -> None:
    """The bureau's roster as it was sent; where none was, one that is made up, by the same way in."""
    roster = city.folder / "roster.xlsx"
    made_up = _made_up_roster()
    if size.people is None:
        bad = settings.VAR_DIR / "demo" / "roster-bad-rows.xlsx"
        bad.parent.mkdir(parents=True, exist_ok=True)
        call_command("import_roster", str(roster), bad_rows=bad)
        call_command("import_roster", str(city.folder / "roster-mended.xlsx"))
    elif roster.exists():
        table = importing.read_roster(roster)
        importing.import_roster(table=replace(table, lines=table.lines[: size.people]), at=at, is_demo=True)
    else:
        made_up.parent.mkdir(parents=True, exist_ok=True)
        if not made_up.exists():
            crowd.write(made_up, crowd.people(city.slug, _teams_of(city), size.people, today=clock.local_day(at)))
        importing.import_roster(table=importing.open_roster(made_up), at=at, is_demo=True)
        made_up.unlink()
    say(f"名册：{Volunteer.objects.count():,} 人 · people of the roster")
    count_anew("accounts_user", "people_person", "people_volunteer", "people_membership", "organisation_role")


def _made_up_roster() -> Path:
    """It lies there until all of it was taken in: a start that was cut short goes on with the next one."""
    return Path(settings.VAR_DIR) / "demo" / "roster.csv"


def _teams_of(city: City) -> list[crowd.Team]:
    """Every team with where its people live, and the code with which their papers begin."""
    teams = Unit.objects.filter(kind__in=[Unit.Kind.TEAM, Unit.Kind.PARTNER]).order_by("path")
    codes = city.read("townships.json")["townships"]
    return [crowd.Team(team.name, township := city.township_of(team), codes[township][:6]) for team in teams]
