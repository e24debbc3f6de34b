"""Taking in a bureau's roster: good lines become volunteers, bad ones go back with their reasons.

Chunk by chunk, each all or nothing: a handful of statements for thousands of lines, and the next chunk is read while
the database writes this one. A second run finds everybody there.
"""

from __future__ import annotations

import contextvars
import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from django.db import IntegrityError, connection, transaction

from xinglin.accounts import queries as accounts
from xinglin.accounts.errors import PhoneTaken
from xinglin.audit import actions as audit
from xinglin.lib import clock, sheets
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import comparing, documents, roster, taking_in
from xinglin.people.comparing import Known, Looked, Plan, Seen
from xinglin.people.errors import ImportCollided
from xinglin.people.roster import Reader, Reasons
from xinglin.people.taking_in import add_memberships, add_newcomers

CHUNK = 5000
Thing = TypeVar("Thing")
Done = TypeVar("Done")
ONE_ROSTER_AT_A_TIME = 0x585F_524F  # key of the advisory lock


@dataclass
class Outcome:
    """What an import did, or in a dry run would do. Holds no name and no number."""

    lines: int = 0
    persons: int = 0
    memberships: int = 0
    already: int = 0
    back: dict[int, Reasons] = field(default_factory=dict)

    @property
    def per_reason(self) -> Counter[str]:
        """How many lines go back for which reason; a line with two reasons counts under both."""
        return Counter(code for reasons in self.back.values() for code in set(reasons.codes.values()))

    def add(self, other: Outcome) -> None:
        self.lines += other.lines
        self.persons += other.persons
        self.memberships += other.memberships
        self.already += other.already
        self.back |= other.back


@dataclass(frozen=True)
class Desk:
    """Into which units a roster may come, and at what moment: `units` are all open ones, `mine` the keys of those.

    `lowest_ages`: by the name of each unit, how old one has to be to come into it.
    """

    units: Mapping[str, Unit]
    lowest_ages: Mapping[str, int]
    mine: frozenset[int]
    at: dt.datetime
    is_demo: bool = False


def read_roster(path: Path) -> sheets.Table:
    """The roster in a file; refuses what is no roster."""
    return sheets.read(path, roster.COLUMNS)


def open_roster(path: Path) -> sheets.Stream:
    """The same, to be read line by line."""
    return sheets.open_stream(path, roster.COLUMNS)


def write_back(path: Path, table: sheets.Table | sheets.Stream, outcome: Outcome) -> None:
    """The lines that were not taken in, as a spreadsheet that can be mended and imported again."""
    sheets.write_back(path, table, {number: reasons.said for number, reasons in outcome.back.items()})


def desk_of(*, at: dt.datetime, reach: Collection[int] | None = None, is_demo: bool = False) -> Desk:
    """Where people may come in: the open units of `reach`; without one, as for the house itself, all of them."""
    units = {sheets.folded(unit.name): unit for unit in organisation.open_units()}
    mine = frozenset(unit.pk for unit in units.values()) if reach is None else frozenset(reach)
    values = organisation.policy_values(("lowest_age",), units.values(), at=at)
    lowest_ages = {name: int(values[unit.pk]["lowest_age"]) for name, unit in units.items()}
    return Desk(units, lowest_ages, mine, at, is_demo)


def import_roster(
    *,
    table: sheets.Table | sheets.Stream,
    at: dt.datetime,
    actor: Any = None,
    is_demo: bool = False,
    dry_run: bool = False,
) -> Outcome:
    """Take in every good line; the outcome names the lines that go back."""
    desk, outcome = desk_of(at=at, is_demo=is_demo), Outcome()
    seen = Seen() if dry_run else None
    for chunk in looked_at_chunks(table, desk, seals=not dry_run):
        outcome.add(check_chunk(chunk, desk, seen) if seen else take_in_chunk(chunk, desk))
    if outcome.memberships and not dry_run:
        facts = {"persons": outcome.persons, "memberships": outcome.memberships, "back": len(outcome.back)}
        audit.record(actor=actor, verb="imported_roster", thing="roster:*", facts=facts, at=at)
    return outcome


