"""What one's units give, redeeming it, and one's own vouchers: on the phone."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xinglin.benefits import actions, queries, rules
from xinglin.benefits.models import Benefit, Voucher
from xinglin.lib import clock
from xinglin.lib.errors import Refusal
from xinglin.lib.ids import short_code
from xinglin.lib.web import qr
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.people import queries as people
from xinglin.recognition import queries as recognition
from xinglin.recognition import words
from xinglin.timebank import queries as timebank

PAGE = 30
MOST = 100  # a catalogue longer than this needs a search, not a longer page
ICONS = {"health": "shield", "service": "people", "learning": "document", "life": "gift"}


@require_GET
@login_required
def catalogue(request: HttpRequest) -> HttpResponse:
    """What stars open, and what minutes buy; each with what still stands in the way."""
    person, at = people.person_of(request.user), clock.now()
    given = list(queries.catalogue(person, at=at)[:MOST])
    kinds = [(kind, said) for kind, said in Benefit.Kind.choices if any(one.kind == kind for one in given)]
    kind = request.GET.get("kind", "")
    hindrances = queries.hindrances_of(given, request.user, at=at)
    cards = [_card(one, hindrances[one.pk]) for one in given]
    star = recognition.star_of(person, at=at)
    context = {
        "star": star,
        "star_said": words.star_said(star),
        "free_minutes": timebank.balance_of(person).free_minutes if person is not None else 0,
        "by_star": [card for card in cards if not card["benefit"].price_minutes],
        "by_minutes": [card for card in cards if card["benefit"].price_minutes and kind in ("", card["benefit"].kind)],
        "privileges": _without_voucher(person, given, star, at=at),
        "chips": [("", _("全部"), not kind), *((name, said, name == kind) for name, said in kinds)],
        "waiting": queries.unused_of(person, at=at).count() if person is not None else 0,
        "is_empty": not given,
        "here": "timebank:statement",
    }
    return render(request, "benefits/catalogue.html", context)


@require_GET
@login_required
def benefit(request: HttpRequest, code: str) -> HttpResponse:
    """One benefit: what it is, what it asks, and what still stands in the way, with what to do about it."""
    found, at = queries.benefit_seen_by(request.user, code), clock.now()
    hindrances = [_explained(refusal) for refusal in queries.hindrances(found, request.user, at=at)]
    context = {
        "benefit": found,
        "card": _card(found, hindrances),
        "hindrances": hindrances,
        "request_key": short_code(16),
        "free_minutes": timebank.balance_of(people.person_of(request.user)).free_minutes,
        "last_day": rules.last_day(queries.expiry_of(found, at=at)),
        "here": "timebank:statement",
    }
    return render(request, "benefits/benefit.html", context)


@require_POST
@login_required
def redeem(request: HttpRequest, code: str) -> HttpResponse:
    """Give the voucher; whoever lost the race reads why and where to go on."""
    found = queries.benefit_seen_by(request.user, code)
    key = request.POST.get("request", "")[:32] or short_code(16)
    try:
        voucher = actions.redeem(benefit=found, user=request.user, request=key, at=clock.now())
    except Refusal as refusal:
        raise _explained(refusal) from refusal
    return redirect("benefits:voucher", voucher.code)


@require_GET
@login_required
def vouchers(request: HttpRequest) -> HttpResponse:
    """One's own vouchers, those that wait first."""
    person, at = people.person_of(request.user), clock.now()
    done = queries.vouchers_of(person).exclude(state=rules.State.UNUSED)
    page = Paginator(done, PAGE).get_page(request.GET.get("page"))
    waiting = queries.vouchers_of(person).filter(state=rules.State.UNUSED).order_by("expires_at", "pk")[:MOST]
    context = {"waiting": [_slip(one, at=at) for one in waiting], "page_obj": page, "here": "timebank:statement"}
    return render(request, "benefits/vouchers.html", context)


@require_GET
@login_required
def voucher(request: HttpRequest, code: str) -> HttpResponse:
    """One voucher on its slip: the code large, the code for cameras, where, until when."""
    person = people.person_of(request.user)
    found, at = queries.voucher_of(person, code), clock.now()
    star = recognition.star_of(person, at=at)
    address = request.build_absolute_uri(reverse("benefits:scan", args=[found.code]))
    context = {
        "voucher": found,
        "slip": _slip(found, at=at),
        "qr": qr.drawn(address, title=_("这张券的二维码"))
        if found.state == rules.State.UNUSED and found.expires_at > at
        else "",
        "person": person,
        "star_said": words.star_said(star),
        "here": "timebank:statement",
    }
    return render(request, "benefits/voucher.html", context)


@require_POST
@login_required
def give_back(request: HttpRequest, code: str) -> HttpResponse:
    """Not wanted after all: the minutes go back."""
    found = queries.voucher_of(people.person_of(request.user), code)
    actions.give_back(voucher=found, by=request.user, at=clock.now())
    tell(request, _("已退回，时间又是您的了") if found.minutes else _("已退回"))
    return redirect("benefits:voucher", code)


@require_GET
@login_required
def scan(request: HttpRequest, code: str) -> HttpResponse:
    """Where a scanned voucher leads: its owner to the slip, whoever hands benefits out to the desk."""
    code = rules.code_from(code)
    person = people.person_of(request.user)
    if person is not None and queries.vouchers_of(person).filter(code=code).exists():
        return redirect("benefits:voucher", code)
    organisation.demand(request.user, "redeem_voucher")
    return redirect("benefits:desk_voucher", queries.voucher_handled_by(request.user, code).code)


def _card(found: Benefit, hindrances: list[Refusal]) -> dict[str, Any]:
    first = hindrances[0] if hindrances else None
    return {
        "benefit": found,
        "icon": ICONS[found.kind],
        "star_said": words.star_said(found.level),
        "is_open": first is None,
        "why": first.code if first is not None else "",
        "said": str(first) if first is not None else "",
    }


def _without_voucher(person: Any, given: list[Benefit], star: int, *, at: Any) -> list[dict[str, Any]]:
    """What a star opens by itself: no voucher is needed, the star is enough."""
    named = {one.privilege_id for one in given}
    return [
        {"privilege": privilege, "is_open": star >= privilege.level, "star_said": words.star_said(privilege.level)}
        for privilege in recognition.privileges_for(person, at=at)
        if privilege.pk not in named
    ]


def _explained(refusal: Refusal) -> Refusal:
    """The refusal with the page that helps."""
    ways = {
        "star_needed": (reverse("recognition:mine"), _("看怎么升星")),
        "balance_too_small": (reverse("activities:list"), _("看正在招募的班次")),
        "not_enough_minutes": (reverse("activities:list"), _("看正在招募的班次")),
        "benefit_for_volunteers": (reverse("people:apply"), _("去申请")),
        "redeeming_paused": (reverse("people:me"), _("看原因")),
    }
    other = (reverse("benefits:catalogue"), _("看别的权益"))
    refusal.next_url, refusal.next_text = ways.get(refusal.code, other)
    return refusal


def _slip(found: Voucher, *, at: Any) -> dict[str, Any]:
    """A voucher as a page says it; one whose time is over is over, though the job is still to come."""
    is_over = found.state == rules.State.UNUSED and found.expires_at <= at
    state = rules.State.EXPIRED if is_over else rules.State(found.state)
    return {
        "voucher": found,
        "spaced": rules.spaced(found.code),
        "state": str(state),
        "said": Voucher.State(state).label,
        "can_give_back": state == rules.State.UNUSED,
    }
