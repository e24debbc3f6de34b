"""Spreadsheets as people send them: headings somewhere under a title line, in any order and by several names.

Read by calamine; what could not be used goes back by XlsxWriter, in its own columns, each bad cell with its reason.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any

import python_calamine
import xlsxwriter
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xinglin.lib import sheet_text
from xinglin.lib.errors import BadInput

MOST_BYTES = 20 * 1024 * 1024
MOST_BYTES_OF_TEXT = 60 * 1024 * 1024  # what a workbook of 20 MB holds, unpacked
MOST_UNPACKED_BYTES = 400 * 1024 * 1024
MOST_LINES = 200_000
MOST_COLUMNS = 100
MOST_CELLS = 10_000_000  # of the rectangle from the first to the last filled cell, which is held as a whole
MOST_NOTES = 2_000  # lines whose cells have notes: each is drawn, and held in memory
MOST_LETTERS = 32_767  # Excel's own limit of a cell
LINES_BEFORE_HEADINGS = 20
WORKBOOKS = (b"PK", b"\xd0\xcf\x11\xe0")  # how .xlsx and .ods, and .xls begin
EXCEL_EPOCH = dt.date(1899, 12, 30)

Cell = str | float | int | bool | dt.date | dt.time | dt.datetime | dt.timedelta

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " "}
_CONTROLS = dict.fromkeys([*range(0x20), 0x7F], " ")  # nobody typed them; a database refuses some of them
_PLAIN = _FULL_WIDTH | _CONTROLS
# Places of cells or rows that may lie far away. What cannot hold one is told by its shape, which is much quicker.
_FAR_PLACE = re.compile(rb""" r=["'](?:([A-Z]{2,3})(\d{1,7})|([A-Z]?)(\d{6,7}))["']""")
_BLANKS = bytes.maketrans(b"\t\r\n'", b'   "')
_SHAPES = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ123456789", b"A" * 26 + b"0" * 9)
_FAR_SHAPES = (b' r="AA', b' r="A000000', b' r="000000')
_LETTERS = 26
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:[ T]0?0:00(?::00)?)?")


class NotASpreadsheet(BadInput):
    """The file is no workbook that can be opened."""

    code = "not_a_spreadsheet"
    message = _("这个文件打不开，请用 Excel 或 WPS 另存为 .xlsx 再试")


class SpreadsheetTooLarge(BadInput):
    """More than we are ready to hold in memory."""

    code = "spreadsheet_too_large"
    message = _("这个文件太大了（上限 {megabytes} MB、{lines} 行），请分成几份再导入")


class SpreadsheetTooSparse(BadInput):
    """One cell lies so far from the others that the rectangle around them would fill the memory."""

    code = "spreadsheet_too_sparse"
    message = _("{cell} 这一格离其他内容太远了，请删掉表格下面和右边多余的行和列再导入")


class SpreadsheetEmpty(BadInput):
    """There is no line below the headings, or nothing at all."""

    code = "spreadsheet_empty"
    message = _("这个表格是空的，标题行下面还没有内容")


class HeadingMissing(BadInput):
    """A column without which no line can be used."""

    code = "heading_missing"
    message = _("表格里没有找到这些列：{headings}。请补上列名再导入")


class HeadingTwice(BadInput):
    """Two columns mean the same thing; which one holds cannot be guessed."""

    code = "heading_twice"
    message = _("“{heading}”这一列出现了两次，请只留一列再导入")


class UnreadableError(ValueError):
    """A cell cannot be read; its one argument is the sentence for whoever filled it in."""


@dataclass(frozen=True)
class Column:
    """A column we know: its name with us, what else people call it, and whether a file without it can be used."""

    name: str
    synonyms: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True)
class Line:
    """One line below the headings. `number` is the row as the spreadsheet program counts it; `cells` by our names."""

    number: int
    cells: Mapping[str, Cell]
    raw: Sequence[Cell] = field(default=(), repr=False)


