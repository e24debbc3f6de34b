"""等您决定: the list, what is open beside it, the decision in place, and taking it back.

Every answer is the whole page. Without scripts that is all there is to it; with them, htmx takes the middle of it, so
that a decision costs one round trip and the next thing stands there at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xinglin.activities import queries as activities
from xinglin.home import actions, errands, queries, rules, waiting
from xinglin.home.actions import Decided
from xinglin.home.errors import NothingToTakeBack, ReasonNeeded
from xinglin.home.rules import Todo
from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.ids import short_code
from xinglin.lib.web.toast import tell, tell_refusal
from xinglin.organisation import queries as organisation

TODAY = "today"
DECIDED = "desk.decided"  # in the session: what this person decided in the last minutes, the latest last
MOST_UNDONE = 20


@require_safe
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """Everything that waits for this person, the first of it open."""
    organisation.demand(request.user, "see_desk")
    return _page(request, "", at=clock.now())


@require_safe
@login_required
def waits(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """The same with this one open. What somebody else decided meanwhile says so."""
    organisation.demand(request.user, "see_desk")
    at = clock.now()
    try:
        waiting.named(kind).find(request.user, code, at=at)
    except NotFound as gone:
        if not request.htmx:  # type: ignore[attr-defined]
            raise
        tell_refusal(request, gone)
        return _page(request, "", at=at)
    return _page(request, f"{kind}:{code}", at=at)


@require_POST
@login_required
def decide(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Decide this one, or with it all those of its like that the page showed; then the next one opens."""
    organisation.demand(request.user, "see_desk")
    at, chosen, sent = clock.now(), waiting.named(kind), request.POST
    verb, _colon, together = sent.get("verb", "").partition(":")
    try:
        if together:
            codes = sent.get("alike", "").split(",")
            decided = actions.decide_together(kind=chosen, codes=codes, verb=verb, by=request.user, at=at)
        else:
            decided = actions.decide(kind=chosen, code=code, verb=verb, reason=_reason(request), by=request.user, at=at)
    except ReasonNeeded as needed:
        return _page(request, f"{kind}:{code}", at=at, error=str(needed))
    except Refusal as refusal:
        if not request.htmx:  # type: ignore[attr-defined]
            raise
        tell_refusal(request, refusal)
        return _page(request, f"{kind}:{code}", at=at, reason=sent.get("reason", ""))  # nothing typed is lost
    _tell(request, decided, code, at=at)
    return _on(request, sent.get("next_together" if together else "next", ""), at=at)


@require_POST
@login_required
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    """Undo what one press of this session decided; it opens again."""
    organisation.demand(request.user, "see_desk")
    at = clock.now()
    kept = [one for one in request.session.get(DECIDED, []) if one["key"] == code]
    try:
        if not kept:
            raise NothingToTakeBack
        press = kept[0]
        kind = waiting.named(press["kind"])
        actions.take_back(kind=kind, codes=press["codes"], verb=press["verb"], by=request.user, at=at)
    except Refusal as refusal:
        if not request.htmx:  # type: ignore[attr-defined]
            raise
        _forget(request, code)
        tell_refusal(request, refusal)
        return _page(request, "", at=at)
    _forget(request, code)
    tell(request, _("撤销了，又在等您决定"))
    return _on(request, press["opened"], at=at)


