"""Deliveries go out by real sockets to servers that speak the providers' protocols, and each ends once."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator

import pytest

from conftest import at, staff
from xinglin.audit.models import Entry
from xinglin.lib.channels.sms import Message, NotSent
from xinglin.lib.channels.tests.smtp_server import MailServer
from xinglin.lib.channels.tests.wechat_server import APP_ID, SECRET, TEMPLATE, WechatServer
from xinglin.notices import actions, addresses, delivering, jobs, rules, sending
from xinglin.notices.errors import DeliveryNotFailed
from xinglin.notices.models import Address, Delivery
from xinglin.notices.rules import Channel, State, Topic
from xinglin.notices.tests.factories import NOON, delivery_of, make_user, told

pytestmark = pytest.mark.django_db


class Carrier:
    """A gateway that remembers, and fails as it is told."""

    is_fake = False

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.trouble: NotSent | None = None

    def send(self, message: Message) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.sent.append(message)


@pytest.fixture(autouse=True)
def carrier(monkeypatch) -> Carrier:
    found = Carrier()
    monkeypatch.setattr(sending, "text_sender", lambda: found)
    return found


@pytest.fixture(autouse=True)
def patience(monkeypatch) -> None:
    """What another test's carrier did is forgotten."""
    monkeypatch.setattr(jobs, "patience", jobs.Patience())


@pytest.fixture
def mailbox(settings) -> Iterator[MailServer]:
    server = MailServer()
    settings.MAIL_SERVER, settings.MAIL_FROM = f"smtp://{server.address}", "xinglin@example.cn"
    yield server
    server.close()


@pytest.fixture
def wechat(settings) -> Iterator[WechatServer]:
    server = WechatServer()
    settings.WECHAT = {
        "app_id": APP_ID,
        "secret": SECRET,
        "template": TEMPLATE,
        "api": server.address,
        "sign_in": "https://open.weixin.qq.com",
    }
    yield server
    server.close()


@pytest.fixture
def lin():
    return make_user()


def delivered(time: dt.datetime = NOON) -> list[str]:
    states = []
    while outcome := delivering.deliver_next(at=time):
        states.append(outcome.state)
        assert len(states) < 50
    return states


def give_mailbox(user, address: str = "lin@example.cn") -> None:
    addresses._count(addresses._address(user, Channel.MAIL, address, at=NOON), at=NOON)


def test_a_text_message_goes_out_once(lin, carrier):
    notice = told(lin)

    assert delivered() == [State.SENT]
    assert delivered() == []
    assert [message.text for message in carrier.sent] == [
        "【杏林】您报名的“门诊导诊”（周三 11月25日 9:00–12:00）取消了，请不要白跑一趟。原因在杏林里。"
    ]
    assert delivery_of(notice).sent_at == NOON


def test_whoever_chose_english_reads_english(lin, carrier):
    actions.choose(user=lin, wanted={}, language="en", quiet=rules.Quiet(), at=NOON)
    told(lin)

    delivered()

    assert carrier.sent[0].template == "shift_called_off_en"
    assert carrier.sent[0].text == (
        "[Xinglin] Your shift “门诊导诊” (Wed 25 Nov 9:00–12:00) is cancelled. Please do not come."
    )


def test_what_is_not_wanted_is_not_sent(lin, carrier):
    actions.choose(
        user=lin, wanted={(Topic.SHIFT, Channel.SMS): False}, language="zh-hans", quiet=rules.Quiet(), at=NOON
    )
    told(lin)

    assert delivered() == [State.NOT_WANTED]
    assert carrier.sent == []


def test_a_closed_account_is_not_written_to(lin, carrier):
    told(lin)
    lin.is_active = False
    lin.save()

    assert delivered() == [State.NO_ADDRESS]


def test_what_can_wait_waits_for_the_morning(lin, carrier):
    notice = told(lin, "application_approved", unit="瑞安市人民医院", at=at("23:00"))

    assert delivering.deliver_next(at=at("23:00")).state == State.WAITING
    assert delivering.deliver_next(at=at("06:59", days=1)) is None
    assert delivering.deliver_next(at=at("07:00", days=1)).state == State.SENT
    assert delivery_of(notice).tries == 1


def test_what_cannot_wait_comes_at_night(lin, carrier):
    told(lin, at=at("23:00"))

    assert delivered(at("23:00")) == [State.SENT]


