"""未成年人: who of them may take a place, and by whose word. Ages are policies of the unit that the shift is of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xinglin.activities import queries, telling
from xinglin.activities.minors import errors, words
from xinglin.activities.models import Attendance, Shift, Signup
from xinglin.audit import actions as audit
from xinglin.diary import actions as diary
from xinglin.lib import clock
from xinglin.organisation import queries as organisation
from xinglin.people import guardians, rules
from xinglin.people import queries as people
from xinglin.people.models import DocumentText, Guardianship, Person, Volunteer

POLICIES = ("adult_age", "minimum_age", "accompanied_age", "lowest_age", "guardian_decides", "not_for_minors")
EACH = "each"
OLDEST_ADULT_AGE = 30  # no policy can ask for more


@dataclass(frozen=True)
class Asked:
    """A minor and a shift, as the rule sees them, with what the policies say."""

    age: int
    has_consent: bool
    has_read_it: bool  # the consent is to the text of today
    by_guardian: bool  # by their own account, or as staff wrote it down of one who signs on paper
    by_other: bool  # somebody else than the child presses
    guardian_comes: bool
    category: str
    shift_code: str
    values: Mapping[str, Any]

    @property
    def minimum_age(self) -> int:
        """From which age on the place can be had at all, in this way."""
        return int(self.values["lowest_age" if self.has_consent else "minimum_age"])

    @property
    def needs_guardian(self) -> bool:
        """Does a guardian decide about this very sign-up?"""
        return bool(self.age < self.values["minimum_age"] or self.values["guardian_decides"] == EACH)

    @property
    def is_old_enough(self) -> bool:
        """To come without a guardian beside them."""
        return bool(self.age >= self.values["accompanied_age"])


def refuse(asked: Asked) -> None:
    """Raise the first reason why this minor cannot have the place in this way."""
    _refuse_what_is_never(asked)
    if asked.needs_guardian and not asked.by_guardian:
        raise errors.GuardiansWordNeeded if asked.by_other else errors.GuardianDecides(shift=asked.shift_code)
    _refuse_who_is_alone(asked)


def refuse_late(asked: Asked) -> None:
    """Raise the first reason why a minor who stands on the paper cannot be put down afterwards.

    Who decided on the day can no longer be asked; that a guardian consents at all, and was there too, can.
    """
    _refuse_what_is_never(asked)
    _refuse_who_is_alone(asked)


def _refuse_what_is_never(asked: Asked) -> None:
    if asked.category in asked.values["not_for_minors"]:
        raise errors.NotForMinors(age=asked.values["adult_age"])
    if not asked.has_consent:
        raise errors.GuardianNeeded(age=asked.values["adult_age"])
    if not asked.has_read_it:
        raise errors.GuardianReadsAnew


def _refuse_who_is_alone(asked: Asked) -> None:
    if not asked.is_old_enough and not asked.guardian_comes:
        raise errors.GuardianMustCome(age=asked.values["accompanied_age"])


def hold_who_comes_along(child: Volunteer, shift: Shift) -> None:
    """Guardians who have a place in the shift: one who gives it back at this moment is awaited."""
    of_guardians = guardians.guardians_of(child.person).values("guardian")
    theirs = Signup.objects.filter(shift=shift, state=Signup.State.TAKEN, volunteer__person__in=of_guardians)
    list(theirs.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))


def asked_by(
    volunteer: Volunteer,
    shift: Shift,
    *,
    by: Any,
    at: dt.datetime,
    read_by: dt.datetime | None = None,
    word: words.Word | None = None,
) -> Asked | None:
    """What there is to know where a minor asks for a place at `at`; None for a grown-up.

    Consent is to the text that holds at `read_by`, where that is another moment than `at`.
    `word`: what staff wrote down of a guardian who consented on paper.
    """
    born_on = volunteer.person.born_on
    if born_on is None:
        return None
    age = rules.age_on(born_on, on=clock.local_day(at))
    if age >= OLDEST_ADULT_AGE:
        return None
    project = shift.activity.project
    values = organisation.policies_of(POLICIES, project.unit, at=at)
    if age >= values["adult_age"]:
        return None
    consented = [row for row in guardians.guardians_of(volunteer.person) if row.consented_at is not None]
    latest = people.text(DocumentText.Kind.GUARDIAN, at=read_by or at).pk if consented else None
    own = [row for row in consented if by is not None and _speaks(row, by, word)]
    return Asked(
        age=age,
        has_consent=bool(consented),
        has_read_it=any(row.text_id == latest for row in own or consented),
        by_guardian=bool(own),
        by_other=by is not None and by.pk != volunteer.person.user_id,
        guardian_comes=Signup.objects.filter(
            shift=shift, state=Signup.State.TAKEN, volunteer__person__in=[row.guardian_id for row in consented]
        ).exists(),
        category=project.category,
        shift_code=shift.code,
        values=values,
    )


def _speaks(row: Guardianship, by: Any, word: words.Word | None) -> bool:
    """Is it this guardian who decides: with their own hand, or by a word that staff, neither of the two, wrote down?"""
    if row.guardian.user_id == by.pk:
        return True
    return word is not None and word.guardianship.pk == row.pk and bool(row.consent_paper)


def let_go_alone(signup: Signup, *, at: dt.datetime) -> int:
    """A guardian does not come after all: children who may not come without them give their places back as well.

    Each child's sign-up is held while it is looked at: one who is there by now stays, and of two guardians who give
    up at once the second one sees that the first has.
    """
    guardian = signup.volunteer.person
    done = 0
    for row in guardians.children_of(guardian):
        taken = Signup.objects.filter(shift=signup.shift, state=Signup.State.TAKEN, volunteer__person=row.child)
        for found in taken.order_by("pk"):
            theirs = queries.locked_signup(found)
            if theirs.state != Signup.State.TAKEN or Attendance.objects.filter(signup=theirs).exists():
                continue
            asked = asked_by(theirs.volunteer, theirs.shift, by=guardian.user, at=at)
            if asked is not None and not asked.is_old_enough and not asked.guardian_comes:
                _give_back(theirs, by=guardian.user, at=at)
                done += 1
    return done


def give_back_without_consent(*, child: Person, by: Any, at: dt.datetime) -> int:
    """A guardian's word is gone: of what is to come the child keeps what another guardian still allows."""
    people.hold_together(Volunteer.objects.filter(person=child))  # what the child just takes is given back, or refused
    coming = Signup.objects.filter(volunteer__person=child, state=Signup.State.TAKEN, shift__starts_at__gt=at)
    done = 0
    for found in coming.order_by("pk"):
        signup = queries.locked_signup(found)
        if signup.state != Signup.State.TAKEN or Attendance.objects.filter(signup=signup).exists():
            continue
        asked = asked_by(signup.volunteer, signup.shift, by=None, at=at)
        if asked is None or (asked.has_consent and (asked.is_old_enough or asked.guardian_comes)):
            continue
        _leave(signup, by=by, at=at)
        telling.went_with_consent(signup, at=at)
        telling.given_back([signup], at=at)
        done += 1
    return done


def _give_back(signup: Signup, *, by: Any, at: dt.datetime) -> None:
    _leave(signup, by=by, at=at)
    telling.went_with_guardian(signup, at=at)


def _leave(signup: Signup, *, by: Any, at: dt.datetime) -> None:
    Signup.objects.filter(pk=signup.pk).update(state=Signup.State.CANCELLED, cancelled_at=at)
    diary.release(source=signup.source, at=at)
    audit.record(
        actor=by,
        verb="cancelled_signup",
        thing=f"shift:{signup.shift.code}",
        unit_path=signup.shift.activity.project.unit.path,
        facts={"signup": signup.code, "on_behalf": signup.volunteer.person.code},
        at=at,
    )
