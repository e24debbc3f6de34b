"""Setting policies."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from xinglin.audit import actions as audit
from xinglin.organisation import policies, queries
from xinglin.organisation.errors import PolicyInThePast, PolicySetAlready
from xinglin.organisation.models import Policy, Unit


@transaction.atomic
def set_policy(*, unit: Unit, name: str, value: Any, set_by: Any, starts_at: dt.datetime, at: dt.datetime) -> Policy:
    """Set a policy at a unit and all below it from a moment on. Older versions stay: they ruled their own days."""
    if set_by is not None:
        queries.demand(set_by, "set_policy", unit)
    if starts_at < at:
        raise PolicyInThePast
    value = policies.checked(name, value)
    before = queries.policy(name, unit, at=at)
    try:
        with transaction.atomic():
            policy = Policy.objects.create(unit=unit, name=name, value=value, starts_at=starts_at, set_by=set_by)
    except IntegrityError as taken:
        raise PolicySetAlready from taken
    facts = {"policy": name, "before": before, "after": value, "starts_at": starts_at.isoformat()}
    audit.record(actor=set_by, verb="set_policy", thing=f"unit:{unit.code}", unit_path=unit.path, facts=facts, at=at)
    return policy
