"""资料副本: all that the house knows of somebody in one file for them: made by a job, sealed, gone after some days."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from xinglin.accounts.vault import vault
from xinglin.audit import actions as audit
from xinglin.lib.whole_person import Section
from xinglin.office import whole
from xinglin.office.errors import CopyGone, ErasedAlready
from xinglin.organisation import queries as organisation
from xinglin.people import assisting, scopes
from xinglin.people.models import DataCopy, Person

PURPOSE = "data_copy"
State = DataCopy.State
FORMAT = "xinglin-person-1"
GIVEN_UP_AFTER = dt.timedelta(days=1)  # its job was lost: whoever asks again gets a new one


@transaction.atomic
def ask(*, person: Person, by: Any, at: dt.datetime) -> tuple[DataCopy, bool]:
    """Ask for a copy of one's own data. One at a time: asking again answers with what is there; is it new?

    Whoever asks also defers the job that makes it, in the same transaction. Staff may ask for whomever they assist.
    """
    if by.pk != person.user_id:
        assisting.demand_by(person, by=by)
    if person.erased_at is not None:
        raise ErasedAlready
    _expire(DataCopy.objects.filter(person=person), at=at)
    copy = DataCopy(person=person, asked_by=by, asked_at=at)
    try:
        with transaction.atomic():
            copy.save(force_insert=True)
    except IntegrityError:  # a second press, or yesterday's that still lies there
        return DataCopy.objects.get(person=person, state__in=[State.MAKING, State.READY]), False
    _record("asked_for_data_copy", copy, by=by, at=at)
    return copy, True


@transaction.atomic
def make(*, code: str, at: dt.datetime) -> DataCopy | None:
    """Gather it, seal it, lay it ready. Twice is once; None where it is no longer wanted."""
    copy = DataCopy.objects.select_for_update(of=("self",)).filter(code=code, state=State.MAKING).first()
    if copy is None:
        return None
    person = copy.person
    content = zipped(whole.export(whole.whole(person), at=at), at=at)
    hours = organisation.policies_of(["copy_hours"], scopes.unit_of(person), at=at)["copy_hours"]
    copy.sealed = vault().seal(base64.b64encode(content).decode(), purpose=PURPOSE)
    copy.state, copy.expires_at = State.READY, at + dt.timedelta(hours=hours)
    copy.save(update_fields=["sealed", "state", "expires_at"])
    _record("made_data_copy", copy, by=None, at=at)
    return copy


@transaction.atomic
def fetch(*, person: Person, code: str, at: dt.datetime, by: Any = None) -> bytes:
    """The file, for whom it is about; `by`: staff, who hands it to somebody whom they assist. For nobody else."""
    if by is not None:
        assisting.demand_by(person, by=by)
    found = DataCopy.objects.select_for_update(of=("self",)).filter(person=person, code=code, state=State.READY)
    copy = found.select_related("person__user").first()
    if copy is None or copy.expires_at is None or copy.expires_at <= at:
        raise CopyGone
    copy.fetched += 1
    copy.save(update_fields=["fetched"])
    _record("fetched_data_copy", copy, by=by or copy.person.user, at=at)
    assert copy.sealed is not None, "the database keeps it while it is ready"
    return base64.b64decode(vault().open(bytes(copy.sealed), purpose=PURPOSE))


def expire(*, at: dt.datetime) -> int:
    """Delete the files whose time is over, and give up those that nobody has made; returns how many."""
    return _expire(DataCopy.objects.all(), at=at)


def latest_of(person: Person) -> DataCopy | None:
    """The copy that the person's page tells of."""
    return DataCopy.objects.filter(person=person).order_by("-pk").first()


def _expire(copies: QuerySet[DataCopy], *, at: dt.datetime) -> int:
    over = Q(state=State.READY, expires_at__lte=at) | Q(state=State.MAKING, asked_at__lte=at - GIVEN_UP_AFTER)
    return copies.filter(over).update(state=State.GONE, sealed=None)


def zipped(sections: Sequence[Section], *, at: dt.datetime) -> bytes:
    """A page for people, and the same as JSON for machines."""
    data = {
        "format": FORMAT,
        "made_at": at.isoformat(),
        "sections": {
            section.name: {
                "title": str(section.title),
                "labels": {name: str(label) for name, label in section.labels.items()},
                "rows": [dict(row) for row in section.rows],
            }
            for section in sections
        },
    }
    page = render_to_string("office/copy.html", {"sections": [_table(one) for one in sections if one.rows], "at": at})
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("我的资料.html", page)
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1))
    return kept.getvalue()


def _table(section: Section) -> dict[str, Any]:
    """A single row reads as a list, several as a table."""
    labels = list(section.labels.values())
    rows = [[_said(row.get(name, "")) for name in section.labels] for row in section.rows]
    pairs = list(zip(labels, rows[0], strict=True)) if len(rows) == 1 else []
    return {"title": section.title, "labels": labels, "rows": rows, "pairs": pairs}


def _said(value: Any) -> Any:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return value


def _record(verb: str, copy: DataCopy, *, by: Any, at: dt.datetime) -> None:
    facts = {"copy": copy.code}
    if by is not None and by.pk != copy.person.user_id:
        facts |= assisting.facts_of(copy.person)
    audit.record(actor=by, verb=verb, thing=f"person:{copy.person.code}", facts=facts, at=at)
