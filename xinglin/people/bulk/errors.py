"""Refusals around bulk actions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, Refusal


class NobodyChosen(BadInput):
    """Something is to be done to nobody."""

    code = "nobody_chosen"
    message = _("先勾选要办的人，或者换个条件找到人，再按批量办理")


class ConditionsGone(Refusal):
    """A condition of the list that was looked at means nothing any more, such as a team that is closed."""

    code = "bulk_conditions_gone"
    message = _("筛选条件里有的已经没有了，请回到名册重新筛选，再按批量办理")


class TooManyChosen(BadInput):
    """More people than one bulk action takes."""

    code = "too_many_chosen"
    message = _("一次最多办 {most} 人，请先筛选得窄一些")


class BulkBusy(Refusal):
    """Somebody pressed before, or it is going on, or over."""

    code = "bulk_busy"
    message = _("这一批已经不在那一步了，请看看最新的情况")


class BulkUndoTooLate(Refusal):
    """A bulk action can be taken back for some hours, by whoever began it."""

    code = "bulk_undo_too_late"
    message = _("过了 {hours} 小时，这一批不能再整批撤销了；要改的话，请另外办一批")
