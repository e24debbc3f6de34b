"""Every kind of notice: what it says on a page, in a mail, in a text message and in WeChat, and where it leads.

Words are marked for translation and filled when somebody reads or receives them, in that person's language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from xinglin.lib.channels.sms import ENGLISH, TEMPLATES
from xinglin.lib.web.words import clock_said, date_said, in_china, minutes_said
from xinglin.notices.about_oneself import ABOUT_ONESELF
from xinglin.notices.about_service import ABOUT_SERVICE
from xinglin.notices.about_units import ABOUT_UNITS
from xinglin.notices.about_vetting import ABOUT_VETTING
from xinglin.notices.kind import Kind as Kind

CHINESE = "zh-hans"


KINDS: dict[str, Kind] = ABOUT_ONESELF | ABOUT_VETTING | ABOUT_SERVICE | ABOUT_UNITS

AT_THE_BELL = [name for name, kind in KINDS.items() if not kind.stands_elsewhere]


@dataclass(frozen=True)
class Wording:
    """A notice as somebody reads it."""

    title: str
    text: str
    icon: str


def worded(kind: str, values: Mapping[str, Any]) -> Wording:
    """In the language of this moment."""
    found, facts = KINDS[kind], facts_of(values)
    return Wording(str(found.title).format_map(facts), str(found.text).format_map(facts), found.icon)


def worded_in(language: str, kind: str, values: Mapping[str, Any]) -> Wording:
    """In the language that a person chose."""
    with translation.override(language):
        return worded(kind, values)


def text_message(kind: str, values: Mapping[str, Any], *, language: str) -> tuple[str, dict[str, str]]:
    """The template at the carrier, and what fills it."""
    template = KINDS[kind].sms + (ENGLISH if language != CHINESE else "")
    with translation.override(language):
        facts = facts_of(values)
    wanted = [name for name in facts if "{" + name + "}" in TEMPLATES[template]]
    return template, {name: facts[name] for name in wanted}


def letter(wording: Wording, page: str, *, language: str) -> str:
    """The text of a mail: what happened, where to look, and how to hear less."""
    with translation.override(language):
        lines = [wording.text, page, gettext("这是杏林自动发出的，不用回复。想少收一些，请在杏林的“通知设置”里选。")]
    return "\n\n".join(lines) + "\n"


def address_of(kind: str, values: Mapping[str, Any]) -> str:
    """The page of this house that the notice leads to."""
    found = KINDS[kind]
    return reverse(found.page, args=[values["code"]] if found.asks_code else [])


def kept(word: Any) -> str:
    """A word of ours as a notice keeps it: in Chinese, from which `facts_of` translates it for each reader."""
    with translation.override(CHINESE):
        return str(word)


def facts_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Plain values as people say them; a date never as 今天, because nobody knows when it will be read."""
    facts = {name: str(value) for name, value in values.items()}
    if "starts_at" in values:
        starts, ends = (dt.datetime.fromisoformat(values[name]) for name in ("starts_at", "ends_at"))
        facts["when"] = f"{date_said(in_china(starts).date())} {clock_said(starts)}–{clock_said(ends)}"
    if "day" in values:
        facts["day"] = date_said(dt.date.fromisoformat(values["day"]))
    for name in ("paper", "role", "move", "state"):
        if name in values:
            facts[name] = gettext(values[name])
    if "minutes" in values:
        facts["minutes"] = minutes_said(values["minutes"])
    if "level" in values:
        facts["star"] = gettext("%(value)s星") % {"value": values["level"]}
    return facts
