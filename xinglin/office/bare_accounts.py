"""An account behind which no person stands: somebody signed in and never applied. It is theirs to see and to close.

Nobody need decide about it: nothing was served, nothing saved. Where nobody uses it for long, it closes by the clock,
told beforehand; signing in keeps it. Whoever ever held a role is named by what they decided, and closes it themselves.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Greatest

from xinglin.accounts.models import User
from xinglin.audit import actions as audit
from xinglin.lib import clock
from xinglin.lib.whole_person import OpenThing, Whole
from xinglin.notices import actions as notices
from xinglin.notices.models import Notice
from xinglin.office import copies, whole
from xinglin.office.errors import StillOpen
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Role
from xinglin.people.models import Person

KIND = "account_will_be_closed"
POLICIES = ("applicant_days", "erasure_wait_days")
MOST_AT_ONCE = 500


def is_bare(user: Any) -> bool:
    """Does no person stand behind it?"""
    return not Person.objects.filter(user=user).exists()


def open_things(user: Any, *, at: dt.datetime) -> list[OpenThing]:
    """Duties, before it can be closed."""
    return whole.open_things(Whole(user, None), at=at)


def copy_of(user: Any, *, at: dt.datetime) -> bytes:
    """All that the house knows of it: so little that nobody waits for a job."""
    content = copies.zipped(whole.export(Whole(user, None), at=at), at=at)
    audit.record(actor=user, verb="fetched_data_copy", thing=f"user:{user.code}", at=at)
    return content


@transaction.atomic
def close(*, user: Any, by: Any, at: dt.datetime) -> None:
    """Forget it at once. `by` None: the clock."""
    user = User.objects.select_for_update().get(pk=user.pk)  # whoever applies at this moment was first, or is too late
    assert is_bare(user), "a person is forgotten by an erasure"
    blocking = [thing for thing in open_things(user, at=at) if thing.blocks]
    if blocking:
        raise StillOpen(what=str(blocking[0].what), then=str(blocking[0].then))
    whole.erase(Whole(user, None), by=by, at=at)


def propose(*, at: dt.datetime, limit: int = MOST_AT_ONCE) -> int:
    """Tell those whom nobody has heard of for long that their account will be closed. Twice is once."""
    days, wait_days = _terms(at)
    if not days:
        return 0
    until = clock.local_day(at + dt.timedelta(days=wait_days)).isoformat()
    unused = _unused(at - dt.timedelta(days=days)).filter(~_told(since=OuterRef("heard_of")))
    news = [
        notices.News(user_id=user.pk, kind=KIND, source=f"unused:{user.code}:{until}", values={"day": until})
        for user in unused[:limit]
    ]
    return notices.tell_many(news=news, at=at)


def close_due(*, at: dt.datetime, limit: int = MOST_AT_ONCE) -> int:
    """Close those who were told and have not signed in since; each in a transaction of its own."""
    days, wait_days = _terms(at)
    if not days:
        return 0
    unused = _unused(at - dt.timedelta(days=days))
    told = _told(since=OuterRef("heard_of"), until=at - dt.timedelta(days=wait_days))
    done = 0
    for pk in list(unused.filter(told).values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            still = unused.filter(pk=pk).select_for_update(of=("self",)).first()
            if still is not None:
                close(user=still, by=None, at=at)
                done += 1
    return done


def _terms(at: dt.datetime) -> tuple[int, int]:
    values = organisation.policies_of(POLICIES, organisation.root_unit(), at=at)
    return int(values["applicant_days"]), max(int(values["erasure_wait_days"]), 1)


def _unused(before: dt.datetime) -> QuerySet[User]:
    """Nobody's, without any role ever, and not heard of since; the longest silent first."""
    silent = User.objects.annotate(heard_of=Greatest("created_at", "last_login"))  # of those that there are
    bare = silent.filter(~Exists(Role.objects.filter(user=OuterRef("pk"))), is_active=True, person__isnull=True)
    return bare.filter(heard_of__lte=before).order_by("heard_of", "pk")


def _told(*, since: OuterRef, until: dt.datetime | None = None) -> Exists:
    told = Notice.objects.filter(user=OuterRef("pk"), kind=KIND, told_at__gt=since)
    return Exists(told if until is None else told.filter(told_at__lte=until))
