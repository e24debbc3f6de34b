"""Closing a unit: what hangs on it is shown, handed over to the successor, or stops the closing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command
from django.urls import reverse

from xinglin.activities.tests.factories import make_shift
from xinglin.audit.models import Entry
from xinglin.benefits.models import Benefit
from xinglin.benefits.tests.factories import make_benefit, make_voucher
from xinglin.hours.tests.factories import make_record
from xinglin.notices.models import Notice
from xinglin.office import closing
from xinglin.organisation import actions as organisation
from xinglin.organisation import queries
from xinglin.organisation.errors import KindLeavesBehind, MayNot, NoSuccessor, StillHanging, UnitClosedAlready
from xinglin.organisation.models import Role, Unit
from xinglin.organisation.tests.factories import make_unit
from xinglin.people.models import Membership, Move
from xinglin.people.teams import moving
from xinglin.people.tests.factories import make_application, make_staff, make_volunteer
from xinglin.timebank import requesting, teams
from xinglin.timebank.actions import gifts, requests
from xinglin.timebank.rules import AccountKind
from xinglin.timebank.tests.factories import credit

pytestmark = pytest.mark.django_db


@pytest.fixture
def li(bureau):
    return make_staff(unit=bureau, role="bureau_administrator", name="李局")


@pytest.fixture
def red(hospital):
    return make_unit(parent=hospital, name="红马甲队")


def said(things):
    return {str(thing.what): thing.count for thing in things}


def test_people_shifts_projects_and_applications_go_to_the_successor(blue, red, li, lin, at):
    both = make_volunteer(unit=blue)
    Membership.objects.create(volunteer=both, unit=red, joined_on=dt.date(2026, 1, 1))
    Role.objects.create(user=both.person.user, unit=red, name="volunteer", starts_at=at("00:00", days=-9))
    leader = make_staff(unit=blue, role="team_leader")
    application = make_application(unit=blue)
    shift = make_shift(unit=blue, starts_at=at("09:00", days=3))
    record = make_record(person=lin.person, unit=blue, starts_at=at("09:00", days=-3))

    told = said(closing.hangs_on(blue, successor=red, at=at("08:00")))
    closed = closing.close(unit=blue, successor=red, by=li, at=at("08:00"))

    shift.activity.project.refresh_from_db()
    application.refresh_from_db()
    record.refresh_from_db()
    assert told["志愿者"] == 2
    assert told["还没开始的班次"] == told["进行中的项目"] == told["等审核的申请"] == told["管理、带队的角色"] == 1
    assert closed.succession.successor == red
    assert set(Membership.objects.filter(left_on=None).values_list("volunteer", "unit")) == {
        (lin.pk, red.pk),
        (both.pk, red.pk),
    }
    assert queries.roles_of(lin.person.user, at=at("09:00")).get().unit == red
    assert not queries.roles_of(leader, at=at("09:00")).exists()
    assert shift.activity.project.unit == application.unit == red
    assert record.unit == blue  # what was served here was served here
    assert Entry.objects.filter(verb__in=["closed_unit", "handed_members_over", "moved_project"]).count() == 3
    with pytest.raises(UnitClosedAlready):
        closing.close(unit=blue, successor=red, by=li, at=at("08:01"))


def test_who_is_lent_to_a_closing_team_goes_home_and_not_to_its_successor(hospital, blue, red, li, lin, at):
    third = make_unit(parent=hospital, name="绿马甲队")
    loan = lend(lin, blue, red, at)

    told = said(closing.hangs_on(red, successor=third, at=at("08:00")))
    closing.close(unit=red, successor=third, by=li, at=at("08:00"))

    loan.refresh_from_db()
    assert told == {"借调来的志愿者": 1}
    assert loan.state == "over"
    assert heard(lin.person.user)[-1] == "loan_over"
    assert Membership.objects.get(volunteer=lin, left_on=None).unit == blue
    assert queries.roles_of(lin.person.user, at=at("09:00")).get().unit == blue


def test_who_is_lent_to_the_successor_stays_there_when_the_loan_would_have_ended(blue, red, li, lin, at):
    loan = lend(lin, blue, red, at)

    closing.close(unit=blue, successor=red, by=li, at=at("08:00"))
    moving.turn(at=at("08:00", days=30))

    loan.refresh_from_db()
    membership = Membership.objects.get(volunteer=lin, left_on=None)
    assert (membership.unit, membership.is_lent, loan.state) == (red, False, "over")
    role = queries.roles_of(lin.person.user, at=at("09:00", days=30)).get()
    assert (role.unit, role.ends_at) == (red, None)


def lend(lin, home, to, at):
    """For some days, with everybody's yes."""
    by = make_staff(unit=Unit.objects.get_parent(home))
    days = {"starts_on": at("07:00").date(), "until": at("07:00", days=9).date()}
    asked = {"kind": "loan", "volunteer": lin, "from_unit": home, "to_unit": to, "reason": "缺人"}
    move = moving.propose(**asked, **days, by=by, at=at("07:00"))
    return moving.answer(move=move, agrees=True, words="", at=at("07:01"))


