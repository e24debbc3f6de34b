"""What the desk's list of people may be narrowed by: the stars that count."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xinglin.people.filters import Filter
from xinglin.recognition import rules

HAS_STAR = (  # they come one by one: who has the third has the first two. Not all that stand count yet
    "s.stars >= %s AND EXISTS (SELECT FROM recognition_grant g WHERE g.person_id = v.person_id AND g.level = %s"
    " AND g.withdrawn_at IS NULL AND g.published_until <= %s)"
)


def _keeps(level: str, at: dt.datetime) -> tuple[str, list[Any]]:
    return HAS_STAR, [int(level), int(level), at]


def _choices() -> list[tuple[str, str]]:
    return [(str(level), gettext("%(stars)s 星以上") % {"stars": level}) for level in range(1, rules.MOST_STARS + 1)]


STARS = Filter("star", _("星级"), _choices, _keeps)
