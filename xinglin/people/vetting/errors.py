"""Refusals of vetting: what cannot be decided, handed in or booked, and what to do instead."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, Refusal


class GateNotOpen(Refusal):
    """What is to be ended does not stand."""

    code = "gate_not_open"
    message = _("这一关现在没有通过的记录，不用收回")


class LicenceEnded(Refusal):
    """Somebody else took it back, or it was renewed meanwhile."""

    code = "licence_ended"
    message = _("这张证书已经收回，或者换了新的，请看看最新的情况")


class GateReasonNeeded(BadInput):
    """Whoever loses a gate reads why."""

    code = "gate_reason_needed"
    message = _("请写一句为什么，本人会看到")


class FileTooLarge(BadInput):
    """More than a photo of a paper needs."""

    code = "file_too_large"
    message = _("这个文件太大了，最多 {megabytes} MB。拍照时选小一点的尺寸，或者压缩以后再传")


class FileNotKnown(BadInput):
    """Its first bytes are of no kind that we take, whatever its name says."""

    code = "file_not_known"
    message = _("只收照片（JPG、PNG）和 PDF。请换成这几种再传")


class FileMissing(BadInput):
    """A paper is decided by looking at it."""

    code = "file_missing"
    message = _("请拍一张照片，或者选一个文件")


class FileDeleted(Refusal):
    """It was kept for some days after the decision, and no longer."""

    code = "file_deleted"
    status = 410
    message = _("这份材料已经按规定删除了，决定和日期还在")


class IssuedInFuture(BadInput):
    """No paper was issued tomorrow."""

    code = "issued_in_future"
    message = _("开具日期在今天以后，请再看一眼")


class PaperHasExpired(BadInput):
    """By the unit's policy a paper of this age no longer counts."""

    code = "paper_has_expired"
    message = _("这份证明到 {day} 就过期了，请去开一份新的")


class TitleNeeded(BadInput):
    """A licence has a name."""

    code = "title_needed"
    message = _("请写上是什么证书")


class HealthPaperNeeded(BadInput):
    """At the desk, too, a health clearance is kept with its holder's own consent only."""

    code = "health_paper_needed"
    message = _("健康证明属于健康信息，要本人单独同意。请本人在纸上签过健康信息说明，写上签在哪张纸上，再登记")


class HealthConsentNeeded(BadInput):
    """Health is sensitive: a consent of its own, before anything is taken."""

    code = "health_consent_needed"
    message = _("健康证明属于健康信息，看过说明、勾上同意以后才能交")


class SubmittedAlready(Refusal):
    """One of a kind at a time."""

    code = "submitted_already"
    message = _("您已经交过一份，正在审核。要换的话，先撤回那一份")


class SubmissionDecided(Refusal):
    """Somebody else decided while the page was open, or the volunteer took it back."""

    code = "submission_decided"
    message = _("这份材料现在是“{state}”，不能再这样处理了，请看看最新的情况")


class NotLookedAt(Refusal):
    """Nobody accepts a paper that they have not opened."""

    code = "not_looked_at"
    message = _("还没有打开看过这份材料，看过再通过")


class SecondNeeded(Refusal):
    """Where two must decide, one person's word counts once."""

    code = "second_needed"
    message = _("这一件要两个人都同意，您已经同意过了，请等另一位")


class SubmissionReasonNeeded(BadInput):
    """Refusing is always explained."""

    code = "submission_reason_needed"
    message = _("请写一句原因，对方会看到")


class NotSuspendedNow(Refusal):
    """Who is on duty need not ask to come back."""

    code = "not_suspended_now"
    message = _("您现在在岗，不用申请恢复")


class TeamNeeded(BadInput):
    """Whoever has left says to which team they would like to come."""

    code = "team_needed"
    message = _("请选一支队伍，队伍同意以后您就回来了")


class TakingBackTooLate(Refusal):
    """A decision can be taken back for a few minutes, by whoever made it."""

    code = "taking_back_too_late"
    message = _("这个决定不能再撤销了。要收回的话，请到这位志愿者的“各道关”里办，证书也在那里")


class SlotInThePast(BadInput):
    """Nobody comes to a talk that is over."""

    code = "slot_in_the_past"
    message = _("这个时间已经过去了，请再看一眼日期")


class SlotEndsFirst(BadInput):
    """It ends before it begins."""

    code = "slot_ends_first"
    message = _("结束要晚于开始")


class SlotGone(Refusal):
    """Called off, or begun, while the page was open."""

    code = "slot_gone"
    message = _("这个时间刚刚没有了，请另选一个")


class SlotFull(Refusal):
    """The last place was taken while the page was open."""

    code = "slot_full"
    message = _("这个时间刚刚约满了，请另选一个")


class InterviewBooked(Refusal):
    """One talk at a time."""

    code = "interview_booked"
    message = _("您已经约了{when}。要换的话，先取消那一个")


class InterviewBegun(Refusal):
    """It has begun; whoever sits there says what happened."""

    code = "interview_begun"
    message = _("面谈的时间已经到了，不能再取消。来不了的话，请告诉队伍")


class InterviewDecided(Refusal):
    """Somebody else said how it went, or the volunteer gave the place back."""

    code = "interview_decided"
    message = _("这次面谈现在是“{state}”，不能再这样处理了，请看看最新的情况")


class NoQuestions(Refusal):
    """The bank is empty."""

    code = "no_questions"
    message = _("题库还是空的，请告诉队伍的协调员，过两天再来")


class ExamTomorrow(Refusal):
    """So many tries a day, by the unit's policy."""

    code = "exam_tomorrow"
    message = _("今天已经考了 {most} 次，歇一歇，明天再来")


class AnswersMissing(BadInput):
    """Each question wants one choice."""

    code = "answers_missing"
    message = _("还有题没选，选好再交。已经选的都还在")


class RightChoiceMissing(BadInput):
    """One of the choices must be the right one."""

    code = "right_choice_missing"
    message = _("请写至少两个选项，并说明哪一个是对的")


class HonouredAlready(Refusal):
    """It counts already."""

    code = "honoured_already"
    message = _("已经认可这个单位的培训了")


class HonouredAnyway(BadInput):
    """Above, below, or the same: what was passed there counts without being said."""

    code = "honoured_anyway"
    message = _("这是本单位自己或者上下级，考过的本来就算，不用另外认可")


class InsuranceEndsFirst(BadInput):
    """The last day lies before the first."""

    code = "insurance_ends_first"
    message = _("最后一天要在第一天以后")


class InsuranceIsOver(BadInput):
    """What has ended covers nobody any more."""

    code = "insurance_is_over"
    message = _("这张保单已经过期，不能再加人")


class InsuranceKnown(Refusal):
    """A contract of this insurer with this number stands."""

    code = "insurance_known"
    message = _("这张保单已经登记过了，请核对保单号")


class NumbersMissing(BadInput):
    """Neither a unit nor numbers were given, or too many at once."""

    code = "numbers_missing"
    message = _("请选一支队伍，或者贴上志愿者编号，一次最多 {most} 个")


class NotCovered(Refusal):
    """Somebody else took them off."""

    code = "not_covered"
    message = _("这位志愿者现在不在这张保单里")


class CoveredAlready(Refusal):
    """The contract covers them already."""

    code = "covered_already"
    message = _("已经在这张保单里了")


class NotUnderInsurance(Refusal):
    """A unit's contract is for its own people and those of the units below it."""

    code = "not_under_insurance"
    message = _("这位志愿者不在这张保单的单位里")
