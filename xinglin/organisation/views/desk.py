"""The desk's pages of the organisation: the tree, one unit with its roles and policies, changing a policy."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import actions, policies, previews, queries, rules, tree
from xinglin.organisation.forms import GrantForm, PolicyForm
from xinglin.organisation.models import Role, Unit
from xinglin.organisation.previews import Question
from xinglin.organisation.views.seen import seen

FEW = 60  # units that fit on one page


@login_required
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """The tree as far as the user reaches, each unit with its persons; a large one opens branch by branch."""
    queries.demand(request.user, "see_desk")
    words = request.GET.get("q", "").strip()
    branches = tree.seen_by(request.user, at=clock.now())
    shown = tree.found(branches, words) if words else tree.opened(branches, request.GET.get("open", ""), few=FEW)
    my_roles = list(queries.roles_of(request.user).exclude(name=Role.Name.VOLUNTEER).order_by("unit__path"))
    context = {
        "branches": shown,
        "units": len(branches),
        "q": words,
        "my_roles": my_roles,
        "may_see_roles": queries.may_anywhere(request.user, "see_roles"),
    }
    return render(request, "organisation/desk.html", context)


@login_required
@require_GET
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """One unit: who holds which role here, and the policies that hold here."""
    return unit_page(request, seen(request, code))


@login_required
@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Change a policy: type the value, look at what it will say, then set it."""
    chosen, at = seen(request, code), clock.now()
    if name not in policies.DEFAULTS:
        raise NotFound
    queries.demand(request.user, "set_policy", chosen)
    ruling = next(ruling for ruling in queries.policies_at(chosen, at=at) if ruling.name == name)
    form = PolicyForm(name, request.POST or None, initial={"value": ruling.value})
    preview = _previewed(form, name, at=at) if form.is_valid() else None
    if preview and request.POST.get("sure"):
        actions.set_policy(unit=chosen, name=name, set_by=request.user, at=at, **preview)
        tell(request, _("已经定下：%(value)s") % {"value": policies.in_words(name, preview["value"])})
        return redirect("organisation:unit", code)
    context = {
        "unit": chosen,
        "meaning": policies.DEFAULTS[name].meaning,
        "now": _said(ruling),
        "form": form,
        "preview": preview and {"said": policies.in_words(name, preview["value"]), **preview},
        "effect": previews.of(Question(name, chosen, preview["value"], at)) if preview else None,
    }
    return render(request, "organisation/policy.html", context, status=422 if form.errors else 200)


def _previewed(form: PolicyForm, name: str, *, at: Any) -> dict[str, Any] | None:
    """The value as it would stand; what makes no sense is said beside the field."""
    try:
        value = policies.checked(name, form.value())
    except Refusal as refusal:
        form.hear(refusal)
        return None
    starts_at = form.starts_at(at=at)
    if starts_at < at:
        form.add_error("starts_on", _("政策不能从过去开始，请选今天或以后"))
        return None
    return {"value": value, "starts_at": starts_at}


def unit_page(request: HttpRequest, chosen: Unit, form: GrantForm | None = None, *, status: int = 200) -> HttpResponse:
    """One unit: what it is, who holds which role here, and the policies that hold here."""
    at = clock.now()
    may = queries.verbs_at(request.user, chosen)
    above = list(Unit.objects.get_ancestors(chosen))
    upper = above[-1] if above else None  # decides where the unit stands, and whether it goes on
    context = {
        "unit": chosen,
        "above": above,
        "roles": queries.roles_at(chosen, at=at),
        "groups": _grouped([_said(ruling) for ruling in queries.policies_at(chosen, at=at)]),
        "joints": queries.joints_of(chosen),
        "carried": queries.carried_by(chosen),
        "brands": chosen.brands.filter(ended_at__isnull=True).order_by("since"),
        "below": queries.right_below(chosen),
        "may": dict.fromkeys(may, True),
        "may_change_place": upper is not None and queries.may(request.user, "edit_units", upper),
        "upper": upper,
        "form": form or GrantForm(names=rules.grantable(may)),
    }
    return render(request, "organisation/unit.html", context, status=status)


def _grouped(rulings: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Policies under two headings, because the time bank alone has many."""
    of_bank = {name for name, default in policies.DEFAULTS.items() if default.of_timebank}
    return [
        (_("服务与签到"), [ruling for ruling in rulings if ruling["name"] not in of_bank]),
        (_("时间银行"), [ruling for ruling in rulings if ruling["name"] in of_bank]),
    ]


def _said(ruling: queries.Ruling) -> dict[str, Any]:
    coming = ruling.next_version
    return {
        "name": ruling.name,
        "meaning": policies.DEFAULTS[ruling.name].meaning,
        "value": policies.in_words(ruling.name, ruling.value),
        "version": ruling.version,
        "coming": coming and {"value": policies.in_words(ruling.name, coming.value), "starts_at": coming.starts_at},
    }
