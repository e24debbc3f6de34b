"""A guardian's pages about their children: saying yes, what they would like to do, signing them up. And a wish."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.activities import actions, queries
from xinglin.activities.minors import wishes
from xinglin.activities.models import Post, Shift, Signup
from xinglin.activities.views.shifts import give_back
from xinglin.lib import clock
from xinglin.lib.errors import NotFound
from xinglin.lib.web.toast import tell
from xinglin.people import consenting, guardians
from xinglin.people import queries as people
from xinglin.people.models import DocumentText, Guardianship, Person, Volunteer, Wish
from xinglin.people.vetting import progress

MOST_SHOWN = 30


@login_required
@require_http_methods(["GET", "POST"])
def wish(request: HttpRequest, code: str) -> HttpResponse:
    """A minor tells the guardian that they would like to come. It holds no place."""
    shift, volunteer = queries.shift_by_code(code), people.volunteer_of(request.user)
    if volunteer is None or not guardians.guardians_of(volunteer.person).exists():
        raise NotFound
    posts = list(queries.posts_of(shift))
    if request.method == "POST":
        chosen = next((post for post in posts if post.code == request.POST.get("post")), posts[0])
        guardians.wish(child=volunteer.person, source=f"post:{chosen.code}", at=clock.now())
        tell(request, _("告诉家长了，家长点头就报上"))
        return redirect("activities:shift", shift.code)
    waits = guardians.waiting_wishes(volunteer.person).filter(source__in=[f"post:{post.code}" for post in posts])
    return render(request, "activities/wish.html", {"shift": shift, "posts": posts, "waits": waits.exists()})


@login_required
@require_GET
def children(request: HttpRequest) -> HttpResponse:
    """Each child: consent, wishes, what they are signed up for."""
    shown = [_shown(row) for row in guardians.children_of(_person(request))]
    text = people.text(DocumentText.Kind.GUARDIAN, at=clock.now())
    is_english = (get_language() or "").startswith("en") and text.text_en
    words = [part for part in (text.text_en if is_english else text.text).split("\n\n") if part.strip()]
    context = {"children": shown, "text": text, "words": words, "here": "people"}
    return render(request, "activities/children.html", context)


@login_required
@require_POST
def consent(request: HttpRequest, code: str) -> HttpResponse:
    """Yes, or no longer: one press each."""
    row = _row(request, code)
    if request.POST.get("give"):
        guardians.consent(guardianship=row, version=request.POST.get("version", ""), at=clock.now())
        tell(request, _("记下了您的同意，也替孩子签好了服务协议"))
    else:
        guardians.withdraw_consent(guardianship=row, at=clock.now())
        tell(request, _("已经撤回，马上生效；还没有开始的班次退掉了"))
    return redirect("activities:children")


@login_required
@require_POST
def decide(request: HttpRequest, code: str, wish: str) -> HttpResponse:
    """The guardian nods, and the place is taken; or not this time."""
    row, at = _row(request, code), clock.now()
    found = Wish.objects.filter(child=row.child, code=wish).first()
    if found is None:
        raise NotFound
    if request.POST.get("grant"):
        post = _post_of(found.source)
        decided = wishes.grant(wish=found, volunteer=_volunteer(row), post=post, by=request.user, at=at)
    else:
        decided = guardians.decide(wish=found, grant=False, by=request.user, at=at)
    # Of two guardians the first one has decided.
    tell(request, _("同意了，替孩子报上了") if decided.is_granted else _("记下了，这次不去"))
    return redirect("activities:children")


@login_required
@require_GET
def shifts(request: HttpRequest, code: str) -> HttpResponse:
    """Open shifts, to sign the child up for one."""
    row = _row(request, code)
    found = queries.open_shifts(at=clock.now(), volunteer=_volunteer(row)).prefetch_related("posts")[:MOST_SHOWN]
    return render(request, "activities/child_shifts.html", {"row": row, "shifts": found, "here": "people"})


@login_required
@require_POST
def sign_up(request: HttpRequest, code: str) -> HttpResponse:
    """By the guardian's word."""
    row = _row(request, code)
    post = _post_of(f"post:{request.POST.get('post', '')}")
    actions.take_shift(volunteer=_volunteer(row), post=post, by=request.user, at=clock.now())
    tell(request, _("替孩子报上了"))
    return redirect("activities:children")


@login_required
@require_POST
def cancel(request: HttpRequest, code: str, signup: str) -> HttpResponse:
    """The guardian gives the child's place back."""
    row = _row(request, code)
    found = Signup.objects.filter(volunteer__person=row.child, code=signup, state=Signup.State.TAKEN).first()
    if found is None:
        raise NotFound
    said = _("已经取消，名额让给别人了")
    return give_back(request, found, back=reverse("activities:children"), said=said, by=request.user)


def _shown(row: Guardianship) -> dict[str, Any]:
    at, volunteer = clock.now(), getattr(row.child, "volunteer", None)
    purposes = consenting.PURPOSES if people.is_child(row.child, at=at) else ()
    coming = Signup.objects.filter(volunteer__person=row.child, state=Signup.State.TAKEN, shift__ends_at__gt=at)
    asked = [(one, Post.objects.filter(code=one.source[5:]).first()) for one in guardians.waiting_wishes(row.child)]
    return {
        "row": row,
        "is_volunteer": volunteer is not None,
        "consents": [(kind.label, people.has_consented(row.child, kind)) for kind in purposes],
        "progress": progress.of(volunteer, at=at) if volunteer is not None else None,
        "wishes": [(one, post) for one, post in asked if post is not None],
        "signups": coming.select_related("shift__activity", "post").order_by("shift__starts_at")[:MOST_SHOWN],
    }


def _post_of(source: str) -> Post:
    found = Post.objects.filter(code=source.removeprefix("post:")).first()
    if found is None or not Shift.objects.filter(pk=found.shift_id).exists():
        raise NotFound
    return found


def _volunteer(row: Guardianship) -> Volunteer:
    found = Volunteer.objects.filter(person=row.child).select_related("person__user").first()
    if found is None:
        raise NotFound
    return found


def _row(request: HttpRequest, code: str) -> Guardianship:
    found = guardians.children_of(_person(request)).filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def _person(request: HttpRequest) -> Person:
    person = people.person_of(request.user)
    if person is None:
        raise NotFound
    return person
