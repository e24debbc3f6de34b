"""What an applicant or a volunteer is told: how an application was decided, a suspension, a new agreement."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef

from xinglin.notices import actions as notices
from xinglin.notices.models import Notice
from xinglin.organisation import queries as organisation
from xinglin.people import queries
from xinglin.people.models import Agreement, Application, DocumentText, Guardianship, Volunteer

BATCH = 1000


def decided(application: Application, *, at: dt.datetime) -> None:
    """Approved, asked back or refused. Outside the house only once the decision can no longer be taken back."""
    undo_minutes = organisation.policy("undo_minutes", application.unit, at=at)
    notices.tell(
        user=application.person.user,
        kind=f"application_{application.state}",
        source=_decision(application),
        values={"unit": application.unit.name},
        not_before=at + dt.timedelta(minutes=undo_minutes),
        at=at,
    )


def taken_back(application: Application) -> None:
    """The decision was a slip of the hand."""
    notices.take_back(source=_decision(application))


def suspended(volunteer: Volunteer, *, at: dt.datetime) -> None:
    """Off duty. Why stays on the page; outside the house once the desk can no longer undo it at a press."""
    user, wait = volunteer.person.user, _undo(volunteer, at=at)
    notices.tell(user=user, kind="suspended", source=_suspension(volunteer.number, at), not_before=at + wait, at=at)


def resumed(volunteer: Volunteer, *, since: dt.datetime | None, at: dt.datetime) -> None:
    """Back by somebody's word. A suspension that was undone before anybody heard of it was none."""
    is_at_once = since is not None and at - since <= _undo(volunteer, at=at)
    if since is None or not is_at_once or not notices.take_back(source=_suspension(volunteer.number, since)):
        back(volunteer, at=at)


def back(volunteer: Volunteer, *, at: dt.datetime) -> None:
    """On duty again, after a suspension or after having left."""
    source = f"volunteer:{volunteer.number}:back:{at.timestamp():.0f}"
    notices.tell(user=volunteer.person.user, kind="back_on_duty", source=source, at=at)


@transaction.atomic
def tell_of_new_agreement(*, at: dt.datetime, limit: int = BATCH) -> int:
    """Tell up to `limit` of those who signed an older agreement and were not told yet; returns how many."""
    text = queries.text(DocumentText.Kind.AGREEMENT, at=at)
    source = f"agreement:{text.version}"
    signed = Agreement.objects.filter(volunteer=OuterRef("pk"))
    told = Notice.objects.filter(user=OuterRef("person__user"), source=source)
    waiting = Volunteer.objects.filter(
        Exists(signed), ~Exists(signed.filter(text=text)), ~Exists(told), state=Volunteer.State.ACTIVE
    )
    users = waiting.order_by("pk").values_list("person__user_id", flat=True)[:limit]
    news = [notices.News(user_id=user_id, kind="agreement_changed", source=source) for user_id in users]
    return notices.tell_many(news=news, at=at)


@transaction.atomic
def tell_of_new_guardian_text(*, at: dt.datetime, limit: int = BATCH) -> int:
    """Tell up to `limit` guardians who consented to an older text and were not told yet; returns how many."""
    text = queries.text(DocumentText.Kind.GUARDIAN, at=at)
    source = f"guardian_text:{text.version}"
    told = Notice.objects.filter(user=OuterRef("guardian__user"), source=source)
    older = Guardianship.objects.filter(~Exists(told), ended_at__isnull=True, consented_at__isnull=False)
    older = older.exclude(text=text).order_by("guardian__user").distinct("guardian__user")
    user_ids = older.values_list("guardian__user_id", flat=True)[:limit]
    news = [notices.News(user_id=user_id, kind="guardian_text_changed", source=source) for user_id in user_ids]
    return notices.tell_many(news=news, at=at)


def _undo(volunteer: Volunteer, *, at: dt.datetime) -> dt.timedelta:
    unit = queries.home_unit(volunteer.person)
    return dt.timedelta(minutes=organisation.policies_of(["undo_minutes"], unit, at=at)["undo_minutes"])


def _suspension(number: str, since: dt.datetime) -> str:
    return f"volunteer:{number}:suspended:{since.timestamp():.0f}"


def _decision(application: Application) -> str:
    """Each decision is an event of its own: one that was taken back may come again."""
    assert application.decided_at is not None, "told once it is decided"
    return f"application:{application.code}:{application.decided_at.timestamp():.0f}"
