"""What the demo's people got for their minutes: benefits redeemed month by month, and what some gave to their team."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import Max

from xinglin.accounts.models import User
from xinglin.benefits import actions as benefits
from xinglin.benefits.models import Benefit, Voucher
from xinglin.home.demo import cast
from xinglin.home.demo.city import City
from xinglin.hours.models import Record
from xinglin.lib.errors import Refusal
from xinglin.organisation.models import Unit
from xinglin.people.models import Volunteer
from xinglin.timebank.actions import gifts

MONTHS = 12
TITLES = ("陪家人看一次病", "家人病房陪护半天")  # there are always enough of them
TODAY = "心理沙龙一席"
LATER = dt.timedelta(days=3)
TRIES = 20
GIVERS = 6


@transaction.atomic
def tell(city: City, *, a_month: int, at: dt.datetime, say: Callable[[str], object]) -> None:
    """Once: `a_month` vouchers in each of the last twelve months, all used but the latest; and one of today."""
    if Voucher.objects.exists():
        return
    desk = User.objects.get(login_name="wangmin")
    desk.has_second_factor = True  # as in a session of hers
    choice = [Benefit.objects.get(title=title) for title in TITLES]
    waiting = _those_who_have_saved(city)
    for number in reversed(range(MONTHS * a_month)):  # the oldest first: a ledger is written in the order of its days
        when = at - dt.timedelta(days=30 * (number // a_month), hours=number % a_month)
        voucher = _redeemed(choice[number % 2], waiting, request=f"demo:{number}", at=when)
        if voucher is not None and when + LATER < at:
            benefits.use(voucher=voucher, by=desk, at=when + LATER)
    with contextlib.suppress(Refusal), transaction.atomic():
        serves = cast.volunteers()[0].person.user
        benefits.redeem(benefit=Benefit.objects.get(title=TODAY), user=serves, request="demo:today", at=at)
    _give_to_the_team([one for _last, one in waiting[-GIVERS:]], Unit.objects.get(name=city.team), at=at)
    say("权益：换过的券 · benefits that were redeemed")


def _those_who_have_saved(city: City) -> list[tuple[dt.datetime, Volunteer]]:
    """Members of the hospital's team, but for the cast, each with the moment of their last service."""
    members = Volunteer.objects.filter(memberships__unit__name=city.team, agreements__isnull=False)
    members = members.exclude(pk__in=[one.pk for one in cast.volunteers()]).select_related("person__user")
    effective = Record.objects.filter(state=Record.State.EFFECTIVE, person__volunteer__in=members)
    last = dict(effective.order_by().values_list("person_id").annotate(Max("effective_at")))
    return [(last[one.person_id], one) for one in members.order_by("number") if one.person_id in last]


def _redeemed(
    benefit: Benefit, waiting: list[tuple[dt.datetime, Volunteer]], *, request: str, at: dt.datetime
) -> Voucher | None:
    """The first who had served by then, not since, and saved enough; they leave the list: nobody comes twice."""
    for candidate in [one for one in waiting if one[0] < at][:TRIES]:
        waiting.remove(candidate)
        with contextlib.suppress(Refusal), transaction.atomic():
            return benefits.redeem(benefit=benefit, user=candidate[1].person.user, request=request, at=at)
    return None


def _give_to_the_team(people: Sequence[Volunteer], team: Unit, *, at: dt.datetime) -> None:
    """A few members gave the team an hour today; its leader has not yet asked to give it on."""
    for volunteer in people:
        with contextlib.suppress(Refusal), transaction.atomic():
            gifts.give(giver=volunteer.person, receiver=None, team=team, minutes=60, words="给队里", at=at)
