"""Filters and tags of our templates. A filter is a door: it may ask the clock."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from xinglin.lib.web import icons, toast, words

register = template.Library()


@register.filter
def minutes(value: Any) -> str:
    return "" if value in (None, "") else words.minutes_said(int(value))


@register.filter
def day(value: datetime | date | None) -> str:
    return words.day_said(_china_day(value), today=_today()) if value else ""


@register.filter
def clocktime(value: datetime | None) -> str:
    return words.clock_said(value) if value else ""


@register.filter
def span(starts: datetime | None, ends: datetime | None) -> str:
    return words.span_said(starts, ends, today=_today()) if starts and ends else ""


@register.filter
def distance(value: Any) -> str:
    return "" if value in (None, "") else words.distance_said(float(value))


@register.filter
def initial(name: object) -> str:
    return words.initial_of(str(name or ""))


@register.simple_tag
def minutes_markup(value: int, sign: str = "") -> SafeString:
    """Figures large, units small: the inside of `<data class="minutes">`."""
    amount = int(value)
    hours, rest = divmod(abs(amount), 60)
    shown = escape(sign or ("−" if amount < 0 else ""))
    figures = []
    if hours:
        figures.append((_figure(f"{hours:,}", _("%(count)s小时")),))
    if rest or not hours:
        figures.append((_figure(rest, _("%(count)s分")),))
    return shown + format_html_join(words.between_words(), "{}", figures)


@register.filter
def shape(field: BoundField) -> str:
    """Which of the shapes of a form's line this field takes."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    return "tick" if isinstance(widget, CheckboxInput) else "line"


@register.filter
def anchor(field: BoundField) -> str:
    """Where a summary of errors leads: to the control, or to the first of its choices, so that it gets the focus."""
    return f"{field.auto_id}_0" if shape(field) == "choices" else str(field.id_for_label)


@register.simple_tag
def icon_shape(name: str) -> SafeString:
    """The drawing of an icon; a name that nobody drew is our mistake and fails loudly."""
    return mark_safe(icons.SHAPES[name])  # our own constants, no one's input


@register.simple_tag
def button_class(kind: str, desk: bool, small: bool, big: bool) -> str:
    """The classes of one button: a desk's is plain unless it is the main one, a phone's the other way round."""
    if desk:
        classes = ["button", "main" if kind == "main" else "", "small" if small else ""]
    else:
        plain = {"plain": "weui-btn_default", "time": ""}.get(kind, "weui-btn_primary")
        classes = ["weui-btn", plain, "small" if small else "", "hand-big" if big else ""]
    return " ".join(name for name in classes if name)


@register.filter
def told(message: Any) -> toast.Told:
    """What a message of Django's carries beside its sentence: a way back, or a way on."""
    return toast.read(message)


@register.filter
def page_numbers(page: Page[Any]) -> Iterator[int | str]:
    """First, last and the neighbours; a gap is an ellipsis, so that a long list stays one line."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.simple_tag(takes_context=True)
def here_is(context: template.Context, item: str) -> bool:
    """Whether the page lies behind this item of the navigation: its view says `here`, or its URL does."""
    named = context.get("here")
    if named:
        return bool(named in (item, item.partition(":")[0]))
    match = getattr(context.get("request"), "resolver_match", None)
    if match is None:
        return False
    namespace = item.partition(":")[0]
    return bool(match.view_name == item or (match.namespace == namespace and namespace != "home"))


@register.simple_tag
def fresh_id(prefix: str = "x") -> str:
    """An id for a part that may stand several times on one page."""
    return f"{prefix}-{secrets.token_hex(3)}"


@register.filter
def stars(lit: int) -> list[bool]:
    """Five stars, each lit or not."""
    return [number < int(lit) for number in range(5)]


@register.filter
def fruits(ripe: int) -> list[dict[str, Any]]:
    """The ten apricots of a branch, each with its place; the first `ripe` of them have colour."""
    return [
        {"x": x, "y": y, "stem": stem, "leaf": leaf, "ripe": index < int(ripe)}
        for index, (x, y, stem, leaf) in enumerate(_FRUITS)
    ]


_FRUITS: list[tuple[int, int, str, str]] = [
    (14, 75, "M10 60q3 4 4 7", "M11 59q9 -12 17 -9-4 11-17 9z"),
    (47, 39, "M43 55q3 -4 4 -7", ""),
    (80, 61, "M76 46q3 4 4 7", "M77 45q9 -12 17 -9-4 11-17 9z"),
    (113, 28, "M109 43q3 -4 4 -7", "M110 44q9 12 17 9-4 -11-17 -9z"),
    (146, 61, "M142 45q3 4 4 7", ""),
    (179, 30, "M175 45q3 -4 4 -7", "M176 46q9 12 17 9-4 -11-17 -9z"),
    (212, 58, "M208 44q3 4 4 7", "M209 42q9 -12 17 -9-4 11-17 9z"),
    (245, 20, "M241 36q3 -4 4 -7", ""),
    (278, 42, "M274 28q3 4 4 7", "M275 26q9 -12 17 -9-4 11-17 9z"),
    (311, 11, "M307 24q3 -2 4 -5", "M308 24q9 12 17 9-4 -11-17 -9z"),
]


def _figure(count: int | str, sentence: str) -> SafeString:
    before, _percent, after = sentence.partition("%(count)s")
    return format_html("{}<b>{}</b>{}", before, count, after)


def _today() -> date:
    return words.in_china(timezone.now()).date()


def _china_day(value: datetime | date) -> date:
    return words.in_china(value).date() if isinstance(value, datetime) else value
