"""What people type about themselves and others, read and answered beside each field."""

from __future__ import annotations

import datetime as dt
import unicodedata
from functools import partial
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xinglin.accounts import forms as accounts
from xinglin.lib import sheets
from xinglin.organisation.models import Unit
from xinglin.people import documents, queries, words
from xinglin.people.actions import Draft
from xinglin.people.errors import NoSuchVolunteer
from xinglin.people.models import Application, Person, Relation, Volunteer

MANY_TEAMS = 5
FIELD_OF_REFUSAL = {
    "bad_document": "id_number",
    "document_of_another_account": "id_number",
    "registered_already": "id_number",
    "registered_elsewhere": "id_number",
    "too_young_to_serve": "id_number",
    "guardian_consents": "capacity",
    "who_consented": "consent_name",
    "too_young_to_apply": "id_number",
    "unit_takes_nobody": "unit",
    "consent_needed": "agreed",
    "text_has_changed": "agreed",
    "health_paper_needed": "consent_paper",
    "name_differs": "name",
    "reason_needed": "reason",
    "proof_not_seen": "proof_seen",
    "birthday_unlikely": "born_on",
    "validity_past": "valid_until",
    "related_to_oneself": "number",
    "related_already": "number",
    "tie_asked_already": "number",
    "paper_needed": "paper",
    "hardship_in_the_past": "until",
    "file_too_large": "file",
    "file_not_known": "file",
    "file_missing": "file",
    "issued_in_future": "issued_on",
    "paper_has_expired": "issued_on",
    "title_needed": "title",
    "health_consent_needed": "agreed",
    "slot_in_the_past": "day",
    "slot_ends_first": "ends",
    "right_choice_missing": "right",
    "insurance_ends_first": "ends_on",
    "insurance_is_over": "ends_on",
    "insurance_known": "number",
    "numbers_missing": "numbers",
}


class Form(accounts.Form):
    """A form that also says an action's refusal, so that nothing typed is lost."""

    beside = FIELD_OF_REFUSAL
    use_required_attribute = True


