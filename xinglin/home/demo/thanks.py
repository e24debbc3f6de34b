"""What the demo's people got for their minutes: benefits redeemed month by month, most of them used."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable

from django.db import transaction

from xinglin.accounts.models import User
from xinglin.benefits import actions as benefits
from xinglin.benefits.models import Benefit, Voucher
from xinglin.home.demo import cast
from xinglin.home.demo.city import City
from xinglin.lib.errors import Refusal
from xinglin.people.models import Volunteer

MONTHS = 12
TITLES = ("陪家人看一次病", "家人病房陪护半天")  # there are always enough of them
TODAY = "心理沙龙一席"
LATER = dt.timedelta(days=3)


@transaction.atomic
def tell(city: City, *, a_month: int, at: dt.datetime, say: Callable[[str], object]) -> None:
    """Once: `a_month` vouchers in each of the last twelve months, all used but the latest; and one of today."""
    if Voucher.objects.exists():
        return
    desk = User.objects.get(login_name="wangmin")
    desk.has_second_factor = True  # as in a session of hers
    choice = [Benefit.objects.get(title=title) for title in TITLES]
    members = Volunteer.objects.filter(memberships__unit__name=city.team, agreements__isnull=False)
    members = members.exclude(pk__in=[one.pk for one in cast.volunteers()])
    people = list(members.select_related("person__user").order_by("number")[: MONTHS * a_month])
    for number, volunteer in enumerate(people):
        when = at - dt.timedelta(days=30 * (number // a_month), hours=number % a_month)
        with contextlib.suppress(Refusal), transaction.atomic():  # somebody may have saved too little
            voucher = benefits.redeem(
                benefit=choice[number % 2], user=volunteer.person.user, request=f"demo:{number}", at=when
            )
            if when + LATER < at:
                benefits.use(voucher=voucher, by=desk, at=when + LATER)
    with contextlib.suppress(Refusal), transaction.atomic():
        serves = cast.volunteers()[0].person.user
        benefits.redeem(benefit=Benefit.objects.get(title=TODAY), user=serves, request="demo:today", at=at)
    say("权益：换过的券 · benefits that were redeemed")
