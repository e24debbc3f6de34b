"""A circular goes to phones: to whom, how far, once; who has not read it, branch by branch and by name."""

from __future__ import annotations

import pytest
from django.urls import reverse

from xinglin.circulars import actions, jobs, queries, telling
from xinglin.circulars.errors import CircularWithdrawn, RemindedToday
from xinglin.circulars.models import Telling
from xinglin.notices import queries as notices
from xinglin.notices.models import Notice
from xinglin.organisation import actions as organisation
from xinglin.organisation.errors import MayNot
from xinglin.organisation.models import Role
from xinglin.organisation.tests.factories import make_role, make_unit
from xinglin.people.tests.factories import make_staff, make_user, make_volunteer

pytestmark = pytest.mark.django_db


def write(unit, by, at, *, phones="plain", audience="everybody"):
    words = {"title": "周五演练", "text": "请带好马甲"}
    return actions.write(unit=unit, audience=audience, phones=phones, by=by, at=at("08:00"), **words)


def go_through(circular, at):
    for one in circular.tellings.filter(finished_at__isnull=True):
        while telling.go_on(telling=one.pk, at=at):
            pass


def test_everybody_who_has_not_opened_it_is_told_once_and_never_what_it_says(hospital, blue, lin, wang, at):
    opened = make_volunteer(unit=blue)
    make_role(user=lin.person.user, unit=hospital, name="volunteer")
    circular = write(hospital, wang, at)
    actions.read(circular=circular, user=opened.person.user, at=at("08:01"))

    for _twice in range(2):
        go_through(circular, at("08:05"))

    told = Notice.objects.get()
    assert (told.user, told.kind, told.values) == (lin.person.user, "circular_written", {"code": circular.code})
    assert (circular.tellings.get().told, circular.tellings.get().finished_at) == (1, at("08:05"))


def test_what_is_urgent_goes_at_once_and_without_the_wish_nothing_goes(hospital, blue, lin, wang, at):
    write(hospital, wang, at, phones="")
    urgent = write(hospital, wang, at, phones="urgent")

    go_through(urgent, at("08:05"))

    assert Telling.objects.count() == 1
    assert Notice.objects.get().kind == "circular_urgent"


def test_a_worker_that_was_killed_is_followed_by_another_and_nobody_is_told_twice(
    hospital, blue, wang, at, now_is, monkeypatch
):
    monkeypatch.setattr(telling, "CHUNK", 3)
    monkeypatch.setattr(jobs, "CHUNKS_A_TURN", 1)
    people = [make_volunteer(unit=blue) for _ in range(7)]
    circular = write(hospital, wang, at)
    one = circular.tellings.get()
    now_is(at("08:01"))
    jobs.tell(telling_key=one.pk)
    half = Notice.objects.count()

    now_is(at("08:10"))
    waiting = telling.stuck(at=at("08:10"))
    for _turn in range(3):
        jobs.tell(telling_key=one.pk)

    one.refresh_from_db()
    assert (half, waiting, one.told, one.finished_at) == (3, [one.pk], 7, at("08:10"))
    assert {notice.user_id for notice in Notice.objects.all()} == {person.person.user_id for person in people}
    assert telling.stuck(at=at("09:00")) == []


def test_telling_many_takes_few_queries(hospital, blue, wang, at, django_assert_max_num_queries):
    for _ in range(40):
        make_role(user=make_user(), unit=blue, name="volunteer")
    one = write(hospital, wang, at).tellings.get()

    with django_assert_max_num_queries(12):
        assert not telling.go_on(telling=one.pk, at=at("08:05"))

    assert Notice.objects.count() == 40


def test_what_was_read_is_no_news_and_the_bell_counts_it_once(hospital, blue, lin, wang, at):
    circular, user = write(hospital, wang, at), lin.person.user
    go_through(circular, at("08:05"))

    held = Role.objects.annotate(
        told=notices.unread_of("user"), circulars=queries.unread_of("user", at=at("08:06"))
    ).filter(user=user)
    before = held.values_list("told", "circulars").get()
    actions.read(circular=circular, user=user, at=at("08:07"))

    assert before == (0, 1)
    assert held.values_list("told", "circulars").get() == (0, 0)
    assert notices.unread_count(user) == 0


def test_those_who_have_not_read_it_are_reminded_once_a_day(hospital, blue, lin, wang, zhao, at):
    opened, left = make_volunteer(unit=blue), make_volunteer(unit=blue)
    circular = write(hospital, wang, at)
    go_through(circular, at("08:05"))
    with pytest.raises(RemindedToday):
        telling.remind(circular=circular, by=wang, at=at("18:00"))
    with pytest.raises(MayNot):
        telling.remind(circular=circular, by=zhao, at=at("08:00", days=1))
    actions.read(circular=circular, user=opened.person.user, at=at("19:00"))
    Role.objects.filter(user=left.person.user).update(ends_at=at("20:00"))

    telling.remind(circular=circular, by=wang, at=at("08:00", days=1))
    go_through(circular, at("08:05", days=1))

    again = Notice.objects.filter(kind="circular_unread")
    assert {notice.user_id for notice in again} == {lin.person.user_id, zhao.pk}
    with pytest.raises(RemindedToday):
        telling.remind(circular=circular, by=wang, at=at("09:00", days=1))


