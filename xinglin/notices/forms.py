"""What is typed on the pages of notices."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from xinglin.accounts.forms import Form
from xinglin.notices import queries, rules
from xinglin.notices.models import Topic

HOURS = [(f"{hour:02d}:00", f"{hour}:00") for hour in range(24)]


class ChoicesForm(Form):
    """Topics by channel, the language, and when it is to be quiet."""

    language = forms.ChoiceField(
        label=_("用哪种语言"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
        error_messages={"required": _("选一种语言")},
    )
    quiet_begins = forms.ChoiceField(label=_("从几点"), choices=HOURS)
    quiet_ends = forms.ChoiceField(label=_("到几点"), choices=HOURS)

    def __init__(self, data: Any, *, wishes: queries.Wishes, channels: list[str]) -> None:
        self.channels = channels
        initial: dict[str, Any] = {
            "language": wishes.language,
            "quiet_begins": wishes.quiet.begins.strftime("%H:00"),
            "quiet_ends": wishes.quiet.ends.strftime("%H:00"),
        }
        for channel in channels:
            wanted = [topic for topic in queries.topics_by(channel) if wishes.wants(topic, channel)]
            initial[channel] = [str(topic) for topic in wanted]
        super().__init__(data, initial=initial)
        for channel in channels:
            self.fields[channel] = forms.MultipleChoiceField(
                label=_("哪些事要发到这里"),
                choices=[(topic, Topic(topic).label) for topic in queries.topics_by(channel)],
                widget=forms.CheckboxSelectMultiple(attrs={"form": "choices"}),  # they stand with their channel
                required=False,
            )

    def wanted(self) -> dict[tuple[str, str], bool]:
        """Topic and channel → wanted or not, for all that the page offered."""
        return {
            (str(topic), channel): str(topic) in self.cleaned_data[channel]
            for channel in self.channels
            for topic in queries.topics_by(channel)
        }

    def quiet(self) -> rules.Quiet:
        begins, ends = (dt.time.fromisoformat(self.cleaned_data[name]) for name in ("quiet_begins", "quiet_ends"))
        return rules.Quiet(begins, ends)


class MailForm(Form):
    """The mailbox that shall receive notices."""

    beside = {
        "bad_mailbox": "mailbox",
        "too_many_tries": "mailbox",
        "mail_unavailable": "mailbox",
        "mail_not_offered": "mailbox",
    }
    mailbox = forms.CharField(
        label=_("邮箱"),
        max_length=160,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": _("写上您常看的邮箱")},
    )


class MailCodeForm(Form):
    """The six digits that were mailed."""

    beside = {"wrong_mail_code": "code", "mail_code_over": "code"}
    code = forms.CharField(
        label=_("验证码"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("写上邮件里的 6 位数字")},
    )
