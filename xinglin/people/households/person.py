"""What households hold of somebody. `people.person` asks here, as `office` asks it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from xinglin.lib.whole_person import Key, Section, emptied
from xinglin.people.households import living, queries
from xinglin.people.models import HouseholdMember, Person

KEYS = {
    "people.Household.made_by": Key.HAND,
    "people.HouseholdMember.person": Key.OWN,
    "people.HouseholdMember.added_by": Key.HAND,
    "people.HouseholdMember.ended_by": Key.HAND,
}


def export(person: Person) -> Section:
    """Who belongs to their household, by name, as their own page says it."""
    own = HouseholdMember.objects.filter(person=person).select_related("person").order_by("added_at", "pk")
    # Of the others what their page shows of them: whoever has not answered has no name there.
    others = [one for one in queries.members_with(person) if one.person_id != person.pk and one.joined_at is not None]
    rows = [
        {
            "who": one.person.name,
            "since": one.joined_at.isoformat() if one.joined_at else "",
            "paper": one.paper if one.person_id == person.pk else "",
            "lets": str(_("可以") if one.lets_sign_up else _("不可以")),
            "ended": one.ended_at.isoformat() if one.ended_at else "",
        }
        for one in [*own, *others]
    ]
    labels = {
        "who": _("姓名"),
        "since": _("从哪天起"),
        "paper": _("看过的材料"),
        "lets": _("家里人可以替我报名"),
        "ended": _("结束时间"),
    }
    return Section("household", _("家庭"), labels, rows)


def erase(person: Person, *, by: Any, at: dt.datetime) -> None:
    """They leave it, and nobody waits for them."""
    for one in HouseholdMember.objects.filter(person=person, ended_at__isnull=True):
        living.end(one, by=by, at=at)
    HouseholdMember.objects.filter(person=person).update(**emptied(HouseholdMember, keep={"code"}))


def merge(kept: Person, gone: Person, *, by: Any, at: dt.datetime) -> None:
    """One human being lives in one household: the kept account's, else the other's."""
    together = {one.household_id for one in queries.members_with(kept)}
    mine = queries.member_of(kept)
    asked = {one.household_id for one in queries.invitations_of(kept)}
    for one in HouseholdMember.objects.filter(person=gone, ended_at__isnull=True):
        doubled = one.household_id in asked | together or (mine is not None and one.joined_at is not None)
        if doubled:
            living.end(one, by=by, at=at)
    HouseholdMember.objects.filter(person=gone).update(person=kept)
