"""Bulk actions: one thing for many volunteers, each by the rules for one alone, gone on with, stopped and undone."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection

from xinglin.audit.models import Entry
from xinglin.lib.errors import Refusal
from xinglin.lib.whole_person import Whole
from xinglin.notices.models import Notice
from xinglin.organisation.errors import MayNot
from xinglin.organisation.models import Role, Unit
from xinglin.organisation.tests.factories import make_unit
from xinglin.people import jobs, person
from xinglin.people.bulk import answers, kinds, rules, running
from xinglin.people.bulk.errors import BulkBusy, BulkUndoTooLate, NobodyChosen, TooManyChosen
from xinglin.people.models import Bulk, BulkStep, Membership, Move, Volunteer
from xinglin.people.teams import joining, moving, placing
from xinglin.people.teams.errors import OnlyTeamOfTheirs
from xinglin.people.tests.factories import make_insurance, make_staff, make_volunteer
from xinglin.people.vetting import insurance

Outcome = BulkStep.Outcome

# Rules --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "step", "then"),
    [
        ("chosen", "begin", "running"),
        ("running", "finish", "done"),
        ("running", "cancel", "cancelled"),
        ("cancelled", "undo", "undoing"),
        ("undoing", "finish", "undone"),
    ],
)
def test_what_follows_on_what(state, step, then):
    assert rules.next_state(state, step) == then


@pytest.mark.parametrize(
    ("state", "step"), [("chosen", "undo"), ("done", "begin"), ("undone", "undo"), ("undoing", "cancel"), ("", "begin")]
)
def test_nothing_else_follows(state, step):
    with pytest.raises(BulkBusy):
        rules.next_state(state, step)


def test_it_can_be_undone_for_a_day_where_something_was_done(at):
    finished = {"finished_at": at("09:00")}

    rules.refuse_to_undo("done", done=1, **finished, at=at("09:00", days=1))
    with pytest.raises(BulkUndoTooLate):
        rules.refuse_to_undo("done", done=1, **finished, at=at("09:01", days=1))
    with pytest.raises(BulkBusy):
        rules.refuse_to_undo("done", done=0, **finished, at=at("09:01"))
    assert not rules.may_undo("running", done=1, finished_at=None, at=at("09:01"))


def test_progress_counts_those_settled_and_while_undoing_those_taken_back():
    assert rules.progress("running", 10, {"done": 3, "refused": 1}) == (4, 10)
    assert rules.progress("undoing", 10, {"done": 2, "undone": 5, "kept": 1, "refused": 2}) == (6, 8)


def test_each_refusal_that_an_action_for_one_may_give_can_be_said_of_one_of_many():
    known = set(kinds.SAID) | {refusal.code for refusal in kinds.ALREADY}
    given = [one for one in vars(placing).values() if isinstance(one, type) and issubclass(one, Refusal)]

    assert {refusal.code for refusal in (*given, *joining.REFUSALS)} <= known
    assert len(given) > 5
    assert kinds.said("not_of_your_units") == "这位志愿者现在不在您负责的单位里"
    assert kinds.said("something_new") == "请打开这个人的页面看看"


# Verbs --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def red(hospital):
    return make_unit(parent=hospital, name="红队")


@pytest.fixture
def choose(wang, at):
    def _choose(*volunteers, by=wang):
        chosen = Volunteer.objects.filter(pk__in=[one.pk for one in volunteers])
        return running.choose(volunteers=chosen, by=by, at=at("09:00"))

    return _choose


@pytest.fixture
def do(choose, wang, at):
    """Choose, begin and work until there is nothing left."""

    def _do(*volunteers, by=wang, **what):
        bulk = running.begin(bulk=choose(*volunteers, by=by), by=by, at=at("09:00"), **what)
        return worked(bulk, at("09:01"))

    return _do


def worked(bulk, moment):
    assert running.set_out(code=bulk.code)
    while running.go_on(code=bulk.code, at=moment):
        pass
    bulk.refresh_from_db()
    return bulk


def outcomes(bulk):
    return {step.volunteer.person.name: (step.outcome, step.why) for step in bulk.steps.all()}


def is_in(volunteer, unit):
    return Membership.objects.filter(volunteer=volunteer, unit=unit, left_on__isnull=True).exists()


@pytest.mark.django_db
def test_each_is_dealt_with_as_if_alone_and_has_an_answer(do, blue, red, bureau, at, wang):
    fits, there = make_volunteer(unit=blue, name="林一"), make_volunteer(unit=red, name="林二")
    resting = make_volunteer(unit=blue, name="林三", state="suspended")
    stranger = make_volunteer(unit=make_unit(parent=bureau), name="林四")
    asking = make_volunteer(unit=blue, name="林五")
    joining.ask_to_join(volunteer=asking, unit=red, at=at("08:00"))

    bulk = do(fits, there, resting, stranger, asking, kind="put_in", unit=red)

    assert outcomes(bulk) == {
        "林一": ("done", ""),
        "林二": ("already", ""),
        "林三": ("refused", "volunteer_not_active"),
        "林四": ("refused", "not_of_your_units"),
        "林五": ("refused", "move_stands_already"),
    }
    assert (bulk.state, bulk.tally, bulk.finished_at) == ("done", {"done": 1, "already": 1, "refused": 3}, at("09:01"))
    assert is_in(fits, red)
    assert is_in(fits, blue)
    assert Role.objects.filter(user=fits.person.user, unit=red, name="volunteer", ends_at=None).count() == 1
    assert Entry.objects.get(verb="put_in_team").thing == f"volunteer:{fits.number}"
    trail = Entry.objects.filter(thing=f"bulk:{bulk.code}").order_by("pk")
    assert [entry.verb for entry in trail] == ["began_bulk", "did_bulk"]
    assert trail[1].facts == {"kind": "put_in", "unit": red.code, "done": 1, "already": 1, "refused": 3}
    told = Notice.objects.get(kind="put_in_team")
    assert (told.user, told.values) == (fits.person.user, {"team": "红队", "code": red.code})


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"joining": Unit.Joining.CLOSED}, {"closed_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}]
)
def test_a_team_that_takes_nobody_in_takes_nobody_in_by_hundreds(do, lin, red, change):
    Unit.objects.filter(pk=red.pk).update(**change)

    assert outcomes(do(lin, kind="put_in", unit=red)) == {"林晓": ("refused", "team_takes_nobody")}


@pytest.mark.django_db
def test_out_of_a_team_but_never_out_of_the_only_one_nor_out_of_a_loan(do, blue, red, lin, at, wang):
    both, lent = make_volunteer(unit=blue, name="林两队"), make_volunteer(unit=red, name="林借调")
    joining.enter(volunteer=both, unit=red, by=wang, at=at("08:00"))
    move = moving.propose(
        kind="loan",
        volunteer=lent,
        from_unit=red,
        to_unit=blue,
        starts_on=at("08:00").date(),
        until=at("08:00", days=3).date(),
        reason="",
        by=wang,
        at=at("08:00"),
    )
    moving.answer(move=move, agrees=True, words="", at=at("08:00"))
    elsewhere = make_volunteer(unit=red, name="林不在")

    bulk = do(both, lent, lin, elsewhere, kind="take_out", unit=blue)

    assert outcomes(bulk) == {
        "林两队": ("done", ""),
        "林借调": ("refused", "lent_here"),
        "林晓": ("refused", "only_team_of_theirs"),
        "林不在": ("already", ""),
    }
    assert not is_in(both, blue)
    assert Move.objects.get().state == Move.State.DONE


@pytest.mark.django_db
def test_into_a_policy_and_out_again(do, lin, blue, wang, at, bureau):
    covered, resting = make_volunteer(unit=blue, name="已保"), make_volunteer(unit=blue, name="暂停", state="suspended")
    stranger = make_volunteer(unit=make_unit(parent=bureau), name="外人")
    contract = make_insurance(blue, by=wang, at=at("08:00"), covers=[covered])

    bulk = do(lin, covered, resting, stranger, kind="cover", insurance=contract)

    assert outcomes(bulk) == {
        "林晓": ("done", ""),
        "已保": ("already", ""),
        "暂停": ("refused", "volunteer_not_active"),
        "外人": ("refused", "not_under_insurance"),
    }
    assert {one.volunteer for one in insurance.insured_by(contract)} == {lin, covered}

    bulk = worked(running.undo(bulk=bulk, by=wang, at=at("09:30")), at("09:31"))

    assert (bulk.state, outcomes(bulk)["林晓"]) == ("undone", ("undone", ""))
    assert {one.volunteer for one in insurance.insured_by(contract)} == {covered}


@pytest.mark.django_db
def test_a_policy_that_has_ended_covers_nobody_more(do, lin, blue, wang, at):
    contract = make_insurance(blue, by=wang, at=at("08:00", days=-40))

    assert outcomes(do(lin, kind="cover", insurance=contract)) == {"林晓": ("refused", "insurance_is_over")}


@pytest.mark.django_db
def test_undone_as_a_whole_but_for_what_somebody_changed_since(do, blue, red, wang, at):
    plain, gone, moved = (make_volunteer(unit=blue, name=name) for name in ("平常", "自己退出", "只剩红队"))
    bulk = do(plain, gone, moved, kind="put_in", unit=red)
    joining.leave(volunteer=gone, unit=red, at=at("09:05"))
    joining.leave(volunteer=moved, unit=blue, at=at("09:05"))

    bulk = worked(running.undo(bulk=bulk, by=wang, at=at("09:30")), at("09:31"))

    assert outcomes(bulk) == {
        "平常": ("undone", ""),
        "自己退出": ("kept", "changed_meanwhile"),
        "只剩红队": ("kept", "only_team_of_theirs"),
    }
    assert (bulk.state, bulk.tally) == ("undone", {"undone": 1, "kept": 2})
    assert [is_in(one, red) for one in (plain, gone, moved)] == [False, False, True]
    assert not Notice.objects.filter(user=plain.person.user).exists()  # nobody had been told outside the house yet
    assert Entry.objects.filter(verb="undid_put_in_team").count() == 1


@pytest.mark.django_db
def test_who_was_taken_out_by_mistake_goes_on_as_before(do, blue, red, wang, at):
    both, again = make_volunteer(unit=blue, name="两队"), make_volunteer(unit=blue, name="又回来")
    for one in (both, again):
        joining.enter(volunteer=one, unit=red, by=wang, at=at("08:00"))
    bulk = do(both, again, kind="take_out", unit=blue)
    joining.enter(volunteer=again, unit=blue, by=wang, at=at("09:10"))

    bulk = worked(running.undo(bulk=bulk, by=wang, at=at("09:30")), at("09:31"))

    assert outcomes(bulk) == {"两队": ("undone", ""), "又回来": ("kept", "changed_meanwhile")}
    [membership] = Membership.objects.filter(volunteer=both, unit=blue)
    assert (membership.joined_on, membership.left_on) == (dt.date(2020, 1, 1), None)
    assert Role.objects.filter(user=both.person.user, unit=blue, ends_at=None).count() == 1


@pytest.mark.django_db
def test_a_right_that_ended_meanwhile_ends_the_bulk_too(choose, lin, red, wang, at):
    bulk = running.begin(bulk=choose(lin), kind="put_in", unit=red, by=wang, at=at("09:00"))
    Role.objects.filter(user=wang).delete()

    assert outcomes(worked(bulk, at("09:01"))) == {"林晓": ("refused", "may_not")}


@pytest.mark.django_db
def test_nobody_begins_where_they_may_not_or_for_nobody_or_for_too_many(choose, lin, bureau, at, wang, monkeypatch):
    with pytest.raises(MayNot):
        running.begin(bulk=choose(lin), kind="put_in", unit=make_unit(parent=bureau), by=wang, at=at("09:00"))
    with pytest.raises(NobodyChosen):
        choose()
    monkeypatch.setattr(rules, "MOST", 0)
    with pytest.raises(TooManyChosen):
        choose(lin)


@pytest.mark.django_db
def test_pressed_twice_is_once_and_another_thing_is_refused(choose, lin, blue, red, wang, at):
    bulk, begun = choose(lin), {"kind": "put_in", "unit": red, "by": wang, "at": at("09:00")}

    assert running.begin(bulk=bulk, **begun) == running.begin(bulk=bulk, **begun)
    with pytest.raises(BulkBusy):
        running.begin(bulk=bulk, **begun | {"kind": "take_out"})

    assert Entry.objects.filter(verb="began_bulk").count() == 1
    worked(bulk, at("09:01"))
    undone = running.undo(bulk=bulk, by=wang, at=at("09:02"))
    assert running.undo(bulk=undone, by=wang, at=at("09:02")) == undone


@pytest.mark.django_db
def test_only_whoever_began_takes_it_back_and_only_for_a_day(do, lin, red, hospital, wang, at):
    bulk = do(lin, kind="put_in", unit=red)

    with pytest.raises(BulkBusy):
        running.undo(bulk=bulk, by=make_staff(unit=hospital), at=at("09:30"))
    with pytest.raises(BulkUndoTooLate):
        running.undo(bulk=bulk, by=wang, at=at("09:02", days=1))


@pytest.mark.django_db
def test_stopped_midway_what_is_done_stays_and_can_be_taken_back(choose, blue, red, wang, at, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 2)
    people = [make_volunteer(unit=blue) for _ in range(5)]
    bulk = running.begin(bulk=choose(*people), kind="put_in", unit=red, by=wang, at=at("09:00"))
    assert running.go_on(code=bulk.code, at=at("09:01"))

    bulk = running.cancel(bulk=bulk, by=wang, at=at("09:01"))

    assert not running.go_on(code=bulk.code, at=at("09:02"))
    assert bulk.tally == {"done": 2}
    assert red.memberships.count() == 2
    bulk = worked(running.undo(bulk=bulk, by=wang, at=at("09:03")), at("09:03"))
    assert bulk.tally == {"undone": 2}
    assert not red.memberships.filter(left_on__isnull=True).exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_leaves_nobody_twice_and_the_next_goes_on(choose, blue, red, wang, at, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 2)
    people = [make_volunteer(unit=blue) for _ in range(5)]
    bulk = running.begin(bulk=choose(*people), kind="put_in", unit=red, by=wang, at=at("09:00"))
    real, calls = placing.put_in, []

    def dies_at_the_fourth(**what):
        calls.append(what)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(**what)

    with monkeypatch.context() as patched:
        patched.setattr(placing, "put_in", dies_at_the_fourth)
        with pytest.raises(KeyboardInterrupt):
            worked(bulk, at("09:01"))
    bulk.refresh_from_db()
    assert (bulk.tally, red.memberships.count()) == ({"done": 2}, 2)

    assert running.stuck(at=bulk.touched_at + dt.timedelta(minutes=2)) == [bulk.code]
    worked(bulk, at("09:03"))

    assert (bulk.state, bulk.tally, red.memberships.count()) == ("done", {"done": 5}, 5)
    assert Entry.objects.filter(verb="put_in_team").count() == 5


@pytest.mark.django_db
def test_a_long_one_lets_the_jobs_of_others_have_their_turn(choose, blue, red, wang, at, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 1)
    monkeypatch.setattr(jobs, "CHUNKS_A_TURN", 2)
    deferred = []
    monkeypatch.setattr(jobs.do_bulk, "defer", lambda **what: deferred.append(what))
    people = [make_volunteer(unit=blue) for _ in range(3)]
    bulk = running.begin(bulk=choose(*people), kind="put_in", unit=red, by=wang, at=at("09:00"))

    jobs.do_bulk(bulk=bulk.code)
    bulk.refresh_from_db()
    assert (bulk.tally, deferred) == ({"done": 2}, [{"lock": f"bulk:{bulk.code}", "bulk": bulk.code}])
    jobs.do_bulk(bulk=bulk.code)

    bulk.refresh_from_db()
    assert (bulk.state, bulk.tally, len(deferred)) == ("done", {"done": 3}, 1)


@pytest.mark.django_db
def test_whoever_dies_of_it_time_and_again_is_not_sent_again(choose, lin, red, wang, at):
    bulk = running.begin(bulk=choose(lin), kind="put_in", unit=red, by=wang, at=at("09:00"))

    assert [running.set_out(code=bulk.code) for _ in range(running.MOST_TRIES + 1)] == [True] * 5 + [False]

    bulk.refresh_from_db()
    assert bulk.state == "failed"
    assert not running.set_out(code=bulk.code)


@pytest.mark.django_db
def test_who_was_in_it_is_forgotten_and_what_was_never_begun_goes(do, choose, lin, red, at):
    done, unused = do(lin, kind="put_in", unit=red), choose(lin)

    assert running.forget_old(at=at("09:00", days=6)) == 0
    assert not Bulk.objects.filter(pk=unused.pk).exists()
    assert running.forget_old(at=at("09:01", days=7)) == 1
    assert jobs.forget_bulks(0) == 0

    done.refresh_from_db()
    assert (done.tally, done.steps.count()) == ({"done": 1}, 0)


@pytest.mark.django_db
def test_of_what_is_chosen_and_never_begun_only_the_last_few_are_kept(choose, lin):
    for _ in range(running.MOST_UNUSED + 3):
        choose(lin)

    assert Bulk.objects.count() == running.MOST_UNUSED


@pytest.mark.django_db
def test_the_answers_go_with_the_person_and_come_along_in_a_merge(do, blue, red, wang, at):
    kept, gone, third = (make_volunteer(unit=blue, name=name) for name in ("留", "并", "清"))
    both, alone = do(kept, gone, third, kind="put_in", unit=red), do(gone, kind="put_in", unit=blue)
    whole = [Whole(one.person.user, one.person, one) for one in (kept, gone, third)]

    person.merge(whole[0], whole[1], wang, at("09:10"))
    person.erase(whole[2], wang, at("09:11"))

    assert {step.volunteer_id for step in both.steps.all()} == {kept.pk}
    assert [step.volunteer_id for step in alone.steps.all()] == [kept.pk]


@pytest.mark.django_db
def test_nobody_is_taken_out_of_the_only_team_by_staff_alone(lin, blue, wang, at):
    with pytest.raises(OnlyTeamOfTheirs):
        placing.take_out(volunteer=lin, unit=blue, by=wang, at=at("09:00"))

    assert is_in(lin, blue)


@pytest.mark.django_db
def test_reasons_are_counted_the_commonest_first(do, blue, red, bureau):
    people = [make_volunteer(unit=blue, state="suspended") for _ in range(2)]
    bulk = do(*people, make_volunteer(unit=make_unit(parent=bureau)), kind="put_in", unit=red)

    assert [count for _said, count in answers.reasons(bulk)] == [2, 1]


# Two at once --------------------------------------------------------------------------------------------------------


def at_once(*calls):
    gate, troubles = threading.Barrier(len(calls)), []

    def run(call):
        try:
            gate.wait(timeout=20)
            call()
        except Exception as trouble:
            troubles.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return troubles


def work(code, moment):
    while running.go_on(code=code, at=moment):
        pass


@pytest.mark.django_db(transaction=True)
def test_two_bulks_and_two_workers_on_the_same_people_put_each_in_once(blue, red, wang, hospital, at, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 7)
    other = make_staff(unit=hospital)
    people = Volunteer.objects.filter(pk__in=[make_volunteer(unit=blue).pk for _ in range(30)])
    bulks = []
    for by in (wang, other):
        bulk = running.choose(volunteers=people, by=by, at=at("09:00"))
        bulks.append(running.begin(bulk=bulk, kind="put_in", unit=red, by=by, at=at("09:00")))

    troubles = at_once(*(lambda code=bulk.code: work(code, at("09:01")) for bulk in bulks * 2))

    assert troubles == []
    tallies = [Bulk.objects.get(pk=bulk.pk).tally for bulk in bulks]
    assert sum(tally.get("done", 0) for tally in tallies) == 30
    assert sum(tally.get("already", 0) for tally in tallies) == 30
    assert red.memberships.filter(left_on__isnull=True).count() == 30
    assert Entry.objects.filter(verb="put_in_team").count() == 30


@pytest.mark.django_db(transaction=True)
def test_who_leaves_by_themselves_while_being_taken_out_of_the_other_team_keeps_one(blue, red, wang, at):
    for _ in range(4):
        volunteer = make_volunteer(unit=blue)
        joining.enter(volunteer=volunteer, unit=red, by=wang, at=at("08:00"))

        troubles = at_once(
            lambda one=volunteer: joining.leave(volunteer=one, unit=blue, at=at("09:00")),
            lambda one=volunteer: placing.take_out(volunteer=one, unit=red, by=wang, at=at("09:00")),
        )

        assert [type(trouble).__name__ for trouble in troubles] in (["OnlyTeam"], ["OnlyTeamOfTheirs"])
        assert volunteer.memberships.filter(left_on__isnull=True).count() == 1
