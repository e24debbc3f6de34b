"""What a policy about holding or using minutes would change for those who have some now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from xinglin.lib import clock
from xinglin.organisation import previews
from xinglin.organisation import queries as organisation
from xinglin.organisation.previews import Preview, Question
from xinglin.people import queries as people
from xinglin.people.models import Hardship, Volunteer
from xinglin.timebank import terms
from xinglin.timebank.models import Account
from xinglin.timebank.queries import MEMBER_KINDS
from xinglin.timebank.reckoning import Spending
from xinglin.timebank.rules import AccountKind

CAP = ("holding_cap_hours",)
SPENDING = ("spending_age", "hardship_age", "adult_age", "donate_only")


def look_at_cap(question: Question) -> Preview:
    """Who holds more than the cap already: they keep it, and what they earn goes elsewhere."""
    held = {volunteer.number: sum(balances.values()) for volunteer, balances, _home in _members(question)}
    cap = question.value * 60
    after = {number: min(minutes, cap) if cap else minutes for number, minutes in held.items()}
    return previews.preview_of(
        held, after, counted=_("现在存的分钟，和新的上限。已经存下的不减少，再存入的转到超额账户")
    )


def look_at_spending(question: Question) -> Preview:
    """Who could use their minutes, and who no longer could."""
    found = _members(question)
    values = organisation.policy_values(terms.SPENDING, {home for _one, _balances, home in found}, at=question.at)
    today = clock.local_day(question.at)
    in_hardship = set(Hardship.objects.filter(ended_at=None, until__gte=today).values_list("person_id", flat=True))
    before, after = {}, {}
    for volunteer, balances, home in found:
        spending = Spending(
            age=people.age_of(volunteer.person, at=question.at),
            in_hardship=volunteer.person_id in in_hardship,
            **values[home.pk],
        )
        changed = replace(spending, **{question.name: question.value})
        free = balances.get(AccountKind.MEMBER, 0)
        before[volunteer.number] = free if spending.may_spend else 0
        after[volunteer.number] = free if changed.may_spend else 0
    return previews.preview_of(before, after, counted=_("本人现在可以使用的分钟"))


def _members(question: Question) -> list[tuple[Volunteer, dict[str, int], Any]]:
    """Volunteers with minutes at home where this policy would hold, with what they hold and their home."""
    rows = Account.objects.filter(kind__in=MEMBER_KINDS, unit=None, balance_minutes__gt=0)
    balances: dict[int, dict[str, int]] = {}
    for person_id, kind, minutes in rows.values_list("person_id", "kind", "balance_minutes"):
        if person_id is not None:
            balances.setdefault(person_id, {})[kind] = minutes or 0
    ruled = organisation.units_ruled_by(question.name, question.unit)
    volunteers = people.members_of(ruled).filter(person__in=balances.keys())
    homes = people.home_units(volunteer.person for volunteer in volunteers)
    within = set(ruled.values_list("pk", flat=True))
    return [
        (volunteer, balances[volunteer.person_id], homes[volunteer.person_id])
        for volunteer in volunteers
        if homes[volunteer.person_id].pk in within
    ]
