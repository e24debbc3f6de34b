"""The verbs of a roster at the desk: hand in, check, begin, take in chunk by chunk, drop, forget.

The check writes nothing about people. The import counts each chunk as done in the transaction that writes its rows, so
a worker that is killed leaves no line half and none twice: the next one goes on behind the last row that is done.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from xinglin.accounts.rules import masked_phone
from xinglin.accounts.vault import vault
from xinglin.audit import actions as audit
from xinglin.lib import sheets
from xinglin.organisation import queries as organisation
from xinglin.people import importing, roster
from xinglin.people.comparing import Looked, Seen
from xinglin.people.errors import ImportCollided, NothingToImport, RosterBusy
from xinglin.people.importing import Desk, Outcome
from xinglin.people.models import Roster, RosterFile, RosterPart
from xinglin.people.roster import Reasons

CONTENT, FIRST_LINES, BACK, REASONS = (f"roster.{what}" for what in ("content", "first_lines", "back", "reasons"))
FIRST_LINES_SHOWN = 8
MOST_TRIES = 5
COLLISIONS_BORNE = 3
KEPT = dt.timedelta(days=7)
STILL_AT_WORK = dt.timedelta(seconds=90)  # who has not come further for so long was killed
State = Roster.State
Said = dict[int, dict[str, list[str]]]  # row → column → code and sentence


def seen_by(user: Any) -> QuerySet[Roster]:
    """Rosters that the user handed in, or that came to nobody but units of theirs."""
    units = list(organisation.units_where(user, "import_people").values_list("pk", flat=True))
    return Roster.objects.filter(reach__contained_by=units).select_related("by").order_by("-uploaded_at", "-pk")


@transaction.atomic
def hand_in(*, content: bytes, file_name: str, by: Any, at: dt.datetime) -> Roster:
    """Keep a file, sealed, and look whether it is a roster at all; its lines are checked later."""
    stream = sheets.stream_of(content, roster.COLUMNS)
    first = _first_lines(stream)
    if not first:
        raise sheets.SpreadsheetEmpty
    units = list(organisation.units_where(by, "import_people").values_list("pk", flat=True))
    made = Roster.objects.create(file_name=file_name[:120], by=by, uploaded_at=at, touched_at=at, reach=units)
    shown = {"headings": list(stream.places), "lines": first}
    RosterFile.objects.create(
        roster=made,
        content=vault().seal_bytes(content, purpose=CONTENT),
        first_lines=vault().seal(json.dumps(shown, ensure_ascii=False), purpose=FIRST_LINES),
    )
    _record("handed_in_roster", made, by, at, {"bytes": len(content)})
    return made


def check(*, code: str, at: dt.datetime) -> None:
    """Go through the whole roster and write nothing but what would come of it."""
    made = _begun(code, State.CHECKING)
    if made is None:
        return
    stream, outcome, seen = _opened(made), Outcome(), Seen()
    lines = sum(1 for _line in stream.filled_lines())
    Roster.objects.filter(pk=made.pk).update(lines=lines)
    desk = importing.desk_of(at=at, reach=made.reach)
    for chunk in importing.looked_at_chunks(stream, desk, seals=False):
        outcome.add(importing.check_chunk(chunk, desk, seen))
        Roster.objects.filter(pk=made.pk).update(done_lines=outcome.lines, touched_at=Now(), tries=0)
    with transaction.atomic():
        made = _locked(code)
        if made.state != State.CHECKING:
            return
        _keep(made, -1, outcome)
        _keep_back(made, stream)
        _count(made, outcome)
        made.state, made.done_lines, made.touched_at = State.READY, 0, at
        made.save()


@transaction.atomic
def begin(*, made: Roster, by: Any, at: dt.datetime) -> Roster:
    """What was checked shall be taken in, into those units which `by` may bring people to."""
    made = _locked(made.code)
    if made.state != State.READY:
        raise RosterBusy(state=made.get_state_display())
    if not made.memberships:
        raise NothingToImport
    made.parts.all().delete()
    units = organisation.units_where(by, "import_people").values_list("pk", flat=True)
    made.reach = sorted(set(made.reach) & set(units))
    made.state, made.touched_at, made.tries, made.at_row, made.done_lines = State.IMPORTING, at, 0, 0, 0
    made.persons = made.memberships = made.already = made.back_lines = 0
    made.reasons = {}
    made.save()
    _record("began_import", made, by, at, {"lines": made.lines})
    return made


def take_in(*, code: str, at: dt.datetime) -> None:
    """Take in what is not taken in yet, and hand back what cannot be."""
    made = _begun(code, State.IMPORTING)
    if made is None:
        return
    stream = _opened(made)
    desk = importing.desk_of(at=at, reach=made.reach, is_demo=made.by.is_demo)
    for chunk in importing.looked_at_chunks(stream, desk, after=made.at_row):
        if not _taken_in(code, chunk, desk):
            return
    with transaction.atomic():
        made = _locked(code)
        if made.state == State.IMPORTING:
            _finish(made, stream, at=at)
    importing.count_anew()


@transaction.atomic
def drop(*, made: Roster, by: Any, at: dt.datetime) -> Roster:
    """What was checked shall not come in after all; the file goes at once."""
    made = _locked(made.code)
    if made.state not in (State.READY, State.CHECKING, State.FAILED):
        raise RosterBusy(state=made.get_state_display())
    RosterFile.objects.filter(roster=made).delete()
    made.parts.all().delete()
    made.state, made.finished_at, made.file_name = State.DROPPED, at, ""
    made.save(update_fields=["state", "finished_at", "file_name"])
    _record("dropped_roster", made, by, at, {})
    return made


def stuck(*, at: dt.datetime) -> list[Roster]:
    """Rosters whose worker has died, or never came."""
    at_work = Roster.objects.filter(state__in=[State.CHECKING, State.IMPORTING])
    return list(at_work.filter(touched_at__lt=at - STILL_AT_WORK))


@transaction.atomic
def forget_old(*, at: dt.datetime) -> int:
    """Delete what is personal of rosters that were handed in some days ago, their names too. May run twice."""
    old = Roster.objects.filter(uploaded_at__lt=at - KEPT).exclude(state=State.IMPORTING)
    RosterPart.objects.filter(roster__in=old).delete()
    forgotten, _rows = RosterFile.objects.filter(roster__in=old).delete()
    old.exclude(file_name="").update(file_name="")
    old.filter(state__in=[State.CHECKING, State.READY]).update(state=State.DROPPED, finished_at=at)
    return forgotten


# What a page shows ------------------------------------------------------------------------------------------------


def first_lines(made: Roster) -> dict[str, Any]:
    """Headings and first lines as the page shows them, with numbers masked; empty once they are forgotten."""
    kept = RosterFile.objects.filter(roster=made).values_list("first_lines", flat=True).first()
    shown: dict[str, Any] = json.loads(vault().open(bytes(kept), purpose=FIRST_LINES)) if kept else {}
    return shown


def reasons_of(made: Roster, *, most: int | None = None) -> Said:
    """Why lines go back, by their rows; no more is opened than `most` lines need."""
    said: Said = {}
    for kept in made.parts.order_by("after_row").values_list("reasons", flat=True).iterator(chunk_size=10):
        if most is not None and len(said) >= most:
            break
        part = json.loads(vault().open(bytes(kept), purpose=REASONS))
        said |= {int(row): columns for row, columns in part.items()}
    return said


def has_back(made: Roster) -> bool:
    """Are there lines to take back? Asked without opening them."""
    return RosterFile.objects.filter(roster=made, back__isnull=False).exists()


def back_of(made: Roster) -> bytes | None:
    """The workbook of the lines that go back; None once it is forgotten, or where none do."""
    kept = RosterFile.objects.filter(roster=made).values_list("back", flat=True).first()
    return vault().open_bytes(bytes(kept), purpose=BACK) if kept else None


def note_taken_back(*, made: Roster, by: Any, at: dt.datetime) -> None:
    """Who takes the lines away that go back holds personal numbers: the trail says so."""
    _record("took_rows_back", made, by, at, {"lines": made.back_lines})


# Helpers ----------------------------------------------------------------------------------------------------------


def _begun(code: str, state: str) -> Roster | None:
    """The roster, if there is something to do about it; whoever dies of it time and again is not sent again."""
    with transaction.atomic():
        made = Roster.objects.select_for_update(of=("self",)).select_related("by").filter(code=code).first()
        if made is None or made.state != state:
            return None
        if made.tries >= MOST_TRIES:
            made.state = State.FAILED
            made.save(update_fields=["state"])
            return None
        Roster.objects.filter(pk=made.pk).update(tries=F("tries") + 1, touched_at=Now())
    return made


def _opened(made: Roster) -> sheets.Stream:
    kept = RosterFile.objects.values_list("content", flat=True).get(roster=made)
    return sheets.stream_of(vault().open_bytes(bytes(kept or b""), purpose=CONTENT), roster.COLUMNS)


def _taken_in(code: str, chunk: Sequence[Looked], desk: Desk) -> bool:
    """One chunk, unless somebody else has taken it in meanwhile or the roster is no longer at work."""
    for _collision in range(COLLISIONS_BORNE):
        try:
            return _taken_in_once(code, chunk, desk)
        except ImportCollided:
            continue  # somebody registered at the same moment; now they are known
    return _taken_in_once(code, chunk, desk)


@transaction.atomic
def _taken_in_once(code: str, chunk: Sequence[Looked], desk: Desk) -> bool:
    made = _locked(code)
    if made.state != State.IMPORTING or made.at_row >= chunk[0].entry.line:
        return False
    outcome = importing.take_in_chunk(chunk, desk)
    _keep(made, made.at_row, outcome)
    _count(made, outcome)
    made.done_lines += outcome.lines
    made.at_row, made.tries = chunk[-1].entry.line, 0
    made.save()
    Roster.objects.filter(pk=made.pk).update(touched_at=Now())
    return True


def _finish(made: Roster, stream: sheets.Stream, *, at: dt.datetime) -> None:
    _keep_back(made, stream)
    RosterFile.objects.filter(roster=made).update(content=None)
    made.state, made.finished_at = State.DONE, at
    made.save(update_fields=["state", "finished_at"])
    facts = {"persons": made.persons, "memberships": made.memberships, "back": made.back_lines}
    _record("imported_roster", made, made.by, at, facts)


def _keep(made: Roster, after_row: int, outcome: Outcome) -> None:
    if not outcome.back:
        return
    said = {row: _both(reasons) for row, reasons in outcome.back.items()}
    sealed = vault().seal(json.dumps(said, ensure_ascii=False), purpose=REASONS)
    RosterPart.objects.update_or_create(roster=made, after_row=max(after_row, 0), defaults={"reasons": sealed})


def _both(reasons: Reasons) -> dict[str, list[str]]:
    return {column: [reasons.codes[column], sentence] for column, sentence in reasons.said.items()}


def _keep_back(made: Roster, stream: sheets.Stream) -> None:
    said = {row: {column: both[1] for column, both in columns.items()} for row, columns in reasons_of(made).items()}
    if said:
        sealed = vault().seal_bytes(sheets.given_back(stream, said), purpose=BACK)
        RosterFile.objects.filter(roster=made).update(back=sealed)
    else:
        RosterFile.objects.filter(roster=made).update(back=None)


def _count(made: Roster, outcome: Outcome) -> None:
    made.persons += outcome.persons
    made.memberships += outcome.memberships
    made.already += outcome.already
    made.back_lines += len(outcome.back)
    made.reasons = dict(Counter(made.reasons) + outcome.per_reason)


def _locked(code: str) -> Roster:
    return Roster.objects.select_for_update(of=("self",)).select_related("by").get(code=code)


def _first_lines(stream: sheets.Stream) -> list[list[str]]:
    lines: list[list[str]] = []
    for number, row in _some(stream):
        cells = {name: sheets.folded(row[place]) for name, place in stream.places.items()}
        lines.append([str(number), *(_masked(name, cell) for name, cell in cells.items())])
    return lines


def _some(stream: sheets.Stream) -> Iterator[tuple[int, Sequence[sheets.Cell]]]:
    for count, line in enumerate(stream.filled_lines()):
        if count >= FIRST_LINES_SHOWN:
            return
        yield line


def _masked(column: str, cell: str) -> str:
    if column == roster.NUMBER:
        return "*" * max(0, len(cell) - 4) + cell[-4:]
    if column == roster.PHONE:
        return masked_phone(cell) if cell else ""
    return cell[:40]


def _record(verb: str, made: Roster, by: Any, at: dt.datetime, facts: Mapping[str, Any]) -> None:
    audit.record(actor=by, verb=verb, thing=f"roster:{made.code}", facts=dict(facts), at=at)
