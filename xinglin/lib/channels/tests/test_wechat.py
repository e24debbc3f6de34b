"""WeChat's protocol as WECHAT.md has it, against a server of our own over a real socket."""

from __future__ import annotations

import datetime as dt
import urllib.parse
from collections.abc import Iterator
from dataclasses import replace

import pytest

from xinglin.lib.channels.sms import NotSent
from xinglin.lib.channels.tests.wechat_server import APP_ID, SECRET, TEMPLATE, WechatServer
from xinglin.lib.channels.wechat import OfficialAccount, Template, TemplateMessage

LIN = "oLIN0000000000000000000000001"
MESSAGE = TemplateMessage(
    key="notice-8F3KQ2TM",
    openid=LIN,
    what="班次取消了：门诊导诊",
    at=dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC),
    note="周三 11月25日 9:00–12:00的“门诊导诊”取消了，请不要白跑一趟。",
    url="https://zyz.example.cn/shifts/8F3KQ2TM/",
)


@pytest.fixture
def server() -> Iterator[WechatServer]:
    server = WechatServer()
    yield server
    server.close()


def account(server: WechatServer, **changes: object) -> OfficialAccount:
    said = {"app_id": APP_ID, "secret": SECRET, "template": Template.read(TEMPLATE), "timeout_s": 5.0}
    where = {"api": server.address, "sign_in": "https://open.weixin.qq.com"}
    return OfficialAccount(**(said | where | changes))  # type: ignore[arg-type]


def test_a_message_arrives_in_the_fields_of_the_template(server):
    account(server).send(MESSAGE)

    [message] = server.messages
    assert message["touser"] == LIN
    assert message["template_id"] == "TM00017"
    assert message["url"] == MESSAGE.url
    assert {name: said["value"] for name, said in message["data"].items()} == {
        "thing2": "班次取消了：门诊导诊",
        "time4": "2026-11-24 12:00",
        "thing5": "周三 11月25日 9:00–12:0…",
    }


def test_the_token_is_asked_for_once(server):
    speaker = account(server)

    speaker.send(MESSAGE)
    speaker.send(replace(MESSAGE, key="another"))

    assert server.tokens_given == 1
    assert len(server.messages) == 2


def test_a_token_near_its_end_is_asked_for_anew(server):
    now = [0.0]
    speaker = account(server, unix_time=lambda: now[0])
    speaker.send(MESSAGE)
    server.end_token()

    now[0] = 7200 - 299
    speaker.send(replace(MESSAGE, key="another"))

    assert server.tokens_given == 2


def test_a_token_that_was_ended_elsewhere_is_replaced_and_the_message_sent(server):
    speaker = account(server)
    speaker.send(MESSAGE)
    server.end_token()

    speaker.send(replace(MESSAGE, key="another"))

    assert server.tokens_given == 2
    assert len(server.messages) == 2


def test_the_same_key_arrives_once(server):
    speaker = account(server)

    speaker.send(MESSAGE)
    speaker.send(MESSAGE)

    assert len(server.messages) == 1


@pytest.mark.parametrize(
    ("code", "is_final"),
    [
        *((43004, True), (40003, True), (43101, True), (50002, True)),
        *((40037, False), (47003, False), (41030, False), (45009, False), (-1, False)),
    ],
)
def test_what_wechat_answers_says_whether_to_try_again(server, code, is_final):
    server.answers = [code]

    with pytest.raises(NotSent, match=f"wechat {code}") as trouble:
        account(server).send(MESSAGE)

    assert trouble.value.is_final is is_final


def test_a_token_that_is_refused_twice_is_tried_later(server):
    server.answers = [40001, 42001]

    with pytest.raises(NotSent) as trouble:
        account(server).send(MESSAGE)

    assert not trouble.value.is_final


def test_a_wrong_secret_is_told_without_the_secret(server):
    with pytest.raises(NotSent, match="wechat 40125") as trouble:
        account(server, secret="wrong-secret").send(MESSAGE)

    assert "wrong-secret" not in str(trouble.value)


def test_a_wechat_that_is_not_there_is_tried_later(server):
    with pytest.raises(NotSent, match="wechat URLError") as trouble:
        account(server, api="http://127.0.0.1:9").send(MESSAGE)

    assert not trouble.value.is_final


def test_people_are_sent_to_wechat_with_nothing_but_the_question_who_they_are(server):
    way = account(server).way_to_sign_in(back="https://zyz.example.cn/notices/wechat/back/", state="STATE")

    parts = urllib.parse.urlsplit(way)
    asked = dict(urllib.parse.parse_qsl(parts.query))
    assert (parts.netloc, parts.path, parts.fragment) == (
        "open.weixin.qq.com",
        "/connect/oauth2/authorize",
        "wechat_redirect",
    )
    assert asked == {
        "appid": APP_ID,
        "redirect_uri": "https://zyz.example.cn/notices/wechat/back/",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "STATE",
    }


def test_a_code_tells_once_whose_it_is(server):
    assert account(server).openid_of("CODE-OF-LIN") == LIN
    with pytest.raises(NotSent, match="wechat 40029"):
        account(server).openid_of("CODE-OF-LIN")


def test_what_is_personal_stands_in_no_description():
    assert LIN not in repr(MESSAGE)
    assert "门诊导诊" not in repr(MESSAGE)
