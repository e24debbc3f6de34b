"""退出志愿服务: somebody ends their service of their own will. Nothing is erased; they may ask to come back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from xinglin.audit import actions as audit
from xinglin.notices import actions as notices
from xinglin.organisation import actions as organisation_actions
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Role, Unit
from xinglin.people import assisting, queries
from xinglin.people.models import Interview, Membership, Move, Submission, Volunteer
from xinglin.people.models.teams import STANDING
from xinglin.people.teams import joining
from xinglin.people.vetting import submissions

LEFT = Volunteer.State.LEFT
WHO_HEARS = (Role.Name.COORDINATOR, Role.Name.TEAM_LEADER)


@transaction.atomic
def leave(*, volunteer: Volunteer, reason: str, at: dt.datetime, by: Any = None) -> list[Unit]:
    """End teams, roles in them and whatever waits; answers the units that were left. Twice is once.

    Shifts to come are given back by `activities.leaving`, which calls this. What was served stays as it is.
    `by`: staff, at the word of somebody whom they assist.
    """
    volunteer = queries.held(volunteer)
    if by is not None:
        assisting.demand_by(volunteer.person, by=by)
    if volunteer.state == LEFT:
        return []
    units = queries.teams_of(volunteer)
    for unit in units:
        joining.exit_from(volunteer=volunteer, unit=unit, at=at)
    _end_what_waits(volunteer, at=at)
    _become_left(volunteer, reason, by=by, at=at)
    _tell(volunteer, units, at=at)
    return units


def last_team_of(volunteer: Volunteer) -> Unit | None:
    """Where somebody who has left belonged last."""
    rows = Membership.objects.filter(volunteer=volunteer, left_on__isnull=False, is_lent=False).select_related("unit")
    last = rows.order_by("-left_on", "joined_on", "pk").first()
    return last.unit if last is not None else None


def listeners(unit: Unit, *, at: dt.datetime) -> list[int]:
    """Whoever coordinates or leads at the unit, or at the nearest one above it where somebody does; by their keys."""
    for one in reversed([*unit.get_ancestors(), unit]):
        roles = organisation.roles_at(one, at=at).filter(name__in=WHO_HEARS)
        if users := sorted(set(roles.values_list("user_id", flat=True))):
            return users
    return []


def _end_what_waits(volunteer: Volunteer, *, at: dt.datetime) -> None:
    user = volunteer.person.user
    volunteer.moves.filter(state__in=STANDING).update(state=Move.State.WITHDRAWN, ended_at=at)
    volunteer.interviews.filter(state=Interview.State.BOOKED).update(state=Interview.State.CANCELLED, decided_at=at)
    for submission in Submission.objects.filter(volunteer=volunteer, state__in=submissions.OPEN):
        submissions.withdraw(submission=submission, at=at)
    volunteer.cards.filter(ended_at__isnull=True).update(ended_at=at, ended_by=user)
    organisation_actions.lay_down(user=user, names=[Role.Name.TEAM_LEADER, Role.Name.VOLUNTEER], at=at)


def _become_left(volunteer: Volunteer, reason: str, *, by: Any, at: dt.datetime) -> None:
    """Who leaves while suspended is not taken back without somebody reading why they were suspended."""
    said = [reason.strip()] if reason.strip() else []
    if volunteer.state == Volunteer.State.SUSPENDED:
        said.append(gettext("暂停期间退出，暂停的原因：%(reason)s") % {"reason": volunteer.state_reason})
    volunteer.state, volunteer.state_reason, volunteer.state_since = LEFT, "；".join(said)[:300], at
    volunteer.returns_on = None
    volunteer.save(update_fields=["state", "state_reason", "state_since", "returns_on"])
    on_behalf = assisting.facts_of(volunteer.person) if by is not None else {}
    _note("left_volunteering", volunteer, by=by or volunteer.person.user, at=at, **on_behalf)


def _tell(volunteer: Volunteer, units: list[Unit], *, at: dt.datetime) -> None:
    news = [
        notices.News(
            user_id=user_id,
            kind="member_left",
            source=f"volunteer:{volunteer.number}:left:{at.timestamp():.0f}:{unit.code}",
            values={"unit": unit.name},
        )
        for unit in units
        for user_id in listeners(unit, at=at)
        if user_id != volunteer.person.user_id
    ]
    notices.tell_many(news=news, at=at)


def _note(verb: str, volunteer: Volunteer, *, by: object, at: dt.datetime, **facts: object) -> None:
    # Why somebody left may name an illness: it stays with the volunteer.
    audit.record(actor=by, verb=verb, thing=f"volunteer:{volunteer.number}", facts=facts, at=at)
