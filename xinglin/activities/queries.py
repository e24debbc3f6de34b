"""Reads about shifts: what is open, who signed up, what waits for a leader. Lists of people are scoped to the asker."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Concat

from xinglin.activities import rules
from xinglin.activities.models import Attendance, Post, Shift, Signup
from xinglin.audit.models import Entry
from xinglin.hours.models import Record
from xinglin.lib import clock
from xinglin.lib.errors import NotFound
from xinglin.organisation import policies
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import queries as people
from xinglin.people.models import Volunteer
from xinglin.people.vetting import gates
from xinglin.people.vetting.rules import Hurdle

CARD_MARGIN = dt.timedelta(hours=2)  # around a shift, in which its leader learns whose card it is
LEADS_FROM = dt.timedelta(hours=24)  # before a shift begins its leader sees it


# Shifts --------------------------------------------------------------------------------------------------------


def shifts() -> QuerySet[Shift]:
    """Shifts with what every page says of them: activity, project, unit, and `places`, `taken`, `places_left`."""
    places = (
        Post.objects.filter(shift=OuterRef("pk")).order_by().values("shift").annotate(all=Sum("places")).values("all")
    )
    standing = Signup.objects.filter(shift=OuterRef("pk"), state=Signup.State.TAKEN)
    taken = standing.order_by().values("shift").annotate(all=Count("pk")).values("all")
    return Shift.objects.select_related("activity__project__unit", "leader").annotate(
        places=_whole(places), taken=_whole(taken), places_left=F("places") - F("taken")
    )


def posts_of(shift: Shift) -> QuerySet[Post]:
    """The posts of a shift, each with `taken` and `places_left`."""
    return _posts_with_places().filter(shift=shift)


def shift_by_code(code: str) -> Shift:
    """The shift of this public code; anyone may look at it."""
    found = shifts().filter(code=code.upper()).first()
    if found is None:
        raise NotFound
    return found


def open_shifts(
    *,
    at: dt.datetime,
    until: dt.datetime | None = None,
    township: str = "",
    abilities: Collection[str] | None = None,
    volunteer: Volunteer | None = None,
) -> QuerySet[Shift]:
    """Shifts that can still be taken, the soonest first; narrowed by day, township, or what one can do.

    With a volunteer: only those with a place left which the volunteer's abilities fit and that they have not taken.
    """
    found = _still_open(shifts(), at=at)
    if until is not None:
        found = found.filter(starts_at__lt=until)
    if township:
        found = found.filter(activity__township=township)
    if volunteer is not None:
        abilities = people.standing(volunteer, at=at).abilities
        found = found.exclude(Exists(_taken_by(volunteer)))
    if abilities is not None:
        fitting = _posts_with_places().filter(shift=OuterRef("pk"), requires__in=["", *abilities])
        found = found.filter(Exists(fitting.filter(places__gt=F("taken"))))
    return found.order_by("starts_at", "pk")


def townships(*, at: dt.datetime) -> list[str]:
    """Where open shifts take place, for the filter."""
    coming = _still_open(Shift.objects.all(), at=at).exclude(activity__township="")
    return list(coming.order_by("activity__township").values_list("activity__township", flat=True).distinct())


def others_instead(shift: Shift, *, volunteer: Volunteer | None, at: dt.datetime, count: int = 2) -> list[Shift]:
    """Shifts to offer when this one cannot be had: the same activity first, then the nearest in time.

    Only such as the volunteer can do and that lie outside what their diary holds.
    """
    found = open_shifts(at=at, volunteer=volunteer) if volunteer is not None else open_shifts(at=at, abilities=())
    found = found.exclude(pk=shift.pk)
    if volunteer is not None:
        found = found.exclude(Exists(_commitments_at_the_time_of(volunteer)))
    window = list(found.filter(starts_at__gte=shift.starts_at - dt.timedelta(days=7))[:100])
    window.sort(
        key=lambda other: (
            other.activity.name != shift.activity.name,
            other.activity.township != shift.activity.township,
            abs(other.starts_at - shift.starts_at),
        )
    )
    return window[:count]


# A volunteer's own ---------------------------------------------------------------------------------------------


def signup_of(volunteer: Volunteer | None, shift: Shift) -> Signup | None:
    """The volunteer's standing sign-up for this shift, with its attendance if there is one."""
    if volunteer is None:
        return None
    return _own_signups().filter(volunteer=volunteer, shift=shift, state=Signup.State.TAKEN).first()


def guesses_before(volunteer: Volunteer, shift: Shift) -> dict[str, Any]:
    """How often wrong digits were typed under an earlier sign-up for this shift: a new one brings no new tries."""
    fields = ("wrong_codes", "wrong_code_at")
    return Signup.objects.filter(volunteer=volunteer, shift=shift).order_by("-pk").values(*fields).first() or {}