def test_one_that_is_withdrawn_is_told_of_no_more_and_what_waits_is_taken_back(hospital, blue, lin, wang, at):
    circular = write(hospital, wang, at)
    go_through(circular, at("08:05"))
    untold = write(hospital, wang, at)

    for one in (circular, untold):
        actions.withdraw(circular=one, by=wang, at=at("08:06"))
        jobs.take_back(code=one.code)
    go_through(untold, at("08:07"))

    assert not Notice.objects.exists()
    assert untold.tellings.get().finished_at == at("08:07")
    with pytest.raises(CircularWithdrawn):
        telling.remind(circular=circular, by=wang, at=at("08:00", days=1))


def test_the_desk_sends_it_to_phones_and_shows_how_far_it_has_come(client, sign_in, hospital, blue, lin, wang):
    told = {"unit": hospital.code, "audience": "everybody", "title": "周五演练", "text": "请带好马甲"}
    desk = sign_in(client, wang)

    page = desk.post(reverse("circulars:write"), {**told, "phones": "urgent"}, follow=True)
    one = Telling.objects.get()
    jobs.tell(telling_key=one.pk)
    done = desk.get(reverse("circulars:shares", args=[one.circular.code]))
    refused = desk.post(reverse("circulars:remind", args=[one.circular.code]), follow=True)

    assert "正在发" in page.text
    assert "1 人" in done.text
    assert "正在发" not in done.text
    assert reverse("circulars:remind", args=[one.circular.code]) not in done.text
    assert "今天已经发过手机了" in refused.text
    assert "周五演练" not in str(list(Notice.objects.values_list("values", flat=True)))


# Who has not read it ----------------------------------------------------------------------------------------------


@pytest.fixture
def wide(bureau, association, hospital, blue, lin, wang):
    """A tree that does not fit on a page: another hospital with many teams, and one below the blue team."""
    other = make_unit(parent=association, name="瑞安市中医院", kind="hospital")
    for number in range(queries.FEW):
        make_unit(parent=other, name=f"中医院第{number}队")
    return make_unit(parent=blue, name="蓝衣一组")


def names(shares):
    return [share.unit.name for share in shares]


def test_a_large_tree_opens_branch_by_branch(
    bureau, association, hospital, blue, wide, at, django_assert_max_num_queries
):
    make_volunteer(unit=wide)
    circular = write(bureau, make_staff(unit=bureau), at)

    shut = queries.shares(circular)
    with django_assert_max_num_queries(6):
        opened = queries.shares(circular, opened=blue.code)

    assert [(share.unit, share.hidden) for share in shut] == [(bureau, False), (association, True)]
    assert names(opened) == [bureau.name, association.name, hospital.name, blue.name, wide.name, "瑞安市中医院"]
    assert [share.hidden for share in opened] == [False] * 5 + [True]
    assert [share.level for share in opened] == [0, 1, 2, 3, 4, 2]


def test_who_coordinates_below_sees_their_own_units_of_one_from_above(
    client, sign_in, bureau, hospital, blue, lin, wang, wide, at, now_is
):
    now_is(at("09:00"))
    circular = write(bureau, make_staff(unit=bureau), at)
    elsewhere = make_staff(unit=make_unit(parent=bureau, kind="hospital"))
    address = reverse("circulars:shares", args=[circular.code])

    desk = sign_in(client, wang)
    listed, page = desk.get(reverse("circulars:desk") + "?from=above"), desk.get(address)
    after = queries.unread(wang, at=at("10:00"))
    refused = desk.post(reverse("circulars:withdraw", args=[circular.code]))
    other = sign_in(client, elsewhere).get(address)

    assert address in listed.text
    assert names(page.context["shares"])[:2] == [hospital.name, blue.name]
    assert "中医院" not in page.text
    assert reverse("circulars:withdraw", args=[circular.code]) not in page.text
    assert refused.status_code == 404
    assert not after.exists()  # to look at its receipts is to have read it
    assert other.status_code == 404  # their house came later


def test_names_of_those_who_have_not_read_it_only_where_one_may_see_them(
    client, sign_in, bureau, association, hospital, blue, lin, wang, at, now_is, django_assert_max_num_queries
):
    now_is(at("09:00"))
    opened, gone = make_volunteer(unit=blue, name="看过的人"), make_volunteer(unit=blue, name="走了的人")
    moved = make_unit(parent=hospital, name="搬走的队")
    away = make_volunteer(unit=moved, name="搬走的人")
    other = make_unit(parent=association, name="瑞安市中医院", kind="hospital")
    circular = write(hospital, wang, at)
    actions.read(circular=circular, user=opened.person.user, at=at("08:30"))
    Role.objects.filter(user=gone.person.user).update(ends_at=at("08:30"))
    organisation.move_unit(unit=moved, below=other, by=None, at=at("08:40"))
    desk = sign_in(client, wang)

    with django_assert_max_num_queries(40):
        page = desk.get(reverse("circulars:unread", args=[circular.code, hospital.code]))
    outside = desk.get(reverse("circulars:unread", args=[circular.code, moved.code]))
    never = desk.get(reverse("circulars:unread", args=[circular.code, make_unit(parent=hospital).code]))

    assert "林晓" in page.text
    assert not any(name in page.text for name in (opened.person.name, gone.person.name, away.person.name))
    assert (outside.status_code, never.status_code) == (404, 404)
