"""At the desk: ask a volunteer to change team, or lend one."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import queries as people
from xinglin.people.models import Membership, Move, Volunteer
from xinglin.people.teams import moving, queries
from xinglin.people.teams.forms import MoveForm


@login_required
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, number: str) -> HttpResponse:
    """Transfer or loan of this volunteer; what was asked before stands beside it."""
    volunteer, at = _volunteer(request, number), clock.now()
    theirs = Membership.objects.filter(volunteer=volunteer, left_on__isnull=True)
    own = Unit.objects.filter(pk__in=theirs.filter(is_lent=False).values("unit")).order_by("path")
    others = queries.teams().exclude(pk__in=theirs.values("unit"))
    initial = {"starts_on": clock.local_day(at), "from_unit": own[0].code if own else None}
    form = MoveForm(request.POST or None, own=own, others=others, initial=initial)
    if form.is_valid():
        try:
            move = moving.propose(volunteer=volunteer, by=request.user, at=at, **form.cleaned_data)
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _next_said(move))
            return redirect("people:propose_move", number)
    context = {"volunteer": volunteer, "form": form, "moves": queries.moves_of(volunteer)[:20], "here": "people:desk"}
    return render(request, "people/teams/propose.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def withdraw(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Take back what was asked."""
    found = queries.moves_of(_volunteer(request, number)).filter(code=move).first()
    if found is None:
        raise NotFound
    moving.withdraw(move=found, by=request.user, at=clock.now())
    tell(request, _("已撤回"))
    return redirect("people:propose_move", number)


def _volunteer(request: HttpRequest, number: str) -> Volunteer:
    """A volunteer whom the user may move: a member of one of their units."""
    organisation.demand(request.user, "move_people")
    volunteer = people.members_where(request.user, "move_people").filter(number=number).first()
    if volunteer is None:
        raise NotFound
    return volunteer


def _next_said(move: Move) -> str:
    if move.state == Move.State.OFFERED:
        return _("已经问本人，同意以后生效")
    assert move.asks_unit is not None, "somebody is asked"
    return _("已经问%(name)s，对方同意以后再问本人") % {"name": move.asks_unit.name}
