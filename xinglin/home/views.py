"""The first pages: of the visitor, of the volunteer, of the desk; and the page that a monitor asks."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_safe

from xinglin.activities import nearby
from xinglin.activities import queries as activities
from xinglin.home import errands, queries, rules
from xinglin.hours import queries as hours
from xinglin.lib import clock
from xinglin.organisation import queries as organisation
from xinglin.people import queries as people
from xinglin.people.models import Volunteer
from xinglin.people.vetting import progress as vetting
from xinglin.recognition import queries as recognition
from xinglin.timebank import queries as timebank

NEAR = 3  # open shifts shown on a first page; the list holds the rest


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The next thing to do, for whoever looks: visitor, applicant, volunteer; staff go to their desk."""
    if not request.user.is_authenticated:
        return _visitor(request)
    volunteer = people.volunteer_of(request.user)
    if volunteer is not None:
        return _volunteer(request, volunteer)
    if organisation.is_staff(request.user):
        return redirect("home:desk")
    return _applicant(request)


@require_GET
def health(request: HttpRequest) -> JsonResponse:
    """`{"status": "ok"}` while page and database answer, else 503. Says nothing else to anyone."""
    try:
        answers = queries.database_answers()
    except DatabaseError:
        answers = False
    return JsonResponse({"status": "ok" if answers else "down"}, status=200 if answers else 503)


def _visitor(request: HttpRequest) -> HttpResponse:
    nearest = [{"shift": shift} for shift in activities.open_shifts(at=clock.now())[:NEAR]]
    return render(request, "home/visitor.html", {"nearest": nearest, "is_demo": settings.MODE == "demo"})


def _applicant(request: HttpRequest) -> HttpResponse:
    at = clock.now()
    person = people.person_of(request.user)
    application = people.latest_application(person) if person is not None else None
    context = {
        "person": person,
        "application": application,
        "circulars": errands.circulars_for(request.user, at=at),
        "nearest": [{"shift": shift} for shift in activities.open_shifts(at=at)[:NEAR]],
    }
    return render(request, "home/applicant.html", context)


def _volunteer(request: HttpRequest, volunteer: Volunteer) -> HttpResponse:
    at = clock.now()
    standing = people.standing(volunteer, at=at)
    signup = activities.next_signup(volunteer, at=at)
    nearest = nearby.open_shifts_near(volunteer, at=at, count=NEAR)
    may_take = volunteer.state == Volunteer.State.ACTIVE and not standing.has_withdrawn
    way = vetting.of(volunteer, at=at) if signup is None and may_take else None
    step = way.next if way is not None and way.left else None  # no shift is offered before this is done
    if step is not None and step.gate == "agreement":
        step = None  # it has words of its own
    leads_to_first = way is not None and not way.left and standing.agreement_signed
    errands_now = errands.errands_of(volunteer, standing=standing, user=request.user, at=at)
    if signup is None and step is None and not standing.agreement_signed:  # the lead card says it already
        errands_now = [errand for errand in errands_now if errand.url != reverse("people:agreement")]
    context = {
        "volunteer": volunteer,
        "part_of_day": rules.part_of_day(localtime(at).hour),
        "teams": people.teams_of(volunteer),
        "signup": signup,
        "honour_minutes": hours.honour_minutes(volunteer.person),
        "balance": timebank.balance_of(volunteer.person),
        "standing": standing,
        "may_take": may_take,
        "way": way,
        "step": step,
        "progress": recognition.progress(volunteer.person, at=at),
        "errands": errands_now,
        "first": nearest[0].shift if leads_to_first and nearest else None,
        "nearest": nearest[1:] if leads_to_first else nearest,
    }
    return render(request, "home/volunteer.html", context)
