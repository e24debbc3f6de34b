"""The desk's pages about stars: who was granted which, schemes with their preview, what stars open, and bars."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.lib import clock
from xinglin.lib.errors import Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.recognition import actions, queries, rules, words
from xinglin.recognition.errors import NoSuchStar
from xinglin.recognition.forms import BarForm, PrivilegeForm, SchemeForm, WithdrawForm
from xinglin.recognition.models import Grant, Scheme

PAGE = 50
FEW = 100  # schemes, privileges and bars of one desk; more than this needs no page, but a talk


@login_required
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """The stars of the volunteers over whom this user decides, the latest first."""
    organisation.demand(request.user, "decide_star")
    at, q = clock.now(), request.GET.get("q", "").strip()[:40]
    only = "published" if request.GET.get("only") == "published" else ""
    found = queries.grants_decided_by(request.user)
    if q:
        found = found.filter(Q(person__name__contains=q) | Q(person__volunteer__number__iexact=q))
    if only:
        found = found.filter(withdrawn_at__isnull=True, published_until__gt=at)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [{"grant": grant, "said": words.star_said(grant.level), "state": _state(grant, at=at)} for grant in page]
    context = {"page_obj": page, "rows": rows, "q": q, "only": only}
    return render(request, "recognition/desk.html", context | _tabs(request))


@login_required
@require_GET
def grant(request: HttpRequest, code: str) -> HttpResponse:
    """One star: when it was reached, under which scheme, until when it is published."""
    organisation.demand(request.user, "decide_star")
    return _grant_page(request, queries.grant_decided_by(request.user, code), WithdrawForm())


@login_required
@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take it back, with the reason."""
    organisation.demand(request.user, "decide_star")
    found, form = queries.grant_decided_by(request.user, code), WithdrawForm(request.POST)
    if form.is_valid() and _heard(
        form,
        actions.withdraw,
        grant=found,
        by=request.user,
        reason=form.cleaned_data["reason"],
        barred_until=form.barred_until(),
        at=clock.now(),
    ):
        tell(request, _("已收回，原因本人看得到"))
        return redirect("recognition:grant", code)
    return _grant_page(request, found, form, status=422)


@login_required
@require_GET
def schemes(request: HttpRequest) -> HttpResponse:
    """Every version of every unit's scheme, and which holds now."""
    organisation.demand(request.user, "decide_star")
    in_force = {scheme.pk for scheme in queries.schemes_in_force(at=clock.now())}
    found = queries.schemes_seen_by(request.user).order_by("unit__path", "-version")[:FEW]
    rows = [
        {"scheme": scheme, "hours": words.hours_said(scheme.thresholds), "state": _state_of(scheme, in_force)}
        for scheme in found
    ]
    return render(request, "recognition/schemes.html", {"rows": rows} | _tabs(request))


@login_required
@require_http_methods(["GET", "POST"])
def new_scheme(request: HttpRequest) -> HttpResponse:
    """Type the scheme, look at who would hold which star, then set it."""
    organisation.demand(request.user, "set_star_scheme")
    at = clock.now()
    form = SchemeForm(request.POST or None, units=_units(request))
    preview = _previewed(form, at=at) if request.method == "POST" and form.is_valid() else None
    if preview and request.POST.get("sure") and _set(request, form, at=at):
        tell(request, _("办法定好了，够了时长的人几分钟内升星"))
        return redirect("recognition:schemes")
    status = 422 if form.errors else 200
    return render(
        request, "recognition/new_scheme.html", {"form": form, "preview": preview} | _tabs(request), status=status
    )


@login_required
@require_http_methods(["GET", "POST"])
def privileges(request: HttpRequest) -> HttpResponse:
    """What stars open; one more by the form."""
    organisation.demand(request.user, "set_star_scheme")
    form = PrivilegeForm(request.POST or None, units=_units(request))
    if request.method == "POST" and form.is_valid():
        actions.add_privilege(by=request.user, at=clock.now(), **form.cleaned_data)
        tell(request, _("礼遇记好了，志愿者在“我的星级”里看得到"))
        return redirect("recognition:privileges")
    found = queries.privileges_edited_by(request.user, at=clock.now())[:FEW]
    rows = [{"privilege": privilege, "said": words.star_said(privilege.level)} for privilege in found]
    status = 422 if form.errors else 200
    return render(request, "recognition/privileges.html", {"rows": rows, "form": form} | _tabs(request), status=status)


@login_required
@require_POST
def end_privilege(request: HttpRequest, code: str) -> HttpResponse:
    """The star no longer opens this."""
    organisation.demand(request.user, "set_star_scheme")
    found = queries.privileges_edited_by(request.user, at=clock.now()).filter(code=code).first()
    if found is None:
        raise NoSuchStar
    actions.end_privilege(privilege=found, by=request.user, at=clock.now())
    tell(request, _("已停止"))
    return redirect("recognition:privileges")


