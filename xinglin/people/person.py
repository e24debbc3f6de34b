"""What people holds of somebody: who they are, what they agreed to, what they can do, to whom they belong.

An erasure empties every field that can say something, those that come later too; numbers, codes, states and moments
stay, because sums, proofs and the trail name them.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from xinglin.lib import clock
from xinglin.lib.whole_person import ERASED, Key, Moved, Section, Whole, emptied
from xinglin.people import consenting, guardians, mentions, own_data, practical, queries
from xinglin.people.households import person as households
from xinglin.people.lists import saving as lists
from xinglin.people.models import (
    Agreement,
    Application,
    AskedTie,
    Assistance,
    Consent,
    DataCopy,
    Erasure,
    Guardianship,
    Hardship,
    Membership,
    Merging,
    Move,
    Person,
    Practical,
    Qualification,
    Relation,
    SavedList,
    Volunteer,
    Wish,
)
from xinglin.people.models.teams import STANDING
from xinglin.people.vetting import person as vetting

KEYS = {
    "people.Person.user": Key.OWN,
    "people.Person.merged_into": Key.OWN,
    "people.Volunteer.person": Key.OWN,
    "people.Card.volunteer": Key.OWN,
    "people.Card.made_by": Key.HAND,
    "people.Card.ended_by": Key.HAND,
    "people.Membership.volunteer": Key.OWN,
    "people.Qualification.volunteer": Key.OWN,
    "people.Qualification.checked_by": Key.HAND,
    "people.Qualification.ended_by": Key.HAND,
    "people.Application.person": Key.OWN,
    "people.Application.decided_by": Key.HAND,
    "people.Consent.person": Key.OWN,
    "people.Consent.given_by": Key.HAND,
    "people.Consent.entered_by": Key.HAND,
    "people.Consent.withdrawn_by": Key.HAND,
    "people.Agreement.volunteer": Key.OWN,
    "people.Agreement.guardianship": Key.HAND,  # it is the child's; by whose hand it was signed
    "people.Agreement.assistance": Key.HAND,
    "people.Relation.person": Key.OWN,
    "people.Relation.relative": Key.OWN,
    "people.Relation.confirmed_by": Key.HAND,
    "people.Relation.ended_by": Key.HAND,
    "people.AskedTie.person": Key.OWN,
    "people.AskedTie.other": Key.OWN,
    "people.AskedTie.asked_by": Key.HAND,
    "people.Hardship.person": Key.OWN,
    "people.Hardship.decided_by": Key.HAND,
    "people.Hardship.ended_by": Key.HAND,
    "people.DataCopy.person": Key.OWN,
    "people.DataCopy.asked_by": Key.HAND,
    "people.Erasure.person": Key.OWN,
    "people.Erasure.asked_by": Key.HAND,
    "people.Erasure.decided_by": Key.HAND,
    "people.Merging.kept": Key.OWN,
    "people.Merging.gone": Key.OWN,
    "people.Merging.proposed_by": Key.HAND,
    "people.Merging.decided_by": Key.HAND,
    "people.Guardianship.child": Key.OWN,
    "people.Guardianship.guardian": Key.OWN,
    "people.Guardianship.registered_by": Key.HAND,
    "people.Guardianship.consent_entered_by": Key.HAND,
    "people.Guardianship.ended_by": Key.HAND,
    "people.Wish.child": Key.OWN,
    "people.Wish.decided_by": Key.HAND,
    "people.Assistance.person": Key.OWN,
    "people.Assistance.registered_by": Key.HAND,
    "people.Assistance.file": Key.OWN,
    "people.Assistance.ended_by": Key.HAND,
    "people.Practical.person": Key.OWN,
    "people.Roster.by": Key.HAND,
    "people.SavedList.owner": Key.OWN,
    "people.Bulk.by": Key.HAND,
    "people.BulkStep.volunteer": Key.OWN,
    "people.Sought.person": Key.OWN,  # a trigger empties it with the name
    "people.Move.volunteer": Key.OWN,
    "people.Move.asked_by": Key.HAND,
    "people.Move.decided_by": Key.HAND,
    **households.KEYS,
    **vetting.KEYS,
}
OF_A_VOLUNTEER = (Qualification, Agreement)  # of which an erasure leaves the moments and nothing else
OPEN_APPLICATIONS = [Application.State.SUBMITTED, Application.State.ASKED_BACK]


# To be read --------------------------------------------------------------------------------------------------------


def export(who: Whole, at: dt.datetime) -> list[Section]:
    """Everything, the document's number in full: it is theirs."""
    return own_data.sections_of(who)


