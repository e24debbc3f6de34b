"""What a bureau's plan says: each line read and checked, lines of one shift put together. Pure.

A line is one post. Lines that agree in name, unit and place are one activity; on one day at one time, one shift.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from xinglin.lib import codes, sheets
from xinglin.lib.clock import SHANGHAI
from xinglin.lib.sheets import Cell, Column, Line, UnreadableError

NAME, UNIT, CATEGORY, PLACE, TOWNSHIP = "活动名称", "主办队伍", "服务类别", "地点", "所在街道"
DAY, STARTS, ENDS, POST, PLACES, REQUIRES, RISKS = "日期", "开始", "结束", "岗位", "需要人数", "条件", "风险提示"
KINDS = "服务情形"

COLUMNS = (
    Column(NAME, ("活动", "项目名称", "名称")),
    Column(UNIT, ("队伍", "主办单位", "单位", "所属队伍")),
    Column(CATEGORY, ("类别", "服务类型")),
    Column(PLACE, ("服务地点", "活动地点")),
    Column(TOWNSHIP, ("街道", "乡镇街道", "所在乡镇"), required=False),
    Column(DAY, ("活动日期", "服务日期")),
    Column(STARTS, ("开始时间",)),
    Column(ENDS, ("结束时间",)),
    Column(POST, ("岗位名称",)),
    Column(PLACES, ("人数", "名额", "招募人数")),
    Column(REQUIRES, ("要求", "岗位条件", "专业要求"), required=False),
    Column(RISKS, ("风险", "注意事项")),
    Column(KINDS, ("这是哪种服务", "情形", "服务种类", "特殊情形"), required=False),
)
LONGEST = {NAME: 80, PLACE: 120, TOWNSHIP: 40, POST: 40, REQUIRES: 40, RISKS: 300}
MOST_PLACES = 5000
# How plans write the kinds of service that ask for gates of vetting; the first word is the one that is offered.
KINDS_WRITTEN = {
    "wards": ("进病区", "病区", "病房", "进病房", "住院部", "病区服务"),
    "home_visit": ("上门入户", "上门", "入户", "上门服务", "入户服务", "入户走访", "家访"),
    "child_care": ("照看儿童", "儿童", "看护儿童", "照顾儿童", "照看孩子", "托管", "儿童照护"),
    "dangerous": ("有一定危险", "危险", "有危险", "高风险", "危险服务"),
}
NO_KIND = frozenset({"无", "没有", "否", "不涉及", "普通", "一般", "/", "-", "—"})

_KIND_OF = {word: kind for kind, words in KINDS_WRITTEN.items() for word in (kind, *words)}
_BETWEEN_KINDS = re.compile(r"[、,;；，\s]+|(?<=.)/(?=.)|和|及")
_CLOCK = re.compile(r"(\d{1,2})(?::|点|时)(?:(\d{1,2})分?|(半))?(?::00)?")


@dataclass(frozen=True)
class Entry:
    """One post of the plan, as it can be used."""

    line: int
    name: str
    unit: str
    category: str
    place: str
    township: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    post: str
    places: int
    requires: str
    risks: str
    kinds: tuple[str, ...] = ()

    @property
    def project(self) -> tuple[str, str]:
        return (self.unit, self.name)

    @property
    def activity(self) -> tuple[str, str, str]:
        return (self.unit, self.name, self.place)

    @property
    def source(self) -> str:
        """Under which the activity is found again when the same plan comes a second time."""
        return "plan:" + hashlib.sha256("\0".join(self.activity).encode()).hexdigest()[:40]


@dataclass
class Reasons:
    """Why a line goes back: column → sentence."""

    line: int
    said: dict[str, str] = field(default_factory=dict)

    def add(self, column: str, sentence: str) -> None:
        self.said.setdefault(column, sentence)


@dataclass
class Kinds:
    """Which line first says the kinds of service of each activity, and which one says what nobody understands."""

    said: dict[tuple[str, str, str], Entry] = field(default_factory=dict)
    unclear: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def hear(self, entry: Entry, why: Reasons) -> None:
        """Take in one line, if it tells of which activity it is."""
        if {NAME, UNIT, PLACE} & why.said.keys():
            return
        if KINDS in why.said:
            self.unclear.setdefault(entry.activity, entry.line)
        elif entry.kinds:
            self.said.setdefault(entry.activity, entry)


def read_all(lines: Iterable[Line], *, units: Collection[str]) -> tuple[list[Entry], dict[int, dict[str, str]]]:
    """The lines that can be used, and for every other one the reasons per column.

    What a line says of its activity's kinds of service holds for all its lines, also where that line itself goes back:
    nobody may come without the gates that the plan asks for.
    """
    entries: list[Entry] = []
    bad: dict[int, dict[str, str]] = {}
    kinds = Kinds()
    for line in lines:
        entry, why = _read_line(line, units)
        kinds.hear(entry, why)
        if why.said:
            bad[line.number] = why.said
        else:
            entries.append(entry)
    agreeing, contradicting = _agreeing(entries, kinds)
    return agreeing, dict(sorted((bad | contradicting).items()))


def _read_line(line: Line, units: Collection[str]) -> tuple[Entry, Reasons]:
    """The post that a line makes, and every reason why it makes none."""
    why = Reasons(line.number)
    starts_at, ends_at = _span(line, why)
    entry = Entry(
        line=line.number,
        name=_text(line, NAME, why),
        unit=_unit(line, units, why),
        category=_category(line, why),
        place=_text(line, PLACE, why),
        township=_text(line, TOWNSHIP, why, may_be_empty=True),
        starts_at=starts_at,
        ends_at=ends_at,
        post=_text(line, POST, why),
        places=_places(line, why),
        requires=_text(line, REQUIRES, why, may_be_empty=True),
        risks=_text(line, RISKS, why),
        kinds=_kinds(line, why),
    )
    return entry, why


def moved(entries: Sequence[Entry], *, first_day: dt.date) -> dt.timedelta:
    """By how many days the plan must move so that its first day falls on `first_day`."""
    if not entries:
        return dt.timedelta(0)
    return first_day - min(entry.starts_at for entry in entries).astimezone(SHANGHAI).date()


def read_clock(value: Cell | None) -> dt.time:
    """A time of day: a real time, a part of a day as Excel counts it, or 8:30, 8点半, 20：00."""
    if isinstance(value, dt.datetime):
        return value.time()
    if isinstance(value, dt.time):
        return value
    if isinstance(value, dt.timedelta):
        value = value.total_seconds() / 86_400
    if isinstance(value, float) and 0 <= value < 1:
        minutes = round(value * 1440)
        return dt.time(minutes // 60 % 24, minutes % 60)
    matched = _CLOCK.fullmatch(sheets.folded(value).replace(" ", ""))
    if matched and int(matched[1]) < 24 and int(matched[2] or 0) < 60:
        return dt.time(int(matched[1]), 30 if matched[3] else int(matched[2] or 0))
    raise UnreadableError(_("时间请写成 08:30 这样"))


def _agreeing(entries: list[Entry], kinds: Kinds) -> tuple[list[Entry], dict[int, dict[str, str]]]:
    """Lines that contradict an earlier one of the same project or shift, or say the same post twice, go back.

    An empty cell of kinds contradicts nothing: one line of an activity says them for all.
    """
    kept: list[Entry] = []
    bad: dict[int, dict[str, str]] = {}
    categories: dict[tuple[str, str], Entry] = {}
    spans: dict[tuple[object, ...], Entry] = {}
    posts: dict[tuple[object, ...], Entry] = {}
    for entry in entries:
        of_project = categories.setdefault(entry.project, entry)
        of_shift = spans.setdefault((entry.activity, entry.starts_at), entry)
        of_post = posts.setdefault((entry.activity, entry.starts_at, entry.post), entry)
        of_activity = kinds.said.get(entry.activity, entry)
        if of_project.category != entry.category:
            bad[entry.line] = {CATEGORY: _("和第%(line)s行同一个活动，类别却不同") % {"line": of_project.line}}
        elif of_shift.ends_at != entry.ends_at:
            bad[entry.line] = {ENDS: _("和第%(line)s行同一个班次，结束时间却不同") % {"line": of_shift.line}}
        elif of_post is not entry:
            bad[entry.line] = {POST: _("和第%(line)s行是同一个岗位，请合成一行") % {"line": of_post.line}}
        elif entry.activity in kinds.unclear:
            unclear = {"line": kinds.unclear[entry.activity]}
            bad[entry.line] = {KINDS: _("同一个活动的第%(line)s行没写清服务情形，改好那一行再一起导入") % unclear}
        elif entry.kinds and of_activity.kinds != entry.kinds:
            bad[entry.line] = {KINDS: _("和第%(line)s行同一个活动，服务情形却不同") % {"line": of_activity.line}}
        else:
            kept.append(dataclasses.replace(entry, kinds=of_activity.kinds))
    return kept, bad


def _text(line: Line, column: str, why: Reasons, *, may_be_empty: bool = False) -> str:
    text = sheets.folded(line.cells.get(column))
    if not text and not may_be_empty:
        why.add(column, _("%(column)s没有填") % {"column": column})
    elif len(text) > LONGEST[column]:
        why.add(column, _("%(column)s太长了，最多%(count)s个字") % {"column": column, "count": LONGEST[column]})
    return text


def _unit(line: Line, units: Collection[str], why: Reasons) -> str:
    name = sheets.folded(line.cells.get(UNIT))
    if name not in units:
        why.add(UNIT, _("没有叫“%(name)s”的队伍或单位") % {"name": name})
    return name


def _category(line: Line, why: Reasons) -> str:
    name = sheets.folded(line.cells.get(CATEGORY))
    known = codes.codes("service_category")
    if name not in known:
        why.add(CATEGORY, _("“%(name)s”不在服务类别表里") % {"name": name})
    return known.get(name, "")


def _kinds(line: Line, why: Reasons) -> tuple[str, ...]:
    """Of organisation.policies.KINDS_OF_SERVICE, in their order; several stand in one cell."""
    written = [word for word in _BETWEEN_KINDS.split(sheets.folded(line.cells.get(KINDS))) if word]
    unknown = [word for word in written if word not in _KIND_OF and word not in NO_KIND]
    if unknown:
        known = _("、").join(words[0] for words in KINDS_WRITTEN.values())
        said = {"name": unknown[0][:20], "known": known}
        why.add(KINDS, _("“%(name)s”不是服务情形。可以写：%(known)s；都不是就空着") % said)
    found = {_KIND_OF[word] for word in written if word in _KIND_OF}
    return tuple(kind for kind in KINDS_WRITTEN if kind in found)


def _places(line: Line, why: Reasons) -> int:
    text = sheets.folded(line.cells.get(PLACES)).removesuffix("人").removesuffix("名").strip()
    if not re.fullmatch(r"\d{1,6}", text) or not 1 <= int(text) <= MOST_PLACES:
        why.add(PLACES, _("人数要写一个整数，至少 1"))
        return 0
    return int(text)


def _span(line: Line, why: Reasons) -> tuple[dt.datetime, dt.datetime]:
    """Both ends on the plan's day in Shanghai."""
    day = _read(line, DAY, sheets.read_day, why)
    starts, ends = _read(line, STARTS, read_clock, why), _read(line, ENDS, read_clock, why)
    if day is None or starts is None or ends is None:
        never = dt.datetime.min.replace(tzinfo=dt.UTC)
        return never, never
    if ends <= starts:
        why.add(ENDS, _("结束要晚于开始"))
    return dt.datetime.combine(day, starts, tzinfo=SHANGHAI), dt.datetime.combine(day, ends, tzinfo=SHANGHAI)


def _read(line: Line, column: str, reader, why: Reasons):  # type: ignore[no-untyped-def]
    try:
        return reader(line.cells.get(column))
    except UnreadableError as unreadable:
        why.add(column, str(unreadable))
        return None
