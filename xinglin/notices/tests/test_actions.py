"""Telling, reading, choosing: on the database."""

from __future__ import annotations

import datetime as dt

import pytest

from conftest import at
from xinglin.audit.models import Entry
from xinglin.notices import actions, delivering, queries, rules
from xinglin.notices.actions import News
from xinglin.notices.errors import DeliveryNotFailed
from xinglin.notices.models import Delivery, Notice
from xinglin.notices.rules import Channel, State, Topic
from xinglin.notices.tests.factories import delivery_of, make_user, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def lin():
    return make_user()


def test_an_event_is_told_once(lin):
    for _ in range(2):
        actions.tell(user=lin, kind="agreement_changed", source="agreement:2", at=at("09:00"))

    assert Notice.objects.filter(user=lin).count() == 1


def test_the_same_event_is_told_to_each(lin):
    other = make_user()
    news = [News(user_id=user.pk, kind="agreement_changed", source="agreement:2") for user in (lin, other)]

    assert actions.tell_many(news=news, at=at("09:00")) == 2
    assert actions.tell_many(news=news, at=at("09:00")) == 0


def test_many_are_told_in_few_queries(lin, django_assert_num_queries):
    news = [News(user_id=lin.pk, kind="agreement_changed", source=f"agreement:{number}") for number in range(200)]

    with django_assert_num_queries(5):  # of which two are the transaction's
        actions.tell_many(news=news, at=at("09:00"))


def test_a_text_message_is_put_on_its_way_for_kinds_that_have_one(lin):
    assert delivery_of(told(lin)).state == State.WAITING
    assert not Delivery.objects.filter(notice=told(lin, "minutes_effective", minutes=60)).exists()


def test_without_a_sender_nothing_waits(lin, settings):
    settings.SMS_SENDER = "none"

    assert not Delivery.objects.filter(notice=told(lin)).exists()


def test_what_may_be_undone_waits_outside_but_stands_at_once_inside(lin):
    actions.tell(
        user=lin,
        kind="application_approved",
        source="application:1",
        values={"unit": "瑞安市人民医院"},
        not_before=at("09:10"),
        at=at("09:00"),
    )

    notice = Notice.objects.get(user=lin)
    assert (notice.told_at, delivery_of(notice).next_try_at) == (at("09:00"), at("09:10"))
    assert queries.unread_count(lin) == 1


def test_what_is_not_true_any_more_goes(lin):
    notice = told(lin)

    assert actions.take_back(source=notice.source) == 1
    assert queries.unread_count(lin) == 0


def test_what_has_left_the_house_stays(lin):
    notice = told(lin)
    Delivery.objects.update(state=State.SENT, sent_at=at("09:00"), next_try_at=None)

    assert actions.take_back(source=notice.source) == 0


def test_what_may_be_leaving_the_house_stays(lin):
    notice = told(lin)
    Delivery.objects.update(tries=1)

    assert actions.take_back(source=notice.source) == 0


def test_what_stays_because_of_one_channel_goes_out_by_no_other(lin):
    notice = told(lin)
    Delivery.objects.filter(notice=notice).update(state="sent", sent_at=at("09:01"), next_try_at=None, tries=1)
    waiting = Delivery.objects.create(notice=notice, channel="mail", made_at=at("09:00"), next_try_at=at("09:00"))

    assert actions.take_back(source=notice.source) == 0

    waiting.refresh_from_db()
    assert (waiting.state, waiting.next_try_at, waiting.trouble) == ("failed", None, rules.TAKEN_BACK)
    with pytest.raises(DeliveryNotFailed):
        delivering.resend(delivery=waiting, by=lin, at=at("10:00"))


def test_what_failed_before_it_was_taken_back_is_not_sent_again(lin):
    notice = told(lin)
    Delivery.objects.filter(notice=notice).update(state="failed", next_try_at=None, tries=5, trouble="HTTP 503")

    actions.take_back(source=notice.source)

    with pytest.raises(DeliveryNotFailed):
        delivering.resend(delivery=delivery_of(notice), by=lin, at=at("10:00"))


def test_what_went_out_while_it_was_taken_back_stands_as_sent(lin, monkeypatch):
    notice = told(lin)

    def taken_back_meanwhile(claim):
        actions.take_back(source=notice.source)
        return State.SENT

    monkeypatch.setattr(delivering, "_send", taken_back_meanwhile)
    assert delivering.deliver_next(at=at("12:00")).state == "sent"
    assert Delivery.objects.get(notice=notice).state == "sent"


def test_reading_keeps_the_first_time(lin):
    notice = told(lin)

    actions.read(notice=notice, at=at("10:00"))
    actions.read(notice=notice, at=at("11:00"))

    notice.refresh_from_db()
    assert notice.read_at == at("10:00")


def test_unread_stands_first_then_the_latest(lin):
    first, second, third = (told(lin, at=at(time)) for time in ("08:00", "09:00", "10:00"))
    actions.read(notice=third, at=at("10:30"))

    assert list(queries.notices_of(lin)) == [second, first, third]


def test_what_was_chosen_holds_and_the_rest_is_as_the_house_has_it(lin):
    quiet = rules.Quiet(dt.time(20), dt.time(8))

    actions.choose(user=lin, wanted={(Topic.SHIFT, Channel.SMS): False}, language="en", quiet=quiet, at=at("09:00"))
    actions.choose(user=lin, wanted={(Topic.STAR, Channel.SMS): True}, language="en", quiet=quiet, at=at("09:01"))

    wishes = queries.wishes_of(lin)
    assert (wishes.language, wishes.quiet) == ("en", quiet)
    assert not wishes.wants(Topic.SHIFT, Channel.SMS)
    assert wishes.wants(Topic.STAR, Channel.SMS)
    assert wishes.wants(Topic.APPLICATION, Channel.SMS)
    assert Entry.objects.filter(verb="chose_notices", thing=f"user:{lin.code}").count() == 2


def test_old_notices_are_forgotten_with_their_deliveries(lin):
    told(lin, at=at("09:00", days=-401))
    fresh = told(lin, at=at("09:00", days=-399))

    assert actions.forget_old(at=at("09:00")) == 1
    assert list(Notice.objects.all()) == [fresh]
    assert Delivery.objects.count() == 1