# To be forgotten ---------------------------------------------------------------------------------------------------


def erase(who: Whole, by: Any, at: dt.datetime) -> None:
    """Nothing is left that says who it was."""
    SavedList.objects.filter(owner=who.user).delete()
    if who.person is None:
        return
    mentions.take_out(who.person)
    _end_ties(who.person, by=by, at=at)
    if who.volunteer is not None:
        _end_volunteer(who.volunteer, by=by, at=at)
    person = who.person
    person.applications.filter(state__in=OPEN_APPLICATIONS).update(state=Application.State.WITHDRAWN)
    person.applications.update(**emptied(Application, keep={"code", "state"}))
    person.consents.filter(withdrawn_at__isnull=True).update(withdrawn_at=at)
    person.consents.update(**emptied(Consent))
    person.data_copies.update(sealed=None, state=DataCopy.State.GONE)
    person.wishes.filter(decided_at__isnull=True).update(decided_at=at, is_granted=False)
    Erasure.objects.filter(person=person).update(**emptied(Erasure, keep={"code", "cause", "state"}))
    mergings = Merging.objects.filter(Q(kept=person) | Q(gone=person))
    mergings.filter(state=Merging.State.WAITING).update(state=Merging.State.WITHDRAWN)
    mergings.update(**emptied(Merging, keep={"code", "state"}))
    Practical.objects.filter(person=person).delete()
    empty_person(person, at=at)
    for other in Person.objects.filter(merged_into=person):  # they were this human being too
        empty_person(other, at=at)


def empty_person(person: Person, *, at: dt.datetime) -> None:
    """The row stays, for whatever points to it, with a code."""
    facts = emptied(Person, keep={"code"}) | {
        "name": ERASED,
        "id_blind": os.urandom(32),  # unique, and of no document
        "erased_at": at,
    }
    Person.objects.filter(pk=person.pk).update(**facts)


def _end_volunteer(volunteer: Volunteer, *, by: Any, at: dt.datetime) -> None:
    volunteer.cards.filter(ended_at__isnull=True).update(ended_at=at, ended_by=by)
    volunteer.memberships.filter(left_on__isnull=True).update(left_on=clock.local_day(at))
    vetting.erase(volunteer, by=by, at=at)
    volunteer.bulk_steps.all().delete()
    volunteer.moves.filter(state__in=STANDING).update(state=Move.State.WITHDRAWN, ended_at=at)
    volunteer.moves.update(reason="", answer="")
    for model in OF_A_VOLUNTEER:
        model.objects.filter(volunteer=volunteer).update(**emptied(model))
    facts = emptied(Volunteer, keep={"number", "state"}) | {"state": Volunteer.State.LEFT, "state_since": at}
    Volunteer.objects.filter(pk=volunteer.pk).update(**facts)


def _end_ties(person: Person, *, by: Any, at: dt.datetime) -> None:
    relations = Relation.objects.filter(Q(person=person) | Q(relative=person))
    relations.filter(ended_at__isnull=True).update(ended_at=at, ended_by=by)
    relations.update(**emptied(Relation, keep={"code", "kind"}))
    asked = AskedTie.objects.filter(Q(person=person) | Q(other=person))
    asked.filter(ended_at__isnull=True).update(ended_at=at)
    asked.update(**emptied(AskedTie, keep={"code", "what", "kind"}))
    person.hardships.filter(ended_at__isnull=True).update(ended_at=at, ended_by=by)
    person.hardships.update(**emptied(Hardship, keep={"code"}))
    guardianships = Guardianship.objects.filter(Q(child=person) | Q(guardian=person))
    children = [row.child for row in guardians.children_of(person)]
    guardianships.filter(ended_at__isnull=True).update(ended_at=at, ended_by=by)
    for child in children:
        guardians.word_is_gone(child, by=by, at=at)
    guardianships.update(**emptied(Guardianship, keep={"code", "capacity"}))
    households.erase(person, by=by, at=at)
    person.assistances.filter(ended_at__isnull=True).update(ended_at=at, ended_by=by)
    person.assistances.update(**emptied(Assistance, keep={"code", "capacity"}))


# To be one ---------------------------------------------------------------------------------------------------------