class ApplyForm(Form):
    """What a new person says when they apply."""

    name = forms.CharField(
        label=_("姓名"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("请写上姓名，和证件上一样")},
    )
    id_kind = forms.ChoiceField(
        label=_("证件"), choices=partial(words.choices, "id_document"), initial=documents.ID_CARD
    )
    id_number = forms.CharField(
        label=_("证件号码"),
        max_length=40,
        help_text=_("加密保存，页面上只显示最后四位。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("请写上证件号码")},
    )
    sex = forms.ChoiceField(
        label=_("性别"),
        choices=Person.Sex.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("用身份证的不用填。"),
    )
    born_on = forms.DateField(
        label=_("出生日期"),
        required=False,
        help_text=_("用身份证的不用填。"),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("请写成 1990-05-17 这样")},
    )
    township = forms.CharField(
        label=_("住在哪个街道或乡镇"),
        required=False,
        max_length=40,
        help_text=_("好让您就近服务。"),
        widget=forms.TextInput(attrs={"autocomplete": "address-level3"}),
    )
    unit = forms.CharField(
        label=_("想加入的队伍"),
        max_length=80,
        help_text=_("写几个字，会列出队伍和单位让您选。"),
        widget=forms.TextInput(attrs={"list": "teams", "autocomplete": "off"}),
        error_messages={"required": _("请选一支队伍")},
    )
    specialities = forms.MultipleChoiceField(
        label=_("会做的事"),
        required=False,
        choices=partial(words.choices, "speciality"),
        widget=forms.CheckboxSelectMultiple,
    )
    half_days = forms.MultipleChoiceField(
        label=_("有空的时段"),
        required=False,
        choices=partial(words.choices, "availability_half_day"),
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label=_("还想告诉我们什么"), required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )
    agreed = forms.BooleanField(
        label=_("我看过并同意个人信息处理说明"),
        error_messages={"required": _("同意以后才能提交，看一眼再勾上")},
    )
    privacy_version = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: dt.date, known: Person | None = None, **kwargs: Any) -> None:
        """`known`: who is mending an application may leave the document as it is, without typing it again."""
        super().__init__(*args, **kwargs)
        self.today, self.known = today, known
        if known:
            self.fields["id_number"].required = False
            self.fields["id_number"].help_text = _("和上次一样就不用填。")
        if known and queries.has_consented(known, "privacy"):
            del self.fields["agreed"]  # who said yes and did not take it back is not asked again

    def clean_name(self) -> str:
        name = sheets.folded(self.cleaned_data["name"])
        if any(letter.isdigit() or unicodedata.category(letter) in ("So", "Cn", "Co", "Cs") for letter in name):
            raise forms.ValidationError(_("姓名里好像有数字或表情，再看一眼"))
        return name

    def choices_of_unit(self) -> QuerySet[Unit]:
        return queries.units_to_apply_to()

    def clean_unit(self) -> Unit:
        """The team whose name was chosen, or the only one that holds the words typed."""
        typed = sheets.folded(self.cleaned_data["unit"])
        choices = self.choices_of_unit()
        teams = list(choices.filter(name__contains=typed)[: MANY_TEAMS + 1])
        exact = [team for team in teams if team.name == typed] or choices.filter(name=typed)[:1]
        if len(exact) == 1:
            return exact[0]
        if len(teams) == 1:
            return teams[0]
        raise forms.ValidationError(_which(teams))

    def clean_born_on(self) -> dt.date | None:
        born_on = self.cleaned_data["born_on"]
        if born_on and not documents.is_likely(born_on, today=self.today):
            raise forms.ValidationError(_("出生日期好像不对，再看一眼"))
        return born_on  # type: ignore[no-any-return]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.known and not cleaned.get("id_number") and "id_number" not in self.errors:
            cleaned["id_kind"], cleaned["id_number"] = self.known.id_kind, documents.number_of(self.known.id_sealed)
        if cleaned.get("id_kind") and cleaned.get("id_number"):
            self._look_at_document(cleaned)
        return cleaned

    def _look_at_document(self, cleaned: dict[str, Any]) -> None:
        try:
            document = documents.read(cleaned["id_kind"], cleaned["id_number"], today=self.today)
        except documents.BadNumberError as bad:
            self.add_error("id_number", str(bad))
            return
        if document.kind != documents.ID_CARD:
            for name, sentence in (("born_on", _("请填出生日期")), ("sex", _("请选性别"))):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, sentence)

    def draft(self) -> Draft:
        said = self.cleaned_data
        return Draft(
            name=said["name"],
            id_kind=said["id_kind"],
            id_number=said["id_number"],
            unit=said["unit"],
            sex=said["sex"],
            born_on=said["born_on"],
            township=said["township"].strip(),
            specialities=tuple(said["specialities"]),
            half_days=tuple(said.get("half_days", ())),
            note=said.get("note", "").strip(),
            privacy_version=said["privacy_version"] if said.get("agreed", True) else "",
        )


def said_before(application: Application) -> dict[str, Any]:
    """What the applicant said the last time; the document's number is never shown again in full."""
    person = application.person
    return {
        "name": person.name,
        "id_kind": person.id_kind,
        "sex": person.sex,
        "born_on": person.born_on,
        "township": person.township,
        "unit": application.unit.name,
        "specialities": application.specialities,
        "half_days": application.half_days,
        "note": application.note,
    }


class SignForm(Form):
    """One's own name under the agreement."""

    name = forms.CharField(
        label=_("在这里写上您的姓名"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("请写上您的姓名")},
    )
    version = forms.CharField(widget=forms.HiddenInput)
    drawing = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40_000)
    agreed = forms.BooleanField(
        label=_("我看过并同意个人信息处理说明"),
        error_messages={"required": _("同意以后才能提交，看一眼再勾上")},
    )
    privacy_version = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, asks_consent: bool, **kwargs: Any) -> None:
        """Who came by a roster agreed to nothing yet; who applied did."""
        super().__init__(*args, **kwargs)
        if not asks_consent:
            del self.fields["agreed"], self.fields["privacy_version"]


