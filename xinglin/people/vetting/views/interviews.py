"""Talks: choosing a time on the phone; offering and calling off times at the desk."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell, tell_refusal
from xinglin.organisation import queries as organisation
from xinglin.people import queries as people
from xinglin.people.vetting import interviews
from xinglin.people.vetting.forms import SlotForm
from xinglin.people.vetting.views.own import UNREADABLE

PER_PAGE = 20


@login_required
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The times that have a place, or the one that I have."""
    at, volunteer = clock.now(), people.volunteer_or_not_found(request.user)
    booked = interviews.booked_by(volunteer)
    context = {
        "booked": booked,
        "last": interviews.last_without_success(volunteer),
        "has_begun": booked is not None and booked.slot.starts_at <= at,
        "slots": [] if booked else interviews.slots_for(volunteer, at=at),
    }
    return render(request, "people/vetting/interviews.html", context)


@login_required
@require_POST
def book(request: HttpRequest, code: str) -> HttpResponse:
    """Take this time; what is gone says so beside those that are left."""
    at, volunteer = clock.now(), people.volunteer_or_not_found(request.user)
    booked = interviews.booked_by(volunteer)
    if booked is not None and booked.slot.code == code:  # pressed twice, and perhaps it was the last place
        return redirect("people:gates")
    try:
        slot = next((slot for slot in interviews.slots_for(volunteer, at=at) if slot.code == code), None)
        if slot is None:
            raise NotFound
        interviews.book(volunteer=volunteer, slot=slot, at=at)
    except NotFound:
        raise
    except Refusal as refusal:
        tell_refusal(request, refusal)
        return redirect("people:interviews")
    tell(request, _("约好了，到时见"))
    return redirect("people:gates")


@login_required
@require_POST
def cancel(request: HttpRequest) -> HttpResponse:
    """I can't come."""
    booked = interviews.booked_by(people.volunteer_or_not_found(request.user))
    if booked is None:
        raise NotFound
    interviews.cancel(interview=booked, at=clock.now())
    tell(request, _("已经取消，另选一个时间吧"))
    return redirect("people:interviews")


@login_required
@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """The coming times of my units with who comes, and a new one."""
    organisation.demand(request.user, "keep_vetting")
    at = clock.now()
    units = organisation.units_where(request.user, "keep_vetting").filter(closed_at__isnull=True).order_by("path")
    form = SlotForm(request.POST or None, units=units)
    if form.is_valid():
        try:
            interviews.open_slot(by=request.user, at=at, **form.said())
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("时段开好了，志愿者可以选了"))
            return redirect("people:interview_slots")
    page = Paginator(interviews.slots_kept_by(request.user, at=at), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, **people.tabs(request.user)}
    return render(request, "people/vetting/slots.html", context, status=UNREADABLE if form.errors else 200)


@login_required
@require_POST
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Call a time off."""
    organisation.demand(request.user, "keep_vetting")
    found = interviews.slots_kept_by(request.user, at=clock.now()).filter(code=code).first()
    if found is None:
        raise NotFound
    interviews.close_slot(slot=found, by=request.user, at=clock.now())
    tell(request, _("这个时段取消了，约过的人会看到，请他们另选"))
    return redirect("people:interview_slots")
