"""What every kind of decision at the desk has in common."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet

from xinglin.home.errors import ReasonNeeded
from xinglin.home.rules import Todo
from xinglin.lib.errors import BadInput


@dataclass(frozen=True)
class Choice:
    """One way to decide: the button, its key, and whether it takes a reason. `together`: also for many at once.

    What destroys something for good has no key: nobody presses it on the way through the list.
    """

    verb: str
    label: Any
    key: str
    is_main: bool = False
    needs_reason: bool = False
    together: Any = None


class Kind(ABC):
    """A kind of thing that waits: where its list comes from, what helps to decide, how it is decided and undone.

    Lists and finds are scoped to the asker; deciding and taking back are the actions of the app that owns the thing.
    """

    name: ClassVar[str]
    tab: ClassVar[Any]
    choices: ClassVar[tuple[Choice, ...]]
    reasons: ClassVar[tuple[Any, ...]] = ()

    @property
    def template(self) -> str:
        """What shows one of them."""
        return f"home/waiting/{self.name}.html"

    @property
    def needs_reason(self) -> bool:
        """Does any of the choices take a reason?"""
        return any(choice.needs_reason for choice in self.choices)

    def seldom(self, user: Any, *, at: dt.datetime) -> QuerySet[Any] | None:
        """For a kind that seldom waits: rows without which nothing can. All such kinds are asked in one statement."""
        return None

    @abstractmethod
    def waiting(self, user: Any, *, at: dt.datetime, most: int) -> list[Todo]:
        """What waits for this user's word, the longest waiting first."""

    @abstractmethod
    def find(self, user: Any, code: str, *, at: dt.datetime) -> Any:
        """The thing itself if this user may decide it; else `NotFound`."""

    @abstractmethod
    def looked_at(self, thing: Any, *, user: Any, at: dt.datetime) -> dict[str, Any]:
        """What the page shows of it; `is_open` says whether it can be decided."""

    @abstractmethod
    def decide(self, thing: Any, verb: str, *, by: Any, reason: str, at: dt.datetime) -> str:
        """Decide it, and say what was done."""

    @abstractmethod
    def undo_minutes(self, thing: Any, *, at: dt.datetime) -> int:
        """How long the decision can be taken back."""

    @abstractmethod
    def take_back(self, code: str, verb: str, *, by: Any, at: dt.datetime) -> None:
        """Undo one's own decision; the thing waits again."""

    def choice(self, verb: str, reason: str) -> Choice:
        """The choice of this name with what it needs."""
        for choice in self.choices:
            if choice.verb == verb:
                if choice.needs_reason and not reason:
                    raise ReasonNeeded
                return choice
        raise BadInput
