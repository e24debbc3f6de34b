"""我的资料: a copy of all one's data, who has looked at one's numbers, and asking to be forgotten. On the phone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.lib import clock
from xinglin.lib.errors import NotFound
from xinglin.lib.web.toast import tell
from xinglin.office import bare_accounts, copies, erasing, jobs, whole
from xinglin.people import assisting, for_them, looking
from xinglin.people import queries as people
from xinglin.people.models import DataCopy, Erasure, Person


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What can be done about all of one's data."""
    person = people.person_of(request.user)
    if person is None:
        return render(request, "office/my_data.html", {"is_bare": True, "here": "people"})
    context = {
        "copy": _copy_of(person),
        "looks": looking.looks_at(person),
        "erasure": _told(person),
        "here": "people",
    }
    return render(request, "office/my_data.html", context)


@login_required
@require_POST
def ask_for_copy(request: HttpRequest) -> HttpResponse:
    """A job makes it; a minute later it is there. Of an account without a person it comes at once."""
    if bare_accounts.is_bare(request.user):
        return _as_file(bare_accounts.copy_of(request.user, at=clock.now()))
    with transaction.atomic():
        _ask(_person(request), by=request.user)
    tell(request, _("正在准备，好了就在这一页下载"))
    return redirect("office:my_data")


@login_required
@require_GET
def fetch_copy(request: HttpRequest, code: str) -> HttpResponse:
    """The file. It stays in no cache."""
    return _as_file(copies.fetch(person=_person(request), code=code, at=clock.now()))


@login_required
@require_http_methods(["GET", "POST"])
def copy_for(request: HttpRequest, number: str) -> HttpResponse:
    """The same at the desk, for somebody without a telephone: asked for, made, and handed to them."""
    chosen = for_them.chosen(request, number)
    assisting.demand_by(chosen.person, by=request.user)
    if request.method == "POST":
        with transaction.atomic():
            _ask(chosen.person, by=request.user)
        tell(request, _("正在准备，好了就在这一页下载"))
        return redirect("office:copy_for", number)
    context = {"chosen": chosen, "copy": _copy_of(chosen.person), "here": "people:desk"}
    return render(request, "office/copy_for.html", context)


@login_required
@require_GET
def fetch_copy_for(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """The file, to be handed over; whoever fetched it stands in the trail, and in the person's own copy."""
    chosen = for_them.chosen(request, number)
    return _as_file(copies.fetch(person=chosen.person, code=code, by=request.user, at=clock.now()))


@login_required
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """What goes, what stays and why, what is still open; then the one button."""
    person, at = people.person_of(request.user), clock.now()
    if person is None:
        return _close(request, at=at)
    if request.method == "POST":
        erasing.ask(person=person, by=request.user, at=at)
        tell(request, _("已经记下。等待期里随时可以撤回"))
        return redirect("office:erase_me")
    context: dict[str, Any] = {
        "erasure": _told(person),
        "open_things": whole.open_things(whole.whole(person), at=at),
        "wait_days": erasing.wait_days(person, at=at),
        "here": "people",
    }
    return render(request, "office/erase_me.html", context)


def _close(request: HttpRequest, *, at: dt.datetime) -> HttpResponse:
    """An account that no person stands behind: nobody has to decide, and it is closed at once."""
    if request.method == "POST":
        bare_accounts.close(user=request.user, by=request.user, at=at)
        logout(request)
        tell(request, _("账号关掉了，手机号也清掉了"))
        return redirect("accounts:sign_in")
    things = bare_accounts.open_things(request.user, at=at)
    context = {"is_bare": True, "open_things": things, "is_blocked": any(thing.blocks for thing in things)}
    return render(request, "office/erase_me.html", context | {"here": "people"})


@login_required
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """I would rather stay."""
    erasure = _told(_person(request))
    if erasure is None or erasure.state != Erasure.State.WAITING:
        raise NotFound
    erasing.withdraw(erasure=erasure, by=request.user, at=clock.now())
    tell(request, _("已经撤回，账号照常使用"))
    return redirect("office:my_data")


def _ask(person: Person, *, by: Any) -> None:
    copy, is_new = copies.ask(person=person, by=by, at=clock.now())
    if is_new:
        jobs.make_data_copy.defer(code=copy.code)


def _copy_of(person: Person) -> DataCopy | None:
    """The one that is being made or lies ready."""
    copy = copies.latest_of(person)
    is_over = copy is not None and copy.expires_at is not None and copy.expires_at <= clock.now()
    return None if is_over or (copy and copy.state == DataCopy.State.GONE) else copy


def _as_file(content: bytes) -> HttpResponse:
    name = f"{_('我的资料')}-{clock.local_day(clock.now()).isoformat()}.zip"
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/zip", headers=headers)


def _told(person: Person) -> Erasure | None:
    """What waits, or was declined and is worth reading; a withdrawn one is over."""
    erasure = erasing.latest_of(person)
    return None if erasure is None or erasure.state == Erasure.State.WITHDRAWN else erasure


def _person(request: HttpRequest) -> Person:
    person = people.person_of(request.user)
    if person is None:
        raise NotFound
    return person
