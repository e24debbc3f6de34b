"""What is said of a shift in a group: a text to copy and a picture, with what recruiting must say and no name in it."""

from __future__ import annotations

import io
from collections.abc import Sequence

import segno
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xinglin.activities.models import Post, Shift
from xinglin.lib import documents
from xinglin.lib.web.words import clock_said, in_china

TEMPLATE = "activities/documents/poster.typ"


def text_of(shift: Shift, posts: Sequence[Post], *, address: str) -> str:
    """Plain lines for a chat, the most needed first."""
    lines = [
        _("【志愿者招募】%(name)s") % {"name": shift.activity.name},
        _("时间：%(when)s") % {"when": _when(shift)},
        _("地点：%(where)s") % {"where": _where(shift)},
        _("需要：%(wanted)s") % {"wanted": _wanted(posts)},
        _("做什么：%(what)s") % {"what": shift.activity.briefing} if shift.activity.briefing else "",
        _("风险提示：%(risks)s") % {"risks": shift.activity.risks},
        _("保障：%(guarantees)s") % {"guarantees": shift.activity.guarantees} if shift.activity.guarantees else "",
        _("主办：%(unit)s") % {"unit": shift.activity.project.unit.name},
        _("报名：%(address)s") % {"address": address},
    ]
    return "\n".join(line for line in lines if line)


def picture_of(shift: Shift, posts: Sequence[Post], *, address: str) -> bytes:
    """The same as a PNG that a chat shows at once, with a code that leads to the shift."""
    wanted = sum(post.places_left for post in posts)  # type: ignore[attr-defined]  # the query tells it
    facts = {
        "language": "en" if (get_language() or "").startswith("en") else "zh",
        "brand": _("杏林志愿服务"),
        "unit": shift.activity.project.unit.name,
        "wanted": _("还差 %(places)s 人") % {"places": wanted} if wanted > 0 else _("已报满"),
        "title": shift.activity.name,
        "posts": _wanted(posts) if len(posts) > 1 or posts[0].requires else "",
        "facts": [
            [_("时间"), _when(shift)],
            [_("地点"), _where(shift)],
            [_("风险"), shift.activity.risks],
            *([[_("保障"), shift.activity.guarantees]] if shift.activity.guarantees else []),
        ],
        "scan": _("扫码看详情、报名"),
        "note": _("志愿服务不收钱，也不用您花钱。服务有记录，时间存得下。"),
        "qr": _drawn(address),
    }
    return documents.as_png(TEMPLATE, facts, ppi=254)


def _when(shift: Shift) -> str:
    """A date that is still right when the picture is passed on tomorrow."""
    starts, ends = in_china(shift.starts_at), in_china(shift.ends_at)
    days = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
    day = f"{starts.date().isoformat()} {days[starts.weekday()]}"
    next_day = f"{ends.date().isoformat()} " if ends.date() != starts.date() else ""
    return f"{day} {clock_said(starts)}–{next_day}{clock_said(ends)}"


def _where(shift: Shift) -> str:
    return " · ".join(part for part in (shift.activity.place_name, shift.activity.township) if part)


def _wanted(posts: Sequence[Post]) -> str:
    said = []
    wanted = [post for post in posts if post.places_left > 0]  # type: ignore[attr-defined]  # the query tells it
    for post in wanted or posts:
        left = max(0, post.places_left)  # type: ignore[attr-defined]
        requires = _("（需要：%(requires)s）") % {"requires": post.requires} if post.requires else ""
        said.append(_("%(post)s还差 %(left)s 人") % {"post": post.name, "left": left} + requires)
    return _("；").join(said)


def _drawn(address: str) -> str:
    """The code as an SVG text, which the document draws sharp at any size."""
    kept = io.BytesIO()
    segno.make(address, error="m", micro=False).save(kept, kind="svg", border=1, xmldecl=False, scale=4)
    return kept.getvalue().decode()