@dataclass(frozen=True)
class Table:
    """What a sheet holds: the headings as they were written, where each known column stands, and the filled lines."""

    sheet: str
    title: str
    headings: Sequence[str]
    places: Mapping[str, int]
    lines: Sequence[Line] = field(repr=False)

    def filled_lines(self, *, after: int = 0) -> Iterator[tuple[int, Sequence[Cell]]]:
        """As a stream tells them."""
        return ((line.number, line.raw) for line in self.lines if line.number > after)


@dataclass(frozen=True)
class Stream:
    """A sheet that is read line by line, however long: what stands in it is never held as a whole in Python."""

    sheet: str
    title: str
    headings: Sequence[str]
    places: Mapping[str, int]
    first: int  # the row of the first line below the headings
    last: int  # the last row of the sheet
    rows: Callable[[], Iterable[list[Cell]]] = field(repr=False)

    def filled_lines(self, *, after: int = 0) -> Iterator[tuple[int, Sequence[Cell]]]:
        """The number and the cells of each filled line; those up to the row `after` were read before."""
        places = tuple(self.places.values())
        begin = max(self.first, after + 1)
        for number, row in enumerate(islice(self.rows(), begin - 1, None), start=begin):
            if any(_is_filled(row[place]) for place in places):
                yield number, row


def read(path: Path, columns: Sequence[Column]) -> Table:
    """The first sheet in which the required headings stand; refuses with a sentence what cannot be used."""
    stream = open_stream(path, columns)
    lines = [
        Line(number=number, cells={name: row[place] for name, place in stream.places.items()}, raw=row)
        for number, row in stream.filled_lines()
    ]
    if not lines:
        raise SpreadsheetEmpty
    return Table(stream.sheet, stream.title, stream.headings, stream.places, lines)


def open_stream(path: Path, columns: Sequence[Column]) -> Stream:
    """The same to be read line by line."""
    if path.stat().st_size > MOST_BYTES_OF_TEXT:
        raise _too_large()
    return stream_of(path.read_bytes(), columns)


def stream_of(content: bytes, columns: Sequence[Column]) -> Stream:
    """The content of a file to be read line by line: a workbook, or a table that was saved as text."""
    known = {_heading(name): column.name for column in columns for name in (column.name, *column.synonyms)}
    required = [column.name for column in columns if column.required]
    nearest, anything = required, False
    for sheet in _sheets_in(content):
        head = list(islice(sheet.rows(), LINES_BEFORE_HEADINGS))
        anything = anything or any(map(_filled, head)) or sheet.height > LINES_BEFORE_HEADINGS
        at, places = _find_headings(head, known)
        missing = [name for name in required if name not in places]
        if not missing:
            title = next((folded(cell) for row in head[:at] for cell in row if folded(cell)), "")
            width = max((place + 1 for place, cell in enumerate(head[at]) if folded(cell)), default=0)
            headings = [folded(cell) for cell in head[at][:width]]
            return Stream(sheet.name, title, headings, places, at + 2, sheet.height, sheet.rows)
        if sheet.is_text and not places:
            raise NotASpreadsheet
        nearest = min(nearest, missing, key=len)
    if not anything:
        raise SpreadsheetEmpty
    raise HeadingMissing(headings=gettext("、").join(nearest))


def write_back(path: Path, table: Table | Stream, reasons: Mapping[int, Mapping[str, str]]) -> None:
    """Write the lines named in `reasons` into a file that nobody but its owner may read: it holds personal numbers."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    path.write_bytes(given_back(table, reasons))


def given_back(table: Table | Stream, reasons: Mapping[int, Mapping[str, str]]) -> bytes:
    """A workbook of the lines named in `reasons` as they came, bad cells coloured, and a last column 原因.

    It can be mended and imported again. Up to some lines each bad cell has its reason as a note, too.
    """
    written = io.BytesIO()
    plainly = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, plainly) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E0EEE3"})
        bad = book.add_format({"bg_color": "#FDEEDB", "border": 1, "border_color": "#8A4606"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table.headings), 18)
        for place, heading in enumerate([*_without_reasons(table.headings), REASON]):
            sheet.write_string(0, place, heading, bold)
        lines = (Line(number, {}, raw) for number, raw in table.filled_lines() if number in reasons)
        for row, line in enumerate(lines, start=1):
            _write_line(sheet, row, line, table, reasons[line.number], bad, day)
    return written.getvalue()


def blank(columns: Sequence[Column]) -> bytes:
    """A workbook with nothing but its headings; those that must be filled in are marked."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        needed, other = (book.add_format({"bold": True, "bg_color": colour}) for colour in ("#E0EEE3", "#F3F5EE"))
        as_text = book.add_format({"num_format": "@"})  # or an ID number loses its last digits
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns), 18, as_text)
        for place, column in enumerate(columns):
            look = needed if column.required else other
            sheet.write_string(0, place, f"{column.name}*" if column.required else column.name, look)
    return written.getvalue()


