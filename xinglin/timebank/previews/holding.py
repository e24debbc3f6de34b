"""What a policy about holding, using and losing minutes would change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from xinglin.lib import clock
from xinglin.organisation import previews
from xinglin.organisation import queries as organisation
from xinglin.organisation.previews import Preview, Question
from xinglin.people import queries as people
from xinglin.people.models import Hardship, Volunteer
from xinglin.timebank import terms
from xinglin.timebank.models import Account, Reckoning
from xinglin.timebank.previews.members import Member, members_ruled, with_minutes
from xinglin.timebank.reckoning import Spending
from xinglin.timebank.rules import AccountKind


def look_at_cap(question: Question) -> Preview:
    """Who holds more than the cap already: they keep it, and what they earn goes elsewhere."""
    held = {member.number: member.holding_minutes for member in with_minutes(question)}
    cap = question.value * 60
    after = {number: min(minutes, cap) if cap else minutes for number, minutes in held.items()}
    return previews.preview_of(
        held, after, counted=_("现在存的分钟，和新的上限。已经存下的不减少，再存入的转到超额账户")
    )


def look_at_overflow(question: Question) -> Preview:
    """Whose minutes above the cap went to the city's account, and would go to the unit's."""
    since = question.at - dt.timedelta(days=previews.DAYS)
    rows = Reckoning.objects.filter(at__gte=since, overflow_minutes__gt=0, taken_back_at=None)
    went = dict(rows.values_list("person").annotate(total=Sum("overflow_minutes")))
    members = members_ruled(question, went.keys())
    now = _values("overflow_to", members, at=question.at)
    before = {one.number: went[one.volunteer.person_id] if now[one.home.pk] == "city" else 0 for one in members}
    after = {one.number: went[one.volunteer.person_id] if question.value == "city" else 0 for one in members}
    return previews.preview_of(before, after, counted=_("最近30天超出上限的分钟里，转到全市超额账户的"))


def look_at_warning(question: Question) -> Preview:
    """Who has less than the warning asks for, and by how much."""
    members = [one for one in members_ruled(question) if one.balances]
    now = _values("low_balance_minutes", members, at=question.at)
    before = {one.number: max(0, now[one.home.pk] - max(0, one.free_minutes)) for one in members}
    after = {one.number: max(0, question.value - max(0, one.free_minutes)) for one in members}
    return previews.preview_of(before, after, counted=_("可用的时间比提醒线少多少分钟；少于提醒线的人会看到提醒"))


def look_at_start(question: Question) -> Preview:
    """What those who joined lately would have been given."""
    since = clock.local_day(question.at) - dt.timedelta(days=previews.DAYS)
    new = Volunteer.objects.filter(joined_on__gte=since, state=Volunteer.State.ACTIVE)
    members = members_ruled(question, new.values("person"))
    now = _values("starting_minutes", members, at=question.at)
    before = {one.number: now[one.home.pk] for one in members}
    after = {one.number: question.value for one in members}
    counted = _("最近30天加入的人开户得到的分钟，如果那时就这样定；已经加入的人不补发")
    return previews.preview_of(before, after, counted=counted)


def look_at_expiry(question: Question) -> Preview:
    """Whose minutes would be too old today."""
    return _aged(question, warns=False, counted=_("今天夜里就会到期的分钟"))


def look_at_expiry_warning(question: Question) -> Preview:
    """Who would be told today that some minutes end soon."""
    return _aged(question, warns=True, counted=_("今天会提醒快要到期的分钟"))


def look_at_spending(question: Question) -> Preview:
    """How much each could use today, with what may be used in advance; and how much afterwards."""
    members = members_ruled(question)
    values = organisation.policy_values(terms.SPENDING, {one.home for one in members}, at=question.at)
    today = clock.local_day(question.at)
    in_hardship = set(Hardship.objects.filter(ended_at=None, until__gte=today).values_list("person_id", flat=True))
    before, after = {}, {}
    for one in members:
        spending = Spending(
            age=people.age_of(one.volunteer.person, at=question.at),
            in_hardship=one.volunteer.person_id in in_hardship,
            **values[one.home.pk],
        )
        before[one.number] = _usable(one, spending)
        after[one.number] = _usable(one, replace(spending, **{question.name: question.value}))
    touched = {number for number in before if before[number] or after[number]}
    return previews.preview_of(
        {number: before[number] for number in touched},
        {number: after[number] for number in touched},
        counted=_("本人现在可以使用的分钟，可以预支的也算"),
    )


def _usable(member: Member, spending: Spending) -> int:
    return max(0, member.free_minutes + spending.may_overdraw) if spending.may_spend else 0


def _aged(question: Question, *, warns: bool, counted: object) -> Preview:
    """By the same reckoning as the night's sweep, with the policy of today and with the new one."""
    members = {one.volunteer.person_id: one for one in with_minutes(question)}
    rows = Account.objects.filter(kind=AccountKind.MEMBER, unit=None, balance_minutes__gt=0, person__in=members.keys())
    today = clock.local_day(question.at)
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    accounts = list(rows.select_related("person").order_by("pk"))
    for group in (accounts[start : start + terms.CHUNK] for start in range(0, len(accounts), terms.CHUNK)):
        numbers = {account.pk: members[account.person_id or 0].number for account in group}
        for found, changed in ((before, {}), (after, {question.name: question.value})):
            old = terms.too_old(group, day=today, at=question.at, warns=warns, changed=changed)
            found |= {numbers[pk]: old.get(pk, 0) for pk in numbers}
    return previews.preview_of(before, after, counted=counted)


def _values(name: str, members: Sequence[Member], *, at: dt.datetime) -> dict[int, Any]:
    """What the policy says today at each home."""
    values = organisation.policy_values([name], {one.home for one in members}, at=at)
    return {key: found[name] for key, found in values.items()}
