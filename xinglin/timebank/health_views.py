"""The health of the bank, for whoever watches over the ledger."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xinglin.lib import clock
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.timebank import health as rules
from xinglin.timebank import measuring

MOST_UNITS = 60


@require_GET
@login_required
def health(request: HttpRequest) -> HttpResponse:
    """What lies in the bank, how old it is, whether it moves, and what becomes of it at today's rates."""
    unit = _unit_asked(request, request.GET.get("unit", ""))
    at = clock.now()
    scope = _scope(unit)
    figures = measuring.figures_of(scope, at=at)
    lag_percent = organisation.policy("redemption_lag_percent", unit, at=at)
    judged = rules.judge(figures, today=clock.local_day(at), lag_percent=lag_percent)
    facts = {
        "here": "timebank:health",
        "unit": unit,
        "units": _units(request)[:MOST_UNITS],
        "figures": figures,
        "judged": judged,
        "lag_percent": lag_percent,
        "measured_at": measuring.measured_at(scope, at=at),
        **_charts(figures, judged),
    }
    return render(request, "timebank/health.html", facts)


@require_POST
@login_required
def measure(request: HttpRequest) -> HttpResponse:
    """Measure anew, for somebody who has just put something right."""
    unit = _unit_asked(request, request.POST.get("unit", ""))
    measuring.measure(_scope(unit), at=clock.now())
    tell(request, _("已按现在的账重新算过"))
    return redirect(f"{reverse('timebank:health')}?unit={unit.code}")


def _units(request: HttpRequest) -> Any:
    return organisation.units_where(request.user, "see_ledger").filter(closed_at=None).order_by("path")


def _unit_asked(request: HttpRequest, code: str) -> Unit:
    """The unit named, if the ledger below it may be seen; without a name the uppermost one that may."""
    organisation.demand(request.user, "see_ledger")
    units = _units(request)
    found: Unit | None = (units.filter(code=code).first() if code else None) or units.first()
    organisation.demand(request.user, "see_ledger", found)
    assert found is not None, "whoever may see a ledger may see it at some unit"
    return found


def _scope(unit: Unit) -> Unit | None:
    """At the root everybody counts, also who belongs to no unit any more."""
    return None if unit.is_root() else unit


def _charts(figures: rules.Figures, judged: rules.Judgement) -> dict[str, Any]:
    """What the template draws: columns of the months and of the forecast, strips of ages and holders."""
    months = figures.months
    highest = max([*(month.earned_minutes for month in months), *(month.spent_minutes for month in months), 1])
    coming = _coming(figures, judged)
    most = max([*(minutes for _day, minutes in coming), 1])
    return {
        "earned": rules.columns([(m.month, m.earned_minutes) for m in months], highest=highest),
        "spent": rules.columns([(m.month, m.spent_minutes) for m in months], highest=highest, shift=16),
        "coming": rules.columns(coming, highest=most, shift=8),
        "ages": [
            (said, minutes, 100 * minutes // max(1, figures.outstanding_minutes))
            for said, minutes in zip(_ages_said(), figures.ages_minutes, strict=True)
        ],
    }


def _coming(figures: rules.Figures, judged: rules.Judgement) -> list[tuple[Any, int]]:
    last = figures.months[-1].month
    place = last.year * 12 + last.month  # the month after
    days = [last.replace(year=(place + n) // 12, month=(place + n) % 12 + 1) for n in range(rules.FORECAST_MONTHS)]
    return [(last, figures.outstanding_minutes), *zip(days, judged.forecast_minutes, strict=True)]


def _ages_said() -> list[str]:
    return [_("3个月以内"), _("3到6个月"), _("6到12个月"), _("1到2年"), _("2年以上")]
