"""The demo city, Ruian: its tree, its people, six years of service and what is going on today. Safe to load again.

city.py       the place: units, townships, outline, invented points
cast.py       who signs in as what, who leads, what was signed
programme.py  which activity takes place where and when (pure)
turnout.py    who came (pure)
past.py       writing service in bulk, by COPY and through the ledger's own door
years.py      the six years, and the weeks to come
thanks.py     what people got for their minutes
living.py     today
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from xinglin.accounts.models import User
from xinglin.benefits import demo as benefits
from xinglin.home.demo import cast, city, living, programme, thanks, years
from xinglin.home.demo.cast import PASSWORD, STAFF, volunteers
from xinglin.home.demo.copying import count_anew
from xinglin.home.demo.years import Size
from xinglin.lib import clock
from xinglin.lib.errors import Refusal
from xinglin.organisation.models import Unit
from xinglin.people import importing
from xinglin.people.models import Volunteer

__all__ = ["PASSWORD", "STAFF", "WHOLE", "NotADemo", "Size", "load", "volunteers"]

WHOLE = Size()


class NotADemo(Refusal):
    """The demo is only loaded where its people may live: never in production, never beside real people."""

    code = "not_a_demo"
    message = (
        "演示数据只能装进空的或演示用的数据库 · demo data goes into an empty database, or one that is a demo's already"
    )


def load(*, at: dt.datetime, say: Callable[[str], object], size: Size = WHOLE) -> None:
    """Load what is missing of the demo. Everything already there stays as it is."""
    if settings.MODE == "production" or (User.objects.exists() and not User.objects.filter(is_demo=True).exists()):
        raise NotADemo
    began = dt.datetime.combine(programme.six_years_before(clock.local_day(at)), dt.time(8), tzinfo=clock.SHANGHAI)
    with transaction.atomic():
        if not Unit.objects.exists():
            city.plant(at=began)
            say("组织：50 支队伍 · 50 teams")
        cast.appoint_staff(at=began)
    if not Volunteer.objects.exists():
        _take_roster_in(size, at=at)
    # Whoever lives in a demo's database is a demo person: production refuses to start beside them.
    User.objects.filter(is_demo=False).update(is_demo=True)
    leaders = cast.appoint_leaders(at=began)
    cast.appoint_clerk(at=began)
    benefits.plant(file=city.FOLDER / "benefits.json", at=began)
    years.tell_past(leaders=leaders, size=size, at=at, say=say)
    years.tell_coming(leaders=leaders, size=size, at=at, say=say)
    living.grant_stars(at=at)
    thanks.tell(a_month=10 if size.people is None else 2, at=at, say=say)
    living.begin(at=at, say=say)
    living.keep_a_shift_on(at=at)


def _take_roster_in(size: Size, *, at: dt.datetime) -> None:
    """The bureau's roster as it was sent: what cannot be used goes back with reasons, and comes again mended."""
    roster = city.FOLDER / "roster.xlsx"
    if size.people is None:
        bad = settings.VAR_DIR / "demo" / "roster-bad-rows.xlsx"
        bad.parent.mkdir(parents=True, exist_ok=True)
        call_command("import_roster", str(roster), bad_rows=bad)
        call_command("import_roster", str(city.FOLDER / "roster-mended.xlsx"))
    else:
        table = importing.read_roster(roster)
        importing.import_roster(table=replace(table, lines=table.lines[: size.people]), at=at, is_demo=True)
    count_anew("accounts_user", "people_person", "people_volunteer", "people_membership", "organisation_role")
