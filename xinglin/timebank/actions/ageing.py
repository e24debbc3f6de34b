"""What the clock does to minutes: a first gift to whoever is new, and the end of what has grown too old."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction

from xinglin.audit import actions as audit
from xinglin.lib import clock
from xinglin.organisation import queries as organisation
from xinglin.people import queries as people
from xinglin.people.models import Volunteer
from xinglin.timebank import terms
from xinglin.timebank.actions import accounts
from xinglin.timebank.actions.posting import post
from xinglin.timebank.models import Account
from xinglin.timebank.models import Transfer as TransferRow
from xinglin.timebank.rules import AccountKind, Outcome, Transfer, TransferKind

LARGEST_ROUND = 500  # accounts locked at a time
NEW_FOR_DAYS = 60  # a night or a week that the sweep missed is made up for
# As they stand in the ledger, where nothing personal may stand.
WELCOME = "开户赠送"
TOO_OLD = "存满期限，到期"


@transaction.atomic
def welcome(*, at: dt.datetime) -> int:
    """Starting minutes, once per person, by the policy of the day on which they joined; returns how many got some."""
    if not organisation.is_set_anywhere("starting_minutes"):
        return 0
    today = clock.local_day(at)
    since = today - dt.timedelta(days=NEW_FOR_DAYS)
    new = Volunteer.objects.filter(joined_on__gte=since, state=Volunteer.State.ACTIVE).select_related("person")
    keys = {volunteer.person_id: f"start:{volunteer.person.code}" for volunteer in new}
    known = set(TransferRow.objects.filter(key__in=keys.values()).values_list("key", flat=True))
    minutes = _starting([one for one in new if keys[one.person_id] not in known], at=at)
    if not minutes:
        return 0
    issuance = accounts.issuance(at=at)
    members = accounts.of_people(person_ids=minutes.keys(), kind=AccountKind.MEMBER, at=at)
    gifts = [
        Transfer(
            key=keys[person_id],
            payer_id=issuance,
            payee_id=members[person_id],
            minutes=minutes[person_id],
            kind=TransferKind.CREDIT,
            origin=keys[person_id],
            reason=WELCOME,
        )
        for person_id in sorted(minutes)
    ]
    return sum(answer.outcome == Outcome.POSTED for answer in post(transfers=gifts, at=at))


def _starting(volunteers: Sequence[Volunteer], *, at: dt.datetime) -> dict[int, int]:
    """By person: what the policy of their unit gave on the day on which they joined."""
    homes = people.home_units(volunteer.person for volunteer in volunteers)
    by_day: dict[dt.date, list[Volunteer]] = defaultdict(list)
    for volunteer in volunteers:
        by_day[volunteer.joined_on].append(volunteer)
    given = {}
    for day, joined in by_day.items():
        end_of_day = dt.datetime.combine(day, dt.time.max, tzinfo=clock.SHANGHAI)
        at_home = {homes[one.person_id] for one in joined if one.person_id in homes}
        values = organisation.policy_values(["starting_minutes"], at_home, at=min(at, end_of_day))
        for one in joined:
            if one.person_id in homes:
                given[one.person_id] = values[homes[one.person_id].pk]["starting_minutes"]
    return {person_id: minutes for person_id, minutes in given.items() if minutes}


def expire(*, at: dt.datetime) -> int:
    """End what has grown too old, first in, first out; returns for how many persons. Twice on one day is once."""
    if not organisation.is_set_anywhere("expiry_months"):
        return 0
    done, after = 0, 0
    while True:
        round_ = _next_round(after, at=at)
        if round_ is None:
            return done
        after, expired = round_
        done += expired


@transaction.atomic
def _next_round(after: int, *, at: dt.datetime) -> tuple[int, int] | None:
    """The next accounts in order: locked, so that nobody spends what is being looked at."""
    rows = Account.objects.filter(kind=AccountKind.MEMBER, unit=None, closed_at=None, balance_minutes__gt=0)
    rows = rows.filter(pk__gt=after).select_related("person").select_for_update(of=("self",))
    locked = list(rows.order_by("pk")[:LARGEST_ROUND])
    if not locked:
        return None
    too_old = terms.too_old(locked, day=clock.local_day(at), at=at)
    issuance, day = accounts.issuance(at=at), clock.local_day(at)
    ends = [
        Transfer(
            key=f"expire:{account.pk}:{day.isoformat()}",
            payer_id=account.pk,
            payee_id=issuance,
            minutes=too_old[account.pk],
            kind=TransferKind.EXPIRY,
            origin=f"expire:{day.isoformat()}",
            reason=TOO_OLD,
        )
        for account in locked
        if too_old.get(account.pk)
    ]
    posted = sum(answer.outcome == Outcome.POSTED for answer in post(transfers=ends, at=at))
    if posted:
        facts = {"accounts": posted, "minutes": sum(end.minutes for end in ends)}
        audit.record(actor=None, verb="expired_minutes", thing=f"expiry:{day.isoformat()}", facts=facts, at=at)
    return locked[-1].pk, posted
