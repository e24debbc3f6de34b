"""Refusals around teams."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, NotAllowed, Refusal


class OwnMove(NotAllowed):
    """Nobody decides over themselves, however they came to be a coordinator."""

    code = "own_move"
    message = _("自己的入队、转队和借调要由别人来定，请交给同事")


class TeamClosed(Refusal):
    """The team takes nobody in for now."""

    code = "team_takes_nobody"
    message = _("这支队伍暂时不收人，看看别的队伍吧")


class WrongTeamPassword(BadInput):
    """Not the word by which one joins this team."""

    code = "wrong_team_password"
    message = _("入队口令不对，请向队长再要一次")


class MemberAlready(Refusal):
    """They belong to this team."""

    code = "member_already"
    message = _("已经在这支队伍里了")


class NotMember(Refusal):
    """They do not belong to this team."""

    code = "not_member"
    message = _("不在这支队伍里")


class OnlyTeam(Refusal):
    """Whoever leaves their only team would stand nowhere."""

    code = "only_team"
    message = _("这是您唯一的队伍。想换队伍，请先加入另一支；想退出志愿服务，请到“我的”里办")

    def __init__(self) -> None:
        super().__init__(next_url=reverse("activities:leave_volunteering"), next_text=_("退出志愿服务"))


class MoveStandsAlready(Refusal):
    """There is an unanswered one into this team."""

    code = "move_stands_already"
    message = _("已经有一件进这支队伍的事在办了，请等它有结果")


class MoveOver(Refusal):
    """It was answered, withdrawn, or lapsed."""

    code = "move_over"
    message = _("这件事已经有结果了，请刷新看看")


class MoveInPast(BadInput):
    """A day that is over, or an end before the start."""

    code = "move_in_past"
    message = _("日子不对：从今天起，借调的最后一天不早于第一天，最长一年")


class AnswerNeeded(BadInput):
    """Who refuses says why."""

    code = "move_answer_needed"
    message = _("请写一句为什么不同意，对方会看到")


class OnlyTeamOfTheirs(Refusal):
    """Nobody is put out of the one team they belong to: they would stand nowhere."""

    code = "only_team_of_theirs"
    message = _("这是这位志愿者唯一的队伍，先加入另一支再移出")


class LentHere(Refusal):
    """Whoever was lent goes back on the day that was agreed."""

    code = "lent_here"
    message = _("这位志愿者是借调来的，到日子自动回去；要提前结束，请本人退出")


class NotOfYourUnits(Refusal):
    """They belong to none of the units whose people the asker may move."""

    code = "not_of_your_units"
    message = _("这位志愿者现在不在您负责的单位里")


class ChangedMeanwhile(Refusal):
    """What was done is not there any more: somebody else did something since."""

    code = "changed_meanwhile"
    message = _("后来又有人改过，保持现在的样子")
