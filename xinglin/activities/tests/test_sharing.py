"""What goes into a group: everything recruiting must say, the way there, and nobody's name."""

import struct

import pytest
from django.urls import reverse
from django.utils import translation

from conftest import at, sign_in
from xinglin.activities import queries, sharing
from xinglin.activities.models import Shift
from xinglin.activities.tests.factories import make_post, make_shift, make_signup

pytestmark = pytest.mark.django_db

ADDRESS = "https://volunteer.example.cn/shifts/8F3KQ2TM/"


@pytest.fixture
def shift(blue, wang, lin):
    shift = make_shift(places=3, unit=blue, starts_at=at("14:00", days=4), leader=wang, guarantees="提供饮水")
    make_post(shift, name="陪护", places=2, requires="急救证")
    make_signup(shift, lin)
    return shift


def text_of(shift):
    return sharing.text_of(shift, list(queries.posts_of(shift)), address=ADDRESS)


def test_the_text_says_what_recruiting_must_say(shift):
    text = text_of(shift)

    assert text.splitlines() == [
        "【志愿者招募】门诊导医",
        "时间：2026-11-28 周六 14:00–17:00",
        "地点：门诊一楼大厅 · 安阳街道",
        "需要：导医还差 2 人；陪护还差 2 人（需要：急救证）",
        "做什么：带路、教用自助机",
        "风险提示：久站；注意手卫生",
        "保障：提供饮水",
        "主办：蓝衣陪护队",
        f"报名：{ADDRESS}",
    ]


def test_nobody_is_named_in_it(shift):
    assert "林晓" not in text_of(shift)
    assert "王敏" not in text_of(shift)


def test_a_night_shift_names_both_days(blue):
    night = make_shift(unit=blue, starts_at=at("22:00"), ends_at=at("06:00", days=1))

    assert "2026-11-24 周二 22:00–2026-11-25 6:00" in text_of(night)


def test_it_speaks_english_where_the_page_does(shift):
    with translation.override("en"):
        assert "Sign up: https://" in text_of(shift)


def test_the_picture_is_a_png_as_wide_as_a_telephone_shows(shift):
    png = sharing.picture_of(shift, list(queries.posts_of(shift)), address=ADDRESS)

    width, height = struct.unpack(">II", png[16:24])
    assert png.startswith(b"\x89PNG")
    assert width == 1080
    assert height > width


def test_names_as_long_as_they_may_be_still_make_a_picture(blue):
    long = make_shift(unit=blue, name="很长的活动名称" * 11, place_name="很长的地点" * 24, risks='#panic("x") $ ' * 20)

    assert sharing.picture_of(long, list(queries.posts_of(long)), address=ADDRESS).startswith(b"\x89PNG")


def test_whoever_is_signed_in_finds_both(client, shift, lin):
    own = sign_in(client, lin.person.user)

    page = own.get(reverse("activities:share", args=[shift.code]))
    picture = own.get(reverse("activities:share_picture", args=[shift.code]))

    assert "【志愿者招募】门诊导医" in page.content.decode()
    assert picture["Content-Type"] == "image/png"


def test_a_cancelled_shift_is_not_passed_on(client, shift, lin):
    Shift.objects.update(state=Shift.State.CANCELLED)

    answer = sign_in(client, lin.person.user).get(reverse("activities:share", args=[shift.code]))

    assert answer.status_code == 404