def test_a_busy_gateway_is_asked_again_later_with_the_same_key(lin, carrier):
    notice, carrier.trouble = told(lin), NotSent("HTTP 503, 3 tries")

    assert delivered() == [State.WAITING]
    waiting = delivery_of(notice)
    assert (waiting.tries, waiting.trouble, waiting.next_try_at) == (1, "HTTP 503, 3 tries", NOON + rules.WAITS[0])
    carrier.trouble = None

    assert delivered(NOON + rules.WAITS[0]) == [State.SENT]
    assert carrier.sent[0].key == f"notice-{waiting.code}"


def test_after_the_last_wait_nobody_tries_any_more(lin, carrier):
    notice, carrier.trouble, time = told(lin), NotSent("HTTP 503"), NOON
    for _ in range(len(rules.WAITS)):
        delivered(time)
        time = delivery_of(notice).next_try_at

    assert delivered(time) == [State.FAILED]
    assert delivery_of(notice).next_try_at is None


def test_a_refusal_for_good_is_not_tried_again(lin, carrier):
    notice, carrier.trouble = told(lin), NotSent("HTTP 400", is_final=True)

    assert delivered() == [State.FAILED]
    assert delivery_of(notice).trouble == "HTTP 400"


def test_a_failed_one_is_sent_again_by_hand(lin, carrier, hospital):
    wang = staff(name="王敏", login_name="wangmin", role="coordinator", unit=hospital)
    notice, carrier.trouble = told(lin), NotSent("HTTP 400", is_final=True)
    delivered()
    carrier.trouble = None

    delivering.resend(delivery=delivery_of(notice), by=wang, at=NOON)

    assert delivered() == [State.SENT]
    assert Entry.objects.get(verb="resent_notice").actor_code == wang.code
    with pytest.raises(DeliveryNotFailed):
        delivering.resend(delivery=delivery_of(notice), by=wang, at=NOON)


def test_what_a_fallen_worker_left_is_taken_up_after_its_lease(lin, carrier, monkeypatch):
    told(lin)

    def fall(claim) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as fallen:
        fallen.setattr(delivering, "_send", fall)
        with pytest.raises(KeyboardInterrupt):
            delivering.deliver_next(at=NOON)

    assert delivering.deliver_next(at=NOON + rules.LEASE - dt.timedelta(seconds=1)) is None
    assert delivering.deliver_next(at=NOON + rules.LEASE).state == State.SENT
    assert len(carrier.sent) == 1


def test_a_mail_arrives_with_the_way_to_the_page(lin, mailbox):
    give_mailbox(lin)
    notice = told(lin, "minutes_effective", minutes=150)

    assert delivered() == [State.SENT]
    [mail] = mailbox.received
    text = mail.get_body().get_content()
    assert mail["Subject"] == "2小时30分时长生效了"
    assert mail["Message-ID"].startswith(f"<notice-{delivery_of(notice, 'mail').code}@")
    assert "/me/hours/" in text
    assert "通知设置" in text


def test_a_mailbox_that_is_refused_is_given_up(lin, settings):
    server = MailServer(refuses="RCPT")
    settings.MAIL_SERVER, settings.MAIL_FROM = f"smtp://{server.address}", "xinglin@example.cn"
    give_mailbox(lin)
    notice = told(lin, "minutes_effective", minutes=60)

    assert delivered() == [State.FAILED]
    server.close()
    assert delivery_of(notice, "mail").trouble == "SMTP 550: address refused"


def test_a_message_arrives_in_wechat(lin, wechat, carrier):
    addresses.bind_wechat(user=lin, code="CODE-OF-LIN", at=NOON)
    told(lin)

    assert delivered() == [State.SENT, State.SENT]
    [message] = wechat.messages
    assert message["touser"] == "oLIN0000000000000000000000001"
    assert message["data"]["thing2"]["value"] == "班次取消了：门诊导诊"
    assert message["url"].endswith("/shifts/8F3KQ2TM/")


def test_who_does_not_follow_the_account_is_not_asked_again(lin, wechat):
    addresses.bind_wechat(user=lin, code="CODE-OF-LIN", at=NOON)
    wechat.not_following = {"oLIN0000000000000000000000001"}
    notice = told(lin, "minutes_effective", minutes=60)

    assert delivered() == [State.FAILED]
    assert delivery_of(notice, "wechat").trouble == "wechat 43004"


def test_the_openid_is_kept_sealed(lin, wechat):
    addresses.bind_wechat(user=lin, code="CODE-OF-LIN", at=NOON)

    assert b"oLIN" not in bytes(Address.objects.get().sealed)


