"""What every form says of a field that it cannot read, unless the field has a sentence of its own.

Django's own sentences speak of variables and fields; ours speak to somebody on a ward.
"""

from __future__ import annotations

from django import forms
from django.core import validators
from django.utils.translation import gettext_lazy as _


def speak() -> None:
    """Put our sentences in the place of Django's, once, when the house starts."""
    forms.Field.default_error_messages["required"] = _("这里还没有填")
    forms.IntegerField.default_error_messages["invalid"] = _("请填一个整数")
    forms.FloatField.default_error_messages["invalid"] = _("请填一个数字")
    forms.DateField.default_error_messages["invalid"] = _("请写成 1990-05-17 这样")
    forms.TimeField.default_error_messages["invalid"] = _("请写成 8:30 这样")
    forms.ChoiceField.default_error_messages["invalid_choice"] = _("请从列出的里面选")
    forms.MultipleChoiceField.default_error_messages["invalid_choice"] = _("请从列出的里面选")
    forms.ModelChoiceField.default_error_messages["invalid_choice"] = _("请从列出的里面选")
    validators.MinValueValidator.message = _("最小填 %(limit_value)s")
    validators.MaxValueValidator.message = _("最大填 %(limit_value)s")
    validators.MaxLengthValidator.message = _("最多 %(limit_value)s 个字，现在有 %(show_value)s 个")
