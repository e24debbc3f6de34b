"""What can be done to those who were chosen, and where: one small form for each kind."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from xinglin.lib import clock
from xinglin.organisation import queries as organisation
from xinglin.organisation.forms import UnitChoice
from xinglin.organisation.models import Unit
from xinglin.organisation.models.units import TAKES_VOLUNTEERS
from xinglin.people.bulk import kinds
from xinglin.people.forms import Form
from xinglin.people.models import Bulk, Insurance, Membership
from xinglin.people.vetting import insurance as contracts

Kind = Bulk.Kind


class TeamForm(Form):
    """Into which team, or out of which."""

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = UnitChoice(units, label=_("哪支队伍"))


class InsuranceChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A contract, as it is known: insurer, number, last day."""

    def label_from_instance(self, one: Insurance) -> str:
        return f"{one.insurer} {one.number} · {one.ends_on.isoformat()}"


class CoverForm(Form):
    """By which contract."""

    def __init__(self, *args: Any, insurances: QuerySet[Insurance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["insurance"] = InsuranceChoice(
            insurances,
            label=_("哪张保单"),
            to_field_name="code",
            empty_label=str(_("请选择")),
            error_messages={"required": _("请选一张保单"), "invalid_choice": _("请从列出的保单里选一张")},
        )


def offered(user: Any, bulk: Bulk, *, at: dt.datetime) -> dict[str, Form]:
    """A form for each kind of which there is something to choose from."""
    return {kind: form for kind in Kind.values if (form := form_of(kind, user, bulk, at=at)) is not None}


def form_of(kind: str, user: Any, bulk: Bulk, *, at: dt.datetime, data: Any = None) -> Form | None:
    """The form of one kind; None where the user may not, or has nowhere to."""
    if kind not in kinds.DOINGS or not organisation.may_anywhere(user, kinds.DOINGS[kind].verb):
        return None
    if kind == Kind.COVER:
        insurances = contracts.kept_by(user).filter(ends_on__gte=clock.local_day(at))
        return CoverForm(data, prefix=kind, insurances=insurances) if insurances.exists() else None
    units = _teams(kind, user, bulk)
    return TeamForm(data, prefix=kind, units=units) if units.exists() else None


def _teams(kind: str, user: Any, bulk: Bulk) -> QuerySet[Unit]:
    """Open teams of the user's units: that take people in, or that somebody chosen belongs to."""
    mine = organisation.units_where(user, kinds.DOINGS[kind].verb).filter(closed_at__isnull=True).order_by("path")
    if kind == Kind.PUT_IN:
        return mine.filter(kind__in=TAKES_VOLUNTEERS).exclude(joining=Unit.Joining.CLOSED)
    theirs = Membership.objects.filter(volunteer__bulk_steps__bulk=bulk, left_on__isnull=True)
    return mine.filter(pk__in=theirs.values("unit"))
