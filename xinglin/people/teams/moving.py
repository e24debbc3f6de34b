"""Transfers and loans: staff proposes, the other unit agrees where there is one, the volunteer has the last word."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from xinglin.audit import actions as audit
from xinglin.lib import clock
from xinglin.organisation import actions
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people.models import Membership, Move, Volunteer
from xinglin.people.teams import joining, rules, telling
from xinglin.people.teams.errors import AnswerNeeded, MoveStandsAlready, NotMember, OwnMove

LARGEST_ROUND = 500


@transaction.atomic
def propose(
    *,
    kind: str,
    volunteer: Volunteer,
    from_unit: Unit,
    to_unit: Unit,
    starts_on: dt.date,
    until: dt.date | None,
    reason: str,
    by: Any,
    at: dt.datetime,
) -> Move:
    """Ask that a volunteer changes team, or helps out in another one. Whoever asks looks after one of the two."""
    here, there = (organisation.may(by, "move_people", unit) for unit in (from_unit, to_unit))
    if not here and not there:
        organisation.demand(by, "move_people", from_unit)
    at_home = Membership.objects.filter(volunteer=volunteer, left_on__isnull=True, is_lent=False)
    if not at_home.filter(unit=from_unit).exists():  # nobody lends on whom they have borrowed
        raise NotMember
    joining.refuse_to_enter(volunteer, to_unit)
    until = until if kind == Move.Kind.LOAN else None
    rules.refuse_days(kind, starts_on, until, today=clock.local_day(at))
    try:
        with transaction.atomic():
            move = Move.objects.create(
                kind=kind,
                volunteer=volunteer,
                from_unit=from_unit,
                to_unit=to_unit,
                asks_unit=None if here and there else to_unit if here else from_unit,
                starts_on=starts_on,
                until=until,
                reason=reason.strip()[:200],
                state=Move.State.OFFERED if here and there else Move.State.ASKED,
                asked_by=by,
                asked_at=at,
            )
    except IntegrityError as standing:
        raise MoveStandsAlready from standing
    _record("proposed_move", move, by=by, at=at)
    if move.state == Move.State.OFFERED:
        telling.offered(move, at=at)
    return move


@transaction.atomic
def decide(*, move: Move, agrees: bool, answer: str, by: Any, at: dt.datetime) -> Move:
    """The word of the unit that was asked. Of a wish to join that is all; of the rest the volunteer is asked next."""
    move = _held(move)
    assert move.asks_unit is not None or move.state != Move.State.ASKED, "what is asked is asked of somebody"
    unit = move.asks_unit or move.to_unit
    organisation.demand(by, verb_for(move.kind), unit)
    if move.volunteer.person.user_id == by.pk:
        raise OwnMove
    if not agrees and not answer.strip():
        raise AnswerNeeded
    move.state = rules.next_state(move.state, "agree" if agrees else "refuse")
    move.decided_by, move.decided_at, move.answer = by, at, answer.strip()[:200]
    if agrees and move.kind == Move.Kind.JOIN:
        joining.refuse_to_enter(move.volunteer, move.to_unit)
        joining.enter(volunteer=move.volunteer, unit=move.to_unit, by=by, at=at)
        move.state = Move.State.DONE
    move.save()
    _record("agreed_to_move" if agrees else "refused_move", move, by=by, at=at)
    if move.kind == Move.Kind.JOIN:
        telling.joined(move, at=at)
    elif agrees:
        telling.offered(move, at=at)
    else:
        telling.answered(move, but=by, at=at)
    return move


@transaction.atomic
def answer(*, move: Move, agrees: bool, words: str, at: dt.datetime) -> Move:
    """The volunteer's own word. Yes takes effect on the day it was asked for; no needs no reason."""
    move = _held(move)
    move.state = rules.next_state(move.state, "accept" if agrees else "decline")
    move.answered_at, move.answer = at, words.strip()[:200]
    move.save()
    _record("accepted_move" if agrees else "declined_move", move, by=move.volunteer.person.user, at=at)
    if agrees and move.starts_on <= clock.local_day(at):
        _begin(move, at=at)
    if move.state != Move.State.LAPSED:
        telling.answered(move, at=at)
    return move


@transaction.atomic
def withdraw(*, move: Move, by: Any, at: dt.datetime) -> Move:
    """Whoever asked takes it back, as long as nothing has begun; so may the volunteer what they wished or agreed to."""
    move = _held(move)
    was, is_own = move.state, by.pk == move.volunteer.person.user_id
    move.state = rules.next_state(was, "withdraw")
    if by.pk != move.asked_by_id and not (is_own and was == Move.State.AGREED):
        organisation.demand(by, "move_people", move.from_unit or move.to_unit)
    move.ended_at = at
    move.save()
    _record("withdrew_move", move, by=by, at=at)
    if not is_own:
        telling.over(move, was=was, at=at)
    if was == Move.State.AGREED:
        telling.answered(move, but=by, at=at)
    return move


