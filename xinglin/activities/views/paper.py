"""On paper: the sign-in sheet of a shift to print, and the table in which it is typed in afterwards."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from xinglin.accounts import queries as accounts
from xinglin.activities import entry, queries, rules
from xinglin.activities.entry import Entered, Row
from xinglin.activities.models import Shift, Signup
from xinglin.activities.views.lead import led_shift
from xinglin.lib import clock
from xinglin.lib.web.toast import tell
from xinglin.lib.web.words import clock_said

LINES = 16  # on one sheet, with room for a signature by hand
SPARE_LINES = 4  # for those whose names come up at the door


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
    return render(request, "activities/roster.html", {"shift": shift, "sheets": sheets})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet as a table: tick who came, mend the times, save. What is refused stays with its reason."""
    shift, at = led_shift(request, code), clock.now()
    signups = list(queries.list_of(shift)[: entry.MOST_ROWS])
    told: dict[str, Entered] = {}
    is_in_vain = False
    if request.method == "POST":
        rows = [_row(request, signup) for signup in signups if f"here-{signup.code}" in request.POST]
        entered = entry.enter_sheet(shift=shift, rows=rows, by=request.user, at=at)
        told = {one.row.signup.code: one for one in entered if one.refusal is not None}
        is_in_vain = len(told) == len(entered)
        _tell(request, entered)
        if not told:
            return redirect("activities:enter", shift.code)
        signups = list(queries.list_of(shift)[: entry.MOST_ROWS])
    context = {
        "shift": shift,
        "lines": [_line(request, shift, signup, told.get(signup.code)) for signup in signups],
        "may_mark": at <= shift.ends_at + rules.MARKS_BY_HAND_END and shift.state != Shift.State.CANCELLED,
        "refused": len(told),
        "all": "all" in request.GET,
    }
    return render(request, "activities/enter.html", context, status=422 if is_in_vain else 200)


def _row(request: HttpRequest, signup: Signup) -> Row:
    sent = request.POST
    return Row(signup, came=sent.get(f"came-{signup.code}", "")[:12], left=sent.get(f"left-{signup.code}", "")[:12])


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


def _tell(request: HttpRequest, entered: list[Entered]) -> None:
    good = [one for one in entered if one.refusal is None]
    if not entered:
        tell(request, _("先勾上来了的人，再保存"))
    elif good and any(one.waits for one in good):
        tell(request, _("%(count)s 人记好了。是事后补录，要另一位同事确认") % {"count": len(good)})
    elif good:
        tell(request, _("%(count)s 人记好了") % {"count": len(good)})
