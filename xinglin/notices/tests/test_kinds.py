"""Every kind can be said in both languages by every channel, and leads somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import translation

import xinglin.lib.channels.sms as sms
from xinglin.lib.channels.sms import TEMPLATES, Message
from xinglin.notices import kinds, rules
from xinglin.notices.rules import Channel
from xinglin.notices.tests.factories import SHIFT

# What all kinds together are filled with.
VALUES = SHIFT | {
    "unit": "瑞安市人民医院",
    "minutes": 150,
    "day": "2026-12-01",
    "level": 3,
    "place": "门诊二楼",
    "paper": "健康证明",
    "team": "蓝衣陪护队",
    "role": "协调员",
    "move": "借调",
    "state": "本人没有同意",
}


@pytest.mark.parametrize("kind", kinds.KINDS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_kind_is_said_without_holes(kind, language):
    wording = kinds.worded_in(language, kind, VALUES)

    assert "{" not in wording.title + wording.text
    assert wording.title
    assert wording.text


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_english_is_another_text(kind):
    assert kinds.worded_in("en", kind, VALUES).text != kinds.worded_in("zh-hans", kind, VALUES).text


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_a_kind_leads_to_a_page(kind):
    assert kinds.address_of(kind, VALUES).startswith("/")


# By `phone_gone`, which goes to the phone that is the account's no longer, whatever its owner chose.
THE_OLD_PHONE_IS_TOLD = {"phone_changed", "phone_removed_at_desk"}


def test_what_cannot_wait_goes_by_text_message_unless_somebody_chose_otherwise():
    urgent = [kind for name, kind in kinds.KINDS.items() if kind.is_urgent and name not in THE_OLD_PHONE_IS_TOLD]

    assert urgent
    assert [kind.title for kind in urgent if not kind.sms or kind.topic not in rules.WANTED[Channel.SMS]] == []


@pytest.mark.parametrize("kind", [name for name, kind in kinds.KINDS.items() if kind.sms])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_text_message_brings_what_its_template_asks_for(kind, language):
    template, values = kinds.text_message(kind, VALUES, language=language)

    text = Message(key="k", phone="13800000001", template=template, values=values).text
    assert "{" not in text


def test_no_date_is_said_as_today():
    with translation.override("zh-hans"):
        assert kinds.facts_of(SHIFT)["when"] == "周三 11月25日 9:00–12:00"


def test_every_template_stands_in_the_protocol():
    protocol = (Path(sms.__file__).parent / "PROTOCOL.md").read_text(encoding="utf-8")

    assert [name for name, text in TEMPLATES.items() if f"`{name}`" not in protocol or text not in protocol] == []
