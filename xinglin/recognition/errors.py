"""Refusals about stars."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, NotAllowed, NotFound, Refusal


class NoSuchStar(NotFound):
    """There is no such grant, scheme, privilege or bar, or it is of a unit the asker has no part in."""

    code = "no_such_star"
    message = _("没有找到这一条星级记录")


class BadThresholds(BadInput):
    """The hours of a scheme do not rise from star to star."""

    code = "bad_thresholds"
    message = _("一级要比一级多：请填 1 到 {most} 个从小到大的整小时数，用空格隔开")


class SchemeInThePast(BadInput):
    """What was granted was granted under the scheme of its day."""

    code = "scheme_in_the_past"
    message = _("星级办法不能从过去开始，请选今天或以后")


class SchemeSetAlready(Refusal):
    """One version of a unit's scheme starts at one moment."""

    code = "scheme_set_already"
    message = _("这个单位在同一时刻已经定过星级办法，请换一个开始的日子")


class PublicationOver(Refusal):
    """A star that has been published to the end stays."""

    code = "star_publication_over"
    message = _("这颗星的公示期已经过了，不能再收回")


class WithdrawnAlready(Refusal):
    """Somebody else withdrew this star a moment ago."""

    code = "star_withdrawn_already"
    message = _("这颗星已经收回了")


class StarReasonNeeded(BadInput):
    """Withdrawing a star and barring somebody take a reason, which the person concerned reads."""

    code = "star_reason_needed"
    message = _("请写一句原因，本人会看到")


class BarInThePast(BadInput):
    """A bar ends at some time to come."""

    code = "bar_in_the_past"
    message = _("请选今天以后的一天，到那天就可以重新升星")


class BarOver(Refusal):
    """The bar ended or was lifted before."""

    code = "star_bar_over"
    message = _("这次暂停已经结束了，不用再解除")


class NotOwnStar(NotAllowed):
    """Nobody decides over the own stars."""

    code = "not_own_star"
    message = _("自己的星级要请别的同事来决定")


class NoSuchVolunteer(BadInput):
    """No volunteer of the asker's units has this number."""

    code = "no_such_volunteer_here"
    message = _("您负责的单位里没有编号“{number}”的志愿者，请核对一下")


class PrivilegeEnded(Refusal):
    """The privilege was ended before."""

    code = "privilege_ended"
    message = _("这项礼遇已经停止了")