def heard(user):
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def test_members_and_whoever_held_a_role_hear_where_they_belong_now(blue, red, li, lin, at):
    leader, coming = make_staff(unit=blue, role="team_leader"), make_volunteer(unit=red)
    with_reds = make_volunteer(unit=red)
    moving.propose(
        kind="transfer",
        volunteer=coming,
        from_unit=red,
        to_unit=blue,
        starts_on=at("08:00").date(),
        until=None,
        reason="那边缺人",
        by=li,
        at=at("07:00", days=-1),
    )

    closing.close(unit=blue, successor=red, by=li, at=at("08:00"))

    assert (heard(lin.person.user), heard(leader)) == (["team_went_over"], ["role_ended"])
    assert Notice.objects.get(user=lin.person.user).values == {"unit": blue.name, "team": red.name}
    assert heard(with_reds.person.user) == []
    assert not Move.objects.filter(state="offered").exists()
    assert "move_offered" not in heard(coming.person.user), "nobody answers for a team that is gone"


def test_without_a_successor_members_hear_that_they_belong_here_no_more(blue, li, lin, at):
    closing.close(unit=blue, successor=None, by=li, at=at("08:00"))

    assert heard(lin.person.user) == ["team_closed"]


@pytest.mark.django_db(transaction=True)
def test_minutes_and_benefits_go_to_the_successor_and_the_ledger_still_verifies(bureau, li, at):
    old, new = (make_unit(parent=bureau, name=name, kind="hospital") for name in ("甲医院", "乙医院"))
    giver = make_volunteer(unit=old)
    credit(giver.person, 200)
    gifts.give(giver=giver.person, receiver=None, minutes=60, words="", at=at("07:00"))
    voucher = make_voucher(make_benefit(unit=old, stock=3), giver, at=at("07:00"))

    told = said(closing.hangs_on(old, successor=None, at=at("08:00")))
    with pytest.raises(StillHanging) as stopped:
        closing.close(unit=old, successor=None, by=li, at=at("08:00"))
    closing.close(unit=old, successor=new, by=li, at=at("08:00"))

    now_there = said(closing.hangs_on(new, successor=None, at=at("08:01")))
    assert told["公益池、储备里的时间（分钟）"] == 60
    assert "还没用的券 1" in str(stopped.value)
    assert now_there["公益池、储备里的时间（分钟）"] == 60
    assert Benefit.objects.get(vouchers=voucher).unit == new
    call_command("verify_ledger")


@pytest.mark.django_db(transaction=True)
def test_what_a_successor_cannot_give_on_goes_to_the_pool_of_its_house(hospital, blue, red, lin, li, at):
    ward = make_unit(parent=hospital, name="心内科", kind="department")
    credit(lin.person, 200)
    gifts.give(giver=lin.person, receiver=None, team=blue, minutes=60, words="", at=at("07:00"))

    closing.close(unit=blue, successor=red, by=li, at=at("08:00"))
    from_team_to_team = teams.minutes_of(red)
    closing.close(unit=red, successor=ward, by=li, at=at("08:01"))

    assert from_team_to_team == 60
    assert requesting.balance_of_unit(hospital, AccountKind.POOL) == 60
    assert teams.minutes_of(red) == 0
    call_command("verify_ledger")


@pytest.mark.django_db(transaction=True)
def test_a_pool_goes_to_the_house_of_a_team_that_takes_over(bureau, hospital, blue, li, at):
    old = make_unit(parent=bureau, name="甲医院", kind="hospital")
    giver = make_volunteer(unit=old)
    credit(giver.person, 200)
    gifts.give(giver=giver.person, receiver=None, minutes=60, words="", at=at("07:00"))

    closing.close(unit=old, successor=blue, by=li, at=at("08:00"))

    assert requesting.balance_of_unit(hospital, AccountKind.POOL) == 60
    assert requesting.balance_of_unit(blue, AccountKind.POOL) == 0