def test_a_broken_channel_keeps_no_other_waiting(carrier, mailbox, now_is, caplog):
    now_is(NOON)
    carrier.trouble = NotSent("HTTP 503")
    for _ in range(5):
        told(make_user())
    reader = make_user()
    give_mailbox(reader)
    told(reader, "minutes_effective", minutes=60)

    with caplog.at_level(logging.ERROR):
        assert jobs.deliver(timestamp=0) == 1

    assert Delivery.objects.filter(tries=1, channel="sms").count() == jobs.TROUBLES
    assert "sms: HTTP 503" in caplog.text
    assert "1377" not in caplog.text


def test_a_broken_row_keeps_no_other_waiting(lin, carrier, caplog):
    broken = make_user()
    notice = told(broken)
    broken.phone_sealed = b"sealed by nobody"
    broken.save(update_fields=["phone_sealed"])
    told(lin)

    assert delivered() == [State.WAITING, State.SENT]

    row = delivery_of(notice)
    assert (row.tries, row.trouble, row.next_try_at) == (1, "InvalidTag", NOON + rules.WAITS[0])
    assert f"delivery {row.code} by sms: InvalidTag" in caplog.text
    assert delivering.deliver_next(at=row.next_try_at).is_broken is False


def test_a_mistake_of_ours_is_logged_without_what_was_sent(lin, monkeypatch, caplog):
    def mistaken(*_args, **_named):
        raise ValueError(lin.name)

    monkeypatch.setattr(delivering.kinds, "text_message", mistaken)
    told(lin)

    assert delivered() == [State.WAITING]
    assert "ValueError" in caplog.text
    assert "mistaken" in caplog.text
    assert lin.name not in caplog.text


def test_a_row_of_a_channel_that_is_not_known_yet_waits_for_who_knows_it(lin, carrier):
    told(lin)
    Delivery.objects.update(channel="pigeon")

    assert delivered() == []
    assert Delivery.objects.get().state == State.WAITING


def test_an_address_taken_away_since_the_claim_is_not_written_to(lin, mailbox, monkeypatch):
    give_mailbox(lin)
    notice = told(lin, "minutes_effective", minutes=60)
    monkeypatch.setattr(delivering.queries, "address_of", lambda _user, _channel: None)

    assert delivered() == [State.NO_ADDRESS]
    assert delivery_of(notice, "mail").state == State.NO_ADDRESS


def test_a_notice_on_its_way_is_not_taken_back(lin, carrier, monkeypatch):
    notice, taken = told(lin), []
    send = carrier.send

    def take_back_and_send(message: Message) -> None:
        taken.append(actions.take_back(source=notice.source))
        send(message)

    monkeypatch.setattr(carrier, "send", take_back_and_send)

    assert delivered() == [State.SENT]
    assert taken == [0]


def test_whose_delivery_is_not_theirs_any_more_says_so(lin, carrier, monkeypatch, caplog):
    notice = told(lin)
    code = delivery_of(notice).code
    monkeypatch.setattr(carrier, "send", lambda _message: notice.delete())

    outcome = delivering.deliver_next(at=NOON)

    assert outcome.state == delivering.TAKEN_OVER
    assert f"delivery {code} by sms is not ours any more" in caplog.text


def test_a_broken_channel_is_left_alone_by_the_whole_process_for_a_while(carrier, now_is, caplog):
    now_is(NOON)
    carrier.trouble = NotSent("HTTP 401")
    for _ in range(jobs.TROUBLES + 2):
        told(make_user())
    jobs.deliver(timestamp=0)

    # The next city, and the next minute.
    jobs.deliver(timestamp=0)
    now_is(NOON + dt.timedelta(minutes=1))
    jobs.deliver(timestamp=60)

    assert sum(Delivery.objects.values_list("tries", flat=True)) == jobs.TROUBLES
    assert caplog.text.count("sms: HTTP 401") == 1
    carrier.trouble = None
    now_is(NOON + jobs.LEFT_ALONE)

    assert jobs.deliver(timestamp=180) == jobs.TROUBLES + 2


def test_troubles_of_many_cities_count_together_and_a_success_ends_them():
    patience = jobs.Patience()
    trouble = delivering.Outcome("mail", State.WAITING, "TimeoutError", is_broken=True)

    assert [patience.note(trouble, at=NOON) for _ in range(jobs.TROUBLES - 1)] == [False] * (jobs.TROUBLES - 1)
    assert not patience.note(delivering.Outcome("mail", State.SENT), at=NOON)
    assert [patience.note(trouble, at=NOON) for _ in range(jobs.TROUBLES)][-1]
    assert patience.left_alone(at=NOON) == ["mail"]
    assert patience.left_alone(at=NOON + jobs.LEFT_ALONE) == []