REASON = "原因"


def folded(value: Cell | None) -> str:
    """A cell's text with full-width letters, digits and blanks made plain. Whole numbers lose Excel's `.0`."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).translate(_PLAIN).split())


def read_day(value: Cell | None) -> dt.date:
    """A calendar day from a real date, Excel's count of days, or the ways people write it: 2019年3月5号, 2019/3/5."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    text = folded(value)
    try:
        if matched := _DAY.fullmatch(text):
            year, month, day = (int(part) for part in matched.groups())
            return dt.date(year, month, day)
        if re.fullmatch(r"(19|20)\d{6}", text):
            return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise UnreadableError(gettext("日历上没有这一天")) from None
    if isinstance(value, float | int) and 10_000 <= value <= 80_000:
        return EXCEL_EPOCH + dt.timedelta(days=int(value))
    raise UnreadableError(gettext("日期请写成 2019-03-05 这样"))


@dataclass(frozen=True)
class _Sheet:
    name: str
    height: int
    rows: Callable[[], Iterable[list[Cell]]]
    is_text: bool = False


def _sheets_in(content: bytes) -> Iterator[_Sheet]:
    if not content.startswith(WORKBOOKS):
        table = sheet_text.rows_of(content, most_bytes=MOST_BYTES_OF_TEXT, most_lines=MOST_LINES)
        if table is None:
            raise _too_large() if len(content) > MOST_BYTES_OF_TEXT else NotASpreadsheet
        yield _Sheet("", len(table), lambda: table, is_text=True)
        return
    if len(content) > MOST_BYTES:
        raise _too_large()
    _look_into_archive(content)
    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        for name in book.sheet_names:
            yield _workbook_sheet(book.get_sheet_by_name(name))
    except (python_calamine.CalamineError, OSError, ValueError) as unreadable:
        raise NotASpreadsheet from unreadable


def _workbook_sheet(sheet: Any) -> _Sheet:
    if sheet.total_height > MOST_LINES or sheet.total_width > 16_384:
        raise _too_large()
    left_out = [""] * (sheet.start[1] if sheet.start else 0)  # calamine passes over the empty columns at the left
    width = MOST_COLUMNS

    def rows() -> Iterator[list[Cell]]:
        return ((left_out + row)[:width] for row in sheet.iter_rows())

    plain = not left_out and sheet.total_width <= width
    return _Sheet(sheet.name, sheet.total_height, sheet.iter_rows if plain else rows)


