"""The member's statement."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from xinglin.lib import clock
from xinglin.lib.web import words
from xinglin.people import queries as people
from xinglin.timebank import queries, rules
from xinglin.timebank.rules import TransferKind

PAGE = 30

CHIPS = [
    (None, gettext_lazy("全部明细")),
    ("in", gettext_lazy("存入")),
    ("out", gettext_lazy("使用")),
    ("held", gettext_lazy("冻结")),
]

# kind → where it came from or went to, and a badge where something is still open or was taken back
SAID: dict[str, tuple[Any, str, Any]] = {
    TransferKind.CREDIT: (gettext_lazy("服务存入"), "", ""),
    TransferKind.HOLD: (gettext_lazy("为求助预留"), "wait", gettext_lazy("冻结中")),
    TransferKind.SETTLE: (gettext_lazy("求助用掉"), "", ""),
    TransferKind.RELEASE: (gettext_lazy("没用完，退回"), "", ""),
    TransferKind.LAPSE: (gettext_lazy("到期没用，退回"), "", ""),
    TransferKind.GIFT: (gettext_lazy("赠予"), "", ""),
    TransferKind.GRANT: (gettext_lazy("公益池支持"), "", ""),
    TransferKind.REPAYMENT: (gettext_lazy("补上之前没收回来的"), "", ""),
    TransferKind.REVERSAL: (gettext_lazy("原来那笔作废，转回"), "stop", gettext_lazy("已冲回")),
}


@require_GET
@login_required
def statement(request: HttpRequest) -> HttpResponse:
    """One's own minutes: what is free, held and used, and each entry with the balance after it."""
    person = people.person_of(request.user)
    only = request.GET.get("only") if request.GET.get("only") in queries.FILTERS else None
    before = rules.sequence_from(request.GET.get("before", ""))
    entries = queries.statement(person, before=before, limit=PAGE + 1, only=only)
    summary = queries.summary_of(person)
    facts = {
        "summary": summary,
        "bar": rules.bar_of(summary),
        "lines": [_line(entry) for entry in entries[:PAGE]],
        "older_than": entries[PAGE - 1].sequence if len(entries) > PAGE else None,
        "only": only,
        "chips": [(name, said, only == name) for name, said in CHIPS],
        "is_first": before is None,
    }
    return render(request, "timebank/statement.html", facts)


def _line(entry: Any) -> dict[str, Any]:
    """An entry in plain words: what it was for, when, where it came from, and what was left after it."""
    source, tone, state = SAID[entry.kind]
    today = clock.local_day(clock.now())
    day = words.day_said(words.in_china(entry.at).date(), today=today)
    return {
        "title": entry.reason or source,
        "note": f"{day} · {source}" if entry.reason and not state else day,
        "left": _("余 %(left)s") % {"left": words.minutes_said(entry.balance_after)},
        "minutes": entry.minutes,
        "sign": "+" if entry.minutes > 0 else "",
        "tone": tone,
        "state": state,
    }
