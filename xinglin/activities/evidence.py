"""What shows that a volunteer is there: the leader's rotating code, six digits read aloud, a location near by."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from xinglin.activities import errors, queries, rules
from xinglin.activities.models import Attendance, Shift, Signup
from xinglin.lib import geo
from xinglin.lib.errors import Refusal
from xinglin.lib.web.words import distance_said
from xinglin.people import queries as people

How = Attendance.How


@dataclass(frozen=True)
class Evidence:
    """How a coming or leaving was seen; with the distance to the place when a location said so."""

    how: str
    distance_m: int | None = None


BY_LEADER = Evidence(How.LEADER)
ENTERED_LATER = Evidence(How.TEAM_ENTRY)
BY_HAND = (How.LEADER, How.TEAM_ENTRY)
AWAITING_NOD = Evidence(How.NOD)


def token_of(shift: Shift, *, at: dt.datetime) -> str:
    """What the leader's QR code carries now."""
    return rules.token(_key(), shift.code, at=at)


def spoken_code_of(shift: Shift, *, at: dt.datetime) -> str:
    """The same, as six digits to be read aloud."""
    return rules.spoken_code(_key(), shift.code, at=at)


def evidence_of_token(*, shift: Shift, token: str, at: dt.datetime) -> Evidence:
    """The rotating code was seen within the last minute or so."""
    if not rules.is_fresh_token(_key(), shift.code, token, at=at):
        raise errors.CodeExpired
    return Evidence(How.CODE)


def evidence_of_spoken_code(*, signup: Signup, digits: str, at: dt.datetime) -> Evidence:
    """Six digits were heard and typed. Wrong ones are counted, and after a few the volunteer has to rest or scan."""
    with transaction.atomic():  # the count must stand even though the answer is a refusal, so it is raised outside
        refusal = _check_spoken_code(queries.locked_signup(signup), digits.strip().replace(" ", ""), at=at)
    if refusal is not None:
        raise refusal
    return Evidence(How.CODE)


def _check_spoken_code(signup: Signup, digits: str, *, at: dt.datetime) -> Refusal | None:
    if rules.must_rest_from_guessing(wrong_codes=signup.wrong_codes, wrong_code_at=signup.wrong_code_at, at=at):
        return errors.TooManyWrongCodes(minutes=int(rules.WRONG_CODE_REST.total_seconds()) // 60)
    is_right = rules.is_fresh_spoken_code(_key(), signup.shift.code, digits, at=at)
    has_rested = signup.wrong_codes >= rules.WRONG_CODES_ALLOWED
    signup.wrong_codes = 0 if is_right else 1 if has_rested else signup.wrong_codes + 1
    signup.wrong_code_at = None if is_right else at
    signup.save(update_fields=["wrong_codes", "wrong_code_at"])
    return None if is_right else errors.CodeExpired()


def evidence_of_location(*, signup: Signup, latitude: str, longitude: str) -> Evidence:
    """The phone is within the place's radius. Only the verdict and the distance outlive this call."""
    activity = signup.shift.activity
    if not people.has_consented(signup.volunteer.person, "location"):
        raise errors.ConsentNeeded
    place = activity.point
    if place is None:
        raise errors.PlaceUnknown
    distance_m = round(geo.distance_m(_point(latitude, longitude), place))
    if distance_m > activity.radius_m:
        raise errors.TooFar(distance=distance_said(distance_m))
    return Evidence(How.LOCATION, distance_m)


def _point(latitude: str, longitude: str) -> geo.Point:
    try:
        point = geo.Point(float(latitude), float(longitude))
    except ValueError:
        raise errors.LocationUnreadable from None
    if not (-90 <= point.latitude <= 90 and -180 <= point.longitude <= 180):  # also refuses what is not a number
        raise errors.LocationUnreadable
    return point


def _key() -> bytes:
    return settings.SECRET_KEY.encode()