def called_off_signup(volunteer: Volunteer | None, shift: Shift) -> Signup | None:
    """The place that the volunteer lost because the shift was called off."""
    if volunteer is None:
        return None
    return Signup.objects.filter(volunteer=volunteer, shift=shift, state=Signup.State.CALLED_OFF).first()


def was_not_seen(signup: Signup) -> bool:
    """The leader struck out this person's claim to have come, and nothing has happened since."""
    return latest_denial(signup) is not None


def latest_denial(signup: Signup) -> Entry | None:
    """The trail's word on a claim that was struck out last, while nothing has happened since."""
    latest = Entry.objects.filter(thing=signup.source).order_by("-pk").first()
    return latest if latest is not None and latest.verb == "denied" else None


def next_signup(volunteer: Volunteer, *, at: dt.datetime) -> Signup | None:
    """The shift that comes next for this volunteer, or goes on now; told by `came`, `left` and `can_come`.

    A shift that has been left goes back behind the next one; it shows again while nothing else comes that day.
    """
    standing = _own_signups().filter(volunteer=volunteer, state=Signup.State.TAKEN)
    coming = standing.filter(shift__ends_at__gt=at - dt.timedelta(hours=1), shift__state=Shift.State.OPEN)
    coming = coming.filter(Q(attendance__isnull=True) | Q(attendance__left_at__isnull=True))
    signup = coming.order_by("shift__starts_at").first()
    if signup is None:
        just_left = standing.filter(attendance__left_at__gt=at - dt.timedelta(hours=1))
        signup = just_left.order_by("-attendance__left_at").first()
    if signup is not None:
        _tell(signup, at=at)
    return signup


def coming_signups(volunteer: Volunteer, *, at: dt.datetime) -> QuerySet[Signup]:
    """What the volunteer has before them, the soonest first, called-off shifts among it so that nobody goes in vain."""
    told = Q(state=Signup.State.TAKEN) | Q(state=Signup.State.CALLED_OFF)
    return _own_signups().filter(told, volunteer=volunteer, shift__ends_at__gt=at).order_by("shift__starts_at")


def locked_signup(signup: Signup) -> Signup:
    """The sign-up as it stands now, held until the transaction ends: marks of one person go one after the other."""
    related = Signup.objects.select_related("post", "shift__activity__project__unit", "volunteer__person__user")
    return related.select_for_update(of=("self",), no_key=True).get(pk=signup.pk)


def place_of(post: Post, shift: Shift, *, at: dt.datetime) -> rules.Place:
    """What the post offers at this moment, as the rules ask for it; the caller holds the post."""
    values = organisation.policies_of(("minimum_age", *gates.POLICIES), shift.activity.project.unit, at=at)
    return rules.Place(
        closes_at=shift.sign_up_closes_at,
        shift_state=shift.state,
        requires=post.requires,
        places_left=post.places - post.signups.filter(state=Signup.State.TAKEN).count(),
        minimum_age=values["minimum_age"],
        gate_names=policies.GATES,
        unit_code=shift.activity.project.unit.code,
        gates=gates.needed_by(values, shift.activity.kinds_of_service),
    )


def hurdles_before(
    place: rules.Place, volunteer: Volunteer, *, unit: Unit, on: dt.date, at: dt.datetime
) -> Sequence[Hurdle]:
    """The gates that are shut for the volunteer at the shift's unit.

    Of those only that their standing does not answer: they were reviewed.
    """
    beyond = [gate for gate in place.gates if gate not in ("review", "agreement")]
    return gates.hurdles(volunteer, beyond, on=on, at=at, unit=unit)


def codes_taken_by(volunteer: Volunteer, among: Iterable[Shift]) -> set[str]:
    """Which of these shifts the volunteer holds a place in, by code."""
    own = Signup.objects.filter(volunteer=volunteer, state=Signup.State.TAKEN, shift__in=[shift.pk for shift in among])
    return set(own.values_list("shift__code", flat=True))


def is_late_cancel(signup: Signup, *, at: dt.datetime) -> bool:
    """Would giving this place back now be a late cancel?"""
    unit = signup.shift.activity.project.unit
    return rules.is_late_cancel(
        signup.shift.slot,
        taken_at=signup.taken_at,
        at=at,
        cancel_hours=organisation.policy("cancel_hours", unit, at=at),
        undo_minutes=organisation.policy("undo_minutes", unit, at=at),
    )


# Leading -------------------------------------------------------------------------------------------------------