def _on(request: HttpRequest, key: str, *, at: dt.datetime) -> HttpResponse:
    """To the next one: at once for htmx, by a redirect for whoever has no scripts."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(_address(request, key))
    answer = _page(request, key, at=at)
    answer["HX-Push-Url"] = answer.opened_at  # type: ignore[attr-defined]
    return answer


def _page(request: HttpRequest, key: str, *, at: dt.datetime, error: str = "", reason: str = "") -> HttpResponse:
    sent = request.POST if request.method == "POST" else request.GET
    only, words = sent.get("kind", ""), sent.get("q", "")[:40]
    todos = queries.todos(request.user, at=at)
    shown = rules.narrowed(todos, kind=only, words=words)
    opened = _opened(shown, key)
    context: dict[str, Any] = {
        "todos": [{"todo": todo, "href": _address(request, todo.key)} for todo in shown],
        "opened": opened,
        "waiting": len(todos),
        "tabs": [
            {"name": kind.name, "said": kind.tab, "count": rules.counts(todos).get(kind.name, 0)}
            for kind in waiting.KINDS
        ],
        "only": only,
        "q": words,
        "shifts": list(activities.shifts_today(request.user, at=at)) if only == TODAY or not todos else None,
        "is_today": only == TODAY,
        "undo": _latest(request, at=at),
        "circulars": errands.circulars_for(request.user, at=at),
        "error": error,
        "reason": reason,
        "here": "home:desk",
    }
    if opened and only != TODAY:
        context |= _beside(request, opened, shown, at=at)
    is_bad = bool(error) and not request.htmx  # type: ignore[attr-defined]  # htmx shows what is answered with 200
    answer = render(request, "home/desk.html", context, status=422 if is_bad else 200)
    answer.opened_at = _address(request, context["opened"])  # type: ignore[attr-defined]
    answer["Vary"] = "HX-Request, Cookie"
    return answer


def _opened(shown: Sequence[Todo], key: str) -> str:
    """What stands open: what was asked for, also when it no longer waits, else the first of the list."""
    if key:
        return key
    first = rules.opened(shown, "")
    return first.key if first is not None else ""


def _beside(request: HttpRequest, opened: str, shown: Sequence[Todo], *, at: dt.datetime) -> dict[str, Any]:
    name, _colon, code = opened.partition(":")
    kind = waiting.named(name)
    try:
        thing = kind.find(request.user, code, at=at)
    except NotFound:  # decided by somebody between the list and this look
        rest = [todo for todo in shown if todo.key != opened]
        return _beside(request, rest[0].key, rest, at=at) if rest else {"opened": ""}
    todo = next((todo for todo in shown if todo.key == opened), None)
    alike = rules.alike(shown, todo) if todo is not None else []
    others = [other for other in shown if other == todo or other not in alike]
    return {
        "opened": opened,
        "kind": kind,
        "code": code,
        "alike": [other.code for other in alike[: actions.MOST_TOGETHER]],
        "next": rules.after(shown, opened),
        "next_together": rules.after(others, opened),
        **kind.looked_at(thing, user=request.user, at=at),
    }


def _address(request: HttpRequest, key: str) -> str:
    """Where this one stands open, in the list narrowed as it is now."""
    sent = request.POST if request.method == "POST" else request.GET
    kept = {name: sent[name] for name in ("kind", "q") if sent.get(name)}
    name, _colon, code = key.partition(":")
    address = reverse("home:waits", args=[name, code]) if code else reverse("home:desk")
    return f"{address}?{urlencode(kept)}" if kept else address


def _reason(request: HttpRequest) -> str:
    """What was typed, else the ready sentence that was ticked."""
    return request.POST.get("reason", "").strip() or request.POST.get("ready", "").strip()


def _tell(request: HttpRequest, decided: Decided, code: str, *, at: dt.datetime) -> None:
    undo_url = ""
    if decided.until > at and decided.codes:
        press = {"key": short_code(), "kind": decided.kind, "verb": decided.verb, "codes": decided.codes}
        press |= {"opened": f"{decided.kind}:{code}", "said": decided.said, "until": decided.until.isoformat()}
        request.session[DECIDED] = [*request.session.get(DECIDED, []), press][-MOST_UNDONE:]
        undo_url = reverse("home:take_back", args=[press["key"]])
    tell(request, decided.said, undo_url=undo_url)


def _latest(request: HttpRequest, *, at: dt.datetime) -> dict[str, Any] | None:
    """The latest decision of this session that can still be undone: what Z takes back once its toast has gone."""
    for press in reversed(request.session.get(DECIDED, [])):
        if dt.datetime.fromisoformat(press["until"]) > at:
            return dict(press)
    return None


def _forget(request: HttpRequest, key: str) -> None:
    request.session[DECIDED] = [one for one in request.session.get(DECIDED, []) if one["key"] != key]
