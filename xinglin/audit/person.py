"""What the trail holds of somebody: entries by code, which stay. It can be read by them, and never be emptied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from xinglin.audit.models import Entry
from xinglin.lib.whole_person import Key, OpenThing, Section, Whole

KEYS: Mapping[str, Key] = {}  # entries name people by code
MOST_ENTRIES = 5_000


def export(who: Whole, at: dt.datetime) -> list[Section]:
    """What was done by them and to them; whoever else did it stands by code."""
    mine = Entry.objects.filter(Q(actor_code=who.user.code) | Q(thing__in=_things(who))).order_by("-id")
    rows = [
        {
            "at": entry.at.isoformat(),
            "verb": entry.verb,
            "thing": entry.thing,
            "by_me": entry.actor_code == who.user.code,
        }
        for entry in mine[:MOST_ENTRIES]
    ]
    labels = {"at": _("时间"), "verb": _("做了什么"), "thing": _("对什么"), "by_me": _("是我做的")}
    return [Section("trail", _("审计记录（只有代号）"), labels, rows)]


def open_things(who: Whole, at: dt.datetime) -> list[OpenThing]:
    """A name or number that somebody typed into an entry stands there for good: whoever decides shall know."""
    words = [word for word in (who.name, *who.numbers) if word]
    if not words:
        return []
    said = Concat("reason", Value(" "), Cast("facts", TextField()), output_field=TextField())
    entries = Entry.objects.annotate(said=said)
    named = entries.filter(reduce(or_, (Q(said__contains=word) for word in words))).count()
    if not named:
        return []
    what = _("有 %(count)s 条审计记录里写着这个姓名或号码") % {"count": named}
    return [OpenThing(what, _("审计记录不能改，这几条会留着"))]


def _things(who: Whole) -> list[Any]:
    things = [f"user:{who.user.code}"]
    if who.person is not None:
        things.append(f"person:{who.person.code}")
    if who.volunteer is not None:
        things.append(f"volunteer:{who.volunteer.number}")
    return things
