"""家长的话: a guardian without a telephone says yes to one sign-up; staff writes down who, how and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xinglin.activities.minors import errors
from xinglin.activities.models import GuardiansWord, Signup
from xinglin.lib import clock
from xinglin.people import guardians, scopes
from xinglin.people.models import Guardianship, Person

How = GuardiansWord.How


@dataclass(frozen=True)
class Word:
    """Who said yes, how, on which day, and on which note, where one was signed."""

    guardianship: Guardianship
    how: str
    said_on: dt.date
    paper: str = ""


def signed_on_paper(child: Person) -> Sequence[Guardianship]:
    """Guardians who consented on paper: for them staff may write down a word. Others nod on their own telephone."""
    return [row for row in guardians.guardians_of(child) if row.consented_at is not None and row.consent_paper]


def refuse(word: Word, *, by: Any, at: dt.datetime) -> None:
    """Raise why this cannot be written down, by this user or at all."""
    scopes.demand(by, guardians.VERB, word.guardianship.child)
    if word.said_on > clock.local_day(at):
        raise errors.WordOfTomorrow
    if word.how == How.PAPER and not word.paper.strip():
        raise errors.WordWithoutPaper


def keep(word: Word, *, signup: Signup, by: Any, at: dt.datetime) -> GuardiansWord:
    """Beside the sign-up that rests on it."""
    said = {"how": word.how, "said_on": word.said_on, "paper": word.paper.strip()[:60]}
    return GuardiansWord.objects.create(
        signup=signup, guardianship=word.guardianship, **said, entered_by=by, entered_at=at
    )


def facts_of(word: Word) -> dict[str, str]:
    """For the trail: whose word, by code, and how it came."""
    return {"guardianship": word.guardianship.code, "how": word.how, "said_on": word.said_on.isoformat()}
