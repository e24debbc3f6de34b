"""Minutes, days and distances as people say them. Pure: the caller hands over the moment that counts as now."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xinglin.lib.clock import SHANGHAI


def minutes_said(minutes: int) -> str:
    """`150` is said 2小时30分; never 2.5h. A debt keeps its sign in front of the whole."""
    sign = "−" if minutes < 0 else ""
    hours, rest = divmod(abs(minutes), 60)
    parts = []
    if hours:
        parts.append(_("%(count)s小时") % {"count": f"{hours:,}"})
    if rest or not hours:
        parts.append(_("%(count)s分") % {"count": rest})
    return sign + between_words().join(parts)


def day_said(when: date, *, today: date) -> str:
    """The nearest days have names; the others carry their weekday, and the year only when it is not this one."""
    near = {-1: _("昨天"), 0: _("今天"), 1: _("明天")}.get((when - today).days)
    if near:
        return near
    if when.year == today.year:
        return date_said(when)
    return _("%(year)s年%(month)s月%(day)s日 %(weekday)s") % _parts_of(when)


def date_said(when: date) -> str:
    """`周二 11月24日`, for what is read on another day than it was written: no 今天, which would be wrong by then."""
    return _("%(weekday)s %(month)s月%(day)s日") % _parts_of(when)


def clock_said(when: datetime) -> str:
    """`7:30`: no zero in front, because nobody says it."""
    local = in_china(when)
    return f"{local.hour}:{local.minute:02d}"


def span_said(starts: datetime, ends: datetime, *, today: date) -> str:
    """`今天 14:00–17:00`; a night shift names both days."""
    first, last = in_china(starts).date(), in_china(ends).date()
    begins = f"{day_said(first, today=today)} {clock_said(starts)}"
    if first == last:
        return f"{begins}–{clock_said(ends)}"
    return f"{begins} – {day_said(last, today=today)} {clock_said(ends)}"


def distance_said(metres: float) -> str:
    """Tens of metres below a kilometre, tenths of a kilometre up to ten, whole ones beyond."""
    if metres < 995:
        return _("%(count)s 米") % {"count": round(metres / 10) * 10 if metres >= 100 else round(metres)}
    kilometres = metres / 1000
    return _("%(count)s 公里") % {"count": f"{kilometres:.1f}" if kilometres < 9.95 else f"{kilometres:.0f}"}


def initial_of(name: str) -> str:
    """What stands in the round picture: the last character of a Chinese name, the first letter of another."""
    name = name.strip()
    if not name:
        return ""
    return name[-1] if "\u3400" <= name[-1] <= "\u9fff" else name[0].upper()


def in_china(when: datetime) -> datetime:
    return when.astimezone(SHANGHAI)


def between_words() -> str:
    """Chinese runs its words together, English does not."""
    return "" if (get_language() or "").startswith("zh") else " "


def _parts_of(when: date) -> dict[str, object]:
    return {"weekday": _weekdays()[when.weekday()], "month": _month(when), "day": when.day, "year": when.year}


def _weekdays() -> list[str]:
    return [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")]


def _month(when: date) -> str:
    """English sentences take the month's name, Chinese ones its number."""
    if (get_language() or "").startswith("zh"):
        return str(when.month)
    return ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[when.month - 1]
