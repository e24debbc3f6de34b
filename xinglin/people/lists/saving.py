"""The verbs of a saved list: save, change, delete; and which lists somebody sees.

A list keeps what was asked, never who was found: whoever opens it asks anew, today and within their own scope.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from xinglin.accounts.models import User
from xinglin.accounts.vault import vault
from xinglin.audit import actions as audit
from xinglin.lib import pinyin
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people.errors import ListNameTaken, NotYourList, TooManyLists
from xinglin.people.models import SavedList
from xinglin.people.models.lists import LONGEST_NAME

MOST = 50  # of one person
MOST_SHOWN = 200
WORDS = "q"
PURPOSE = "saved_list.words"


def units_of(user: Any) -> QuerySet[Unit]:
    """Where the user is at work themselves: the units with whose colleagues they may share."""
    paths = organisation.scope_of(user, "see_people")
    units: QuerySet[Unit] = Unit.objects.filter(path__in=paths, closed_at__isnull=True).order_by("path")
    return units


def seen_by(user: Any) -> QuerySet[SavedList]:
    """One's own lists, and those of the colleagues at one's units."""
    mine = Q(owner=user) | Q(unit__in=units_of(user))
    return SavedList.objects.filter(mine).select_related("owner", "unit")


def in_order(lists: QuerySet[SavedList]) -> list[SavedList]:
    """By name, as it is read aloud."""
    return sorted(lists.order_by("pk")[:MOST_SHOWN], key=lambda one: (pinyin.readings(one.name)[0], one.name))


def may_change(user: Any, one: SavedList) -> bool:
    """Whoever saved it; of a shared one also those who look after the people there."""
    return one.owner_id == user.pk or (one.unit is not None and organisation.may(user, "edit_people", one.unit))


def asked_of(one: SavedList) -> dict[str, str]:
    """What the list asks for, by the names that stand in the address."""
    asked: dict[str, str] = dict(one.asked)
    if one.words_sealed:
        asked[WORDS] = vault().open(bytes(one.words_sealed), purpose=PURPOSE)
    return asked


@transaction.atomic
def save(*, name: str, asked: Mapping[str, str], unit: Unit | None, by: Any, at: dt.datetime) -> SavedList:
    """Keep a search under a name."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two windows, one last place
    if SavedList.objects.filter(owner=by).count() >= MOST:
        raise TooManyLists(most=MOST)
    if unit is not None:
        organisation.demand(by, "see_people", unit)
    typed = asked.get(WORDS, "").strip()
    made = SavedList(
        owner=by,
        unit=unit,
        name=name,
        asked={key: value for key, value in asked.items() if value and key != WORDS},
        words_sealed=vault().seal(typed, purpose=PURPOSE) if typed else None,
        made_at=at,
    )
    _write(made)
    _note("saved_list", made, by=by, at=at, narrowed_by=sorted(key for key, value in asked.items() if value))
    return made


@transaction.atomic
def change(*, chosen: SavedList, name: str, unit: Unit | None, by: Any, at: dt.datetime) -> SavedList:
    """Give it another name, share it or keep it to its owner."""
    chosen = _held(chosen, by)
    if unit is not None and unit.pk != chosen.unit_id:
        organisation.demand(by, "see_people", unit)
    chosen.name, chosen.unit = name, unit
    _write(chosen)
    _note("changed_list", chosen, by=by, at=at)
    return chosen


@transaction.atomic
def delete(*, chosen: SavedList, by: Any, at: dt.datetime) -> None:
    """The list is not needed any more; nobody who was on it notices."""
    chosen = _held(chosen, by)
    _note("deleted_list", chosen, by=by, at=at)
    chosen.delete()


def move(*, kept: Any, gone: Any) -> None:
    """Two accounts are one human being: their lists go along, and of two with one name the newcomer says its code."""
    names = SavedList.objects.filter(owner=kept).values("name")
    for one in SavedList.objects.filter(owner=gone, name__in=names):
        SavedList.objects.filter(pk=one.pk).update(name=f"{one.name[: LONGEST_NAME - 9]} {one.code}")
    SavedList.objects.filter(owner=gone).update(owner=kept)


def _held(chosen: SavedList, by: Any) -> SavedList:
    held = (
        SavedList.objects.select_for_update(of=("self",)).select_related("owner", "unit").filter(pk=chosen.pk).first()
    )
    if held is None or not may_change(by, held):
        raise NotYourList
    return held


def _write(one: SavedList) -> None:
    try:
        with transaction.atomic():
            one.save()
    except IntegrityError as taken:
        raise ListNameTaken from taken


def _note(verb: str, one: SavedList, *, by: Any, at: dt.datetime, **facts: Any) -> None:
    path = one.unit.path if one.unit else ""
    audit.record(actor=by, verb=verb, thing=f"list:{one.code}", unit_path=path, facts=facts, at=at)
