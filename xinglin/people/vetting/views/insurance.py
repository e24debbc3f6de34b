"""Insurance at the desk: contracts, whom they cover, what runs out, who goes uncovered."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.people import queries as people
from xinglin.people.models import Insurance
from xinglin.people.vetting import files
from xinglin.people.vetting import insurance as contracts
from xinglin.people.vetting.forms import CoverForm, InsuranceForm
from xinglin.people.vetting.views.own import UNREADABLE

PER_PAGE = 50


@login_required
@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """The contracts of my units, who is covered by none, and a new contract."""
    organisation.demand(request.user, "keep_vetting")
    at = clock.now()
    form = InsuranceForm(request.POST or None, request.FILES or None, units=_units(request))
    if form.is_valid():
        try:
            made = contracts.register(contract=form.contract(), by=request.user, at=at)
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("保单登记好了，接着把人加进来"))
            return redirect("people:insurance_of", made.code)
    page = Paginator(contracts.kept_by(request.user), PER_PAGE).get_page(request.GET.get("page"))
    today, soon = clock.local_day(at), contracts.ending_soon(page, at=at)
    context = {
        "form": form,
        "page_obj": page,
        "rows": [{"one": one, "soon": one.pk in soon, "over": one.ends_on < today} for one in page],
        "uncovered": contracts.uncovered(request.user, on=today).count(),
        **people.tabs(request.user),
    }
    return render(request, "people/vetting/insurances.html", context, status=UNREADABLE if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def insurance(request: HttpRequest, code: str) -> HttpResponse:
    """One contract: whom it covers; more people, by unit or by their numbers."""
    found, at = _kept(request, code), clock.now()
    form = CoverForm(request.POST or None, units=_units(request).filter(path__startswith=found.unit.path))
    if form.is_valid():
        try:
            tell(request, _covered(form, found, by=request.user))
        except Refusal as refusal:
            form.hear(refusal)
        else:
            return redirect("people:insurance_of", code)
    page = Paginator(contracts.insured_by(found), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "insurance": found,
        "form": form,
        "page_obj": page,
        "soon": bool(contracts.ending_soon([found], at=at)),
        "over": found.ends_on < clock.local_day(at),
        **people.tabs(request.user),
    }
    return render(request, "people/vetting/insurance.html", context, status=UNREADABLE if form.errors else 200)


@login_required
@require_POST
def uncover(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Take somebody off a contract."""
    found = _kept(request, code)
    covered = contracts.insured_by(found).filter(volunteer__number=number).first()
    if covered is None:
        raise NotFound
    contracts.uncover(insurance=found, volunteer=covered.volunteer, by=request.user, at=clock.now())
    tell(request, _("已经移出，保障到今天为止"))
    return redirect("people:insurance_of", code)


@login_required
@require_GET
def file(request: HttpRequest, code: str) -> HttpResponse:
    """The proof of a contract."""
    found = _kept(request, code)
    if found.file is None:
        raise NotFound
    return files.as_answer(found.file, files.look_at(found.file, by=request.user, at=clock.now()))


def _covered(form: CoverForm, found: Insurance, *, by: Any) -> str:
    said, at = form.cleaned_data, clock.now()
    if said["unit"] is not None:
        count = contracts.cover_unit(insurance=found, unit=said["unit"], by=by, at=at)
        return _("加了 %(count)s 人") % {"count": count}
    count, unknown = contracts.cover_numbers(insurance=found, typed=said["numbers"], by=by, at=at)
    if unknown:
        names = _("、").join(unknown[:10])
        return _("加了 %(count)s 人。这些编号没有找到在岗的人：%(names)s") % {"count": count, "names": names}
    return _("加了 %(count)s 人") % {"count": count}


def _units(request: HttpRequest) -> Any:
    return organisation.units_where(request.user, "keep_vetting").filter(closed_at__isnull=True).order_by("path")


def _kept(request: HttpRequest, code: str) -> Insurance:
    organisation.demand(request.user, "keep_vetting")
    found = contracts.kept_by(request.user).filter(code=code).first()
    if found is None:
        raise NotFound
    return found
