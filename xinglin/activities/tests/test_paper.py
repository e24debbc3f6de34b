"""The sheet of paper: printed with what one needs, typed in afterwards, and what is wrong stays with its reason."""

import pytest
from django.urls import reverse

from conftest import at, member, sign_in
from xinglin.activities import actions
from xinglin.activities.evidence import BY_LEADER
from xinglin.activities.models import Attendance, Signup
from xinglin.activities.tests.factories import make_shift, make_signup
from xinglin.audit.models import Entry
from xinglin.diary.models import Commitment
from xinglin.hours.models import Record
from xinglin.organisation.models import Policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def shift(blue):
    return make_shift(places=9, unit=blue)  # 9:00 to 12:00


@pytest.fixture
def signups(shift, blue):
    people = [
        member(name=name, number=f"V00001{number:02d}", phone=f"138123400{number:02d}", unit=blue)
        for number, name in enumerate(("何苗", "周海燕", "陈思远"))
    ]
    return [make_signup(shift, volunteer) for volunteer in people]


@pytest.fixture
def desk(client, wang, now_is):
    now_is(at("15:00"))
    return sign_in(client, wang)


def enter(desk, shift, **rows):
    sent = {}
    for code, (came, left) in rows.items():
        sent |= {f"here-{code}": "1", f"came-{code}": came, f"left-{code}": left}
    return desk.post(reverse("activities:enter", args=[shift.code]), sent)


def test_the_sheet_has_names_masked_phones_and_room_for_more(desk, shift, signups):
    page = desk.get(reverse("activities:roster", args=[shift.code])).content.decode()

    assert "何苗" in page
    assert "138****0000" in page
    assert "13812340000" not in page
    assert page.count("<tr>") == 1 + 3 + 4


def test_a_row_that_is_ticked_becomes_a_later_entry_for_a_second_person(desk, shift, signups):
    first = signups[0]

    enter(desk, shift, **{first.code: ("9:05", "12点")})

    record = Record.objects.get()
    assert (record.minutes, record.provenance, record.state) == (175, "team_entry", "recorded")
    assert Attendance.objects.count() == 1


def test_good_rows_are_kept_and_bad_ones_stay_as_typed_with_their_reason(desk, shift, signups):
    good, unreadable, backwards = signups

    page = enter(
        desk,
        shift,
        **{good.code: ("9:00", "12:00"), unreadable.code: ("早上", "12:00"), backwards.code: ("11:00", "10:00")},
    )

    html = page.content.decode()
    assert Record.objects.get().person == good.volunteer.person
    assert "“早上”看不出是几点" in html
    assert 'value="早上"' in html
    assert 'value="10:00"' in html
    assert "2 行还没有记上" in html
    assert not Attendance.objects.exclude(signup=good).exists()  # half a row is none


def test_who_has_come_by_code_only_gets_the_leaving(desk, shift, signups, wang):
    signup = signups[0]
    actions.come(signup=signup, evidence=BY_LEADER, by=wang, at=at("09:00"))

    enter(desk, shift, **{signup.code: ("", "11:30")})

    assert Record.objects.get().minutes == 150


def test_saving_twice_is_saving_once(desk, shift, signups):
    for _time in range(2):
        enter(desk, shift, **{signups[0].code: ("9:00", "12:00")})

    assert Record.objects.count() == 1


def test_nobody_enters_their_own_row(client, shift, blue, now_is):
    from xinglin.organisation.tests.factories import make_role

    now_is(at("15:00"))
    leader = member(name="吴队", number="V000200", phone="13812349999", unit=blue)
    make_role(user=leader.person.user, unit=blue, name="team_leader")
    own = make_signup(shift, leader)

    page = enter(sign_in(client, leader.person.user), shift, **{own.code: ("9:00", "12:00")})

    assert page.status_code == 422
    assert not Attendance.objects.exists()


def extra(desk, shift, *lines, **more):
    """The blank lines of the sheet: what was written, came, left."""
    sent = dict(more)
    for place, (who, came, left) in enumerate(lines):
        sent |= {f"extra-who-{place}": who, f"extra-came-{place}": came, f"extra-left-{place}": left}
    return desk.post(reverse("activities:enter", args=[shift.code]), sent)


def test_who_had_not_signed_up_is_put_down_late_and_waits_for_a_second_person(desk, shift, lin, wang):
    extra(desk, shift, ("林晓", "9:05", "12点"))

    signup, record = Signup.objects.get(), Record.objects.get()
    assert (signup.volunteer, signup.taken_by, signup.joined_late) == (lin, wang, True)
    assert (record.minutes, record.provenance, record.state) == (175, "team_entry", "recorded")
    assert Entry.objects.filter(verb="signed_up_late", actor_code=wang.code).exists()
    assert Commitment.objects.filter(source=signup.source, released_at__isnull=True).exists()


