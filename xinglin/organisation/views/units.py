"""The tree editor: a unit is made, described, moved; what happened to it, what it is known for, who carries it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import actions, policies, queries, trail, tree
from xinglin.organisation.forms import BrandForm, JoiningForm, JointForm, MoveForm, UnitForm
from xinglin.organisation.models import Brand, Joint, Unit
from xinglin.organisation.queries import Ruling
from xinglin.organisation.views.seen import seen

UNREADABLE = 422


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Make a unit below this one."""
    above = seen(request, code)
    queries.demand(request.user, "edit_units", above)
    form = UnitForm(request.POST or None, initial={"kind": Unit.Kind.TEAM, "division_code": above.division_code})
    if form.is_valid():
        try:
            unit = actions.add_unit(parent=above, actor=request.user, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("已建好：%(name)s") % {"name": unit.name})
            return redirect("organisation:unit", unit.code)
    context = {"unit": above, "form": form, "is_new": True}
    return render(request, "organisation/edit.html", context, status=UNREADABLE if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change what a unit is called and what it is."""
    unit = seen(request, code)
    queries.demand(request.user, "edit_units", unit)
    form = UnitForm(request.POST or None, initial={name: getattr(unit, name) for name in UnitForm.base_fields})
    if form.is_valid():
        try:
            actions.edit_unit(unit=unit, by=request.user, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("已改好"))
            return redirect("organisation:unit", code)
    context = {"unit": Unit.objects.get(pk=unit.pk), "form": form, "is_new": False}
    return render(request, "organisation/edit.html", context, status=UNREADABLE if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Put a unit under another one: choose it, look at what follows, then move."""
    unit, at = seen(request, code), clock.now()
    above = queries.above(unit)
    queries.demand(request.user, "edit_units", above or unit)
    form = MoveForm(request.POST or None, units=_places_for(request.user, unit))
    effect = None
    if form.is_valid():
        below = form.cleaned_data["below"]
        effect = tree.moved(unit, below, at=at)
        if request.POST.get("sure"):
            try:
                actions.move_unit(unit=unit, below=below, by=request.user, at=at)
            except Refusal as refusal:
                form.hear(refusal)
            else:
                tell(request, _("%(name)s 已移到 %(below)s 下面") % {"name": unit.name, "below": below.name})
                return redirect("organisation:unit", code)
    context = {
        "unit": unit,
        "above": above,
        "form": form,
        "effect": effect,
        "rulings": [_in_words(*pair) for pair in effect.rulings] if effect else [],
    }
    return render(request, "organisation/move.html", context, status=UNREADABLE if form.errors else 200)


@login_required
@require_GET
def trail_page(request: HttpRequest, code: str) -> HttpResponse:
    """What happened at this unit and below it."""
    unit = seen(request, code, "see_audit")
    kind, before = request.GET.get("kind", ""), request.GET.get("before", "")
    page = trail.of(unit, kind=kind, before=int(before) if before.isascii() and before.isdigit() else None)
    kinds = [(name, said) for name, (said, _which) in trail.KINDS.items()]
    context = {"unit": unit, "page": page, "kinds": kinds, "kind": kind, "is_older": bool(before)}
    return render(request, "organisation/trail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def about(request: HttpRequest, code: str) -> HttpResponse:
    """How people come into this unit, its brands, and who carries it together."""
    unit = _described(request, code)
    form = JoiningForm(request.POST or None, initial={"mode": unit.joining})
    if form.is_valid():
        try:
            actions.set_joining(unit=unit, by=request.user, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("password", str(refusal))
        else:
            tell(request, _("已改好"))
            return redirect("organisation:about", code)
    return _about_page(request, unit, joining=form)


@login_required
@require_POST
def add_brand(request: HttpRequest, code: str) -> HttpResponse:
    """Give the unit a brand."""
    unit, form = _described(request, code), BrandForm(request.POST)
    if form.is_valid():
        try:
            actions.add_brand(unit=unit, by=request.user, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("name", str(refusal))
        else:
            tell(request, _("品牌已加上"))
            return redirect("organisation:about", code)
    return _about_page(request, unit, brand=form)


@login_required
@require_POST
def end_brand(request: HttpRequest, code: str, brand: str) -> HttpResponse:
    """Take a brand off the page."""
    unit = _described(request, code)
    chosen = Brand.objects.select_related("unit").filter(unit=unit, code=brand).first()
    if chosen is None:
        raise NotFound
    actions.end_brand(brand=chosen, by=request.user, at=clock.now())
    tell(request, _("品牌已撤下"))
    return redirect("organisation:about", code)


@login_required
@require_POST
def add_joint(request: HttpRequest, code: str) -> HttpResponse:
    """Let another unit carry this one too."""
    unit = seen(request, code)
    queries.demand(request.user, "edit_units", unit)
    form = JointForm(request.POST, units=queries.open_units())
    if form.is_valid():
        try:
            actions.add_joint(unit=unit, by=request.user, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("parent", str(refusal))
        else:
            tell(request, _("共建上级已加上"))
            return redirect("organisation:about", code)
    return _about_page(request, unit, joint=form)


@login_required
@require_POST
def end_joint(request: HttpRequest, code: str, parent: str) -> HttpResponse:
    """The other unit carries it no more."""
    unit = seen(request, code)
    standing = Joint.objects.select_related("unit", "parent").filter(unit=unit, ended_at__isnull=True)
    chosen = standing.filter(parent__code=parent).first()
    if chosen is None:
        raise NotFound
    actions.end_joint(joint=chosen, by=request.user, at=clock.now())
    tell(request, _("共建上级已撤下"))
    if queries.may(request.user, "describe_unit", unit):
        return redirect("organisation:about", code)
    return redirect("organisation:unit", parent)  # the other side ended it, and reaches the unit no more


def _in_words(now: Ruling, then: Ruling) -> dict[str, Any]:
    """A policy before and after, as people say it."""
    return {
        "meaning": policies.DEFAULTS[now.name].meaning,
        "now": policies.in_words(now.name, now.value),
        "then": policies.in_words(then.name, then.value),
    }


def _described(request: HttpRequest, code: str) -> Unit:
    unit = seen(request, code, "describe_unit")
    queries.demand(request.user, "describe_unit", unit)
    return unit


def _places_for(user: Any, unit: Unit) -> Any:
    """Where the user may put it: neither below itself nor where it stands."""
    places = queries.units_where(user, "edit_units").filter(closed_at__isnull=True)
    above = queries.above(unit)
    places = places.exclude(path__startswith=unit.path)
    return (places.exclude(pk=above.pk) if above else places.none()).order_by("path")


def _about_page(request: HttpRequest, unit: Unit, **bound: Any) -> HttpResponse:
    form = next(iter(bound.values()))
    context = {
        "unit": unit,
        "brands": unit.brands.filter(ended_at__isnull=True).order_by("since"),
        "joints": queries.joints_of(unit),
        "joining": JoiningForm(initial={"mode": unit.joining}),
        "brand": BrandForm(),
        "joint": JointForm(units=queries.open_units()),
        "may_edit": queries.may(request.user, "edit_units", unit),
        "is_staff": queries.may(request.user, "see_desk", unit),
        **bound,
    }
    status = UNREADABLE if form.is_bound and form.errors else 200
    return render(request, "organisation/about.html", context, status=status)
