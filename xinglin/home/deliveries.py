"""What became of the notices to one's own people: scoped to the units of whoever asks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from xinglin.lib.clock import SHANGHAI
from xinglin.notices.errors import NoSuchDelivery
from xinglin.notices.models import Delivery
from xinglin.people import queries as people
from xinglin.people.models import Volunteer


def seen_by(user: Any) -> QuerySet[Delivery]:
    """Deliveries to volunteers and applicants of the units whose people the user may see."""
    volunteers = people.volunteers_seen_by(user).order_by().values("person__user")
    applicants = people.applications_decided_by(user).order_by().values("person__user")
    return Delivery.objects.filter(Q(notice__user__in=volunteers) | Q(notice__user__in=applicants))


def of_day(deliveries: QuerySet[Delivery], day: dt.date) -> QuerySet[Delivery]:
    """Those put on their way on a day in China, the latest first."""
    begins = dt.datetime.combine(day, dt.time(), tzinfo=SHANGHAI)
    found = deliveries.filter(made_at__gte=begins, made_at__lt=begins + dt.timedelta(days=1))
    return found.select_related("notice__user").order_by("-made_at", "-pk")


def to_resend(user: Any, code: str) -> Delivery:
    """A delivery to somebody whom the user may not only see but look after."""
    volunteers: QuerySet[Volunteer] = people.volunteers_edited_by(user)
    theirs = Delivery.objects.filter(notice__user__in=volunteers.order_by().values("person__user"))
    found = theirs.filter(code=code).first()
    if found is None:
        raise NoSuchDelivery
    return found
