"""Saved lists: a search with a name, found again in one press, one's own or the colleagues' of a unit."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.urls import reverse

from conftest import staff
from xinglin.audit.models import Entry
from xinglin.lib.errors import NotAllowed
from xinglin.lib.whole_person import Whole
from xinglin.organisation.errors import MayNot
from xinglin.organisation.tests.factories import make_unit
from xinglin.people import person, unit
from xinglin.people.errors import ListNameTaken, NotYourList, TooManyLists
from xinglin.people.lists import saving
from xinglin.people.models import SavedList
from xinglin.people.tests.factories import make_staff, make_volunteer

pytestmark = pytest.mark.django_db
DESK = reverse("people:desk")


@pytest.fixture(autouse=True)
def _today(now_is, at):
    now_is(at("09:00"))


@pytest.fixture
def keep(wang, at):
    """Wang saves a list."""

    def _keep(name="夜班", by=wang, unit=None, **asked):
        return saving.save(name=name, asked=asked, unit=unit, by=by, at=at("09:00"))

    return _keep


def names(user):
    return [one.name for one in saving.in_order(saving.seen_by(user))]


# The verbs --------------------------------------------------------------------------------------------------------


def test_a_list_is_its_owner_s_alone_until_it_is_shared_with_the_colleagues_of_the_unit(keep, wang, zhao, hospital, at):
    one = keep()
    assert (names(wang), names(zhao)) == (["夜班"], [])

    saving.change(chosen=one, name="夜班", unit=hospital, by=wang, at=at("09:01"))

    assert names(zhao) == ["夜班"]
    trail = Entry.objects.filter(thing=f"list:{one.code}").order_by("pk")
    assert [entry.verb for entry in trail] == [
        "saved_list",
        "changed_list",
    ]


def test_a_shared_list_is_for_those_at_work_there_and_for_nobody_above_below_or_beside(keep, bureau, hospital, blue):
    keep(unit=hospital)
    others = [make_staff(unit=bureau), make_staff(unit=make_unit(parent=bureau, kind="hospital"))]
    others += [make_staff(unit=blue, role="team_leader"), make_staff(unit=hospital, second_factor=False)]

    assert [names(other) for other in others] == [[], [], [], []]


def test_nobody_shares_where_they_may_not_see_the_people(keep, bureau):
    with pytest.raises(MayNot):
        keep(unit=make_unit(parent=bureau, kind="hospital"))

    assert not SavedList.objects.exists()


def test_what_was_typed_is_sealed_and_stands_in_no_trail(keep):
    one = keep(q="欧阳杏林", state="active")

    assert "欧阳杏林".encode() not in bytes(one.words_sealed)
    assert one.asked == {"state": "active"}
    assert saving.asked_of(one) == {"q": "欧阳杏林", "state": "active"}
    assert Entry.objects.get(verb="saved_list").facts == {"narrowed_by": ["q", "state"]}


def test_lists_stand_in_the_order_in_which_their_names_are_read(keep, wang):
    for name in ("夜班", "Ask", "急救", "白班"):
        keep(name)

    assert names(wang) == ["Ask", "白班", "急救", "夜班"]


def test_one_person_has_one_list_of_a_name_and_another_person_one_too(keep, wang, zhao, at):
    keep()
    keep(by=zhao)

    with pytest.raises(ListNameTaken):
        keep()
    with pytest.raises(ListNameTaken):
        saving.change(chosen=keep("白班"), name="夜班", unit=None, by=wang, at=at("09:01"))


def test_there_is_a_limit_to_how_many_one_keeps(keep, monkeypatch):
    monkeypatch.setattr(saving, "MOST", 2)
    keep("一")
    keep("二")

    with pytest.raises(TooManyLists):
        keep("三")


def test_a_colleague_who_looks_after_the_people_may_change_a_shared_list_a_reviewer_may_not(keep, hospital, zhao, at):
    one = keep(unit=hospital)
    coordinator = staff(name="孙协", login_name="sun", role="coordinator", unit=hospital)

    with pytest.raises(NotYourList):
        saving.delete(chosen=one, by=zhao, at=at("09:01"))
    saving.change(chosen=one, name="晚班", unit=hospital, by=coordinator, at=at("09:01"))
    saving.delete(chosen=one, by=coordinator, at=at("09:02"))

    assert not SavedList.objects.exists()
    with pytest.raises(NotAllowed):
        saving.delete(chosen=one, by=coordinator, at=at("09:02"))


@pytest.mark.django_db(transaction=True)
def test_of_many_windows_that_save_the_last_list_one_does(monkeypatch, at):
    monkeypatch.setattr(saving, "MOST", 1)
    someone, told = make_staff(unit=make_unit(kind="hospital")), []

    def save(name):
        try:
            told.append(saving.save(name=name, asked={}, unit=None, by=someone, at=at("09:00")).name)
        except TooManyLists:
            told.append("")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(name,)) for name in "甲乙丙丁"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(told)[:3] == ["", "", ""]
    assert SavedList.objects.count() == 1


def test_lists_go_with_their_owner_come_along_in_a_merge_and_stay_when_a_unit_closes(keep, at, blue, wang):
    mine, theirs = make_volunteer(unit=blue), make_volunteer(unit=blue)
    keep("夜班", by=mine.person.user)
    keep("夜班", by=theirs.person.user)
    shared = SavedList.objects.create(owner=wang, unit=blue, name="共用", made_at=at("09:00"))
    kept, gone = (Whole(one.person.user, one.person, one) for one in (mine, theirs))

    person.merge(kept, gone, wang, at("09:01"))
    assert [one.name[:2] for one in SavedList.objects.filter(owner=mine.person.user)] == ["夜班", "夜班"]
    person.erase(kept, wang, at("09:02"))
    unit.hand_over(unit=blue, successor=None, by=wang, at=at("09:03"))

    shared.refresh_from_db()
    assert (list(SavedList.objects.all()), shared.unit) == ([shared], None)


# The pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client, wang, sign_in):
    return sign_in(client, wang)


def test_the_search_on_the_page_gets_a_name_and_is_found_again_as_of_now(desk, blue, lin, hospital):
    asked = f"?q=林&unit={blue.code}&state=active&star=1&after=V000000"
    assert f"{reverse('people:new_list')}?q=%E6%9E%97&amp;unit={blue.code}" in desk.get(DESK + asked).text

    made = desk.post(reverse("people:new_list") + asked, {"name": " 姓林的 ", "unit": hospital.code}, follow=True)

    assert "姓林的" in made.text
    one = SavedList.objects.get()
    assert (one.name, one.unit, one.asked) == ("姓林的", hospital, {"unit": blue.code, "state": "active", "star": "1"})
    one.asked = {"unit": blue.code}
    one.save()
    make_volunteer(unit=blue, name="林新来")
    page = desk.get(reverse("people:open_list", args=[one.code]), follow=True)
    assert lin.number in page.text
    assert "林新来" in page.text
    assert 'aria-current="true">姓林的' in page.text.replace(" >", ">")


def test_a_condition_that_is_no_more_is_left_out_and_said(desk, keep, lin, hospital, at):
    closed = make_unit(parent=hospital, closed_at=at("08:00"))
    one = keep(unit=None, **{"speciality": "zz", "gone": "1", "state": "active"})
    SavedList.objects.update(asked=one.asked | {"unit": closed.code})

    page = desk.get(reverse("people:open_list", args=[one.code]), follow=True)

    assert "没有带上：队伍、特长、别的条件" in page.text
    assert page.redirect_chain[-1][0] == f"{DESK}?state=active&list={one.code}"
    assert lin.number in page.text


def test_a_shared_list_shows_each_their_own_people(client, sign_in, keep, blue, bureau, hospital, at):
    keep(unit=hospital, q="林")
    make_volunteer(unit=make_unit(parent=bureau), name="林外人")
    make_volunteer(unit=blue, name="林本院")
    colleague = staff(name="孙协", login_name="sun", role="coordinator", unit=hospital)

    page = sign_in(client, colleague).get(reverse("people:open_list", args=[SavedList.objects.get().code]), follow=True)

    assert "林本院" in page.text
    assert "林外人" not in page.text


@pytest.mark.parametrize("name", ["", "长" * 31, "夜班"])
def test_a_name_that_will_not_do_is_said_beside_the_field(desk, keep, name):
    keep()

    page = desk.post(reverse("people:new_list") + "?state=active", {"name": name})

    assert page.status_code == 422
    assert 'class="error"' in page.text
    assert SavedList.objects.count() == 1


def test_lists_are_looked_over_renamed_and_deleted(desk, keep, django_assert_max_num_queries):
    one = keep(state="active", q="林")
    for number in range(12):
        keep(f"名单{number}")
    with django_assert_max_num_queries(13):
        page = desk.get(reverse("people:lists"))
    assert "夜班" in page.text

    edit = reverse("people:edit_list", args=[one.code])
    assert "在岗" in desk.get(edit).text
    assert "晚班" in desk.post(edit, {"name": "晚班", "unit": ""}, follow=True).text
    page = desk.post(reverse("people:delete_list", args=[one.code]), follow=True)

    assert "晚班" not in page.text
    assert SavedList.objects.count() == 12


def test_without_a_list_the_page_says_how_to_make_one(desk):
    assert "还没有存过名单" in desk.get(reverse("people:lists")).text
    assert "管理名单" not in desk.get(DESK).text


def test_somebody_else_s_list_is_not_there(client, sign_in, keep, zhao):
    one = keep()
    sign_in(client, zhao)

    for name in ("open_list", "edit_list"):
        assert client.get(reverse(f"people:{name}", args=[one.code])).status_code == 404
    assert client.post(reverse("people:delete_list", args=[one.code])).status_code == 404
