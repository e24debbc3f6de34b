"""What those who signed up are told: that their shift is off, that it is elsewhere, that somebody put them down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from xinglin.activities.models import Activity, Shift, Signup
from xinglin.notices import actions as notices
from xinglin.people import guardians, leaving


def called_off(shift: Shift, user_ids: Collection[int], *, at: dt.datetime) -> None:
    """To everyone whose place went with the shift, and to the guardians of the minors among them."""
    deciding = guardians.accounts_deciding_for(user_ids, unit=shift.activity.project.unit, at=at)
    source = f"shift:{shift.code}:called_off"
    notices.tell_many(news=_of_shift("called_off", user_ids, deciding, source=source, values=_facts(shift)), at=at)


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
    everybody = {user_id for user_ids in coming.values() for user_id in user_ids}
    deciding = guardians.accounts_deciding_for(everybody, unit=activity.project.unit, at=at)
    news = []
    for shift, user_ids in coming.items():
        shift.activity = activity
        source, facts = f"shift:{shift.code}:moved:{at.timestamp():.0f}", _facts(shift) | {"place": activity.place_name}
        news += _of_shift("moved", user_ids, deciding, source=source, values=facts)
    notices.tell_many(news=news, at=at)


def _of_shift(
    what: str, user_ids: Collection[int], deciding: dict[int, list[int]], *, source: str, values: dict[str, Any]
) -> list[notices.News]:
    """For each of them, then for each guardian: one who comes along hears of it once, as somebody who comes."""
    told = [("shift", user_id) for user_id in user_ids]
    told += [("child_shift", guardian) for user_id in user_ids for guardian in deciding.get(user_id, ())]
    once = {user_id: kind for kind, user_id in reversed(told)}
    return [
        notices.News(user_id=user_id, kind=f"{kind}_{what}", source=source, values=values)
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
    """Staff gave a place back at somebody's word."""
    _tell_family(signup, kind="cancelled_by_other", of="cancelled_by_other", at=at)


def went_with_guardian(signup: Signup, *, at: dt.datetime) -> None:
    """None of a child's guardians comes along any more, so the child's place went as well."""
    _tell_family(signup, kind="place_went_with_guardian", of="alone", at=at)


def went_with_consent(signup: Signup, *, at: dt.datetime) -> None:
    """Nobody consents any more to a child's coming."""
    _tell_family(signup, kind="place_went_with_consent", of="consent", at=at)


def went_with_suspension(signup: Signup, *, at: dt.datetime) -> None:
    """Whoever was suspended is not awaited."""
    _tell_family(signup, kind="place_went_with_suspension", of="suspended", at=at)


def _tell_family(signup: Signup, *, kind: str, of: str, at: dt.datetime) -> None:
    """What became of a place: to whoever held it, and to the guardians of a minor."""
    user_id, source, facts = signup.volunteer.person.user_id, f"signup:{signup.code}:{of}", _facts(signup.shift)
    deciding = guardians.accounts_deciding_for([user_id], unit=signup.shift.activity.project.unit, at=at)
    hears = sorted({user_id, *deciding.get(user_id, ())})
    news = [notices.News(user_id=one, kind=kind, source=source, values=facts) for one in hears]
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


def _facts(shift: Shift) -> dict[str, Any]:
    return {
        "what": shift.activity.name,
        "starts_at": shift.starts_at.isoformat(),
        "ends_at": shift.ends_at.isoformat(),
        "code": shift.code,
    }
