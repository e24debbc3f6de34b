"""Who stands on the paper without having signed up: found by what was written there, put down late, then marked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Q

from xinglin.activities import actions, chatlist, errors, queries, rules
from xinglin.activities.chatlist import Line
from xinglin.activities.consent_errors import ConsentWithdrawn, TheirConsentIsWithdrawn
from xinglin.activities.minors import asking as minors
from xinglin.activities.models import Post, Shift, Signup
from xinglin.activities.recognising import recognise
from xinglin.activities.walkins import errors as walkins
from xinglin.audit import actions as audit
from xinglin.lib.clock import local_day
from xinglin.lib.ids import short_code
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import queries as people
from xinglin.people.models import Volunteer


@dataclass(frozen=True)
class Meant:
    """Those whom a line of the paper may mean, likeliest first, and the one it surely means, if it does."""

    candidates: tuple[Volunteer, ...] = ()
    surely: Volunteer | None = None


def meant_by(said: str, *, shift: Shift, by: Any) -> Meant:
    """By number or name among the shift's own unit and whom the asker sees; anyone by number and name together."""
    line = next(iter(chatlist.read(said)), Line(said))
    found = recognise([line], shift=shift, among=_known(shift, by=by))[0]
    if found.candidates or not (line.number and line.name):
        return Meant(found.candidates, found.surely)
    active = Volunteer.objects.filter(state=Volunteer.State.ACTIVE).select_related("person__user")
    guest = active.filter(number=line.number, person__name=line.name).first()
    return Meant((guest,), guest) if guest is not None else Meant()


def demand_one(said: str, *, picked: str, shift: Shift, by: Any) -> Volunteer:
    """The one who is meant, or who was picked of those that may be; else a refusal that says what is missing."""
    meant = meant_by(said, shift=shift, by=by)
    chosen = next((one for one in meant.candidates if one.number == picked), meant.surely)
    if chosen is not None:
        return chosen
    if not meant.candidates:
        raise walkins.NobodyRecognised(said=said.strip()[:20])
    if len(meant.candidates) == 1:
        raise walkins.NumberOfAnother
    raise walkins.SeveralOfThatName(count=len(meant.candidates))


@transaction.atomic
def join_late(*, volunteer: Volunteer, post: Post, by: Any, at: dt.datetime) -> Signup:
    """Put down somebody who came unannounced. Twice is once; the sheet of paper is what speaks for them."""
    post = Post.objects.select_for_update().get(pk=post.pk)
    shift = Shift.objects.select_related("activity__project__unit").get(pk=post.shift_id)
    standing_signup = queries.signup_of(volunteer, shift)
    if standing_signup is not None:
        return standing_signup
    unit = shift.activity.project.unit
    place, on = queries.place_of(post, shift, at=at), local_day(shift.starts_at)
    minor = minors.asked_by(volunteer, shift, by=by, at=shift.starts_at, read_by=at)
    if minor is not None:
        place = replace(place, minimum_age=minor.minimum_age)
    try:
        rules.refuse_to_join_late(
            place,
            shift.slot,
            standing=people.standing(volunteer, at=at, on=on),
            hurdles=queries.hurdles_before(place, volunteer, unit=unit, on=on, at=at),
            at=at,
            mark_hours=organisation.policy("mark_hours", unit, at=at),
        )
        if minor is not None:
            minors.refuse_late(minor)
    except ConsentWithdrawn as withdrawn:
        raise TheirConsentIsWithdrawn from withdrawn
    except errors.CannotTake as unfit:  # its sentences speak to the person, who is not the one that reads this
        raise walkins.TheyDoNotFit(name=volunteer.person.name, why=unfit.heading) from unfit
    signup = Signup(code=short_code(), post=post, shift=shift, volunteer=volunteer, taken_at=at, taken_by=by)
    try:
        actions.book(signup=signup, at=at)
    except errors.ShiftOverlaps as busy:
        raise walkins.TheyAreBusy(name=volunteer.person.name, when=busy.facts["when"]) from busy
    signup.save(force_insert=True)
    audit.record(
        actor=by,
        verb="signed_up_late",
        thing=f"shift:{shift.code}",
        at=at,
        unit_path=unit.path,
        facts={"signup": signup.code, "post": post.code},
    )
    return signup


def _known(shift: Shift, *, by: Any) -> Any:
    """Whom the leader may find: members of the shift's unit, and those whom their own roles show them."""
    own = shift.activity.project.unit
    seen = organisation.units_where(by, "see_people")
    return people.members_of(Unit.objects.filter(Q(path__startswith=own.path) | Q(pk__in=seen)))
