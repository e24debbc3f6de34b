"""Refusals about minors: whose word is missing, and what is not for them."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xinglin.activities.errors import CannotTake
from xinglin.lib.errors import BadInput


class AboutMinor(CannotTake):
    """Said to a minor, to the family, and at the desk."""

    is_for_staff_too = True


class GuardianNeeded(AboutMinor):
    """No guardian has said yes to this minor's serving."""

    code = "guardian_needed"
    title = _("要家长先同意")
    message = _("不满{age}周岁要监护人同意。请家长带上户口簿到志愿服务台登记，再用自己的手机按一下同意。")


class GuardianReadsAnew(AboutMinor):
    """The guardian said yes to an older version of the text."""

    code = "guardian_reads_anew"
    title = _("同意书换了新的一版")
    message = _("请家长先在自己手机的“我的孩子”里看过新的一版、按一下同意，再报名。没有手机的，到志愿服务台签一份。")
    offers_others = False


class GuardianDecides(CannotTake):
    """The guardian decides on each sign-up, from their own account."""

    code = "guardian_decides"
    title = _("这一次要家长来决定")
    message = _("可以先告诉家长您想去，家长在自己的手机上点头以后就报上了。")
    offers_others = False
    way_on_text = _("告诉家长我想去")

    def __init__(self, *, shift: str) -> None:
        super().__init__(shift=shift)
        self.next_url = reverse("activities:wish", args=[shift])


class GuardiansWordNeeded(AboutMinor):
    """Somebody who is no guardian signs a minor up: staff, a leader with a list, another of the household."""

    code = "guardians_word_needed"
    title = _("这一次要家长同意")
    message = _(
        "用手机的家长，请在自己手机的“我的孩子”里替孩子报名；没有手机、签过纸质同意书的，"
        "在服务台的“替他报名”里写明这一次是哪位家长、怎么同意的、哪天。"
    )
    offers_others = False


class WordOfTomorrow(BadInput):
    """Nobody has said yes on a day to come."""

    code = "word_of_tomorrow"
    message = _("家长同意的日子还没有到，请再看一眼")


class WordWithoutPaper(BadInput):
    """A note that was signed can be named."""

    code = "word_without_paper"
    message = _("请写上家长签在哪张纸上，例如 11月24日的字条")


class GuardianMustCome(AboutMinor):
    """So young that they come with their guardian or not at all."""

    code = "guardian_must_come"
    title = _("要家长陪着一起来")
    message = _("不满{age}周岁要监护人陪同。请家长先报这个班次，再替孩子报名。")


class NotForMinors(AboutMinor):
    """Rescue, for instance."""

    code = "not_for_minors"
    title = _("这一类服务未成年人不能参加")
    message = _("这类服务有危险，要年满{age}周岁。看看别的活动吧。")