def _look_into_archive(content: bytes) -> None:
    """A small archive may hold a huge sheet, and one forgotten cell in the last row makes a rectangle that no memory
    holds: look before anything is laid out."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(info.file_size for info in archive.infolist()) > MOST_UNPACKED_BYTES:
                raise _too_large()
            for name in archive.namelist():
                if re.match(r"xl/worksheets/[^/]+\.xml", name, re.IGNORECASE):
                    with archive.open(name) as sheet:
                        _refuse_far_cell(sheet)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as broken:
        raise NotASpreadsheet from broken


def _refuse_far_cell(sheet: IO[bytes]) -> None:
    rows, columns, rest = 0, _LETTERS, b""
    while block := sheet.read(1 << 20):
        whole, cut, tail = (rest + block).rpartition(b"<")
        rest = (cut + tail)[-1000:]  # no opening tag of a cell is that long
        whole = whole.translate(_BLANKS)
        if not any(shape in whole.translate(_SHAPES) for shape in _FAR_SHAPES):
            continue  # most of a sheet (below AA, above row 100,000) is passed over fast
        for wide, number, letter, far_number in _FAR_PLACE.findall(whole):
            rows, columns = max(rows, int(number or far_number)), max(columns, _column(wide))
            if rows * columns > MOST_CELLS:
                raise SpreadsheetTooSparse(cell=(wide + number + letter + far_number).decode())


def _column(letters: bytes) -> int:
    """`A` is 1, `Z` 26, `AA` 27."""
    number = 0
    for letter in letters:
        number = number * _LETTERS + letter - ord("A") + 1
    return number


def _too_large() -> SpreadsheetTooLarge:
    return SpreadsheetTooLarge(megabytes=MOST_BYTES // 1024 // 1024, lines=MOST_LINES)


def _find_headings(rows: list[list[Cell]], known: Mapping[str, str]) -> tuple[int, dict[str, int]]:
    """The line among the first that names most known columns."""
    best: tuple[int, dict[str, int]] = (0, {})
    for at, row in enumerate(rows[:LINES_BEFORE_HEADINGS]):
        places = _places(row, known)
        if len(places) > len(best[1]):
            best = (at, places)
    if best[1]:
        _refuse_twice(rows[best[0]], known)
    return best


def _places(row: Iterable[Cell], known: Mapping[str, str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(row):
        name = known.get(_heading(cell))
        if name:
            places.setdefault(name, place)
    return places


def _refuse_twice(row: Iterable[Cell], known: Mapping[str, str]) -> None:
    names = [known[_heading(cell)] for cell in row if _heading(cell) in known]
    for name in names:
        if names.count(name) > 1:
            raise HeadingTwice(heading=name)


def _heading(cell: Cell | None) -> str:
    """`* 手机 号码（必填）` is still 手机号码."""
    return re.sub(r"\(.*?\)|[\s*:]", "", folded(cell)).lower()


def _filled(row: Iterable[Cell]) -> bool:
    return any(_is_filled(cell) for cell in row)


def _is_filled(cell: Cell) -> bool:
    return bool(folded(cell)) if isinstance(cell, str) and not cell[:1].isalnum() else cell != ""


def _without_reasons(headings: Sequence[str]) -> list[str]:
    """A file that came back once and is sent again must not grow a second column of reasons."""
    return list(headings[:-1]) if headings and headings[-1] == REASON else list(headings)


def _write_line(
    sheet: Any, row: int, line: Line, table: Table | Stream, reasons: Mapping[str, str], bad: Any, day: Any
) -> None:
    width = len(_without_reasons(table.headings))
    wrong = {table.places[name]: why for name, why in reasons.items() if name in table.places}
    for place in range(width):
        value = _writable(line.raw[place] if place < len(line.raw) else "")
        _writer(sheet, value)(row, place, value, bad if place in wrong else day if _is_day(value) else None)
        if place in wrong and row <= MOST_NOTES:
            sheet.write_comment(row, place, wrong[place][:MOST_LETTERS])
    said = "；".join(dict.fromkeys(reasons.values()))
    sheet.write_string(row, width, f"原第{line.number}行：{said}"[:MOST_LETTERS])


def _writable(value: Cell) -> Cell:
    """What no cell can hold is cut or spelt out: a line that goes back must not be lost for one odd cell of it."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value[:MOST_LETTERS] if isinstance(value, str) else value


def _is_day(value: Cell) -> bool:
    return isinstance(value, dt.date)


def _writer(sheet: Any, value: Cell) -> Callable[..., Any]:
    """Text stays text: an ID number that became a figure would lose its last digits."""
    if isinstance(value, bool):
        return sheet.write_boolean  # type: ignore[no-any-return]
    if isinstance(value, int | float):
        return sheet.write_number  # type: ignore[no-any-return]
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return sheet.write_datetime  # type: ignore[no-any-return]
    return sheet.write_string  # type: ignore[no-any-return]
