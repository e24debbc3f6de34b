"""Where the name of somebody stands in other people's rows: what they signed for a relative, papers that name them.

An erasure takes it out of there. It looks at those only to whom they were tied, so that nobody else of this name is
touched.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Left, Replace

from xinglin.lib.whole_person import ERASED
from xinglin.people import assisting, rules
from xinglin.people.models import (
    Agreement,
    Assistance,
    Consent,
    Guardianship,
    Hardship,
    HouseholdMember,
    Person,
    Relation,
)

# Where it is written which paper was seen, and the way from there to the person.
PAPERS: tuple[tuple[type[models.Model], str], ...] = (
    (Agreement, "volunteer__person"),
    (Assistance, "person"),
    (Consent, "person"),
    (Hardship, "person"),
    (HouseholdMember, "person"),
)


def take_out(person: Person) -> None:
    """Nobody's row says this name any more; what was consented to, and on which paper, still stands."""
    others = _tied_to(person)
    for row in Assistance.objects.filter(person__in=others):
        if rules.is_same_name(assisting.consented_by(row), person.name):
            Assistance.objects.filter(pk=row.pk).update(consented_sealed=b"")
    if len(person.name) > 1:
        for model, way in PAPERS:
            _rewrite(model, {f"{way}__in": others}, person.name)


def _rewrite(model: type[Any], whose: dict[str, Any], name: str) -> None:
    longest = model._meta.get_field("paper").max_length
    named = model.objects.filter(paper__contains=name, **whose)
    named.update(paper=Left(Replace("paper", Value(name), Value(ERASED)), longest))


def _tied_to(person: Person) -> set[int]:
    """Relatives, those whom they guarded or who guarded them, and who ever shared their household."""
    ties: list[tuple[type[Any], str, str]] = [(Relation, "person", "relative"), (Guardianship, "child", "guardian")]
    found: set[int] = set()
    for model, one, other in ties:
        rows = model.objects.filter(Q(**{one: person}) | Q(**{other: person}))
        found.update(chain.from_iterable(rows.values_list(one, other)))
    found.update(HouseholdMember.objects.filter(household__members__person=person).values_list("person", flat=True))
    return found - {person.pk}
