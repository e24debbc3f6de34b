"""How a saved list is called, and who else finds it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from xinglin.organisation.forms import UnitChoice
from xinglin.organisation.models import Unit
from xinglin.people.forms import Form
from xinglin.people.models.lists import LONGEST_NAME


class ListForm(Form):
    """A name, and one's own or the colleagues' of a unit."""

    name = forms.CharField(
        label=_("名单的名字"),
        max_length=LONGEST_NAME,
        help_text=_("例如 能上夜班的护士。不写任何人的姓名和病情。"),
        error_messages={"required": _("请给名单起个名字"), "max_length": _("名字太长了，请短一些")},
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = UnitChoice(units, label=_("和谁一起用"), required=False, empty_label=_("只给自己"))

    def hear(self, refusal: Any) -> None:
        """A name that is taken is said beside the name."""
        self.add_error("name" if refusal.code == "list_name_taken" else None, str(refusal))
