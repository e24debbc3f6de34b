"""Leaving volunteering: places given back, teams ended, leaders told, records kept; and the way back."""

from __future__ import annotations

import pytest
from django.urls import reverse

from conftest import at
from xinglin.activities import actions, errors, leaving
from xinglin.activities.evidence import BY_LEADER
from xinglin.activities.tests.factories import make_shift
from xinglin.audit.models import Entry
from xinglin.diary.models import Commitment
from xinglin.lib import clock
from xinglin.notices.models import Notice
from xinglin.organisation.models import Role
from xinglin.organisation.tests.factories import make_unit
from xinglin.people import actions as people
from xinglin.people.errors import StillServing
from xinglin.people.models import Membership, Submission, Volunteer
from xinglin.people.teams.errors import TeamClosed
from xinglin.people.tests.factories import make_user
from xinglin.people.vetting import submissions
from xinglin.people.vetting.errors import TeamNeeded

pytestmark = pytest.mark.django_db
NOW = at("08:00")


@pytest.fixture
def leader():
    return make_user(name="带队人")


@pytest.fixture
def tomorrow(blue, leader):
    return make_shift(unit=blue, name="门诊导医", starts_at=at("09:00", days=1), leader=leader)


def take(shift, volunteer):
    return actions.take_shift(volunteer=volunteer, post=shift.posts.get(), at=at("07:00"))


def leave(volunteer, *, reason="", when=NOW):
    return leaving.leave(volunteer=volunteer, reason=reason, at=when)


def test_places_to_come_are_given_back_and_who_leads_or_coordinates_hears(lin, blue, tomorrow, leader, wang):
    signup = take(tomorrow, lin)

    given = leave(lin, reason="搬家了")

    signup.refresh_from_db()
    lin.refresh_from_db()
    assert (given, signup.state, lin.state, lin.state_reason) == (1, "cancelled", "left", "搬家了")
    assert not Commitment.objects.filter(source=signup.source, released_at__isnull=True).exists()
    assert not Membership.objects.filter(volunteer=lin, left_on__isnull=True).exists()
    assert [one.kind for one in Notice.objects.filter(user=leader)] == ["place_given_back"]
    assert [one.kind for one in Notice.objects.filter(user=wang)] == ["member_left"]
    assert "搬家" not in str(list(Entry.objects.values())) + str(list(Notice.objects.values()))


def test_leaving_twice_is_once(lin, tomorrow):
    take(tomorrow, lin)

    assert (leave(lin), leave(lin)) == (1, 0)
    assert Entry.objects.filter(verb="left_volunteering").count() == 1


def test_nobody_leaves_in_the_middle_of_a_shift_or_while_they_lead_one(lin, blue):
    now = make_shift(unit=blue, name="陪诊", starts_at=at("08:00"))
    signup = take(now, lin)
    actions.come(signup=signup, evidence=BY_LEADER, by=make_user(), at=at("08:05"))

    with pytest.raises(StillServing):
        leave(lin, when=at("08:10"))

    assert Volunteer.objects.get(pk=lin.pk).state == "active"


def test_who_leads_a_shift_to_come_hands_it_over_first(lin, blue):
    make_shift(unit=blue, starts_at=at("09:00", days=1), leader=lin.person.user)

    with pytest.raises(StillServing):
        leave(lin)


def test_what_was_handed_in_is_taken_back_and_the_role_of_a_leader_ends(lin, blue, wang):
    user = lin.person.user
    Role.objects.create(user=user, unit=blue, name="team_leader", granted_by=wang, starts_at=at("00:00", days=-9))

    leave(lin)

    assert not Role.objects.filter(user=user, ends_at__isnull=True).exists()


def test_whoever_has_left_comes_back_from_the_page_of_a_college(client, sign_in, lin, bureau, wang):
    base = make_unit(parent=bureau, name="浙南学院", kind="college")
    Volunteer.objects.filter(pk=lin.pk).update(state="left")
    Membership.objects.filter(volunteer=lin).update(left_on=clock.local_day(at("09:00")))

    sign_in(client, lin.person.user)
    address = reverse("people:ask_to_return") + f"?unit={base.code}"
    page, form = client.get(reverse("people:team", args=[base.code])), client.get(address)
    client.post(address, {"unit": base.code, "note": ""})

    assert address in page.text
    assert f'value="{base.code}" selected' in form.text
    assert Submission.objects.get().unit == base


def test_whoever_has_left_takes_no_shift_and_is_shown_the_way_back(lin, tomorrow):
    leave(lin)

    with pytest.raises(errors.HasLeft) as refused:
        take(tomorrow, Volunteer.objects.get(pk=lin.pk))
    assert refused.value.next_url == reverse("people:ask_to_return")


def test_they_come_back_with_the_old_number_into_the_team_that_says_yes(lin, blue, zhao, tomorrow):
    leave(lin)
    with pytest.raises(TeamNeeded):
        submissions.ask_to_return(volunteer=lin, note="", at=NOW)
    asked = submissions.ask_to_return(volunteer=lin, note="回来了", unit=blue, at=NOW)

    submissions.accept(submission=asked, by=zhao, at=NOW)

    back = Volunteer.objects.get(pk=lin.pk)
    assert (back.state, back.number, back.state_reason) == ("active", lin.number, "")
    assert Membership.objects.filter(volunteer=back, unit=blue, left_on__isnull=True).count() == 1
    assert take(tomorrow, back).state == "taken"


def test_a_team_that_closed_meanwhile_takes_nobody_back(lin, blue, hospital, zhao):
    closing = make_unit(parent=hospital, name="要停的队")
    leave(lin)
    asked = submissions.ask_to_return(volunteer=lin, note="", unit=closing, at=NOW)
    type(closing).objects.filter(pk=closing.pk).update(closed_at=NOW)

    with pytest.raises(TeamClosed):
        submissions.accept(submission=Submission.objects.get(pk=asked.pk), by=zhao, at=NOW)

    assert Volunteer.objects.get(pk=lin.pk).state == "left"


def test_who_leaves_while_suspended_is_not_taken_back_unread(lin, wang):
    suspended = people.suspend(volunteer=lin, by=wang, reason="两次没来", at=NOW)

    leave(suspended, reason="算了")

    assert "两次没来" in Volunteer.objects.get(pk=lin.pk).state_reason


def test_the_pages_lead_out_and_back_in(client, sign_in, lin, blue, tomorrow, now_is):
    now_is(NOW)
    take(tomorrow, lin)
    sign_in(client, lin.person.user)

    before = client.get(reverse("activities:leave_volunteering")).text
    client.post(reverse("activities:leave_volunteering"), {"reason": ""})
    own, home = client.get(reverse("people:me")).text, client.get(reverse("home:home")).text
    empty = client.post(reverse("people:ask_to_return"), {"note": ""})
    client.post(reverse("people:ask_to_return"), {"note": "", "unit": blue.code})

    assert all(word in before for word in ("门诊导医", "和注销不一样", "蓝衣陪护队"))
    assert all("您已经退出志愿服务" in page for page in (own, home))
    assert "想回来" in own
    assert empty.status_code == 422
    assert Submission.objects.get().unit == blue