@pytest.mark.django_db(transaction=True)
def test_a_team_becomes_no_department_while_people_or_minutes_hang_there(blue, red, lin, li, at):
    credit(lin.person, 200)
    gifts.give(giver=lin.person, receiver=None, team=blue, minutes=60, words="", at=at("07:00"))

    with pytest.raises(KindLeavesBehind) as with_both:
        become(blue, "department", li, at)
    with pytest.raises(KindLeavesBehind) as with_minutes:
        become(blue, "station", li, at)
    become(red, "department", li, at)

    assert "志愿者 1、存着的时间（分钟） 60" in str(with_both.value)
    assert "这里还有存着的时间（分钟） 60，不能改成志愿服务站" in str(with_minutes.value)
    assert Unit.objects.get(pk=red.pk).kind == "department"


@pytest.mark.django_db(transaction=True)
def test_a_hospital_with_a_pool_becomes_no_team(bureau, li, at):
    old = make_unit(parent=bureau, name="甲医院", kind="hospital")
    giver = make_volunteer(unit=old)
    credit(giver.person, 200)
    gifts.give(giver=giver.person, receiver=None, minutes=60, words="", at=at("07:00"))

    with pytest.raises(KindLeavesBehind):
        become(old, "team", li, at)
    assert become(old, "institution", li, at).kind == "institution"


def test_the_form_says_beside_the_kind_why_it_stays(client, sign_in, blue, lin, li):
    sign_in(client, li)

    page = client.post(reverse("organisation:edit", args=[blue.code]), {"name": blue.name, "kind": "department"})

    assert page.status_code == 422
    assert "这里还有志愿者 1，不能改成科室" in page.text


def become(unit, kind, by, at):
    told = {"name": unit.name, "kind": kind, "division_code": "", "level": "", "credit_code": "", "service": ""}
    return organisation.edit_unit(unit=unit, by=by, at=at("08:00"), **told)


def test_without_a_successor_people_only_leave_and_projects_end(blue, li, lin, at):
    shift = make_shift(unit=blue, starts_at=at("09:00", days=3))

    with pytest.raises(StillHanging):
        closing.close(unit=blue, successor=None, by=li, at=at("08:00"))
    shift.state = "cancelled"
    shift.save()
    closing.close(unit=blue, successor=None, by=li, at=at("08:00"))

    shift.activity.project.refresh_from_db()
    assert shift.activity.project.state == "closed"
    assert not Membership.objects.filter(left_on=None).exists()
    assert lin.state == "active"


def test_what_somebody_must_decide_first_stops_it_even_with_a_successor(blue, red, li, lin, wang, at):
    requests.ask(kind="pool_grant", unit=blue, person=lin.person, minutes=30, reason="奖励", by=wang, at=at("07:00"))
    make_shift(unit=blue, starts_at=at("07:30"))

    with pytest.raises(StillHanging) as stopped:
        closing.close(unit=blue, successor=red, by=li, at=at("08:00"))

    assert "等决定的账务 1" in str(stopped.value)
    assert "正在进行的班次 1" in str(stopped.value)
    assert Unit.objects.get(pk=blue.pk).closed_at is None


def test_neither_a_stranger_closes_it_nor_does_a_unit_below_take_over(bureau, hospital, blue, red, at, li):
    own = make_staff(unit=blue, role="bureau_administrator")
    below = make_unit(parent=blue)

    with pytest.raises(MayNot):
        closing.close(unit=blue, successor=red, by=own, at=at("08:00"))
    with pytest.raises(NoSuccessor):
        closing.close(unit=blue, successor=below, by=li, at=at("08:00"))


def test_nothing_is_handed_to_a_unit_over_which_one_has_no_say(association, hospital, blue, at):
    elsewhere = make_unit(parent=association, kind="hospital")
    own = make_staff(unit=hospital, role="bureau_administrator")

    with pytest.raises(MayNot):
        closing.close(unit=blue, successor=elsewhere, by=own, at=at("08:00"))

    assert Unit.objects.get(pk=blue.pk).closed_at is None


def test_the_page_shows_what_hangs_there_and_closes_after_a_second_look(client, sign_in, li, blue, red, lin, at):
    shift = make_shift(unit=blue, starts_at=at("09:00", days=9000))
    browser, address = sign_in(client, li), reverse("office:close_unit", args=[blue.code])

    first = browser.get(address)
    looked = browser.post(address, {"successor": red.code})
    stood = Unit.objects.get(pk=blue.pk).closed_at
    pressed_too_soon = browser.post(address, {"successor": "", "sure": "1"})
    done = browser.post(address, {"successor": red.code, "sure": "1"}, follow=True)

    assert "要有接手的单位" in first.text
    assert "由红马甲队接手" in looked.text
    assert stood is None
    assert "还没开始的班次 1" in pressed_too_soon.text
    assert "蓝衣陪护队 已停办" in done.text
    shift.activity.project.refresh_from_db()
    assert shift.activity.project.unit == red
