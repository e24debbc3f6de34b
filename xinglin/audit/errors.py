"""Refusals of the log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import NotFound, Refusal


class EmptyLog(Refusal):
    """Nothing has been sealed yet."""

    code = "empty_log"
    message = _("存证日志里还没有内容，等第一批数据封存以后再来")


class NotSealedYet(NotFound):
    """The row is not in a signed checkpoint yet."""

    code = "not_sealed_yet"
    message = _("这一条还没有封存好，过几分钟再来看")


class NoSuchCheckpoint(NotFound):
    """The log never had this size, or a proof between two sizes was asked the wrong way round."""

    code = "no_such_checkpoint"
    message = _("没有这样的存证点，请核对一下两个数字，小的在前")
