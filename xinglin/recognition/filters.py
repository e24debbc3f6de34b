"""What the desk's list of people may be narrowed by: the stars that count."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xinglin.people.filters import Filter
from xinglin.recognition import rules
from xinglin.recognition.models import Grant


def _keeps(level: str, at: dt.datetime) -> Q:
    """Stars come one by one: who has the third has the first two."""
    counts = Grant.objects.filter(person=OuterRef("person"), level=int(level), withdrawn_at__isnull=True)
    return Q(Exists(counts.filter(published_until__lte=at)))


def _choices() -> list[tuple[str, str]]:
    return [(str(level), gettext("%(stars)s 星以上") % {"stars": level}) for level in range(1, rules.MOST_STARS + 1)]


STARS = Filter("star", _("星级"), _choices, _keeps)