@login_required
@require_http_methods(["GET", "POST"])
def bars(request: HttpRequest) -> HttpResponse:
    """Who rises to no further star for now, why, until when; one more by the form."""
    organisation.demand(request.user, "decide_star")
    form, at = BarForm(request.POST or None), clock.now()
    if request.method == "POST" and form.is_valid() and _barred(request, form, at=at):
        tell(request, _("已暂停升星，原因本人看得到"))
        return redirect("recognition:bars")
    rows = [
        {"bar": bar, "stands": bar.lifted_at is None and bar.ends_at > at}
        for bar in queries.bars_decided_by(request.user)[:FEW]
    ]
    status = 422 if form.errors else 200
    return render(request, "recognition/bars.html", {"rows": rows, "form": form} | _tabs(request), status=status)


@login_required
@require_POST
def lift(request: HttpRequest, code: str) -> HttpResponse:
    """End a bar before its day."""
    organisation.demand(request.user, "decide_star")
    found = queries.bars_decided_by(request.user).filter(code=code).first()
    if found is None:
        raise NoSuchStar
    actions.lift(bar=found, by=request.user, at=clock.now())
    tell(request, _("已恢复升星"))
    return redirect("recognition:bars")


def _grant_page(request: HttpRequest, found: Grant, form: WithdrawForm, *, status: int = 200) -> HttpResponse:
    at = clock.now()
    context = {
        "grant": found,
        "said": words.star_said(found.level),
        "state": _state(found, at=at),
        "hours": words.hours_said(found.scheme.thresholds),
        "form": form,
        "may_withdraw": _state(found, at=at) == "published" and found.person.user_id != request.user.pk,
    }
    return render(request, "recognition/grant.html", context | _tabs(request), status=status)


def _previewed(form: SchemeForm, *, at: dt.datetime) -> dict[str, Any] | None:
    """How many people would hold which star; a day in the past is said beside the field."""
    starts_at = form.starts_at(at=at)
    if starts_at < at:
        form.add_error("starts_on", _("星级办法不能从过去开始，请选今天或以后"))
        return None
    thresholds = rules.checked_thresholds(form.cleaned_data["hours"])
    scheme = Scheme(unit=form.cleaned_data["unit"], thresholds=thresholds)
    lines = [
        {"said": words.star_said(level) or _("还没有星"), "persons": persons, "minutes": _asked(thresholds, level)}
        for level, persons in queries.preview(scheme, at=at)
    ]
    return {"lines": lines, "starts_at": starts_at, "unit": scheme.unit}


def _asked(thresholds: list[int], level: int) -> int | None:
    return thresholds[level - 1] if 1 <= level <= len(thresholds) else None


def _set(request: HttpRequest, form: SchemeForm, *, at: dt.datetime) -> bool:
    said = form.cleaned_data
    return _heard(
        form,
        actions.set_scheme,
        unit=said["unit"],
        name=said["name"],
        hours_per_star=said["hours"],
        starts_at=form.starts_at(at=at),
        set_by=request.user,
        at=at,
    )


def _barred(request: HttpRequest, form: BarForm, *, at: dt.datetime) -> bool:
    try:
        volunteer, unit = queries.volunteer_decided_by(request.user, form.cleaned_data["number"])
    except Refusal as refusal:
        form.add_error("number", str(refusal))
        return False
    said = {"reason": form.cleaned_data["reason"], "until": form.barred_until()}
    return _heard(form, actions.bar, person=volunteer.person, unit=unit, by=request.user, at=at, **said)


def _heard(form: Any, verb: Any, **said: Any) -> bool:
    """Do it; a refusal is said above the form, which keeps what was typed."""
    try:
        verb(**said)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _state(found: Grant, *, at: dt.datetime) -> str:
    if found.withdrawn_at is not None:
        return "withdrawn"
    return "published" if found.published_until > at else "counts"


def _state_of(scheme: Scheme, in_force: set[int]) -> str:
    if scheme.pk in in_force:
        return "in_force"
    return "coming" if scheme.starts_at > clock.now() else "past"


def _units(request: HttpRequest) -> Any:
    units = organisation.units_where(request.user, "set_star_scheme")
    return units.filter(closed_at__isnull=True).exclude(kind=Unit.Kind.DEPARTMENT).order_by("path")


def _tabs(request: HttpRequest) -> dict[str, Any]:
    return {"sets_schemes": organisation.may_anywhere(request.user, "set_star_scheme"), "here": "recognition"}