def moves(kept: Whole, gone: Whole) -> list[Moved]:
    """Teams, papers and ties that would move."""
    found = []
    if gone.volunteer is not None and kept.volunteer is not None:
        teams, doubled = _teams(gone), _doubled_teams(kept, gone)
        found.append(Moved(_("队伍"), teams.count() - doubled.count(), doubled=doubled.count()))
        found.append(Moved(_("证书"), queries.standing_licences(gone.volunteer).count()))
        found.append(Moved(_("签过的协议"), gone.volunteer.agreements.count()))
        found += vetting.moves(gone.volunteer)
    ties = Relation.objects.filter(Q(person=gone.person) | Q(relative=gone.person), ended_at__isnull=True)
    found.append(Moved(_("亲友关系"), ties.count()))
    return [one for one in found if one.count or one.doubled]


def merge(kept: Whole, gone: Whole, by: Any, at: dt.datetime) -> list[Moved]:
    """Who they are stays as the kept account says; what it does not say comes along."""
    moved = moves(kept, gone)
    if gone.volunteer is not None and kept.volunteer is not None:
        _move_volunteer(kept, gone, by=by, at=at)
    _move_ties(kept.person, gone.person, by=by, at=at)
    _move_papers(kept.person, gone.person, at=at)
    _fill_in(kept.person, gone.person)
    Person.objects.filter(merged_into=gone.person).update(merged_into=kept.person)
    practical.move(kept=kept.person, gone=gone.person)
    lists.move(kept=kept.user, gone=gone.user)
    empty_person(gone.person, at=at)
    Person.objects.filter(pk=gone.person.pk).update(merged_into=kept.person)
    return moved


def _move_volunteer(kept: Whole, gone: Whole, *, by: Any, at: dt.datetime) -> None:
    mine, theirs = kept.volunteer, gone.volunteer
    theirs.cards.filter(ended_at__isnull=True).update(ended_at=at, ended_by=by)
    today = clock.local_day(at)
    twice, units = [], []
    for membership in _doubled_teams(kept, gone):
        twice.append(membership.pk)
        units.append(membership.unit_id)
    Membership.objects.filter(pk__in=twice).update(left_on=today)
    lent = theirs.moves.filter(kind=Move.Kind.LOAN, state=Move.State.DONE, to_unit__in=units)
    lent.update(state=Move.State.OVER, ended_at=at)  # else its end would end what the kept account has for good
    theirs.memberships.exclude(pk__in=twice).update(volunteer=mine)
    theirs.moves.filter(state__in=STANDING).update(state=Move.State.WITHDRAWN, ended_at=at)
    theirs.moves.update(volunteer=mine)
    _move_qualifications(mine, theirs)
    theirs.bulk_steps.filter(bulk__in=mine.bulk_steps.values("bulk")).delete()
    theirs.bulk_steps.update(volunteer=mine)
    vetting.merge(mine, theirs, by=by, at=at)
    signed = mine.agreements.values("text")
    theirs.agreements.exclude(text__in=signed).update(volunteer=mine)
    mine.specialities = sorted({*mine.specialities, *theirs.specialities})
    mine.half_days = sorted({*mine.half_days, *theirs.half_days})
    mine.joined_on = min(mine.joined_on, theirs.joined_on)
    mine.save(update_fields=["specialities", "half_days", "joined_on"])
    facts = emptied(Volunteer, keep={"number", "state"}) | {
        "state": Volunteer.State.LEFT,
        "state_since": at,
        "state_reason": f"已合并到 {mine.number}",
    }
    Volunteer.objects.filter(pk=theirs.pk).update(**facts)


def _move_qualifications(mine: Volunteer, theirs: Volunteer) -> None:
    """A licence stands once, with the later end."""
    has = {one.kind: one for one in queries.standing_licences(mine)}
    for paper in theirs.qualifications.all():
        same = has.get(paper.kind) if paper.ended_at is None else None
        if same is None:
            paper.volunteer = mine
            paper.save(update_fields=["volunteer"])
        elif same.valid_until is not None and (paper.valid_until is None or paper.valid_until > same.valid_until):
            same.valid_until, same.checked_by_id, same.checked_at = (
                paper.valid_until,
                paper.checked_by_id,
                paper.checked_at,
            )
            same.save(update_fields=["valid_until", "checked_by", "checked_at"])