def may_lead(user: Any, shift: Shift) -> bool:
    """Whoever is named leader of the shift, or may lead shifts at its unit."""
    if not user.is_authenticated:
        return False
    return shift.leader_id == user.pk or organisation.may(user, "lead_shift", shift.activity.project.unit)


def demand_lead(user: Any, shift: Shift) -> None:
    """Refuse whoever may not lead this shift; the named leader needs no role."""
    if shift.leader_id != user.pk:
        organisation.demand(user, "lead_shift", shift.activity.project.unit)


def led_by(user: Any, *, at: dt.datetime) -> QuerySet[Shift]:
    """Shifts that this user is named leader of, from the day before until they close: when marks by hand end."""
    mine = shifts().filter(leader=user, state=Shift.State.OPEN)
    return mine.filter(starts_at__lt=at + LEADS_FROM).order_by("starts_at")


def marks_by_hand_end(shift: Shift, *, at: dt.datetime) -> dt.datetime:
    """Until when a leader may still mark, and type in the sheet of paper."""
    return rules.marks_by_hand_end(
        shift.slot, mark_hours=organisation.policy("mark_hours", shift.activity.project.unit, at=at)
    )


def shifts_today(user: Any, *, at: dt.datetime) -> QuerySet[Shift]:
    """Today's shifts of the units that this user may lead in, with `came`: how many are there or have been."""
    midnight = dt.datetime.combine(clock.local_day(at), dt.time.min, tzinfo=clock.SHANGHAI)
    units = organisation.units_where(user, "lead_shift")
    came = Attendance.objects.filter(signup__shift=OuterRef("pk")).order_by().values("signup__shift")
    found = shifts().filter(activity__project__unit__in=units).exclude(state=Shift.State.CANCELLED)
    found = found.filter(starts_at__gte=midnight, starts_at__lt=midnight + dt.timedelta(days=1))
    return found.annotate(came=_whole(came.annotate(all=Count("pk")).values("all"))).order_by("starts_at", "pk")


def leads_now(user: Any, *, at: dt.datetime) -> bool:
    """Does this user lead a shift that is near in time? They may be told a little more of a card than a stranger."""
    units = organisation.units_where(user, "lead_shift")
    near = Shift.objects.filter(starts_at__lt=at + CARD_MARGIN, ends_at__gt=at - CARD_MARGIN)
    return near.filter(Q(leader=user) | Q(activity__project__unit__in=units)).exists()


def signup_led_now(volunteer: Volunteer, *, by: Any, at: dt.datetime) -> Signup | None:
    """What this volunteer has signed up for about now, of a shift that `by` leads; the one that began last."""
    near = _own_signups().filter(
        volunteer=volunteer,
        state=Signup.State.TAKEN,
        shift__starts_at__lt=at + CARD_MARGIN,
        shift__ends_at__gt=at - CARD_MARGIN,
    )
    led = (signup for signup in near.order_by("-shift__starts_at") if may_lead(by, signup.shift))
    return next(led, None)


def list_of(shift: Shift) -> QuerySet[Signup]:
    """Who signed up, by post and in order of signing up, with attendance and who marked. For the shift's leaders.

    `waits`: somebody must still vouch for it.
    """
    waiting = _undecided().filter(signup=OuterRef("pk"))
    return (
        Signup.objects.filter(shift=shift, state=Signup.State.TAKEN)
        .annotate(waits=Exists(waiting))
        .select_related(
            "post",
            "volunteer__person__user",
            "attendance__came_marked_by",
            "attendance__left_marked_by",
            "attendance__nodded_by",
        )
        .order_by("post__pk", "taken_at", "pk")
    )


def signup_led(shift: Shift, code: str) -> Signup:
    """One sign-up of a shift that the asker leads."""
    found = list_of(shift).filter(code=code.upper()).first()
    if found is None:
        raise NotFound
    return found


def waiting_for_nod(user: Any, *, at: dt.datetime) -> QuerySet[Attendance]:
    """Attendances that somebody must still vouch for, of shifts that this user leads or whose unit they lead in.

    Nobody's own: one does not vouch for oneself.
    """
    units = organisation.units_where(user, "lead_shift")
    scope = Q(signup__shift__leader=user) | Q(signup__shift__activity__project__unit__in=units)
    # Said twice, so that the few that wait are looked up first and not picked out of all there ever were.
    waiting = Attendance.objects.filter(scope, waits_for_nod=True, pk__in=_undecided(), came_at__lte=at)
    waiting = waiting.exclude(signup__volunteer__person__user=user)
    related = waiting.select_related(
        "signup__volunteer__person", "signup__shift__activity__project__unit", "signup__post"
    )
    return related.order_by("came_at", "pk")