class ReasonForm(Form):
    """Why; the person concerned reads it."""

    reason = forms.CharField(
        label=_("原因"),
        max_length=300,
        help_text=_("对方会看到。"),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写一句原因，对方会看到")},
    )


class SuspendForm(ReasonForm):
    """Why somebody is suspended, and on which day they come back by themselves."""

    returns_on = forms.DateField(
        label=_("哪天自动恢复"),
        required=False,
        help_text=_("不填就等协调员恢复。还没开始的班次（填了日子的，只到那天以前）会替他们退掉，并告诉本人和带队人。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("请写成 2027-05-17 这样")},
    )


class BirthdayForm(Form):
    """The birthday on a document which somebody saw."""

    born_on = forms.DateField(
        label=_("出生日期"),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        error_messages={"required": _("请填出生日期"), "invalid": _("请写成 1990-05-17 这样")},
    )
    proof_seen = forms.BooleanField(label=_("已看过原件"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "birthday_%s")  # it stands beside other forms on one page
        super().__init__(*args, **kwargs)


class QualificationForm(Form):
    """A licence whose paper was seen."""

    kind = forms.CharField(
        label=_("证书"),
        max_length=40,
        help_text=_("例如 执业医师、护士执业、急救培训导师。"),
        widget=forms.TextInput(attrs={"list": "licences", "autocomplete": "off"}),
        error_messages={"required": _("请写上是什么证书")},
    )
    valid_until = forms.DateField(
        label=_("有效期到"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("请写成 2027-05-17 这样")},
    )
    proof_seen = forms.BooleanField(label=_("已看过原件"), required=False)


class RelationForm(Form):
    """Who belongs to this volunteer, and how that was seen."""

    number = forms.CharField(
        label=_("对方的志愿者编号"),
        max_length=12,
        help_text=_("不在您负责的单位的人，会请他自己在手机上答应；他看得到这位志愿者的姓名。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("请写上对方的编号")},
    )
    kind = forms.ChoiceField(label=_("对方是这位志愿者的"), choices=Relation.Kind.choices, widget=forms.RadioSelect)
    paper = forms.CharField(
        label=_("看过什么材料"),
        max_length=40,
        help_text=_("例如户口簿、结婚证；朋友写“两人当面说过”。不写病情。"),
        error_messages={"required": _("请写上看过什么材料，例如户口簿、结婚证")},
    )

    def clean_number(self) -> Volunteer:
        number = self.cleaned_data["number"].strip().upper()
        known = Volunteer.objects.filter(number=number, person__erased_at__isnull=True)
        found = known.select_related("person__user").first()
        if found is None:
            raise forms.ValidationError(str(NoSuchVolunteer(number=number)))
        return found

    def said(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {"relative": cleaned["number"].person, "kind": cleaned["kind"], "paper": cleaned["paper"]}


class HardshipForm(Form):
    """Until when somebody is in hardship, by which paper."""

    paper = forms.CharField(
        label=_("看过什么材料"),
        max_length=40,
        help_text=_("例如低保证。不写病情。"),
        error_messages={"required": _("请写上看过什么材料，例如低保证")},
    )
    until = forms.DateField(
        label=_("到哪一天为止"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("请选一个截止日期"), "invalid": _("请写成 2027-05-17 这样")},
    )


class RosterForm(Form):
    """A file with a list of people."""

    file = forms.FileField(
        label=_("名册文件"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.txt"}),
        error_messages={
            "required": _("请选一个文件；太大的文件收不到，请分成几份"),
            "empty": _("这个文件是空的，请换一个"),
            "max_length": _("文件名太长了，请改短一些再交"),
        },
    )


def _which(teams: list[Unit]) -> str:
    if not teams:
        return gettext("没有找到这支队伍，请从列出的队伍里选一支")
    names = gettext("、").join(team.name for team in teams[:MANY_TEAMS])
    return gettext("有几支队伍名字相近：%(names)s。请写全名称") % {"names": names}