def test_a_number_is_enough_for_a_member_and_a_stranger_needs_the_name_as_well(desk, shift, lin, bureau):
    from conftest import _below, _unit

    elsewhere = _below(bureau, _unit("海岸队", "team"))
    guest = member(name="海云", number="V000777", phone="13812347777", unit=elsewhere)

    page = extra(desk, shift, (lin.number, "9:00", "12:00"), (guest.number, "9:00", "12:00"))

    assert Signup.objects.get().volunteer == lin
    assert "没有认出“V000777”是谁" in page.content.decode()
    assert "海云" not in page.content.decode()  # a number alone tells no name of another unit

    extra(desk, shift, (f"{guest.number} 海云", "9:00", "12:00"))

    assert Signup.objects.filter(volunteer=guest).exists()


def test_of_two_with_one_name_the_leader_picks_and_nothing_typed_is_lost(desk, shift, lin, blue):
    other = member(name="林晓", number="V000088", phone="13812340088", unit=blue)

    page = extra(desk, shift, ("林晓", "9:10", "11:50")).content.decode()

    assert "可能是下面2位" in page
    assert 'value="9:10"' in page
    assert "138****0088" in page
    assert not Signup.objects.exists()

    extra(desk, shift, ("林晓", "9:10", "11:50"), **{"extra-one-0": other.number})

    assert Signup.objects.get().volunteer == other


def test_a_number_with_the_name_of_somebody_else_is_shown_and_not_taken(desk, shift, lin, signups):
    page = extra(desk, shift, (f"{lin.number} 周海", "9:00", "12:00")).content.decode()

    assert "编号和姓名对不上" in page
    assert "林晓 · V000001" in page
    assert not Record.objects.exists()


def test_who_is_busy_elsewhere_is_refused_by_name_and_nothing_stays_behind(desk, shift, lin, blue):
    make_signup(make_shift(unit=blue, name="陪诊", starts_at=at("10:00"), ends_at=at("11:00")), lin)

    page = extra(desk, shift, ("林晓", "9:00", "12:00"))

    assert page.status_code == 422
    assert "林晓那段时间另有安排" in page.content.decode()
    assert not Signup.objects.filter(shift=shift).exists()


def test_without_an_agreement_nobody_is_put_down(desk, shift, blue):
    from xinglin.people.tests.factories import make_volunteer

    make_volunteer(name="新来", number="V000099", phone="13812340099", unit=blue, agreement=False)

    page = extra(desk, shift, ("新来", "9:00", "12:00")).content.decode()

    assert "新来还不能记上：先签一下服务协议" in page


def test_times_that_are_wrong_leave_no_half_row(desk, shift, lin):
    page = extra(desk, shift, ("林晓", "早上", "12:00")).content.decode()

    assert "“早上”看不出是几点" in page
    assert not Signup.objects.exists()


def test_a_full_shift_still_takes_who_was_there(desk, blue, lin, signups):
    small = make_shift(places=1, unit=blue, name="分药")
    make_signup(small, member(name="占位", number="V000555", phone="13812340555", unit=blue))

    extra(desk, small, ("林晓", "9:00", "12:00"))

    assert Signup.objects.filter(shift=small, volunteer=lin).exists()


def test_before_the_shift_begins_there_is_no_room_for_the_unannounced(desk, blue, lin):
    coming = make_shift(unit=blue, starts_at=at("16:00"))

    page = desk.get(reverse("activities:enter", args=[coming.code])).content.decode()
    refused = extra(desk, coming, ("林晓", "16:00", "19:00"))

    assert "extra-who-0" not in page
    assert refused.status_code == 422
    assert not Signup.objects.exists()


def test_taking_a_late_entry_back_takes_the_late_sign_up_back(desk, shift, lin, wang):
    extra(desk, shift, ("林晓", "9:00", "12:00"))
    signup = Signup.objects.get()

    for _mark in ("left", "came"):
        actions.undo(signup=signup, by=wang, at=at("15:01"))

    signup.refresh_from_db()
    assert signup.state == Signup.State.CANCELLED
    assert not Commitment.objects.filter(source=signup.source, released_at__isnull=True).exists()


def test_printing_leaves_a_trace_without_a_name(desk, shift, signups, wang):
    desk.head(reverse("activities:roster", args=[shift.code]))
    desk.get(reverse("activities:roster", args=[shift.code]))

    entry = Entry.objects.get(verb="printed_roster")
    assert (entry.actor_code, entry.thing, entry.facts) == (wang.code, f"shift:{shift.code}", {})


def test_the_unit_says_how_long_the_sheet_can_be_typed_in(desk, shift, signups, blue, now_is):
    Policy.objects.create(unit=blue, name="mark_hours", value=72, starts_at=at("00:00", days=-1))
    now_is(at("15:00", days=2))

    enter(desk, shift, **{signups[0].code: ("9:00", "12:00")})

    assert Record.objects.count() == 1
    assert actions.end_shifts(at=at("11:59", days=3)) == 0
    assert actions.end_shifts(at=at("12:01", days=3)) == 1


def test_two_days_later_the_table_says_that_it_is_too_late(desk, shift, signups, now_is):
    now_is(at("15:00", days=2))

    page = desk.get(reverse("activities:enter", args=[shift.code])).content.decode()

    assert "录入的时间过了" in page