def nod_looked_at(attendance: Attendance) -> dict[str, Any]:
    """What helps to vouch: who else of the shift was seen, and how often this person has served before."""
    signup = attendance.signup
    seen = Attendance.objects.filter(signup__shift_id=signup.shift_id, waits_for_nod=False).count()
    all_of_shift = Signup.objects.filter(shift_id=signup.shift_id, state=Signup.State.TAKEN).count()
    served = Record.objects.filter(person_id=signup.volunteer.person_id, state=Record.State.EFFECTIVE).count()
    return {"seen": seen, "signed_up": all_of_shift, "served_before": served}


def signup_vouched_by(user: Any, code: str) -> Signup | None:
    """A sign-up of a shift that this user leads, or leads the unit of; never the own."""
    units = organisation.units_where(user, "lead_shift")
    scope = Q(shift__leader=user) | Q(shift__activity__project__unit__in=units)
    found = Signup.objects.filter(scope, code=code).exclude(volunteer__person__user=user)
    return found.select_related("attendance", "shift__activity__project__unit").first()


def forgotten(*, at: dt.datetime) -> QuerySet[Attendance]:
    """Came, has not left, and the shift is over. The unit's late minutes are asked of each."""
    open_ones = Attendance.objects.filter(left_at__isnull=True, signup__shift__ends_at__lt=at)
    return open_ones.select_related("signup__shift__activity__project__unit").order_by("signup__shift__ends_at", "pk")


# The desk ------------------------------------------------------------------------------------------------------


def desk_shifts(user: Any) -> QuerySet[Shift]:
    """All shifts of the units where this user may plan activities."""
    units = organisation.units_where(user, "edit_activities")
    return shifts().filter(activity__project__unit__in=units)


def desk_shift(user: Any, code: str) -> Shift:
    """One shift that this user may change; for anyone else there is no such shift."""
    found = desk_shifts(user).filter(code=code.upper()).first()
    if found is None:
        raise NotFound
    return found


# ---------------------------------------------------------------------------------------------------------------


def _still_open(found: QuerySet[Shift], *, at: dt.datetime) -> QuerySet[Shift]:
    """Places are still given: until the start, or until the moment the unit has set."""
    closes_later = Q(closes_at__gt=at) | Q(closes_at__isnull=True, starts_at__gt=at)
    return found.filter(closes_later, state=Shift.State.OPEN)


def _undecided() -> QuerySet[Attendance]:
    """What waits for a nod, unless the desk has already confirmed or voided the record that was made of it."""
    source = Concat(Value("signup:"), OuterRef("signup__code"))
    recorded = Record.objects.filter(source=source, state=Record.State.RECORDED)
    return Attendance.objects.filter(Q(left_at__isnull=True) | Exists(recorded), waits_for_nod=True)


def _whole(counted: QuerySet[Any]) -> Coalesce:
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _posts_with_places() -> QuerySet[Post]:
    standing = Signup.objects.filter(post=OuterRef("pk"), state=Signup.State.TAKEN)
    taken = standing.order_by().values("post").annotate(all=Count("pk")).values("all")
    return Post.objects.annotate(taken=_whole(taken), places_left=F("places") - F("taken")).order_by("pk")


def _taken_by(volunteer: Volunteer) -> QuerySet[Signup]:
    return Signup.objects.filter(shift=OuterRef("pk"), volunteer=volunteer, state=Signup.State.TAKEN)


def _commitments_at_the_time_of(volunteer: Volunteer) -> QuerySet[Any]:
    return volunteer.person.commitments.filter(
        released_at__isnull=True, span__startswith__lt=OuterRef("ends_at"), span__endswith__gt=OuterRef("starts_at")
    )


def _own_signups() -> QuerySet[Signup]:
    return Signup.objects.select_related(
        "post", "shift__activity__project__unit", "shift__leader", "volunteer__person__user", "attendance", "taken_by"
    ).prefetch_related(Prefetch("shift__posts"))


def _tell(signup: Signup, *, at: dt.datetime) -> None:
    """What the home page says of a sign-up, so that it need not know the rules."""
    attendance = getattr(signup, "attendance", None)
    shift = signup.shift
    early_minutes = organisation.policy("early_minutes", shift.activity.project.unit, at=at)
    opens_at = rules.come_opens_at(shift.slot, early_minutes=early_minutes)
    signup.came = attendance is not None  # type: ignore[attr-defined]
    signup.left = attendance is not None and attendance.left_at is not None  # type: ignore[attr-defined]
    signup.can_come = attendance is None and opens_at <= at < shift.ends_at  # type: ignore[attr-defined]