def turn(*, at: dt.datetime) -> int:
    """By the clock: begin what was agreed for today, end loans that are over, let lapse what nobody answered."""
    today = clock.local_day(at)
    begun = Move.objects.filter(state=Move.State.AGREED, starts_on__lte=today)
    over = Move.objects.filter(kind=Move.Kind.LOAN, state=Move.State.DONE, until__lt=today)
    done = 0
    for moves, step in ((begun, _begin_on_its_day), (over, _end), (_unanswered(at=at), _lapse)):
        for pk in list(moves.order_by("pk").values_list("pk", flat=True)[:LARGEST_ROUND]):
            with transaction.atomic():
                move = _held(Move(pk=pk))
                if moves.filter(pk=pk).exists():  # nobody was quicker
                    step(move, at=at)
                    done += 1
    return done


def verb_for(kind: str) -> str:
    """Who takes people in decides on joining, who moves people on the rest."""
    return "decide_application" if kind == Move.Kind.JOIN else "move_people"


# Helpers ----------------------------------------------------------------------------------------------------------


def _unanswered(*, at: dt.datetime) -> QuerySet[Move]:
    """What has waited longer than the policy of the unit that it leads to allows; one question for all units."""
    waiting = Move.objects.filter(state__in=(Move.State.ASKED, Move.State.OFFERED))
    asked_of = Unit.objects.filter(pk__in=waiting.values("to_unit"))
    units_by_days: dict[int, list[int]] = {}
    for unit_id, values in organisation.policy_values(["move_answer_days"], asked_of, at=at).items():
        units_by_days.setdefault(values["move_answer_days"], []).append(unit_id)
    stale = Q(pk__in=[])
    for days, units in units_by_days.items():
        stale |= Q(to_unit__in=units, asked_at__lt=at - dt.timedelta(days=days))
    return waiting.filter(stale)


def _begin(move: Move, *, at: dt.datetime) -> None:
    """It takes effect, unless the volunteer or the team cannot any more: then it lapses."""
    try:
        joining.refuse_to_enter(move.volunteer, move.to_unit)
    except joining.REFUSALS:
        _lapse(move, at=at)
        return
    ends_at = clock.end_of(move.until) if move.until is not None else None
    joining.enter(volunteer=move.volunteer, unit=move.to_unit, by=move.asked_by, at=at, until=ends_at)
    if move.kind == Move.Kind.TRANSFER and move.from_unit is not None:
        joining.exit_from(volunteer=move.volunteer, unit=move.from_unit, at=at)
    move.state = Move.State.DONE
    move.save(update_fields=["state"])
    _record("began_move", move, by=None, at=at)


def _begin_on_its_day(move: Move, *, at: dt.datetime) -> None:
    _begin(move, at=at)
    if move.state == Move.State.DONE:
        telling.begun(move, at=at)


def _end(move: Move, *, at: dt.datetime) -> None:
    joining.exit_from(volunteer=move.volunteer, unit=move.to_unit, at=at)
    move.state, move.ended_at = rules.next_state(move.state, "end"), at
    move.save(update_fields=["state", "ended_at"])
    _record("ended_loan", move, by=None, at=at)
    telling.loan_over(move, at=at)


def _lapse(move: Move, *, at: dt.datetime) -> None:
    was, move.state, move.ended_at = move.state, Move.State.LAPSED, at
    move.save(update_fields=["state", "ended_at"])
    _record("move_lapsed", move, by=None, at=at)
    telling.over(move, was=was, at=at)
    telling.answered(move, at=at)


def _held(move: Move) -> Move:
    """The move as it stands now, and nobody else decides meanwhile, or closes the unit to which it leads."""
    actions.keep_open(unit=Unit(pk=Move.objects.values_list("to_unit", flat=True).get(pk=move.pk)))
    held = Move.objects.select_for_update(of=("self",))
    return held.select_related("volunteer__person__user", "from_unit", "to_unit", "asks_unit", "asked_by").get(
        pk=move.pk
    )


def _record(verb: str, move: Move, *, by: Any, at: dt.datetime) -> None:
    facts = {"kind": move.kind, "to": move.to_unit.code, "state": move.state}
    facts |= {"from": move.from_unit.code} if move.from_unit else {}
    thing, path = f"move:{move.code}", move.to_unit.path
    audit.record(actor=by, verb=verb, thing=thing, unit_path=path, facts=facts, at=at)