def looked_at_chunks(
    table: sheets.Table | sheets.Stream, desk: Desk, *, after: int = 0, seals: bool = True
) -> Iterator[list[Looked]]:
    """The lines from behind row `after` on, chunk by chunk; sealed, where they are to be written."""
    reader = Reader(table.places, units=desk.units.keys(), today=clock.local_day(desk.at))
    lines = table.filled_lines(after=after)
    chunks = iter(lambda: list(islice(lines, CHUNK)), [])
    return _ahead(chunks, lambda chunk: [_looked_at(reader, number, row, seals) for number, row in chunk])


def check_chunk(chunk: Sequence[Looked], desk: Desk, seen: Seen) -> Outcome:
    """What would come of a chunk. `seen` remembers the chunks before it, of which nothing was written."""
    plan, outcome = _planned(chunk, desk, seen)
    for someone in plan.newcomers:
        someone.line = None  # nobody writes them: of a long roster only what is compared stays in memory
    return outcome


@transaction.atomic
def take_in_chunk(chunk: Sequence[Looked], desk: Desk) -> Outcome:
    """Every good line of a chunk, all or nothing."""
    _wait_for_other_rosters()
    plan, outcome = _planned(chunk, desk, Seen())
    if plan.joining:
        try:
            with transaction.atomic():
                add_newcomers(plan.newcomers, at=desk.at, is_demo=desk.is_demo)
                add_memberships(plan.joining, desk.units, at=desk.at)
        except (PhoneTaken, IntegrityError) as collided:
            # What was read above was no longer true: somebody applied at the same moment.
            raise ImportCollided from collided
    return outcome


def count_anew() -> None:
    """Tell the planner how large the tables have become, or it would read them as the ones they were."""
    with connection.cursor() as cursor:
        for table in (*taking_in.TABLES, Unit._meta.db_table):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")


def _wait_for_other_rosters() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_ROSTER_AT_A_TIME])


def _looked_at(reader: Reader, number: int, row: Sequence[sheets.Cell], seals: bool) -> Looked:
    entry, why = reader.read(number, row)
    if not entry.document.kind:
        return Looked(entry, why, None, None, None)
    phone = accounts.sealed_phone(entry.phone) if entry.phone else None
    sealed = documents.sealed(entry.document) if seals and not why else None
    blind = sealed["id_blind"] if sealed else documents.blind(entry.document)
    return Looked(entry, why, blind, phone, sealed)


def _planned(chunk: Sequence[Looked], desk: Desk, seen: Seen) -> tuple[Plan, Outcome]:
    """Compare every line with the accounts there are and with the good lines above it."""
    seen.learn(comparing.known_persons({one.blind for one in chunk if one.blind}))
    holders = accounts.holders_of(one.phone.blind for one in chunk if one.phone and one.phone.blind)
    plan, outcome, today = Plan(), Outcome(lines=len(chunk)), clock.local_day(desk.at)
    for one in chunk:
        entry, phone = one.entry, one.phone.blind if one.phone else None
        why = one.why or Reasons(entry.line)
        someone = seen.persons.get(one.blind) if one.blind else None
        comparing.contradictions(why, entry, someone, phone, holders, seen)
        comparing.out_of_reach(why, entry, desk.units, desk.mine)
        comparing.too_young(why, entry, desk.lowest_ages, today=today)
        if why.said:
            outcome.back[entry.line] = why
            continue
        assert one.blind is not None, "a good line has a document"
        if someone is None:
            someone = seen.persons[one.blind] = Known.of_line(one)
            plan.newcomers.append(someone)
        if phone:
            seen.owners[phone] = someone
        if entry.unit in someone.units:
            outcome.already += 1
        else:
            someone.units += (entry.unit,)
            plan.joining.append((someone, entry))
    outcome.persons, outcome.memberships = len(plan.newcomers), len(plan.joining)
    return plan, outcome


def _ahead(things: Iterator[Thing], do: Callable[[Thing], Done]) -> Iterator[Done]:
    """Do each thing while whoever asked is still busy with the one before it."""
    with ThreadPoolExecutor(1) as beside:
        coming: Future[Done] | None = None
        for thing in things:
            here = contextvars.copy_context()  # the city one is in, and the language of the reasons
            done, coming = coming, beside.submit(here.run, do, thing)
            if done:
                yield done.result()
        if coming:
            yield coming.result()
