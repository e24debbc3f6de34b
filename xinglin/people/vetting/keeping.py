"""How long papers are kept: until some days after the decision, or until the consent that they rest on is gone."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import queries
from xinglin.people.models import Assistance, Consent, DocumentText, Person, SealedFile, Submission
from xinglin.people.models.vetting import OPEN

MOST_A_NIGHT = 2000
DECIDED = (Submission.State.ACCEPTED, Submission.State.REFUSED)


@transaction.atomic
def delete_old_files(*, at: dt.datetime) -> int:
    """Delete what was decided longer ago than each unit's policy keeps it; answers how many files went."""
    there = Submission.objects.filter(file__deleted_at__isnull=True, file__isnull=False)
    gone = 0
    units = Unit.objects.filter(pk__in=there.filter(state__in=DECIDED).values("unit"))
    for unit_id, values in organisation.policy_values(["paper_days"], units, at=at).items():
        kept_until = at - dt.timedelta(days=values["paper_days"])
        gone += delete_files_of(there.filter(unit=unit_id, state__in=DECIDED, decided_at__lt=kept_until), at=at)
    consents = Consent.objects.filter(
        person=OuterRef("volunteer__person"), text__kind=DocumentText.Kind.HEALTH, withdrawn_at__isnull=True
    )
    gone += delete_files_of(there.filter(~Exists(consents), what=Submission.What.HEALTH), at=at)
    return gone + _delete_papers_of_ended_help(at=at)


def delete_health_papers(person: Person, *, at: dt.datetime) -> None:
    """The consent on which they rest was taken back: what waits is withdrawn, and no picture of any is kept."""
    papers = Submission.objects.filter(volunteer__person=person, what=Submission.What.HEALTH)
    delete_files_of(papers.filter(file__deleted_at__isnull=True, file__isnull=False), at=at)
    papers.filter(state__in=OPEN).update(state=Submission.State.WITHDRAWN)


def _delete_papers_of_ended_help(*, at: dt.datetime) -> int:
    """On which paper staff acted for somebody is kept while they act, and as long after as any other paper."""
    kept = Assistance.objects.filter(ended_at__lt=at, file__deleted_at__isnull=True, file__isnull=False)
    rows = list(kept.select_related("person").order_by("ended_at", "pk")[:MOST_A_NIGHT])
    homes = queries.home_units(row.person for row in rows)
    values = organisation.policy_values(["paper_days"], {unit.pk: unit for unit in homes.values()}.values(), at=at)
    days = {person: dt.timedelta(days=values[unit.pk]["paper_days"]) for person, unit in homes.items()}
    over = [row.pk for row in rows if row.ended_at is not None and row.ended_at < at - days[row.person_id]]
    files = SealedFile.objects.filter(pk__in=Assistance.objects.filter(pk__in=over).values("file"))
    return files.update(sealed=None, deleted_at=at)


def delete_files_of(submissions: QuerySet[Submission], *, at: dt.datetime) -> int:
    """The bytes go; that something was handed in stays. Answers how many files went."""
    files = SealedFile.objects.filter(submission__in=submissions, deleted_at__isnull=True)
    return files.update(sealed=None, deleted_at=at)
