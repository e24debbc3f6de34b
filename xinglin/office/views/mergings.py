"""The desk's pages about two accounts of one human being: proposing with a preview, and the second one's decision."""

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
from xinglin.office import merging
from xinglin.office.errors import NoSuchAccount, SeveralAccounts
from xinglin.office.person_forms import MergeForm, ReasonForm
from xinglin.organisation import queries as organisation
from xinglin.people import scopes, search
from xinglin.people.models import Merging, Person

PER_PAGE = 50
MOST_NAMED = 6


@login_required
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """What was proposed, the latest first."""
    organisation.demand(request.user, merging.VERB)
    page = Paginator(merging.seen_by(request.user).order_by("-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "office/mergings.html", {"page_obj": page, "here": "people:desk"})


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """First look side by side at both and at what would move, then propose."""
    organisation.demand(request.user, merging.VERB)
    form = MergeForm(request.POST or None, initial={"kept": request.GET.get("kept", "")[:12]})
    sides: dict[str, Any] = {}
    if form.is_valid():
        said, at = form.cleaned_data, clock.now()
        try:
            kept, gone = (_found(request, said[side]) for side in ("kept", "gone"))
            if request.POST.get("sure"):
                made = merging.propose(kept=kept, gone=gone, paper=said["paper"], by=request.user, at=at)
                tell(request, _("已经提出，等另一位同事决定"))
                return redirect("office:merging", made.code)
            sides = merging.compared(kept, gone, at=clock.now())
        except Refusal as refusal:
            form.hear(refusal)
    context = {"form": form, "here": "people:desk", **sides}
    return render(request, "office/merging_new.html", context, status=form.status)


@login_required
@require_GET
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One proposal: both sides, what moves, and the decision."""
    return _page(request, _seen(request, code))


@login_required
@require_POST
def agree(request: HttpRequest, code: str) -> HttpResponse:
    """Everything moves now."""
    merging.agree(merging=_seen(request, code), by=request.user, at=clock.now())
    tell(request, _("已经合并，不能撤销"))
    return redirect("office:merging", code)


@login_required
@require_POST
def decline(request: HttpRequest, code: str) -> HttpResponse:
    """Say why not."""
    chosen, form = _seen(request, code), ReasonForm(request.POST)
    if form.is_valid():
        try:
            merging.decline(merging=chosen, by=request.user, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("没有同意合并"))
            return redirect("office:mergings")
    return _page(request, chosen, form)


@login_required
@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """I take back what I proposed."""
    chosen = _seen(request, code)
    if chosen.proposed_by_id != request.user.pk:
        raise NotFound
    merging.withdraw(merging=chosen, by=request.user, at=clock.now())
    tell(request, _("已经撤回"))
    return redirect("office:mergings")


def _page(request: HttpRequest, chosen: Merging, form: ReasonForm | None = None) -> HttpResponse:
    form = form or ReasonForm()
    is_waiting = chosen.state == Merging.State.WAITING
    is_mine = chosen.proposed_by_id == request.user.pk
    about = (chosen.kept.user_id, chosen.gone.user_id)
    context: dict[str, Any] = {
        "chosen": chosen,
        "form": form,
        "is_waiting": is_waiting,
        "is_mine": is_mine,
        "may_decide": is_waiting and not is_mine and request.user.pk not in about,
        "here": "people:desk",
    }
    if is_waiting:
        context |= merging.compared(chosen.kept, chosen.gone, at=clock.now())
    return render(request, "office/merging.html", context, status=form.status if form.is_bound else 200)


def _found(request: HttpRequest, said: str) -> Person:
    """By number, also of those who left; else by name or phone, as the list of volunteers finds them."""
    said = said.strip()
    mine = scopes.persons_where(request.user, merging.VERB)
    person = mine.filter(volunteer__number=said.upper()).first()
    if person is not None:
        return person
    reach = search.within(request.user, verb=merging.VERB)
    rows = search.page_of(reach, search.Asked(text=said, at_home=True), at=clock.now(), limit=MOST_NAMED).rows
    if len(rows) > 1:
        raise SeveralAccounts(said=said, who=_("、").join(f"{row.name} {row.number}" for row in rows))
    person = mine.filter(volunteer__number=rows[0].number).first() if rows else None
    if person is None:
        raise NoSuchAccount(number=said)
    return person


def _seen(request: HttpRequest, code: str) -> Merging:
    organisation.demand(request.user, merging.VERB)
    found = merging.seen_by(request.user).filter(code=code).first()
    if found is None:
        raise NotFound
    return found
