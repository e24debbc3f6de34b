"""The desk's verbs: one decision, many equal ones at once, and taking the last one back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from xinglin.home.waiting import Kind
from xinglin.lib.errors import BadInput, Refusal

MOST_TOGETHER = 100  # a press decides what a page shows, and a page shows no more


@dataclass
class Decided:
    """What a press did: a sentence, what was decided, until when it can be undone, and what was refused and why."""

    kind: str
    verb: str
    said: str
    codes: list[str]
    until: dt.datetime
    refused: list[str] = field(default_factory=list)


@transaction.atomic
def decide(*, kind: Kind, code: str, verb: str, reason: str, by: Any, at: dt.datetime) -> Decided:
    """Decide one thing by the action of the app that owns it."""
    reason = reason.strip()[:300]
    thing = kind.find(by, code, at=at)  # first: what is not this person's to decide is not even discussed
    choice = kind.choice(verb, reason)
    until = at + dt.timedelta(minutes=kind.undo_minutes(thing, at=at))
    return Decided(kind.name, verb, kind.decide(thing, choice.verb, by=by, reason=reason, at=at), [code], until)


@transaction.atomic
def decide_together(*, kind: Kind, codes: Sequence[str], verb: str, by: Any, at: dt.datetime) -> Decided:
    """The same word for many that are alike. What is refused for one keeps nobody else waiting, and is told."""
    choice = kind.choice(verb, "")
    if not choice.together:  # the page offers it for some kinds only; whoever asks for more sent it by hand
        raise BadInput
    done, refused, until = [], [], at
    for code in sorted(set(codes))[:MOST_TOGETHER]:  # always the same order, so that two desks cannot deadlock
        try:
            with transaction.atomic():
                one = decide(kind=kind, code=code, verb=verb, reason="", by=by, at=at)
        except Refusal as refusal:
            refused.append(str(refusal))
        else:
            done.append(code)
            until = one.until
    return Decided(kind.name, verb, _together_said(len(done), len(refused)), done, until, refused)


@transaction.atomic
def take_back(*, kind: Kind, codes: Sequence[str], verb: str, by: Any, at: dt.datetime) -> None:
    """Undo what one press decided: all of it, or, where something hangs on one already, nothing."""
    for code in sorted(codes):
        kind.take_back(code, verb, by=by, at=at)


def _together_said(done: int, refused: int) -> str:
    if refused:
        return _("%(done)s 件办好了，%(refused)s 件没有办成，还在单子里") % {"done": done, "refused": refused}
    return _("%(done)s 件一起办好了") % {"done": done}
