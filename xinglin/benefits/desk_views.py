"""The desk: the catalogue of one's units, one benefit with its vouchers, and handing a voucher's benefit out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.benefits import actions, queries, rules
from xinglin.benefits.errors import NoSuchVoucher
from xinglin.benefits.forms import BenefitForm, NewBenefitForm, RefuseForm, RestockForm, first_of
from xinglin.benefits.models import Benefit, Voucher
from xinglin.lib import clock
from xinglin.lib.errors import Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.recognition import queries as recognition
from xinglin.recognition import words

PAGE = 50
LATEST = 20  # of what one has handed out oneself
FIRST = {"voucher_days": 30, "level": 0, "period": Benefit.Period.YEAR}


@login_required
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """The catalogue of the units whose benefits this user keeps."""
    organisation.demand(request.user, "edit_benefits")
    q = request.GET.get("q", "").strip()[:40]
    found = queries.benefits_edited_by(request.user).order_by("unit__path", "title", "pk")
    page = Paginator(found.filter(title__contains=q) if q else found, PAGE).get_page(request.GET.get("page"))
    rows = [_row(one) for one in page]
    return render(request, "benefits/desk.html", {"page_obj": page, "rows": rows, "q": q} | _doors(request))


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Put a benefit into the catalogue."""
    organisation.demand(request.user, "edit_benefits")
    at = clock.now()
    units = organisation.units_where(request.user, "edit_benefits").filter(closed_at__isnull=True).order_by("path")
    privileges = recognition.privileges_in_force(at=at).filter(unit__in=units)
    form = NewBenefitForm(request.POST or None, units=units, privileges=privileges, initial=FIRST)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        made = _heard(
            form,
            actions.add_benefit,
            unit=said["unit"],
            stock=said["stock"],
            by=request.user,
            at=at,
            **form.terms(at=at),
        )
        if made:
            tell(request, _("上架了，志愿者现在就能看到"))
            return redirect("benefits:desk_benefit", made.code)
    context = {"form": form, "benefit": None} | _doors(request)
    return render(request, "benefits/edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a benefit's terms; vouchers already given keep what was promised."""
    organisation.demand(request.user, "edit_benefits")
    found, at = queries.benefit_edited_by(request.user, code), clock.now()
    privileges = recognition.privileges_in_force(at=at).filter(
        unit__in=organisation.units_where(request.user, "edit_benefits")
    )
    form = BenefitForm(request.POST or None, privileges=privileges, initial=first_of(found))
    if request.method == "POST" and form.is_valid():
        terms = form.terms(at=at, was=found)
        if _heard(form, actions.edit_benefit, benefit=found, by=request.user, at=at, **terms):
            tell(request, _("改好了，已经换出去的券不变"))
            return redirect("benefits:desk_benefit", code)
    context = {"form": form, "benefit": found} | _doors(request)
    return render(request, "benefits/edit.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def desk_benefit(request: HttpRequest, code: str) -> HttpResponse:
    """One benefit with its vouchers."""
    organisation.demand(request.user, "edit_benefits")
    return _benefit_page(request, queries.benefit_edited_by(request.user, code), RestockForm())


@login_required
@require_POST
def pause(request: HttpRequest, code: str) -> HttpResponse:
    """Give none for the moment, or give it again."""
    organisation.demand(request.user, "edit_benefits")
    found = queries.benefit_edited_by(request.user, code)
    if request.POST.get("resume"):
        actions.resume(benefit=found, by=request.user, at=clock.now())
        tell(request, _("又开放了"))
    else:
        actions.pause(benefit=found, by=request.user, at=clock.now())
        tell(request, _("已暂停，换出去的券照样能用"))
    return redirect("benefits:desk_benefit", code)


@login_required
@require_POST
def restock(request: HttpRequest, code: str) -> HttpResponse:
    """Add to what is left."""
    organisation.demand(request.user, "edit_benefits")
    found, form = queries.benefit_edited_by(request.user, code), RestockForm(request.POST)
    if form.is_valid():
        change = form.cleaned_data["change"]
        changed = _heard(form, actions.restock, benefit=found, change=change, by=request.user, at=clock.now())
        if changed:
            tell(request, _("现在还有 %(left)s 份") % {"left": changed.stock_left})
            return redirect("benefits:desk_benefit", code)
    return _benefit_page(request, found, form, status=422)


@login_required
@require_GET
def counter(request: HttpRequest) -> HttpResponse:
    """Type or scan a voucher's code; below it what one has handed out so far."""
    organisation.demand(request.user, "redeem_voucher")
    typed = request.GET.get("code", "")[:200]
    code, missing = rules.code_from(typed), ""
    if code:
        if queries.vouchers_handled_by(request.user).filter(code=code).exists():
            return redirect("benefits:desk_voucher", code)
        missing = str(NoSuchVoucher())
    latest = queries.handled_by(request.user)[:LATEST]
    context = {"typed": typed, "missing": missing, "latest": latest} | _doors(request)
    return render(request, "benefits/counter.html", context, status=404 if missing else 200)


@login_required
@require_GET
def desk_voucher(request: HttpRequest, code: str) -> HttpResponse:
    """One voucher before whoever hands its benefit out."""
    organisation.demand(request.user, "redeem_voucher")
    return _voucher_page(request, queries.voucher_handled_by(request.user, code), RefuseForm())


@login_required
@require_POST
def use(request: HttpRequest, code: str) -> HttpResponse:
    """Handed out: the minutes are used."""
    organisation.demand(request.user, "redeem_voucher")
    found = queries.voucher_handled_by(request.user, code)
    actions.use(voucher=found, by=request.user, at=clock.now())
    tell(request, _("核销好了：%(title)s") % {"title": found.title})
    return redirect("benefits:counter")


@login_required
@require_POST
def refuse(request: HttpRequest, code: str) -> HttpResponse:
    """Not to be had: everything goes back, with the reason."""
    organisation.demand(request.user, "redeem_voucher")
    found, form = queries.voucher_handled_by(request.user, code), RefuseForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if _heard(form, actions.refuse, voucher=found, by=request.user, reason=reason, at=clock.now()):
            tell(request, _("已退回，时间还给了本人"))
            return redirect("benefits:counter")
    return _voucher_page(request, found, form, status=422)


def _benefit_page(request: HttpRequest, found: Benefit, form: RestockForm, *, status: int = 200) -> HttpResponse:
    state = request.GET.get("state", "")
    states = [(name, said) for name, said in Voucher.State.choices]
    vouchers = found.vouchers.select_related("person__volunteer", "ended_by").order_by("-redeemed_at", "-pk")
    if state in dict(states):
        vouchers = vouchers.filter(state=state)
    context = {
        "row": _row(found),
        "benefit": found,
        "page_obj": Paginator(vouchers, PAGE).get_page(request.GET.get("page")),
        "state": state,
        "states": states,
        "form": form,
    }
    return render(request, "benefits/desk_benefit.html", context | _doors(request), status=status)


def _voucher_page(request: HttpRequest, found: Voucher, form: RefuseForm, *, status: int = 200) -> HttpResponse:
    is_over = found.state == rules.State.UNUSED and found.expires_at <= clock.now()
    context = {
        "voucher": found,
        "spaced": rules.spaced(found.code),
        "state": "expired" if is_over else found.state,
        "said": Voucher.State.EXPIRED.label if is_over else found.get_state_display(),
        "is_own": found.person.user_id == request.user.pk,
        "can_end": found.state == rules.State.UNUSED and not is_over and found.person.user_id != request.user.pk,
        "form": form,
    }
    return render(request, "benefits/desk_voucher.html", context | _doors(request), status=status)


def _row(found: Benefit) -> dict[str, Any]:
    at = clock.now()
    if found.ends_at is not None and found.ends_at <= at:
        state = "over"
    elif found.paused_at is not None:
        state = "paused"
    elif found.starts_at > at:
        state = "coming"
    else:
        state = "sold_out" if found.stock_left == 0 else "given"
    return {"benefit": found, "state": state, "star_said": words.star_said(found.level)}


def _heard(form: Any, verb: Any, **said: Any) -> Any:
    """Do it; a refusal is said above the form, which keeps what was typed."""
    try:
        return verb(**said)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None


def _doors(request: HttpRequest) -> dict[str, Any]:
    """Which of the two tabs are the user's."""
    return {
        "keeps": organisation.may_anywhere(request.user, "edit_benefits"),
        "hands_out": organisation.may_anywhere(request.user, "redeem_voucher"),
        "here": "benefits",
    }
