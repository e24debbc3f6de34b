"""The pages of notices: reading, choosing, and saying where else one wants to be told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from xinglin.audit.models import Entry
from xinglin.lib.channels.tests.smtp_server import MailServer
from xinglin.lib.channels.tests.wechat_server import APP_ID, SECRET, TEMPLATE, WechatServer
from xinglin.notices import actions, queries, rules
from xinglin.notices.models import Address, Choice, Notice
from xinglin.notices.rules import Channel, Topic
from xinglin.notices.tests.factories import NOON, make_user, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def lin():
    return make_user()


@pytest.fixture
def as_lin(client, sign_in, lin, now_is) -> Any:
    now_is(NOON)
    return sign_in(client, lin)


@pytest.fixture
def mailbox(settings) -> Iterator[MailServer]:
    server = MailServer()
    settings.MAIL_SERVER, settings.MAIL_FROM = f"smtp://{server.address}", "xinglin@example.cn"
    yield server
    server.close()


@pytest.fixture
def wechat(settings) -> Iterator[WechatServer]:
    server = WechatServer()
    where = {"api": server.address, "sign_in": "https://open.weixin.qq.com"}
    settings.WECHAT = {"app_id": APP_ID, "secret": SECRET, "template": TEMPLATE, **where}
    yield server
    server.close()


def page(client: Any, name: str, *args: str) -> str:
    return client.get(reverse(f"notices:{name}", args=args)).content.decode()


def test_the_list_says_what_happened_and_what_is_new(as_lin, lin):
    told(lin)

    text = page(as_lin, "mine")

    assert "班次取消了：门诊导诊" in text
    assert "1 条还没看" in text
    assert 'aria-label="通知，1 条没看"' in text


def test_opening_one_reads_it_and_leads_on(as_lin, lin):
    notice = told(lin)

    answer = as_lin.get(reverse("notices:opened", args=[notice.code]))

    assert (answer.status_code, answer.headers["Location"]) == (302, "/shifts/8F3KQ2TM/")
    assert queries.unread_count(lin) == 0


def test_nobody_opens_another_s_notice(as_lin):
    notice = told(make_user())

    assert as_lin.get(reverse("notices:opened", args=[notice.code])).status_code == 404
    assert Notice.objects.get().read_at is None


def test_all_are_marked_as_read(as_lin, lin):
    for _ in range(3):
        told(lin)

    as_lin.post(reverse("notices:read_all"))

    assert queries.unread_count(lin) == 0


def test_an_empty_list_says_what_will_come(as_lin):
    assert "还没有通知" in page(as_lin, "mine")


def test_the_list_costs_the_same_for_many(as_lin, lin, django_assert_max_num_queries):
    for _ in range(40):
        told(lin)

    with django_assert_max_num_queries(8):
        page(as_lin, "mine")


def test_the_list_speaks_the_reader_s_language(as_lin, lin):
    told(lin)
    as_lin.cookies["language"] = "en"

    assert "Shift cancelled: 门诊导诊" in page(as_lin, "mine")


def chosen(**changes: Any) -> dict[str, Any]:
    return {"sms": ["application"], "language": "en", "quiet_begins": "21:00", "quiet_ends": "08:00"} | changes


def test_what_is_chosen_is_kept_and_shown(as_lin, lin):
    assert re.search(r'value="shift"[^>]*checked', page(as_lin, "choices"))

    answer = as_lin.post(reverse("notices:choices"), chosen())

    assert answer.status_code == 302
    wishes = queries.wishes_of(lin)
    assert (wishes.language, wishes.quiet.begins.hour, wishes.quiet.ends.hour) == ("en", 21, 8)
    assert not wishes.wants(Topic.SHIFT, Channel.SMS)
    assert not re.search(r'value="shift"[^>]*checked', page(as_lin, "choices"))


def test_what_makes_no_sense_is_said_and_nothing_is_kept(as_lin):
    answer = as_lin.post(reverse("notices:choices"), chosen(language="xx", quiet_begins="25:00"))

    assert answer.status_code == 422
    assert not Choice.objects.exists()


def test_a_mailbox_counts_once_its_code_was_typed(as_lin, lin, mailbox):
    as_lin.post(reverse("notices:mail"), {"mailbox": "Lin@Example.cn"})
    assert queries.address_of(lin, Channel.MAIL) is None
    code = re.search(r"\d{6}", mailbox.received[0]["Subject"]).group()

    answer = as_lin.post(reverse("notices:mail_code"), {"code": f" {code[:3]} {code[3:]}"})

    assert answer.status_code == 302
    assert queries.address_of(lin, Channel.MAIL) == "Lin@example.cn"
    assert "Li***@example.cn" in page(as_lin, "choices")
    assert not Entry.objects.filter(facts__icontains="example").exists()


def test_a_new_mailbox_takes_the_place_of_the_old_one_only_when_confirmed(as_lin, lin, mailbox):
    for address in ("one@example.cn", "two@example.cn"):
        as_lin.post(reverse("notices:mail"), {"mailbox": address})
        if address.startswith("one"):
            code = re.search(r"\d{6}", mailbox.received[-1]["Subject"]).group()
            as_lin.post(reverse("notices:mail_code"), {"code": code})

    assert queries.address_of(lin, Channel.MAIL) == "one@example.cn"
    assert queries.waiting_mail_of(lin) == "two@example.cn"


def test_a_wrong_code_costs_a_try_and_five_are_the_end(as_lin, lin, mailbox):
    as_lin.post(reverse("notices:mail"), {"mailbox": "lin@example.cn"})
    code = re.search(r"\d{6}", mailbox.received[0]["Subject"]).group()
    wrong = "000000" if code != "000000" else "111111"

    answers = [as_lin.post(reverse("notices:mail_code"), {"code": wrong}) for _ in range(rules.CODE_TRIES)]

    assert {answer.status_code for answer in answers} == {409}
    assert "请把邮箱再填一次" in as_lin.post(reverse("notices:mail_code"), {"code": code}).content.decode()
    assert queries.address_of(lin, Channel.MAIL) is None


@pytest.mark.parametrize(("text", "status"), [("not an address", 422), ("", 422)])
def test_what_is_no_address_is_said_beside_the_field(as_lin, mailbox, text, status):
    assert as_lin.post(reverse("notices:mail"), {"mailbox": text}).status_code == status
    assert mailbox.received == []


def test_codes_to_a_mailbox_are_limited(as_lin, mailbox):
    as_lin.post(reverse("notices:mail"), {"mailbox": "lin@example.cn"})

    answer = as_lin.post(reverse("notices:mail"), {"mailbox": "lin@example.cn"})

    assert answer.status_code == 429
    assert len(mailbox.received) == 1


def test_without_a_mail_server_the_page_says_so(as_lin):
    assert "这里没有开通邮件" in page(as_lin, "mail")


def test_one_s_wechat_is_bound_by_going_there_and_back(as_lin, lin, wechat):
    away = as_lin.get(reverse("notices:wechat"))
    state = re.search(r"state=(\w+)", away.headers["Location"]).group(1)

    as_lin.get(reverse("notices:wechat_back"), {"code": "CODE-OF-LIN", "state": state})

    assert away.headers["Location"].startswith("https://open.weixin.qq.com/connect/oauth2/authorize?")
    assert queries.address_of(lin, Channel.WECHAT) == "oLIN0000000000000000000000001"
    assert "已接上" in page(as_lin, "choices")


@pytest.mark.parametrize("state", ["", "another"])
def test_nobody_is_bound_by_a_way_that_they_were_not_sent_on(as_lin, lin, wechat, state):
    as_lin.get(reverse("notices:wechat"))

    answer = as_lin.get(reverse("notices:wechat_back"), {"code": "CODE-OF-LIN", "state": state})

    assert answer.status_code == 409
    assert not Address.objects.exists()


def test_an_address_is_taken_away(as_lin, lin, wechat):
    state = re.search(r"state=(\w+)", as_lin.get(reverse("notices:wechat")).headers["Location"]).group(1)
    as_lin.get(reverse("notices:wechat_back"), {"code": "CODE-OF-LIN", "state": state})

    as_lin.post(reverse("notices:forget", args=["wechat"]))

    assert not Address.objects.exists()


def test_the_desk_counts_them_too(client, sign_in, wang, now_is):
    now_is(NOON)
    actions.tell(user=wang, kind="agreement_changed", source="agreement:2", at=NOON)

    text = sign_in(client, wang).get(reverse("home:desk")).content.decode()

    assert re.search(r'href="/notices/"[^>]*>.*通知<b>1</b>', text)
