"""What was told to whom, how it went out, and what people chose."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xinglin.lib.ids import short_code
from xinglin.notices import rules


class Topic(models.TextChoices):
    """What people choose by."""

    APPLICATION = rules.Topic.APPLICATION.value, _("加入申请")
    SHIFT = rules.Topic.SHIFT.value, _("班次")
    MINUTES = rules.Topic.MINUTES.value, _("时长与时间")
    STAR = rules.Topic.STAR.value, _("星级")
    BENEFIT = rules.Topic.BENEFIT.value, _("权益与券")
    VETTING = rules.Topic.VETTING.value, _("协议与资格")
    CIRCULAR = rules.Topic.CIRCULAR.value, _("队伍通知")
    GENERAL = rules.Topic.GENERAL.value, _("其他")


class Channel(models.TextChoices):
    """How a notice leaves the house."""

    SMS = rules.Channel.SMS.value, _("短信")
    MAIL = rules.Channel.MAIL.value, _("邮件")
    WECHAT = rules.Channel.WECHAT.value, _("微信")


class Notice(models.Model):
    """One event told to one person, once. The words are made when it is read, in the reader's language."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    values = models.JSONField(default=dict, help_text="what fills the words; no name, no number, no illness")
    source = models.CharField(max_length=80, help_text="the event, such as shift:8F3KQ2TM:called_off")
    told_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "source"], name="each_event_told_once")]
        indexes = [
            models.Index(fields=["user", "-told_at"], name="notice_by_user_latest"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["source"], name="notice_by_source"),
            models.Index(fields=["told_at"], name="notice_by_age"),
        ]

    def __str__(self) -> str:
        return self.code


class Delivery(models.Model):
    """One notice on its way by one channel. A row is written with the notice; a job carries it out, once."""

    class State(models.TextChoices):
        WAITING = rules.State.WAITING.value, _("等着发")
        SENT = rules.State.SENT.value, _("已发出")
        FAILED = rules.State.FAILED.value, _("没发出")
        NOT_WANTED = rules.State.NOT_WANTED.value, _("本人不要")
        NO_ADDRESS = rules.State.NO_ADDRESS.value, _("没有地址")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True, blank=True, help_text="null: nobody tries by themselves any more")
    sent_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=60, blank=True, help_text="a code of the channel; nothing personal")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="notice_goes_once_by_a_channel"),
            models.CheckConstraint(
                condition=Q(state="waiting", next_try_at__isnull=False)
                | (~Q(state="waiting") & Q(next_try_at__isnull=True)),
                name="only_what_waits_is_tried",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="what_was_sent_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="delivery_due"),
            models.Index(fields=["-made_at"], name="delivery_latest"),
        ]

    def __str__(self) -> str:
        return self.code


class Choice(models.Model):
    """A person wants, or does not want, one topic by one channel; without a row the house's default holds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choices")
    topic = models.CharField(max_length=12, choices=Topic.choices)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    wanted = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "topic", "channel"], name="one_choice_per_topic")]

    def __str__(self) -> str:
        return f"{self.topic} by {self.channel} of {self.user_id}"


class Manner(models.Model):
    """How a person wants to be told: in which language, and when to be left in peace."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_manner")
    language = models.CharField(max_length=10)
    quiet_begins = models.TimeField()
    quiet_ends = models.TimeField(help_text="the same as the beginning: never quiet")

    def __str__(self) -> str:
        return f"manner of {self.user_id}"


class Address(models.Model):
    """Where mail or WeChat reaches a person, sealed; the phone stands in `accounts`. One counts, a new one waits."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_addresses")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    sealed = models.BinaryField()
    blind = models.BinaryField(max_length=32)
    added_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="null: the code was sent and not typed yet")
    code_hash = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField(null=True, blank=True)
    tries_left = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "channel"], condition=Q(confirmed_at__isnull=False), name="one_address_counts"
            ),
            models.UniqueConstraint(
                fields=["user", "channel"], condition=Q(confirmed_at__isnull=True), name="one_address_waits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} of {self.user_id}"
