"""等您办的事: what waits for a volunteer's own hand. Each is one line that leads to where it is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xinglin.accounts import queries as accounts
from xinglin.activities import queries as activities
from xinglin.benefits import queries as benefits
from xinglin.circulars import queries as circulars
from xinglin.hours import queries as hours
from xinglin.lib import clock
from xinglin.lib.web.words import day_said, minutes_said, span_said
from xinglin.notices import kinds
from xinglin.notices import queries as notices
from xinglin.organisation import queries as organisation
from xinglin.people import guardians
from xinglin.people import queries as people
from xinglin.people.households import queries as households
from xinglin.people.models import DocumentText, Volunteer
from xinglin.people.rules import Standing
from xinglin.people.teams import queries as teams
from xinglin.people.vetting import gates
from xinglin.timebank import terms as timebank

MOST_CIRCULARS = 3  # on a first page; the list holds the rest


@dataclass(frozen=True)
class Errand:
    """One thing to do or to know of: an icon, what, more of it, and where."""

    icon: str
    title: str
    note: str
    url: str


def errands_of(volunteer: Volunteer, *, standing: Standing, user: Any, at: dt.datetime) -> list[Errand]:
    """Leading comes first, because people stand there waiting; then answers and what runs out; then the rest."""
    return [
        *_leading(user, at=at),
        *_gifts(volunteer, at=at),
        *_slip(user, at=at),
        *_answers(user),
        *_moves(volunteer),
        *_children(volunteer, at=at),
        *_household(volunteer),
        *circulars_for(user, at=at),
        *_papers(volunteer, standing, at=at),
        *_gates(volunteer, at=at),
        *_hours(volunteer),
        *_vouchers(volunteer, at=at),
    ]


def circulars_for(user: Any, *, at: dt.datetime) -> list[Errand]:
    """What the units above have written and this person has not opened: on whichever first page is theirs."""
    return [
        Errand("bell", circular.title, circular.unit.name, reverse("circulars:circular", args=[circular.code]))
        for circular in circulars.unread(user, at=at)[:MOST_CIRCULARS]
    ]


def _leading(user: Any, *, at: dt.datetime) -> Iterator[Errand]:
    for shift in activities.led_by(user, at=at):
        title = _("带队：%(name)s") % {"name": shift.activity.name}
        when = span_said(shift.starts_at, shift.ends_at, today=clock.local_day(at))
        yield Errand("flag", title, when, reverse("activities:lead", args=[shift.code]))


def _gifts(volunteer: Volunteer, *, at: dt.datetime) -> Iterator[Errand]:
    for gift in timebank.gifts_waiting_for(volunteer.person, at=at)[:3]:
        assert gift.expires_at is not None, "whatever waits for a nod waits until a day"
        facts = {"name": gift.giver.name, "minutes": minutes_said(gift.minutes)}
        note = _("等您点头，到%(day)s没点就退回") % {"day": _day(gift.expires_at, at=at)}
        yield Errand("gift", _("%(name)s送您%(minutes)s") % facts, note, reverse("timebank:gifts"))


def _slip(user: Any, *, at: dt.datetime) -> Iterator[Errand]:
    slip = accounts.slip_of(user, at=at)
    if slip is not None:
        note = _("用协调员给的设置条，到%(day)s有效") % {"day": _day(slip.expires_at, at=at)}
        yield Errand("key", _("设一个 PIN"), note, reverse("accounts:first_pin"))


def _answers(user: Any) -> Iterator[Errand]:
    """What they handed in or asked for was decided: here until they have read it."""
    for notice in notices.answers_of(user)[:3]:
        wording = kinds.worded(notice.kind, notice.values)
        yield Errand(wording.icon, wording.title, wording.text, reverse("notices:opened", args=[notice.code]))


def _moves(volunteer: Volunteer) -> Iterator[Errand]:
    for move in teams.offered_to(volunteer)[:3]:
        title = _("%(name)s想请您去") % {"name": move.to_unit.name}
        yield Errand("people", title, move.reason or move.get_kind_display(), reverse("people:moves"))


def _children(volunteer: Volunteer, *, at: dt.datetime) -> Iterator[Errand]:
    """Of whom a guardian has not said yes yet, or only to an older text."""
    for row in guardians.children_of(volunteer.person)[:3]:
        if row.consented_at is None or row.text != people.text(DocumentText.Kind.GUARDIAN, at=at):
            title = _("%(name)s做志愿者，等您同意") % {"name": row.child.name}
            yield Errand("people", title, _("看过同意书，按一下就好"), reverse("activities:children"))


def _household(volunteer: Volunteer) -> Iterator[Errand]:
    for asked in households.invitations_of(volunteer.person)[:2]:
        title = _("%(name)s请您加入一个家庭") % {"name": asked.added_by.name}
        yield Errand("home", title, _("答应或不答应，按一下就好"), reverse("people:household"))


def _papers(volunteer: Volunteer, standing: Standing, *, at: dt.datetime) -> Iterator[Errand]:
    if standing.has_withdrawn:
        note = _("再同意以后才能报新的班次")
        yield Errand("shield", _("您撤回了个人信息的同意"), note, reverse("people:consents"))
    if not standing.agreement_signed:
        yield Errand("edit", _("签服务协议"), _("签好才能报名班次"), reverse("people:agreement"))
    if people.consent_is_outdated(volunteer.person, "privacy", at=at):
        yield Errand("shield", _("个人信息说明有了新版本"), _("请看一眼，同意或撤回都可以"), reverse("people:consents"))
    today = clock.local_day(at)
    teams = people.teams_of(volunteer)
    days = organisation.policy("expiry_notice_days", teams[0], at=at) if teams else 0
    for paper in people.expiring_qualifications(volunteer, on=today, days=days):
        assert paper.valid_until is not None, "only papers that expire are asked for"
        note = _("%(day)s到期，换了新证请拿给协调员登记") % {"day": day_said(paper.valid_until, today=today)}
        yield Errand("shield", _("%(paper)s快到期了") % {"paper": paper.kind}, note, reverse("people:me"))


def _gates(volunteer: Volunteer, *, at: dt.datetime) -> Iterator[Errand]:
    """What of the gates runs out soon; insurance is for the unit to renew."""
    unit = people.home_unit(volunteer.person)
    days = organisation.policies_of(["expiry_notice_days"], unit, at=at)["expiry_notice_days"]
    for one in gates.expiring(volunteer, gates.OF_PAPERS, days=days, at=at):
        assert one.until is not None, "only what ends is asked for"
        day = day_said(one.until, today=clock.local_day(at))
        note = _("%(day)s到期，换了新的在这里交") % {"day": day}
        yield Errand("shield", _("%(paper)s快到期了") % {"paper": gates.said(one.gate)}, note, reverse("people:gates"))


def _vouchers(volunteer: Volunteer, *, at: dt.datetime) -> Iterator[Errand]:
    for voucher in benefits.unused_of(volunteer.person, at=at)[:2]:
        note = _("用到%(day)s") % {"day": day_said(voucher.last_day, today=clock.local_day(at))}
        yield Errand("qr", voucher.title, note, reverse("benefits:voucher", args=[voucher.code]))


def _hours(volunteer: Volunteer) -> Iterator[Errand]:
    for record in hours.waiting_for_effect(volunteer.person)[:3]:
        note = f"{minutes_said(record.minutes)} · {record.get_state_display()}"
        yield Errand("clock", record.title, note, reverse("hours:mine"))


def _day(moment: dt.datetime, *, at: dt.datetime) -> str:
    return day_said(clock.local_day(moment), today=clock.local_day(at))
