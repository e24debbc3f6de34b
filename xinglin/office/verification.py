"""Does the time bank agree with the apps that set minutes aside in it? Only from up here can both be seen.

Each hold that is open in the ledger must be known to the app that placed it, and the other way round. What is past its
expiry belongs to the sweep and is left out on both sides. Both are streams in the order of origins, so memory does not
grow with them.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping

from xinglin.benefits import queries as benefits
from xinglin.timebank import queries as timebank
from xinglin.timebank import terms as terms_of
from xinglin.timebank.rules import Difference, OpenHold
from xinglin.timebank.verification import snapshot

# Each app that sets minutes aside: the function that yields what is open there, in the order of origins (code points).
PLACED_BY: Mapping[str, Callable[[], Iterable[OpenHold]]] = {
    "benefits": benefits.open_holds,
    "gifts": terms_of.gift_holds,
}


def differences(*, at: dt.datetime) -> Iterator[Difference]:
    """Where the ledger and the apps disagree about what is set aside, in one consistent view of both."""
    with snapshot():
        known = heapq.merge(
            *(_named(app, holds()) for app, holds in PLACED_BY.items()), key=lambda pair: pair[1].origin
        )
        yield from compare(timebank.open_holds(), known, at=at)


def compare(
    ledger: Iterable[OpenHold], known: Iterable[tuple[str, OpenHold]], *, at: dt.datetime
) -> Iterator[Difference]:
    """Walk both in the order of their origins; `known` says of each hold which app knows it."""
    held = (hold for hold in ledger if hold.expires_at > at)
    claimed = ((app, hold) for app, hold in known if hold.expires_at > at)
    ours, theirs = next(held, None), next(claimed, None)
    while ours is not None or theirs is not None:
        if theirs is None or (ours is not None and ours.origin < theirs[1].origin):
            assert ours is not None
            yield Difference(f"hold {ours.origin}", "is open in the time bank, and no app knows of it")
            ours = next(held, None)
        elif ours is None or theirs[1].origin < ours.origin:
            yield Difference(f"hold {theirs[1].origin}", f"is open in {theirs[0]}, and not in the time bank")
            theirs = next(claimed, None)
        else:
            yield from _compared(ours, *theirs)
            ours, theirs = next(held, None), next(claimed, None)


def _compared(ours: OpenHold, app: str, theirs: OpenHold) -> Iterator[Difference]:
    for fact in ("person_id", "minutes", "expires_at"):
        here, there = getattr(ours, fact), getattr(theirs, fact)
        if here != there:
            yield Difference(f"hold {ours.origin}", f"has {fact} {here} in the time bank and {there} in {app}")


def _named(app: str, holds: Iterable[OpenHold]) -> Iterator[tuple[str, OpenHold]]:
    return ((app, hold) for hold in holds)
