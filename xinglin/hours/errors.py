"""Refusals about service records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, NotAllowed, NotFound, Refusal


class NoSuchRecord(NotFound):
    """There is no such record, or it is of a unit the asker has no part in."""

    code = "no_such_record"
    message = _("没有找到这条时长记录")


class OverlappingRecord(Refusal):
    """The person already has a standing record for part of this time."""

    code = "overlapping_record"
    message = _("这段时间已经记过一次服务了，一个人的时间不能记两遍。请先看看已有的记录")


class AlreadyRecorded(Refusal):
    """A record for the same service stands, and says something else."""

    code = "already_recorded"
    message = _("这次服务已经记过了，内容不一样。要更正的话，请先作废原来那条")


class NotYetOver(BadInput):
    """A record would reach into the future."""

    code = "service_not_yet_over"
    message = _("服务还没有结束，结束以后再记")


class MoreThanServed(BadInput):
    """More minutes are claimed than lie between coming and leaving."""

    code = "more_than_served"
    message = _("记的时长比到场到离开的时间还长，请核对一下")


class NotForOneself(NotAllowed):
    """Whoever served may not confirm or void the own record."""

    code = "not_for_oneself"
    message = _("自己的时长要请别人来确认")


class TwoPeopleNeeded(NotAllowed):
    """Whoever entered a record may not confirm it too."""

    code = "two_people_needed"
    message = _("这条是您登记的，要请另一位同事来确认")


class WrongState(Refusal):
    """The record is no longer where this step begins."""

    code = "record_wrong_state"
    message = _("这条记录现在是“{state}”，这一步已经不需要做了")


class TooLateToUndo(Refusal):
    """The window in which a confirmed or voided record can go back to waiting is over."""

    code = "too_late_to_undo_record"
    message = _("已经过了可以撤销的时间。确认错了的话，可以写明原因作废")


class DecisionOfAnother(Refusal):
    """Only whoever confirmed or voided a record takes that back."""

    code = "record_decided_by_another"
    message = _("这条是同事办的，要撤销请和同事商量")


class ReasonNeeded(BadInput):
    """Voiding takes a reason, which the person concerned reads."""

    code = "void_reason_needed"
    message = _("请写一句作废的原因，本人会看到")
