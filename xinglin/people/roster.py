"""What a bureau's roster says: each line folded, read and checked against the words we know. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from xinglin.accounts import rules as accounts
from xinglin.accounts.errors import BadPhone
from xinglin.lib import codes, sheets
from xinglin.lib.sheets import Cell, Column, Line
from xinglin.people import documents

NAME, SEX, KIND, NUMBER, BORN, PHONE = "姓名", "性别", "证件类型", "证件号码", "出生日期", "手机号码"
POLITICAL, EDUCATION, EMPLOYMENT = "政治面貌", "学历", "从业状况"
SPECIALITIES, UNIT, JOINED, TOWNSHIP, HALF_DAYS, NOTE = (
    "专业特长",
    "所属队伍",
    "加入日期",
    "居住地",
    "可服务时段",
    "备注",
)

COLUMNS = (
    Column(NAME, ("名字", "志愿者姓名", "name")),
    Column(SEX, ("男女", "sex"), required=False),
    Column(KIND, ("证件种类", "证件"), required=False),
    Column(NUMBER, ("身份证号", "身份证号码", "身份证", "证件号", "公民身份号码")),
    Column(BORN, ("出生年月日", "生日"), required=False),
    Column(PHONE, ("手机号", "手机", "电话", "联系电话", "电话号码", "联系方式", "移动电话"), required=False),
    Column(POLITICAL, ("政治身份",), required=False),
    Column(EDUCATION, ("文化程度", "最高学历"), required=False),
    Column(EMPLOYMENT, ("职业", "从业情况"), required=False),
    Column(SPECIALITIES, ("特长", "服务特长", "专长"), required=False),
    Column(UNIT, ("队伍", "志愿队", "服务队", "所在队伍", "所属单位", "单位")),
    Column(JOINED, ("加入时间", "入队日期", "注册日期"), required=False),
    Column(TOWNSHIP, ("住址", "居住街道", "乡镇街道"), required=False),
    Column(HALF_DAYS, ("服务时段", "可服务时间", "空闲时间"), required=False),
    Column(NOTE, ("说明",), required=False),
)

SEXES = {"男": "M", "女": "F", "男性": "M", "女性": "F", "M": "M", "F": "F"}
# What people write instead of the lists' own names, by the list.
SHORT_WORDS: dict[str, dict[str, str]] = {
    "id_document": {"身份证": "01", "居民身份证": "01", "二代身份证": "01"},
    "political_status": {
        **dict.fromkeys(("中共党员", "党员", "共产党员"), "01"),
        **dict.fromkeys(("中共预备党员", "预备党员"), "02"),
        **dict.fromkeys(("共青团员", "团员"), "03"),
        **dict.fromkeys(("无党派", "无党派人士"), "12"),
    },
    "education": {
        **dict.fromkeys(("博士", "博士生"), "11"),
        **dict.fromkeys(("硕士", "硕士生", "研究生"), "14"),
        **dict.fromkeys(("本科", "大学"), "20"),
        **dict.fromkeys(("大专", "专科", "大学专科"), "30"),
        **dict.fromkeys(("中专", "中技"), "40"),
        **dict.fromkeys(("技校",), "50"),
    },
    "employment": {
        **dict.fromkeys(("退休", "离退休", "退休人员", "离退休人员"), "80"),
        **dict.fromkeys(("公务员",), "11"),
        **dict.fromkeys(("个体户", "个体"), "54"),
        **dict.fromkeys(("自由职业者",), "51"),
        **dict.fromkeys(("无业",), "70"),
    },
}
LONGEST_NAME = 60
FIRST_DAY = dt.date(1949, 10, 1)


# In the order of an entry's fields: columns whose cells are read by themselves.
BY_ITSELF = (UNIT, JOINED, POLITICAL, EDUCATION, EMPLOYMENT, TOWNSHIP, SPECIALITIES, HALF_DAYS, NOTE)
PLAIN_NAME = re.compile(r"[一-鿿]{2,6}")
MOST_REMEMBERED = 50_000  # different cells of one column
BAD: Any = object()


class Entry(NamedTuple):
    """One line, read. A document whose number cannot be right has no kind."""

    line: int
    name: str
    sex: str
    document: documents.Document
    phone: str | None
    unit: str
    joined_on: dt.date
    political_status: str = ""
    education: str = ""
    employment: str = ""
    township: str = ""
    specialities: tuple[str, ...] = ()
    half_days: tuple[str, ...] = ()
    note: str = ""


@dataclass
class Reasons:
    """Why a line goes back: column → sentence, and for the count of kinds column → code."""

    line: int
    said: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)

    def add(self, column: str, code: str, sentence: str) -> None:
        if column not in self.said:
            self.said[column] = sentence
            self.codes[column] = code


def read(line: Line, *, units: Collection[str], today: dt.date) -> tuple[Entry, Reasons]:
    """What a line says as far as it can be read, and every reason why it cannot be used; none: it is good."""
    why = Reasons(line.number)
    document = _with_birthday(line, _document(line, why, today=today), why, today=today)
    entry = Entry(
        line.number,
        _name(line, why),
        _sex(line, document, why),
        document or documents.Document("", ""),
        _phone(line, why),
        *(_by_itself(column, units, today)(line, why) for column in BY_ITSELF),
    )
    return entry, why


class Reader:
    """Reads a whole roster. What plainly is good passes quickly, all else goes the careful way of `read`.

    Most cells of a long roster hold what stood in another line before: those are looked at once.
    """

    def __init__(self, places: Mapping[str, int], *, units: Collection[str], today: dt.date) -> None:
        self.places, self.units, self.today = places, units, today
        self._sex, self._kind, self._born_on = map(self._remembered, (SEX, KIND, BORN))
        self._columns = [self._remembered(column) for column in BY_ITSELF]

    def line(self, number: int, row: Sequence[Cell]) -> Line:
        """A line by the names of its columns."""
        return Line(number, {name: row[place] for name, place in self.places.items()}, row)

    def read(self, number: int, row: Sequence[Cell]) -> tuple[Entry, Reasons | None]:
        """What a line says, and the reasons why it cannot be used; None: it is good."""
        entry = self._read_quickly(number, row)
        if entry is not None:
            return entry, None
        entry, why = read(self.line(number, row), units=self.units, today=self.today)
        return entry, why if why.said else None

    def _read_quickly(self, number: int, row: Sequence[Cell]) -> Entry | None:
        name, written = row[self.places[NAME]], row[self.places[NUMBER]]
        phone = row[self.places[PHONE]] if PHONE in self.places else ""
        if not (isinstance(name, str) and isinstance(written, str) and isinstance(phone, str)):
            return None
        if not PLAIN_NAME.fullmatch(name) or (phone and not accounts.MOBILE.fullmatch(phone)):
            return None
        sex, kind = self._sex(row), self._kind(row)
        document = documents.quick_id_card(written, today=self.today) if kind == documents.ID_CARD else None
        if document is None or sex not in ("", document.sex) or self._born_on(row) not in (None, document.born_on):
            return None
        rest = [read_cell(row) for read_cell in self._columns]
        return None if BAD in rest else Entry(number, name, document.sex, document, phone or None, *rest)

    def _remembered(self, column: str) -> Callable[[Sequence[Cell]], Any]:
        """How the cell of a line is read in this column; BAD where there would be a reason."""
        read_cell, place = _by_itself(column, self.units, self.today), self.places.get(column)

        @lru_cache(maxsize=MOST_REMEMBERED)
        def looked_at(cell: Cell, _kind: str) -> Any:  # 1 and True are equal, and not the same
            why = Reasons(0)
            value = read_cell(Line(0, {column: cell}), why)
            return BAD if why.said else value

        if place is None:
            nothing = looked_at("", "str")
            return lambda row: nothing
        return lambda row: looked_at(row[place], type(row[place]).__name__)


def _by_itself(column: str, units: Collection[str], today: dt.date) -> Callable[[Line, Reasons], Any]:
    """How a column is read whose cells mean the same whatever else stands in their line."""
    several = {SPECIALITIES: "speciality", HALF_DAYS: "availability_half_day"}
    single = {POLITICAL: "political_status", EDUCATION: "education", EMPLOYMENT: "employment"}
    longest = {TOWNSHIP: 40, NOTE: 200}
    if column in several:
        return lambda line, why: _several(line, column, several[column], why)
    if column in single:
        return lambda line, why: _one(line, column, single[column], why)
    if column in longest:
        return lambda line, why: _short(line, column, longest[column], why)
    others: dict[str, Callable[[Line, Reasons], Any]] = {
        KIND: _kind,
        SEX: lambda line, why: _sex(line, None, why),
        BORN: lambda line, why: _born_on(line, why, today=today),
        UNIT: lambda line, why: _unit(line, units, why),
        JOINED: lambda line, why: _joined_on(line, why, today=today),
    }
    return others[column]


def _text(line: Line, column: str) -> str:
    return sheets.folded(line.cells.get(column))


def _name(line: Line, why: Reasons) -> str:
    name = _text(line, NAME)
    if not name:
        why.add(NAME, "no_name", _("姓名没有填"))
    elif len(name) > LONGEST_NAME or any(letter.isdigit() for letter in name):
        why.add(NAME, "bad_name", _("姓名里有数字或太长，再看一眼"))
    return name


def _document(line: Line, why: Reasons, *, today: dt.date) -> documents.Document | None:
    kind = _kind(line, why)
    if not kind:
        return None
    try:
        return documents.read(kind, line.cells.get(NUMBER, ""), today=today)
    except documents.BadNumberError as bad:
        why.add(NUMBER, bad.code, str(bad))
        return None


def _with_birthday(
    line: Line, document: documents.Document | None, why: Reasons, *, today: dt.date
) -> documents.Document | None:
    """A passport tells no birthday: then its column does, in a roster that has one. Without it no shift is open."""
    if document is None or BORN not in line.cells:
        return document
    if document.born_on is None:
        born_on = _born_on(line, why, today=today)
        if born_on is None:
            why.add(BORN, "no_birthday", _("这种证件看不出出生日期，请把出生日期填上，写成 1990-05-17 这样"))
        return replace(document, born_on=born_on)
    written = _born_on(line, Reasons(line.number), today=today)  # beside an ID card nothing hangs on how it is written
    if written not in (None, document.born_on):
        why.add(BORN, "birthday_contradicts_document", _("出生日期和身份证号码不一致，请核对两处"))
    return document


def _born_on(line: Line, why: Reasons, *, today: dt.date) -> dt.date | None:
    written = line.cells.get(BORN, "")
    if not sheets.folded(written):
        return None
    try:
        day = sheets.read_day(written)
    except sheets.UnreadableError as unreadable:
        why.add(BORN, "bad_birthday", str(unreadable))
        return None
    if not documents.is_likely(day, today=today):
        why.add(BORN, "bad_birthday", _("出生日期好像不对，再看一眼"))
        return None
    return day


def _kind(line: Line, why: Reasons) -> str:
    """A roster without kinds is a roster of ID cards."""
    written = _text(line, KIND)
    if not written:
        return documents.ID_CARD
    known = _folded_codes("id_document")
    if written not in known:
        why.add(KIND, "unknown_document_kind", _unknown(written, "id_document"))
    return known.get(written, "")


def _sex(line: Line, document: documents.Document | None, why: Reasons) -> str:
    written = _text(line, SEX)
    sex = SEXES.get(written.upper(), "")
    if written and not sex:
        why.add(SEX, "unknown_sex", _("性别请填 男 或 女"))
    derived = document.sex if document else ""
    if sex and derived and sex != derived:
        why.add(SEX, "sex_contradicts_document", _("性别和身份证号码不一致，请核对两处"))
    return derived or sex


def _phone(line: Line, why: Reasons) -> str | None:
    """Who has no phone signs in with number and PIN."""
    written = _text(line, PHONE)
    if not written:
        return None
    try:
        return accounts.normal_phone(written)
    except BadPhone:
        digits = sum(letter.isdigit() for letter in written)
        code = "short_phone" if digits < 11 else "bad_phone"
        why.add(PHONE, code, _("手机号码应是 11 位，现在是 %(count)s 位，再看一眼") % {"count": digits})
        return None


def _unit(line: Line, units: Collection[str], why: Reasons) -> str:
    unit = _text(line, UNIT)
    if not unit:
        why.add(UNIT, "no_unit", _("所属队伍没有填"))
    elif unit not in units:
        why.add(UNIT, "unknown_unit", _("系统里没有叫“%(name)s”的队伍，请核对名称，或先建这支队伍") % {"name": unit})
    return unit


def _joined_on(line: Line, why: Reasons, *, today: dt.date) -> dt.date:
    written = line.cells.get(JOINED, "")
    if not sheets.folded(written):
        return today
    try:
        day = sheets.read_day(written)
    except sheets.UnreadableError as unreadable:
        why.add(JOINED, "bad_date", str(unreadable))
        return today
    if not FIRST_DAY <= day <= today:
        why.add(JOINED, "bad_date", _("加入日期在今天以后，或早得不像是真的"))
    return day


def _one(line: Line, column: str, code_list: str, why: Reasons) -> str:
    written = _text(line, column)
    known = _folded_codes(code_list)
    if written and written not in known:
        why.add(column, f"unknown_{code_list}", _unknown(written, code_list))
    return known.get(written, "")


def _several(line: Line, column: str, code_list: str, why: Reasons) -> tuple[str, ...]:
    written = [word for word in re.split(r"[、,，;；/|\s]+", _text(line, column)) if word]
    known = _folded_codes(code_list)
    unknown = [word for word in written if word not in known]
    if unknown:
        why.add(column, f"unknown_{code_list}", _unknown(_("、").join(unknown), code_list))
    return tuple(dict.fromkeys(known[word] for word in written if word in known))


def _short(line: Line, column: str, longest: int, why: Reasons) -> str:
    text = _text(line, column)
    if len(text) > longest:
        why.add(column, "too_long", _("这一格最多 %(count)s 个字") % {"count": longest})
    return text


def _unknown(written: str, code_list: str) -> str:
    allowed = _("、").join(codes.names(code_list).values())
    return _("没有“%(written)s”这个说法，可以填：%(allowed)s") % {"written": written, "allowed": allowed}


@cache
def _folded_codes(code_list: str) -> Mapping[str, str]:
    """Names as a folded cell shows them: 退（离）休人员 is read with plain brackets."""
    return SHORT_WORDS.get(code_list, {}) | {sheets.folded(name): code for name, code in codes.codes(code_list).items()}
