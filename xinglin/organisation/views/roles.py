"""Who holds which role where: granting, ending, and what conflicts."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.accounts import queries as accounts
from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import actions, queries, rules
from xinglin.organisation.errors import NoSuchAccount
from xinglin.organisation.forms import GrantForm, TermForm, role_said
from xinglin.organisation.models import Role, Unit
from xinglin.organisation.views.desk import unit_page
from xinglin.organisation.views.seen import seen

A_PAGE = 50


@login_required
@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    """All roles in my scope but the volunteers', those that conflict first."""
    queries.demand(request.user, "see_roles")
    at = clock.now()
    held = queries.staff_roles_seen_by(request.user, at=at)
    context = {
        "conflicts": queries.conflicts_among(held),
        "page_obj": Paginator(held, A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "organisation/roles.html", context)


@login_required
@require_POST
def grant(request: HttpRequest, code: str) -> HttpResponse:
    """Give a role to the account with this login name."""
    chosen = seen(request, code)
    queries.demand(request.user, "name_helpers", chosen)
    form = GrantForm(request.POST, names=rules.grantable(queries.verbs_at(request.user, chosen)))
    if form.is_valid():
        try:
            role = _granted(request, chosen, form)
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("已授予 %(role)s") % {"role": role_said(role.name)})
            return redirect("organisation:unit", code)
    return unit_page(request, chosen, form, status=422)


@login_required
@require_POST
def end(request: HttpRequest, code: str, role_code: str) -> HttpResponse:
    """Take a role back."""
    chosen = seen(request, code)
    role = Role.objects.filter(code=role_code, unit=chosen).exclude(name=Role.Name.VOLUNTEER).first()
    if role is None:
        raise NotFound
    actions.end_role(role=role, ended_by=request.user, at=clock.now())
    tell(request, _("已收回 %(role)s") % {"role": role_said(role.name)})
    return redirect("organisation:unit", code)


@login_required
@require_http_methods(["GET", "POST"])
def term(request: HttpRequest, code: str, role_code: str) -> HttpResponse:
    """Until when somebody holds a role."""
    chosen, at = seen(request, code), clock.now()
    role = queries.roles_at(chosen, at=at).filter(code=role_code).first()
    if role is None:
        raise NotFound
    queries.demand(request.user, rules.verb_to_grant(role.name), chosen)
    form = TermForm(request.POST or None, initial={"until": role.last_day})
    if form.is_valid():
        try:
            actions.change_term(role=role, ends_at=form.ends_at(), by=request.user, at=at)
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("期限改好了"))
            return redirect("organisation:unit", code)
    context = {"unit": chosen, "role": role, "form": form}
    return render(request, "organisation/term.html", context, status=422 if form.errors else 200)


def _granted(request: HttpRequest, chosen: Unit, form: GrantForm) -> Role:
    login_name, at = form.cleaned_data["login_name"], clock.now()
    user = accounts.by_login_name(login_name)
    if user is None:
        raise NoSuchAccount(login_name=login_name)
    return actions.grant_role(
        user=user,
        unit=chosen,
        name=form.cleaned_data["name"],
        granted_by=request.user,
        at=at,
        ends_at=form.ends_at(),
        knows_conflict=form.cleaned_data["knows_conflict"],
    )
