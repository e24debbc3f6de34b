"""What a policy about gifts would change."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinglin.organisation import policies as policy_words
from xinglin.organisation import previews
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.organisation.previews import Preview, Question
from xinglin.people import queries as people
from xinglin.people.models import Relation
from xinglin.timebank import reckoning, teams
from xinglin.timebank.models import Gift, Request
from xinglin.timebank.previews.members import Member, members_ruled, with_minutes


def look_at_permitted(question: Question) -> Preview:
    """Who may give where they could not, or no longer may: counted are only the receivers about which it differs."""
    members = with_minutes(question)
    values = organisation.policy_values(["permitted_gifts"], {one.home for one in members}, at=question.at)
    new = set(question.value)
    words = _words_of({one.volunteer.person_id for one in members})
    before, after, differing = {}, {}, set()
    for one in members:
        old = set(values[one.home.pk]["permitted_gifts"])
        differing |= old ^ new
        mine = words[one.volunteer.person_id] & (old ^ new)
        before[one.number] = one.free_minutes if mine & old else 0
        after[one.number] = one.free_minutes if mine & new else 0
    said = _("、").join(str(word) for key, word in policy_words.GIFTS.items() if key in differing)
    return previews.preview_of(
        before, after, counted=_("可以送给这些对象的分钟：%(whom)s") % {"whom": said or _("没有变化")}
    )


def look_at_confirmation(question: Question) -> Preview:
    """Which gifts of the last weeks would have waited for a nod."""
    return _gifts(
        question,
        lambda gift, value: value == "yes",
        counted=gettext_lazy("最近30天送给人的分钟里，要等对方点头的"),
    )


def look_at_waiting(question: Question) -> Preview:
    """Which gifts of the last weeks waited longer than that, and would have gone back."""
    return _gifts(
        question,
        lambda gift, value: gift.ended_at is not None and gift.ended_at - gift.given_at >= dt.timedelta(days=value),
        counted=gettext_lazy("最近30天送给人的分钟里，等得太久、退回给送的人的"),
    )


def look_at_team_gifts(question: Question) -> Preview:
    """Whom teams gave to in the last weeks, and whether they still could. What went to pools is nobody's."""
    since = question.at - dt.timedelta(days=previews.DAYS)
    given = Request.objects.filter(kind=Request.Kind.TEAM_GIFT, state=Request.State.DONE, decided_at__gte=since)
    rows = dict(given.filter(person__isnull=False).values_list("person").annotate(total=Sum("minutes")))
    members = members_ruled(question, rows.keys())
    values = organisation.policy_values(["team_gifts"], {one.home for one in members}, at=question.at)
    before = {one.number: rows[one.volunteer.person_id] * _helps(values[one.home.pk]["team_gifts"]) for one in members}
    after = {one.number: rows[one.volunteer.person_id] * _helps(question.value) for one in members}
    return previews.preview_of(before, after, counted=gettext_lazy("最近30天队伍捐给有困难的志愿者的分钟"))


def _helps(permitted: Collection[str]) -> bool:
    return teams.NEED in permitted


def _gifts(question: Question, counts: Any, *, counted: Any) -> Preview:
    """Minutes by giver of the gifts to persons for which `counts` says yes, under today's value and the new one."""
    since = question.at - dt.timedelta(days=previews.DAYS)
    gifts = list(Gift.objects.filter(given_at__gte=since, receiver__isnull=False).order_by("pk"))
    members = {one.volunteer.person_id: one for one in members_ruled(question, {gift.giver_id for gift in gifts})}
    values = organisation.policy_values([question.name], {one.home for one in members.values()}, at=question.at)
    before = dict.fromkeys(_numbers(members.values()), 0)
    after = before.copy()
    for gift in gifts:
        giver = members.get(gift.giver_id)
        if giver is not None:
            before[giver.number] += gift.minutes * bool(counts(gift, values[giver.home.pk][question.name]))
            after[giver.number] += gift.minutes * bool(counts(gift, question.value))
    return previews.preview_of(before, after, counted=counted)


def _numbers(members: Iterable[Member]) -> list[str]:
    return [one.number for one in members]


def _words_of(persons: set[int]) -> dict[int, set[str]]:
    """To what kinds of receivers each of these persons is tied, in the words of the policy."""
    words: dict[int, set[str]] = defaultdict(lambda: {reckoning.POOL})
    of_them = Relation.objects.filter(Q(person__in=persons) | Q(relative__in=persons), ended_at__isnull=True)
    for person_id, relative_id, kind in of_them.values_list("person_id", "relative_id", "kind"):
        for one in (person_id, relative_id):
            if one in persons:
                words[one].add(reckoning.WORD_OF_RELATION[kind])
    in_teams = people.members_of(Unit.objects.filter(kind=Unit.Kind.TEAM)).filter(person__in=persons)
    for person_id in in_teams.values_list("person_id", flat=True):
        words[person_id].add(reckoning.TEAM)
    return words
