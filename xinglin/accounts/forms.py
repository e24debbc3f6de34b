"""What is typed on the pages of accounts. Whether it is right, the actions decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from xinglin.accounts import rules
from xinglin.lib.errors import Refusal

DIGITS = {"inputmode": "numeric"}
SHOWN_PLAIN = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}


def _numeric(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs=DIGITS | attrs)


def _hidden(**attrs: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs=attrs)


class Form(forms.Form):
    """A form that can hear a refusal: the sentence stands beside the field."""

    beside: dict[str, str] = {}  # the code of a refusal → the field that it is about
    beside_others: str | None = None  # the field that every other refusal is about
    refusal: Refusal | None = None
    use_required_attribute = False  # the sentences are ours, not the browser's

    def hear(self, refusal: Refusal) -> None:
        self.refusal = refusal
        field = self.beside.get(refusal.code, self.beside_others)
        self.add_error(field if field in self.fields else None, str(refusal))

    def point_at_error(self) -> None:
        """After an error, typing goes on where it is."""
        for name in self.fields:
            if name in self.errors:
                self.fields[name].widget.attrs["autofocus"] = True
                return

    @property
    def status(self) -> int:
        """What the answer's status says about this form."""
        if self.refusal is not None:
            return self.refusal.status
        return 422 if self.errors else 200


def hear(form: Form, verb: Callable[..., Any], **facts: Any) -> Any:
    """Call the verb; a refusal becomes the sentence beside the field."""
    try:
        return verb(**facts)
    except Refusal as refusal:
        form.hear(refusal)
        return None


class PhoneForm(Form):
    """The phone to sign in with."""

    beside = {"too_many_tries": "phone", "sms_unavailable": "phone"}
    phone = forms.CharField(
        label=_("手机号"),
        max_length=40,
        widget=_numeric(type="tel", autocomplete="tel"),
        error_messages={"required": _("写上手机号，共 11 位")},
    )

    def clean_phone(self) -> str:
        try:
            return rules.normal_phone(self.cleaned_data["phone"])
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from None


class CodeForm(Form):
    """The six digits that were sent."""

    beside = {"wrong_code": "code", "code_expired": "code", "code_spent": "code"}
    code = forms.CharField(
        label=_("验证码"),
        max_length=20,
        widget=_numeric(autocomplete="one-time-code"),
        error_messages={"required": _("写上短信里的 6 位数字")},
    )


class NumberForm(Form):
    """Number and PIN."""

    beside = {"wrong_pin": "pin", "too_many_tries": "pin"}
    login_name = forms.CharField(
        label=_("志愿者编号"),
        max_length=60,
        widget=forms.TextInput(attrs=SHOWN_PLAIN | {"autocomplete": "username"}),
        error_messages={"required": _("写上志愿者证上的编号")},
    )
    pin = forms.CharField(
        label=_("PIN"),
        max_length=20,
        widget=_hidden(inputmode="numeric", autocomplete="current-password"),
        error_messages={"required": _("写上您的 6 位 PIN")},
    )


class FirstPinForm(Form):
    """The slip, and the PIN that it sets."""

    beside = {"wrong_slip": "slip_code", "bad_pin": "pin", "weak_pin": "pin", "too_many_tries": "slip_code"}
    login_name = forms.CharField(
        label=_("志愿者编号"),
        max_length=60,
        widget=forms.TextInput(attrs=SHOWN_PLAIN | {"autocomplete": "username"}),
        error_messages={"required": _("写上设置条上的编号")},
    )
    slip_code = forms.CharField(
        label=_("设置条上的码"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("写上设置条上的 10 位码")},
    )
    pin = forms.CharField(
        label=_("自己定一个 PIN"),
        help_text=_("6 位数字，别用生日或连号"),
        max_length=20,
        widget=_hidden(inputmode="numeric", autocomplete="new-password"),
        error_messages={"required": _("定一个 6 位数字的 PIN")},
    )
    pin_again = forms.CharField(
        label=_("再写一遍 PIN"),
        max_length=20,
        widget=_hidden(inputmode="numeric", autocomplete="new-password"),
        error_messages={"required": _("再写一遍，免得记错")},
    )

    def clean(self) -> dict[str, Any]:
        _agree(self, "pin", "pin_again", _("两遍 PIN 不一样，请再写一遍"))
        return self.cleaned_data


class PasswordForm(Form):
    """A staff member's login name and password."""

    beside = {"wrong_password": "password", "too_many_tries": "password"}
    login_name = forms.CharField(
        label=_("登录名"),
        max_length=60,
        widget=forms.TextInput(attrs=SHOWN_PLAIN | {"autocomplete": "username"}),
        error_messages={"required": _("写上您的登录名")},
    )
    password = forms.CharField(
        label=_("密码"),
        strip=False,
        max_length=200,
        widget=_hidden(autocomplete="current-password"),
        error_messages={"required": _("写上您的密码")},
    )


class SecondFactorForm(Form):
    """The authenticator's code, or one of the recovery codes."""

    beside = {"wrong_second_factor": "code", "second_factor_replayed": "code", "too_many_tries": "code"}
    code = forms.CharField(
        label=_("动态码"),
        max_length=20,
        widget=_numeric(autocomplete="one-time-code"),
        error_messages={"required": _("写上验证器上的 6 位数字，或一个 8 位备用码")},
    )


class AuthenticatorForm(SecondFactorForm):
    """The first code of an authenticator that is being set up."""


class OtherAuthenticatorForm(SecondFactorForm):
    """The first code of the authenticator that takes the place of another: asks for the password again."""

    beside = SecondFactorForm.beside | {"wrong_old_password": "password", "too_many_tries": "password"}
    password = forms.CharField(
        label=_("现在的密码"),
        strip=False,
        max_length=200,
        widget=_hidden(autocomplete="current-password"),
        error_messages={"required": _("写上您现在的密码")},
    )


class NewPasswordForm(Form):
    """A new password, after the old one."""

    beside = {"wrong_old_password": "old", "too_many_tries": "old", "weak_password": "new"}
    old = forms.CharField(
        label=_("现在的密码"),
        strip=False,
        max_length=200,
        widget=_hidden(autocomplete="current-password"),
        error_messages={"required": _("写上您现在的密码")},
    )
    new = forms.CharField(
        label=_("新密码"),
        strip=False,
        help_text=_("至少 10 个字，不能只有数字；几个词连起来就很好"),
        max_length=200,
        widget=_hidden(autocomplete="new-password"),
        error_messages={"required": _("写上新密码")},
    )
    again = forms.CharField(
        label=_("再写一遍新密码"),
        strip=False,
        max_length=200,
        widget=_hidden(autocomplete="new-password"),
        error_messages={"required": _("再写一遍，免得记错")},
    )

    def clean(self) -> dict[str, Any]:
        _agree(self, "new", "again", _("两遍新密码不一样，请再写一遍"))
        return self.cleaned_data


def _agree(form: Form, one: str, other: str, sentence: Any) -> None:
    first, second = form.cleaned_data.get(one), form.cleaned_data.get(other)
    if first and second and first != second:
        form.add_error(other, sentence)
