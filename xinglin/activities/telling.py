"""What those who signed up are told: that their shift is off, that it is elsewhere, that somebody put them down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from xinglin.activities.models import Activity, Shift, Signup
from xinglin.notices import actions as notices
from xinglin.people import guardians, leaving
from xinglin.people.models import Person


def called_off(shift: Shift, user_ids: Collection[int], *, at: dt.datetime) -> None:
    """To everyone whose place went with the shift, and to the guardians of the minors among them."""
    notices.tell_many(news=_of_shift("called_off", shift, user_ids, _facts(shift), at=at), at=at)


def moved(activity: Activity, *, at: dt.datetime) -> None:
    """To everyone who is still to come to one of its shifts, and to the guardians of the minors among them."""
    expected = Signup.objects.filter(
        shift__activity=activity,
        shift__state=Shift.State.OPEN,
        shift__ends_at__gt=at,
        state=Signup.State.TAKEN,
        attendance__isnull=True,
    ).select_related("shift", "volunteer__person")
    coming: dict[Shift, list[int]] = {}
    for signup in expected.order_by("pk"):
        coming.setdefault(signup.shift, []).append(signup.volunteer.person.user_id)
    news = []
    for shift, user_ids in coming.items():
        shift.activity = activity
        facts = _facts(shift) | {"place": activity.place_name}
        news += _of_shift("moved", shift, user_ids, facts, at=at, of=f"moved:{at.timestamp():.0f}")
    notices.tell_many(news=news, at=at)


def _of_shift(
    what: str, shift: Shift, user_ids: Collection[int], facts: dict[str, Any], *, at: dt.datetime, of: str = ""
) -> list[notices.News]:
    """For each of them, then for each guardian: one who comes along hears of it once, as somebody who comes."""
    source = f"shift:{shift.code}:{of or what}"
    deciding = guardians.accounts_deciding_for(user_ids, unit=shift.activity.project.unit, at=at)
    told = [("shift", user_id) for user_id in user_ids]
    told += [("child_shift", user_id) for theirs in deciding.values() for user_id in theirs]
    once = {user_id: kind for kind, user_id in reversed(told)}
    return [
        notices.News(user_id=user_id, kind=f"{kind}_{what}", source=source, values=facts)
        for user_id, kind in once.items()
    ]


def signed_up(signup: Signup, *, at: dt.datetime) -> None:
    """To whoever was put down by somebody else."""
    notices.tell(
        user=signup.volunteer.person.user,
        kind="signed_up_by_other",
        source=f"signup:{signup.code}:by_other",
        values=_facts(signup.shift),
        at=at,
    )


def cancelled_by_other(signup: Signup, *, at: dt.datetime) -> None:
    """To whoever's place staff gave back at their word, and to guardians with an account."""
    person = signup.volunteer.person
    told = {person.user_id, *(row.guardian.user_id for row in guardians.guardians_of(person))}
    source, facts = f"signup:{signup.code}:cancelled_by_other", _facts(signup.shift)
    news = [
        notices.News(user_id=one, kind="cancelled_by_other", source=source, values=facts)
        for one in sorted(one for one in told if one is not None)
    ]
    notices.tell_many(news=news, at=at)


def went_with_guardian(signup: Signup, persons: Iterable[Person], *, at: dt.datetime) -> None:
    """To a child and their guardians: none of them comes along any more, so the child's place went as well."""
    source, facts = f"signup:{signup.code}:alone", _facts(signup.shift)
    user_ids = sorted({person.user_id for person in persons if person.user_id is not None})
    news = [notices.News(user_id=one, kind="place_went_with_guardian", source=source, values=facts) for one in user_ids]
    notices.tell_many(news=news, at=at)


def given_back(signups: Iterable[Signup], *, at: dt.datetime) -> None:
    """To the leader of each shift, else to whoever coordinates there: somebody left, and a place is free again."""
    news = []
    for signup in signups:
        shift = signup.shift
        hears = [shift.leader_id] if shift.leader_id else leaving.listeners(shift.activity.project.unit, at=at)
        source = f"signup:{signup.code}:given_back"
        facts = _facts(shift)
        news += [notices.News(user_id=one, kind="place_given_back", source=source, values=facts) for one in hears]
    notices.tell_many(news=news, at=at)


def went_with_consent(signup: Signup, persons: Iterable[Person], *, at: dt.datetime) -> None:
    """To a child and their guardians: nobody consents to it any more."""
    source, facts = f"signup:{signup.code}:consent", _facts(signup.shift)
    user_ids = sorted({person.user_id for person in persons if person.user_id is not None})
    news = [notices.News(user_id=one, kind="place_went_with_consent", source=source, values=facts) for one in user_ids]
    notices.tell_many(news=news, at=at)


def went_with_suspension(signup: Signup, *, at: dt.datetime) -> None:
    """To whoever was suspended, and to a minor's guardians: they are not awaited."""
    user_id, source, facts = signup.volunteer.person.user_id, f"signup:{signup.code}:suspended", _facts(signup.shift)
    deciding = guardians.accounts_deciding_for([user_id], unit=signup.shift.activity.project.unit, at=at)
    hears = {user_id, *deciding.get(user_id, [])}
    kind = "place_went_with_suspension"
    news = [notices.News(user_id=one, kind=kind, source=source, values=facts) for one in sorted(hears - {None})]
    notices.tell_many(news=news, at=at)


def _facts(shift: Shift) -> dict[str, Any]:
    return {
        "what": shift.activity.name,
        "starts_at": shift.starts_at.isoformat(),
        "ends_at": shift.ends_at.isoformat(),
        "code": shift.code,
    }
