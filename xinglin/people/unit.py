"""What people holds of a unit: who belongs to it, and who has asked to."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xinglin.audit import actions as audit
from xinglin.lib import clock
from xinglin.organisation.hanging import Hanging, some
from xinglin.organisation.models import Role, Unit
from xinglin.organisation.models.units import TAKES_VOLUNTEERS
from xinglin.people.models import Application, Membership, Move, SavedList, Submission
from xinglin.people.models.teams import STANDING
from xinglin.people.models.vetting import OPEN
from xinglin.people.teams import telling
from xinglin.people.vetting import unit as vetting

KEYS = {
    "people.Membership.unit",
    "people.Application.unit",
    "people.Submission.unit",
    "people.Move.from_unit",
    "people.Move.to_unit",
    "people.Move.asks_unit",
    "people.SavedList.unit",
    "people.Bulk.unit",  # what is still to be done there is refused, one by one
} | vetting.KEYS
WAITING = (Application.State.SUBMITTED, Application.State.ASKED_BACK)


def hangs_on(unit: Unit, *, successor: Unit | None, at: dt.datetime) -> list[Hanging]:
    """Members and applications."""
    then = _("转到接手单位") if successor else _("只是不再属于这里，时长和星级都还在")
    return some(
        Hanging(_("志愿者"), _members(unit).count(), then),
        Hanging(_("借调来的志愿者"), _borrowed(unit).count(), _("借调到今天为止")),
        Hanging(_("没办完的转队、借调和入队申请"), _moves(unit).count(), _("撤回，需要的话重新提")),
        Hanging(_("等审核的申请"), _applications(unit).count(), _("转到接手单位"), needs_successor=True),
        Hanging(_("等审核的材料"), _submissions(unit).count(), _("转到接手单位"), needs_successor=True),
        Hanging(
            _("同事一起用的名单"),
            SavedList.objects.filter(unit=unit).count(),
            _("转到接手单位") if successor else _("只留给存的人自己"),
        ),
        *vetting.hangs_on(unit, successor=successor, at=at),
    )


def left_behind(unit: Unit, kind: str) -> list[Hanging]:
    """Volunteers, and whoever has asked, where a unit shall become one that takes none."""
    if unit.kind not in TAKES_VOLUNTEERS or kind in TAKES_VOLUNTEERS:
        return []
    waiting = _moves(unit).count() + _applications(unit).count() + _submissions(unit).count()
    here = Membership.objects.filter(unit=unit, left_on__isnull=True)
    return some(Hanging(_("志愿者"), here.count()), Hanging(_("没办完的申请和材料"), waiting))


def hand_over(*, unit: Unit, successor: Unit | None, by: Any, at: dt.datetime) -> None:
    """Everybody goes along to the successor, once; without one they belong here no more. The borrowed go home."""
    today = clock.local_day(at)
    _borrowed(unit).update(left_on=today)
    loans = Move.objects.filter(kind=Move.Kind.LOAN, state=Move.State.DONE)
    lent = list(loans.filter(to_unit=unit).select_related("volunteer__person__user", "to_unit"))
    loans.filter(to_unit=unit).update(state=Move.State.OVER, ended_at=at)
    for loan in lent:
        telling.loan_over(loan, at=at)
    if successor is not None:
        _keep_for_good(unit, successor, loans, at=at)
        there = Membership.objects.filter(unit=successor, left_on__isnull=True).values("volunteer")
        moving = _members(unit).exclude(volunteer__in=there).select_related("volunteer__person")
        users = [(row.volunteer_id, row.volunteer.person.user_id) for row in moving]
        Membership.objects.bulk_create(
            [Membership(volunteer_id=volunteer, unit=successor, joined_on=today) for volunteer, _user in users],
            batch_size=2000,
        )
        standing = {"unit": successor, "name": Role.Name.VOLUNTEER}
        has = set(Role.objects.filter(**standing, ends_at__isnull=True).values_list("user", flat=True))
        Role.objects.bulk_create(
            [Role(user_id=user, granted_by=by, starts_at=at, **standing) for _, user in users if user not in has],
            batch_size=2000,
        )
        _applications(unit).update(unit=successor)
        _submissions(unit).update(unit=successor)
    SavedList.objects.filter(unit=unit).update(unit=successor)
    vetting.hand_over(unit=unit, successor=successor, by=by, at=at)
    _withdraw_moves(unit, at=at)
    told = list(_members(unit).order_by("pk").values_list("volunteer__person__user", flat=True))
    count = _members(unit).update(left_on=today)
    roles = Role.objects.filter(unit=unit, name=Role.Name.VOLUNTEER)
    roles.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at)).update(ends_at=at)
    if count:
        facts = {"members": count, "successor": successor.code if successor else ""}
        thing = f"unit:{unit.code}"
        audit.record(actor=by, verb="handed_members_over", thing=thing, unit_path=unit.path, facts=facts, at=at)
    telling.closed(unit, told, successor=successor, at=at)


def _withdraw_moves(unit: Unit, *, at: dt.datetime) -> None:
    """Whoever was asked, or had asked, hears that it comes to nothing."""
    standing = list(_moves(unit).filter(state__in=STANDING).select_related("volunteer__person__user", "to_unit"))
    _moves(unit).update(state=Move.State.WITHDRAWN, ended_at=at)
    for move in standing:
        was, move.state = move.state, Move.State.WITHDRAWN.value
        telling.over(move, was=was, at=at)


def _keep_for_good(unit: Unit, successor: Unit, loans: Any, *, at: dt.datetime) -> None:
    """Whose unit goes into the one that has borrowed them: they stay there, and no day ends it."""
    lent = _borrowed(successor).filter(volunteer__in=_members(unit).values("volunteer"))
    volunteers = list(lent.values_list("volunteer", flat=True))
    lent.update(is_lent=False)
    loans.filter(to_unit=successor, volunteer__in=volunteers).update(state=Move.State.OVER, ended_at=at)
    roles = Role.objects.filter(unit=successor, name=Role.Name.VOLUNTEER, ends_at__gt=at)
    roles.filter(user__person__volunteer__in=volunteers).update(ends_at=None)


def _members(unit: Unit) -> Any:
    """Who is at home there."""
    return Membership.objects.filter(unit=unit, left_on__isnull=True, is_lent=False)


def _borrowed(unit: Unit) -> Any:
    return Membership.objects.filter(unit=unit, left_on__isnull=True, is_lent=True)


def _moves(unit: Unit) -> Any:
    concerns = Q(from_unit=unit) | Q(to_unit=unit) | Q(asks_unit=unit)
    return Move.objects.filter(concerns, state__in=STANDING)


def _applications(unit: Unit) -> Any:
    return Application.objects.filter(unit=unit, state__in=WAITING)


def _submissions(unit: Unit) -> Any:
    return Submission.objects.filter(unit=unit, state__in=OPEN)
