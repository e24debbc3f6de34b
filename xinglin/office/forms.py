"""What is typed on the console. Whether it is right, the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from xinglin.accounts.forms import SHOWN_PLAIN, Form
from xinglin.organisation.forms import UnitChoice
from xinglin.organisation.models import Unit

LONGEST_REASON = 500


class CityForm(Form):
    """A new city."""

    beside = {
        "bad_city_slug": "slug",
        "city_slug_taken": "slug",
        "bad_city_facts": "name",
        "bad_city_host": "host",
        "city_host_taken": "host",
        "host_of_console": "host",
        "bad_time_zone": "time_zone",
    }
    name = forms.CharField(
        label=_("名称"),
        help_text=_("页面上怎么叫它，例如：瑞安市"),
        max_length=60,
        error_messages={"required": _("写上城市的名称")},
    )
    slug = forms.CharField(
        label=_("代号"),
        help_text=_("小写字母和数字，例如 ruian。定了就不能改"),
        max_length=60,
        widget=forms.TextInput(attrs=SHOWN_PLAIN),
        error_messages={"required": _("写上代号")},
    )
    host = forms.CharField(
        label=_("域名"),
        help_text=_("例如 ruian.example.cn。以后还可以再加"),
        max_length=253,
        required=False,
        widget=forms.TextInput(attrs=SHOWN_PLAIN | {"inputmode": "url"}),
    )
    division_code = forms.CharField(
        label=_("行政区划代码"),
        help_text=_("例如 330381"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    time_zone = forms.CharField(
        label=_("时区"), max_length=40, initial="Asia/Shanghai", widget=forms.TextInput(attrs=SHOWN_PLAIN)
    )


class HostForm(Form):
    """One more host name."""

    beside = {"bad_city_host": "host", "city_host_taken": "host", "host_of_console": "host"}
    host = forms.CharField(
        label=_("再加一个域名"),
        max_length=253,
        widget=forms.TextInput(attrs=SHOWN_PLAIN | {"inputmode": "url"}),
        error_messages={"required": _("写上域名，例如 ruian.example.cn")},
    )


class SureForm(Form):
    """The city's name, typed once more by whoever is about to close or open it, and why."""

    beside = {"other_city_name": "typed_name"}
    typed_name = forms.CharField(
        label=_("照着写一遍城市的名称"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("写上城市的名称，免得弄错了城市")},
    )
    reason = forms.CharField(
        label=_("为什么"),
        help_text=_("留在操作记录里，不要写任何人的资料"),
        max_length=LONGEST_REASON,
        error_messages={"required": _("写一句为什么，以后看记录的人要知道")},
    )


class CloseUnitForm(forms.Form):
    """Who takes over; nobody is an answer too."""

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"] = UnitChoice(
            units, label=_("接手的单位"), required=False, empty_label=_("没有接手的单位")
        )
