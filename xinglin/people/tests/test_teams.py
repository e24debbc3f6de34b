"""Finding, joining and leaving teams; transfers and loans with the volunteer's consent."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection
from django.urls import reverse

from xinglin.accounts.errors import TooManyTries
from xinglin.audit.models import Entry
from xinglin.notices.models import Notice
from xinglin.organisation import actions as organisation
from xinglin.organisation import queries as roles
from xinglin.organisation.errors import MayNot
from xinglin.organisation.models import Role
from xinglin.organisation.tests.factories import make_role, make_unit
from xinglin.people import queries as people
from xinglin.people import scopes
from xinglin.people.errors import NotActive
from xinglin.people.models import Membership, Move
from xinglin.people.teams import joining, moving, queries, rules
from xinglin.people.teams.errors import (
    AnswerNeeded,
    MemberAlready,
    MoveInPast,
    MoveOver,
    MoveStandsAlready,
    NotMember,
    OnlyTeam,
    OwnMove,
    TeamClosed,
    WrongTeamPassword,
)
from xinglin.people.tests.factories import make_staff, make_volunteer

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def red(hospital):
    return make_unit(parent=hospital, name="红马甲队")


@pytest.fixture
def elsewhere(bureau):
    return make_unit(parent=bureau, name="瑞安市中医院", kind="hospital")


@pytest.fixture
def green(elsewhere):
    return make_unit(parent=elsewhere, name="绿马甲队")


def teams_of(volunteer):
    return set(Membership.objects.filter(volunteer=volunteer, left_on=None).values_list("unit__name", flat=True))


def join(volunteer, unit, at, password="", address="192.0.2.7"):
    return joining.join(volunteer=volunteer, unit=unit, password=password, address=address, at=at("09:00"))


def ask(lin, blue, to, by, at, *, kind="loan", starts_on=TODAY, until=dt.date(2026, 12, 1)):
    told = {"kind": kind, "volunteer": lin, "from_unit": blue, "to_unit": to, "starts_on": starts_on, "until": until}
    return moving.propose(**told, reason="流感门诊缺人", by=by, at=at("09:00"))


# Rules ------------------------------------------------------------------------------------------------------------


def test_what_is_over_takes_no_further_step():
    for state in ("refused", "declined", "withdrawn", "lapsed", "over"):
        for step in ("agree", "accept", "begin", "withdraw"):
            with pytest.raises(MoveOver):
                rules.next_state(state, step)


def test_a_loan_ends_within_a_year_and_nothing_starts_in_the_past():
    rules.refuse_days("loan", TODAY, TODAY, today=TODAY)
    rules.refuse_days("transfer", TODAY, None, today=TODAY)
    for days in ((TODAY - dt.timedelta(1), TODAY), (TODAY, None), (TODAY, TODAY + dt.timedelta(400))):
        with pytest.raises(MoveInPast):
            rules.refuse_days("loan", *days, today=TODAY)


# Joining ----------------------------------------------------------------------------------------------------------


def test_an_open_team_is_joined_at_once_and_left_again(lin, red, at):
    organisation.set_joining(unit=red, mode="open", password="", by=make_staff(unit=red), at=at("08:00"))
    red.refresh_from_db()

    join(lin, red, at)
    with pytest.raises(MemberAlready):
        join(lin, red, at)
    role = Role.objects.get(user=lin.person.user, unit=red)
    joining.leave(volunteer=lin, unit=red, at=at("10:00"))
    role.refresh_from_db()

    assert teams_of(lin) == {"蓝衣陪护队"}
    assert role.ends_at == at("10:00")
    assert {entry.verb for entry in Entry.objects.filter(thing=f"volunteer:{lin.number}")} == {
        "joined_team",
        "left_team",
    }


def test_the_only_team_is_not_left_and_a_stranger_s_neither(lin, blue, red, at):
    with pytest.raises(OnlyTeam):
        joining.leave(volunteer=lin, unit=blue, at=at("09:00"))
    with pytest.raises(NotMember):
        joining.leave(volunteer=lin, unit=red, at=at("09:00"))


def test_a_closed_team_and_a_suspended_volunteer_do_not_meet(lin, red, at):
    red.joining = "closed"
    with pytest.raises(TeamClosed):
        join(lin, red, at)
    red.joining, lin.state = "open", "suspended"
    with pytest.raises(NotActive):
        join(lin, red, at)


@pytest.mark.django_db(transaction=True)
def test_a_password_lets_in_and_guesses_are_counted(lin, red, at):
    leader = make_staff(unit=red, role="team_leader")
    red = organisation.set_joining(unit=red, mode="password", password="杏林春暖", by=leader, at=at("08:00"))

    with pytest.raises(WrongTeamPassword):
        join(lin, red, at, "杏林秋凉")
    join(lin, red, at, " 杏林春暖 ")
    assert teams_of(lin) == {"蓝衣陪护队", "红马甲队"}

    other = make_volunteer(unit=red.__class__.objects.get(name="蓝衣陪护队"))
    for _guess in range(12):
        with pytest.raises((TooManyTries, WrongTeamPassword)) as last:
            join(other, red, at, "猜一猜")
    assert last.type is TooManyTries


def test_a_team_by_review_is_asked_and_its_coordinator_decides(lin, red, wang, at):
    move = join(lin, red, at)

    with pytest.raises(MoveStandsAlready):
        join(lin, red, at)
    assert move in queries.decided_by(wang)
    moving.decide(move=move, agrees=True, answer="", by=wang, at=at("10:00"))

    assert teams_of(lin) == {"蓝衣陪护队", "红马甲队"}
    with pytest.raises(MoveOver):
        moving.decide(move=move, agrees=True, answer="", by=wang, at=at("10:01"))


def test_a_coordinator_who_volunteers_does_not_take_themselves_in(lin, red, hospital, wang, at):
    make_role(user=lin.person.user, unit=hospital, name="coordinator")
    lin.person.user.has_second_factor = True
    move = join(lin, red, at)

    with pytest.raises(OwnMove):
        moving.decide(move=move, agrees=True, answer="", by=lin.person.user, at=at("10:00"))

    assert move not in queries.decided_by(lin.person.user)
    assert move in queries.decided_by(wang)


@pytest.mark.django_db(transaction=True)
def test_who_presses_twice_joins_once(lin, red, at):
    red.joining = "open"
    red.save()
    start, refused = threading.Barrier(2), []

    def press():
        start.wait()
        try:
            join(lin, red, at)
        except MemberAlready:
            refused.append(1)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(refused) == 1
    assert Membership.objects.filter(volunteer=lin, unit=red).count() == 1


# Transfers and loans ----------------------------------------------------------------------------------------------


def test_within_one_scope_only_the_volunteer_is_asked(lin, blue, red, wang, at):
    move = ask(lin, blue, red, wang, at, kind="transfer", until=None)
    assert move.state == "offered"
    assert teams_of(lin) == {"蓝衣陪护队"}

    moving.answer(move=move, agrees=True, words="", at=at("10:00"))

    assert teams_of(lin) == {"红马甲队"}
    assert roles.roles_of(lin.person.user, at=at("10:00")).get().unit == red


def test_who_carries_a_team_jointly_asks_its_own_side_before_moving_anybody(lin, blue, green, elsewhere, at):
    partner = make_staff(unit=elsewhere)
    organisation.add_joint(unit=blue, parent=elsewhere, by=None, at=at("08:00"))

    move = ask(lin, blue, green, partner, at, kind="transfer", until=None)

    assert (move.state, move.asks_unit) == ("asked", blue)
    with pytest.raises(MayNot):
        moving.decide(move=move, agrees=True, answer="", by=partner, at=at("10:00"))


def test_nobody_lends_on_whom_they_have_borrowed(lin, blue, red, green, elsewhere, wang, at):
    joining.enter(volunteer=lin, unit=green, by=wang, at=at("09:00"), until=at("00:00", days=8))
    further = make_unit(parent=elsewhere, name="急诊队")

    with pytest.raises(NotMember):
        ask(lin, green, further, make_staff(unit=elsewhere), at)
    ask(lin, blue, red, wang, at)


def test_a_loan_changes_neither_home_nor_whose_policies_hold(lin, blue, green, at):
    Membership.objects.filter(volunteer=lin).update(joined_on=TODAY)
    joining.enter(volunteer=lin, unit=green, by=None, at=at("09:00", days=-30), until=at("00:00", days=8))

    assert people.home_unit(lin.person) == scopes.unit_of(lin.person) == blue

    joining.exit_from(volunteer=lin, unit=green, at=at("09:00"))
    assert lin.person not in scopes.persons_where(make_staff(unit=green), "merge_people")


def test_another_house_agrees_first_then_the_volunteer_and_a_loan_comes_back(lin, blue, green, elsewhere, wang, at):
    theirs = make_staff(unit=elsewhere)
    move = ask(lin, blue, green, wang, at)
    assert (move.state, move.asks_unit) == ("asked", green)
    with pytest.raises(MoveOver):
        moving.answer(move=move, agrees=True, words="", at=at("09:30"))
    with pytest.raises(MayNot):
        moving.decide(move=move, agrees=True, answer="", by=wang, at=at("09:40"))

    moving.decide(move=move, agrees=True, answer="", by=theirs, at=at("10:00"))
    moving.answer(move=move, agrees=True, words="", at=at("11:00"))

    role = Role.objects.get(user=lin.person.user, unit=green)
    assert teams_of(lin) == {"蓝衣陪护队", "绿马甲队"}
    assert role.ends_at == dt.datetime(2026, 12, 2, tzinfo=at("00:00").tzinfo)
    assert moving.turn(at=at("23:00", days=7)) == 0  # its last day
    assert moving.turn(at=at("01:00", days=8)) == 1
    assert teams_of(lin) == {"蓝衣陪护队"}


def lend(lin, blue, to, wang, at):
    move = ask(lin, blue, to, wang, at)
    return moving.answer(move=move, agrees=True, words="", at=at("10:00"))


def test_who_is_lent_does_not_leave_the_team_that_they_go_back_to(lin, blue, red, wang, at):
    lend(lin, blue, red, wang, at)

    with pytest.raises(OnlyTeam):
        joining.leave(volunteer=lin, unit=blue, at=at("11:00"))
    moving.turn(at=at("01:00", days=8))

    assert teams_of(lin) == {"蓝衣陪护队"}


def test_who_left_the_team_that_borrowed_them_and_came_back_for_good_stays(lin, blue, red, wang, at):
    move = lend(lin, blue, red, wang, at)
    joining.leave(volunteer=lin, unit=red, at=at("11:00"))
    move.refresh_from_db()
    organisation.set_joining(unit=red, mode="open", password="", by=wang, at=at("11:30"))
    red.refresh_from_db()
    join(lin, red, at)

    assert moving.turn(at=at("01:00", days=8)) == 0

    assert (move.state, move.ended_at) == ("over", at("11:00"))
    assert teams_of(lin) == {"蓝衣陪护队", "红马甲队"}


def test_a_transfer_of_a_later_day_waits_for_it(lin, blue, red, wang, at):
    move = ask(lin, blue, red, wang, at, kind="transfer", starts_on=TODAY + dt.timedelta(3), until=None)
    moving.answer(move=move, agrees=True, words="", at=at("10:00"))
    assert teams_of(lin) == {"蓝衣陪护队"}

    assert moving.turn(at=at("01:00", days=3)) == 1

    assert teams_of(lin) == {"红马甲队"}


def test_the_volunteer_says_no_and_nothing_changes(lin, blue, red, wang, at):
    move = ask(lin, blue, red, wang, at)

    moving.answer(move=move, agrees=False, words="家里走不开", at=at("10:00"))

    assert teams_of(lin) == {"蓝衣陪护队"}
    assert "家里走不开" not in str([entry.facts for entry in Entry.objects.all()])
    ask(lin, blue, red, wang, at)  # may be asked again


def test_what_nobody_answers_lapses_and_who_asked_takes_it_back(lin, blue, red, green, wang, at):
    lapses, withdrawn = ask(lin, blue, red, wang, at), ask(lin, blue, green, wang, at)

    moving.withdraw(move=withdrawn, by=wang, at=at("10:00"))
    moving.turn(at=at("10:00", days=15))

    states = dict(Move.objects.values_list("pk", "state"))
    assert states == {lapses.pk: "lapsed", withdrawn.pk: "withdrawn"}


def test_how_long_an_answer_may_take_says_the_unit_that_it_leads_to(lin, blue, red, green, wang, at):
    patient, short = ask(lin, blue, red, wang, at), ask(lin, blue, green, wang, at)
    of_green = {"unit": green, "name": "move_answer_days", "value": 2, "set_by": None}
    organisation.set_policy(**of_green, starts_at=at("09:00"), at=at("09:00"))

    moving.turn(at=at("10:00", days=3))

    states = dict(Move.objects.values_list("pk", "state"))
    assert (states[patient.pk], states[short.pk]) == ("offered", "lapsed")


def test_who_refuses_says_why_and_nobody_moves_other_people_s_volunteers(lin, blue, green, elsewhere, wang, at):
    theirs, stranger = make_staff(unit=elsewhere), make_staff(unit=make_unit(name="别处"))
    move = ask(lin, blue, green, wang, at)

    with pytest.raises(AnswerNeeded):
        moving.decide(move=move, agrees=False, answer=" ", by=theirs, at=at("10:00"))
    moving.decide(move=move, agrees=False, answer="眼下不缺人", by=theirs, at=at("10:00"))

    with pytest.raises(MayNot):
        ask(lin, blue, green, stranger, at)


# Pages ------------------------------------------------------------------------------------------------------------


def test_a_team_is_found_by_its_brand_and_joined_from_the_phone(client, sign_in, lin, red, at):
    organisation.add_brand(unit=red, name="一盏灯", leader="孟大夫", story="总有人接。", by=None, at=at("08:00"))
    make_staff(unit=red, role="team_leader", name="吴队长")
    browser = sign_in(client, lin.person.user)

    found = browser.get(reverse("people:teams"), {"q": "一盏灯"})
    page = browser.get(reverse("people:team", args=[red.code]))
    asked = browser.post(reverse("people:join_team", args=[red.code]), follow=True)
    browser.post(reverse("people:withdraw_move", args=[Move.objects.get().code]))

    assert [unit.name for unit in found.context["page_obj"]] == ["红马甲队"]
    assert "总有人接" in page.text
    assert "吴队长" in page.text
    assert "撤回入队申请" in asked.text
    assert Move.objects.get().state == "withdrawn"


def test_a_visitor_sees_teams_but_not_who_leads_them(client, red):
    make_staff(unit=red, role="team_leader", name="吴队长")

    page = client.get(reverse("people:team", args=[red.code]))

    assert page.status_code == 200
    assert "吴队长" not in page.text


def test_a_coordinator_asks_at_the_desk_and_the_volunteer_answers_on_the_phone(
    client, sign_in, lin, blue, red, wang, now_is, at
):
    now_is(at("09:00"))
    browser = sign_in(client, wang)
    address = reverse("people:propose_move", args=[lin.number])
    told = {"kind": "loan", "from_unit": blue.code, "to_unit": red.code, "starts_on": "2026-11-24", "reason": "缺人"}

    without_end = browser.post(address, told)
    browser.post(address, {**told, "until": "2026-12-01"})
    phone = sign_in(client, lin.person.user)
    home, page = phone.get("/"), phone.get(reverse("people:moves"))
    phone.post(reverse("people:accept_move", args=[Move.objects.get().code]))

    assert without_end.status_code == 422
    assert "红马甲队想请您去" in home.text
    assert "我愿意去" in page.text
    assert teams_of(lin) == {"蓝衣陪护队", "红马甲队"}


def test_what_waits_at_the_desk_is_decided_there(client, sign_in, lin, red, wang, at):
    move = join(lin, red, at)
    browser = sign_in(client, wang)

    page = browser.get(reverse("home:desk"))
    browser.post(reverse("home:decide", args=["move", move.code]), {"verb": "agree"})

    assert "申请入队" in page.text
    assert teams_of(lin) == {"蓝衣陪护队", "红马甲队"}


# Told -------------------------------------------------------------------------------------------------------------


def told(user):
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def captain(red):
    return make_staff(unit=red, role="team_leader", name="周队长")


@pytest.mark.parametrize(("agrees", "kind"), [(True, "join_accepted"), (False, "join_refused")])
def test_whoever_asked_to_join_hears_the_answer_and_not_the_reason(lin, red, wang, at, agrees, kind):
    red.joining = "review"
    red.save()
    asked = join(lin, red, at)

    moving.decide(move=asked, agrees=agrees, answer="眼下满员", by=wang, at=at("10:00"))

    assert told(lin.person.user) == [kind]
    assert "满员" not in str(list(Notice.objects.values()))


def test_who_is_asked_hears_until_when_and_both_teams_hear_the_answer(lin, blue, red, wang, captain, at):
    move = ask(lin, blue, red, wang, at)
    offer = Notice.objects.get(user=lin.person.user)

    moving.answer(move=move, agrees=True, words="", at=at("10:00"))

    assert (offer.kind, offer.values["day"]) == ("move_offered", "2026-12-08")
    assert told(captain) == told(wang) == ["move_answered"]
    assert "林晓" not in str(list(Notice.objects.values()))


def test_what_nobody_answers_is_told_when_it_lapses(lin, blue, red, wang, captain, at):
    ask(lin, blue, red, wang, at)

    moving.turn(at=at("10:00", days=15))

    assert told(lin.person.user) == ["move_offered", "move_over"]
    assert told(wang) == ["move_answered"]


def test_a_wish_to_join_that_lapses_is_told_to_whoever_wished_alone(lin, red, wang, captain, at):
    red.joining = "review"
    red.save()
    join(lin, red, at)

    moving.turn(at=at("10:00", days=15))

    assert told(lin.person.user) == ["move_over"]
    assert told(wang) == told(captain) == []


def test_an_offer_that_is_taken_back_is_told_once_it_was_heard_of(lin, blue, red, green, wang, at):
    move = ask(lin, blue, red, wang, at)

    moving.withdraw(move=move, by=wang, at=at("09:01"))
    unheard = told(lin.person.user)
    later = ask(lin, blue, red, wang, at)
    Notice.objects.update(read_at=at("09:30"))
    moving.withdraw(move=later, by=wang, at=at("10:00"))

    assert unheard == []
    assert told(lin.person.user) == ["move_offered", "move_over"]


def test_a_transfer_and_the_end_of_a_loan_are_told_on_their_days(lin, blue, red, wang, at):
    move = ask(lin, blue, red, wang, at, starts_on=dt.date(2026, 11, 26))
    moving.answer(move=move, agrees=True, words="", at=at("10:00"))

    for days in (1, 2, 3, 9):
        moving.turn(at=at("00:07", days=days))

    assert told(lin.person.user) == ["move_offered", "move_begun", "loan_over"]


def test_the_volunteer_takes_back_a_yes_to_what_has_not_begun(client, sign_in, now_is, lin, blue, red, wang, at):
    now_is(at("10:00"))
    move = ask(lin, blue, red, wang, at, kind="transfer", starts_on=dt.date(2026, 11, 26), until=None)
    moving.answer(move=move, agrees=True, words="", at=at("09:30"))
    browser, address = sign_in(client, lin.person.user), reverse("people:withdraw_move", args=[move.code])

    page = browser.get(reverse("people:moves")).content.decode()
    browser.post(address)

    assert address in page
    move.refresh_from_db()
    assert (move.state, teams_of(lin)) == ("withdrawn", {"蓝衣陪护队"})
    assert told(wang) == ["move_answered", "move_answered"]
    assert moving.turn(at=at("00:07", days=2)) == 0


def test_what_has_begun_or_waits_for_an_answer_is_not_withdrawn_by_the_volunteer(
    client, sign_in, now_is, lin, blue, red, wang, at
):
    now_is(at("10:00"))
    move = ask(lin, blue, red, wang, at)
    browser, address = sign_in(client, lin.person.user), reverse("people:withdraw_move", args=[move.code])

    waiting = browser.post(address)
    moving.answer(move=move, agrees=True, words="", at=at("10:00"))
    begun = browser.post(address)

    assert (waiting.status_code, begun.status_code) == (404, 409)
    assert teams_of(lin) == {"蓝衣陪护队", "红马甲队"}