def _move_ties(kept: Person, gone: Person, *, by: Any, at: dt.datetime) -> None:
    """Nobody is related to themselves, and two people have one relation."""
    standing = Relation.objects.filter(ended_at__isnull=True)
    known = {tie.other.pk for tie in queries.ties_of(kept)} | {kept.pk}
    for tie in queries.ties_of(gone):
        if tie.other.pk in known:
            standing.filter(pk=tie.relation.pk).update(ended_at=at, ended_by=by)
    Relation.objects.filter(person=gone).exclude(relative=kept).update(person=kept)
    Relation.objects.filter(relative=gone).exclude(person=kept).update(relative=kept)
    asked = AskedTie.objects.filter(Q(person=gone) | Q(other=gone))
    asked.filter(ended_at__isnull=True).update(ended_at=at)
    AskedTie.objects.filter(person=gone).exclude(other=kept).update(person=kept)
    AskedTie.objects.filter(other=gone).exclude(person=kept).update(other=kept)
    if queries.hardship_of(kept) is not None:
        gone.hardships.filter(ended_at__isnull=True).update(ended_at=at, ended_by=by)
    gone.hardships.update(person=kept)
    _move_guardianships(kept, gone, by=by, at=at)
    households.merge(kept, gone, by=by, at=at)
    if kept.assistances.filter(ended_at__isnull=True).exists():
        gone.assistances.filter(ended_at__isnull=True).update(ended_at=at, ended_by=by)
    gone.assistances.update(person=kept)


def _move_guardianships(kept: Person, gone: Person, *, by: Any, at: dt.datetime) -> None:
    standing = Guardianship.objects.filter(ended_at__isnull=True)
    as_child = standing.filter(child=kept, guardian=OuterRef("guardian"))
    as_guardian = standing.filter(guardian=kept, child=OuterRef("child"))
    twice = standing.filter(Q(Exists(as_child), child=gone) | Q(Exists(as_guardian), guardian=gone))
    twice = twice | standing.filter(Q(child=gone, guardian=kept) | Q(child=kept, guardian=gone))
    Guardianship.objects.filter(pk__in=[one.pk for one in twice]).update(ended_at=at, ended_by=by)
    Guardianship.objects.filter(child=gone).exclude(guardian=kept).update(child=kept)
    Guardianship.objects.filter(guardian=gone).exclude(child=kept).update(guardian=kept)
    gone.wishes.filter(decided_at__isnull=True).update(decided_at=at, is_granted=False)
    Wish.objects.filter(child=gone).update(child=kept)


def _move_papers(kept: Person, gone: Person, *, at: dt.datetime) -> None:
    gone.applications.filter(state__in=OPEN_APPLICATIONS).update(state=Application.State.WITHDRAWN)
    gone.applications.update(person=kept)
    _move_consents(kept, gone, at=at)
    gone.data_copies.update(sealed=None, state=DataCopy.State.GONE)
    gone.erasures.filter(state=Erasure.State.WAITING).update(state=Erasure.State.WITHDRAWN)


def _move_consents(kept: Person, gone: Person, *, at: dt.datetime) -> None:
    """What one of the two took back is taken back for both; they may say yes anew."""
    both = (kept, gone)
    taken_back = [kind for kind in consenting.PURPOSES if any(queries.has_withdrawn(one, kind) for one in both)]
    Consent.objects.filter(person__in=both, text__kind__in=taken_back, withdrawn_at__isnull=True).update(
        withdrawn_at=at
    )
    given = kept.consents.filter(withdrawn_at__isnull=True).values("text")
    gone.consents.filter(withdrawn_at__isnull=True, text__in=given).update(withdrawn_at=at)
    Consent.objects.filter(person=gone).update(person=kept)


def _fill_in(kept: Person, gone: Person) -> None:
    """What the kept account leaves open."""
    fields = ["sex", "born_on", "political_status", "education", "employment", "township"]
    missing = [name for name in fields if not getattr(kept, name) and getattr(gone, name)]
    Person.objects.filter(pk=kept.pk).update(**{name: getattr(gone, name) for name in missing})


def _teams(who: Whole) -> QuerySet[Membership]:
    return Membership.objects.filter(volunteer=who.volunteer, left_on__isnull=True)


def _doubled_teams(kept: Whole, gone: Whole) -> QuerySet[Membership]:
    return _teams(gone).filter(Exists(_teams(kept).filter(unit=OuterRef("unit"))))
