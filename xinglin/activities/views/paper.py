"""On paper: the sign-in sheet of a shift to print, and the table in which it is typed in afterwards."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from xinglin.accounts import queries as accounts
from xinglin.activities import entry, queries
from xinglin.activities.entry import Entered, Extra, Row
from xinglin.activities.models import Post, Shift, Signup
from xinglin.activities.views.lead import led_shift
from xinglin.activities.walkins import joining as walkins
from xinglin.activities.walkins.errors import NumberOfAnother, SeveralOfThatName
from xinglin.lib import clock
from xinglin.lib.web.toast import tell
from xinglin.lib.web.words import clock_said
from xinglin.organisation import queries as organisation

LINES = 16  # on one sheet, with room for a signature by hand
SPARE_LINES = 4  # for those whose names come up at the door
BLANK_LINES = 4  # as many to type them in; saving gives more
LONGEST = 40  # a number and a name


@require_safe
@login_required
def roster(request: HttpRequest, code: str) -> HttpResponse:
    """Names to tick off and to sign beside, with blank lines at the end; phones are masked."""
    shift = led_shift(request, code)
    lines: list[dict[str, Any]] = [
        {"signup": signup, "phone": accounts.masked_phone_of(signup.volunteer.person.user) or ""}
        for signup in queries.list_of(shift)[: entry.MOST_ROWS]
    ]
    lines += [{} for _blank in range(SPARE_LINES)]
    numbered = [{**line, "number": number} for number, line in enumerate(lines, 1)]
    sheets = [numbered[start : start + LINES] for start in range(0, len(numbered), LINES)]
    if request.method == "GET":
        entry.note_printing(shift=shift, by=request.user, at=clock.now())
    return render(request, "activities/roster.html", {"shift": shift, "sheets": sheets})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet as a table: tick who came, mend the times, save. What is refused stays with its reason."""
    shift, at = led_shift(request, code), clock.now()
    entered: list[Entered] = []
    if request.method == "POST":
        signups = queries.list_of(shift)[: entry.MOST_ROWS]
        rows = [_row(request, signup) for signup in signups if f"here-{signup.code}" in request.POST]
        entered = entry.enter_sheet(shift=shift, rows=rows, by=request.user, at=at)
        post, extras = _post(request, shift), _extras(request)
        entered += entry.enter_extras(post=post, shift=shift, extras=extras, by=request.user, at=at)
        _tell(request, entered)
        if all(one.refusal is None for one in entered):
            return redirect("activities:enter", shift.code)
    refused = [one for one in entered if one.refusal is not None]
    is_in_vain = bool(entered) and len(refused) == len(entered) and not any(map(_asks, refused))
    context = _page(request, shift, refused, at=at)
    return render(request, "activities/enter.html", context, status=422 if is_in_vain else 200)


def _page(request: HttpRequest, shift: Shift, refused: list[Entered], *, at: dt.datetime) -> dict[str, Any]:
    told = {one.row.signup.code: one for one in refused if isinstance(one.row, Row)}
    stuck = [one for one in refused if isinstance(one.row, Extra)]
    signups = queries.list_of(shift)[: entry.MOST_ROWS]
    lines = [_line(request, shift, signup, told.get(signup.code)) for signup in signups]
    has_begun = at >= shift.starts_at
    return {
        "shift": shift,
        "lines": lines,
        "has_open": any(not line["is_done"] and not line["is_own"] for line in lines),
        "extras": _extra_lines(shift, stuck, by=request.user) if has_begun else [],
        "posts": list(queries.posts_of(shift)),
        "chosen_post": request.POST.get("post", ""),
        "may_mark": at <= queries.marks_by_hand_end(shift, at=at) and shift.state != Shift.State.CANCELLED,
        "mark_hours": organisation.policy("mark_hours", shift.activity.project.unit, at=at),
        "refused": len(refused),
        "all": "all" in request.GET,
    }


def _asks(one: Entered) -> bool:
    """Is it no mistake, but a question whom the paper means?"""
    return isinstance(one.refusal, SeveralOfThatName | NumberOfAnother)


def _row(request: HttpRequest, signup: Signup) -> Row:
    sent = request.POST
    return Row(signup, came=sent.get(f"came-{signup.code}", "")[:12], left=sent.get(f"left-{signup.code}", "")[:12])


def _extras(request: HttpRequest) -> list[Extra]:
    """Those blank lines on which somebody was written."""
    sent = request.POST
    lines = [
        Extra(
            said=sent.get(f"extra-who-{place}", "").strip()[:LONGEST],
            picked=sent.get(f"extra-one-{place}", "")[:LONGEST],
            came=sent.get(f"extra-came-{place}", "")[:12],
            left=sent.get(f"extra-left-{place}", "")[:12],
        )
        for place in range(entry.MOST_EXTRAS)
    ]
    return [line for line in lines if line.said]


def _post(request: HttpRequest, shift: Shift) -> Post:
    posts = list(queries.posts_of(shift))
    return next((post for post in posts if post.code == request.POST.get("post")), posts[0])


def _line(request: HttpRequest, shift: Shift, signup: Signup, told: Entered | None) -> dict[str, Any]:
    """A row as the table shows it: what was typed when it was refused, else the times of the shift."""
    attendance = getattr(signup, "attendance", None)
    return {
        "signup": signup,
        "attendance": attendance,
        "is_done": attendance is not None and attendance.left_at is not None,
        "is_own": signup.volunteer.person.user_id == request.user.pk,
        "came": told.row.came if told else clock_said(shift.starts_at),
        "left": told.row.left if told else clock_said(shift.ends_at),
        "here": told is not None or "all" in request.GET,
        "error": str(told.refusal) if told else "",
        "field": told.field if told else "",
    }


def _extra_lines(shift: Shift, stuck: list[Entered], *, by: Any) -> list[dict[str, Any]]:
    """What was refused as it was typed, with those who may be meant; then blank lines with the times of the shift."""
    times = {"came": clock_said(shift.starts_at), "left": clock_said(shift.ends_at)}
    lines = []
    for one in stuck:
        assert isinstance(one.row, Extra), "rows of the list are told in the table"
        meant = walkins.meant_by(one.row.said, shift=shift, by=by) if one.field == "who" else walkins.Meant()
        may_be = [
            {"volunteer": volunteer, "phone": accounts.masked_phone_of(volunteer.person.user) or ""}
            for volunteer in meant.candidates
            if meant.surely is None
        ]
        lines.append({"row": one.row, "field": one.field, "error": str(one.refusal), "may_be": may_be})
    blanks = max(0, min(BLANK_LINES, entry.MOST_EXTRAS - len(lines)))
    return lines + [{"row": times} for _blank in range(blanks)]


def _tell(request: HttpRequest, entered: list[Entered]) -> None:
    good = [one for one in entered if one.refusal is None]
    if not entered:
        tell(request, _("先勾上来了的人，再保存"))
    elif good and any(one.waits for one in good):
        tell(request, _("%(count)s 人记好了。是事后补录，要另一位同事确认") % {"count": len(good)})
    elif good:
        tell(request, _("%(count)s 人记好了") % {"count": len(good)})
