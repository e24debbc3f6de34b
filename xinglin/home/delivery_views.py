"""送达记录: per day and channel what went out, what did not and why. No page here shows what a notice says."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xinglin.accounts import queries as accounts
from xinglin.home import deliveries
from xinglin.lib import clock
from xinglin.lib.web.asked import day_asked
from xinglin.lib.web.toast import tell
from xinglin.notices import delivering, kinds, queries, sending
from xinglin.notices.models import Channel, Delivery, Topic
from xinglin.organisation import queries as organisation
from xinglin.people import queries as people
from xinglin.recognition.words import half_name

PAGE = 50
TONES: dict[str, str] = {Delivery.State.SENT: "done", Delivery.State.WAITING: "wait", Delivery.State.FAILED: "stop"}


@require_GET
@login_required
def log(request: HttpRequest) -> HttpResponse:
    """One day, by channel, and each delivery with its reason."""
    organisation.demand(request.user, "see_people")
    today = clock.local_day(clock.now())
    day = day_asked(request.GET.get("day", ""), otherwise=today)
    of_day = deliveries.of_day(deliveries.seen_by(request.user), day)
    channel, state = request.GET.get("channel", ""), request.GET.get("state", "")
    narrowed = of_day.filter(**{name: value for name, value in (("channel", channel), ("state", state)) if value})
    page = Paginator(narrowed, PAGE).get_page(request.GET.get("page"))
    counted = queries.counted(of_day, sending.carried())
    context = people.tabs(request.user) | {
        "here": "people:desk",
        "day": day,
        "today": today,
        "channel": channel,
        "state": state,
        "channels": Channel.choices,
        "states": Delivery.State.choices,
        "sums": [(Channel(name).label, list(row.values())) for name, row in counted.items()],
        "page_obj": page,
        "rows": [_row(delivery) for delivery in page],
        "may_resend": organisation.may_anywhere(request.user, "edit_people"),
    }
    return render(request, "home/deliveries.html", context)


@require_POST
@login_required
def resend(request: HttpRequest, code: str) -> HttpResponse:
    """Try a failed one again."""
    organisation.demand(request.user, "edit_people")
    found = deliveries.to_resend(request.user, code)
    delivering.resend(delivery=found, by=request.user, at=clock.now())
    tell(request, _("已经重新排上，一分钟内再发"))
    return redirect("home:deliveries")


def _row(delivery: Delivery) -> dict[str, Any]:
    user, kind = delivery.notice.user, kinds.KINDS.get(delivery.notice.kind)
    return {
        "delivery": delivery,
        "topic": Topic(kind.topic).label if kind is not None else "",
        "name": half_name(user.name) if user.name else "",
        "phone": accounts.masked_phone_of(user),
        "tone": TONES.get(delivery.state, ""),
    }
