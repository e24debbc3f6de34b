"""Refusals of activities: each says what happened and what to do next."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, Refusal


class CannotTake(Refusal):
    """A place cannot be given to this person. `offers_others`: the page may show shifts that can be taken instead."""

    offers_others: ClassVar[bool] = True
    is_for_staff_too: ClassVar[bool] = False  # its sentence also speaks to whoever signs somebody else up
    title: ClassVar[Any] = _("这个班次暂时报不上")
    way_on: ClassVar[Any] = None
    way_on_text: ClassVar[Any] = None

    def __init__(self, **facts: object) -> None:
        super().__init__(next_url=self.way_on, next_text=self.way_on_text, **facts)

    @property
    def heading(self) -> str:
        """What happened, in one line above the sentence."""
        return str(self.title).format(**self.facts)


class ShiftFull(CannotTake):
    """Every place of the post is taken."""

    code = "shift_full"
    title = _("这个班次刚刚报满了")
    message = _("最后一个名额已经有人报了。谢谢您愿意来，看看别的时间吧。")


class ShiftOverlaps(CannotTake):
    """The volunteer is committed elsewhere at that time."""

    code = "shift_overlaps"
    title = _("这个时间您已经有安排了")
    message = _("您{when} 已经有安排，和这个班次有重叠。换一个时间，或者先取消原来的。")


class SignUpClosed(CannotTake):
    """Sign-up closes when the shift starts, or at the moment the unit has set."""

    code = "sign_up_closed"
    title = _("这个班次的报名截止了")
    message = _("报名到{closes}为止。看看后面的班次，还有缺人的。")


class ShiftCalledOff(CannotTake):
    """The shift will not take place."""

    code = "shift_called_off"
    title = _("这个班次取消了")
    message = _("这个班次不办了，让您白看一趟。别的班次还缺人。")


class NotAVolunteer(CannotTake):
    """Whoever asks has not been accepted as a volunteer."""

    code = "not_a_volunteer"
    status = 403
    offers_others = False
    title = _("先成为志愿者，就能报名了")
    message = _("填一张申请表，审核通过后回来报这个班次。")
    way_on = reverse_lazy("people:apply")
    way_on_text = _("申请成为志愿者")


class HasLeft(CannotTake):
    """The volunteer has left volunteering, and may come back."""

    code = "volunteer_has_left"
    status = 403
    offers_others = False
    title = _("您已经退出志愿服务")
    message = _("想回来，告诉一支队伍就行，队伍同意以后就能报名。")
    way_on = reverse_lazy("people:ask_to_return")
    way_on_text = _("想回来")


class StillApplying(CannotTake):
    """The application has not been decided yet."""

    code = "still_applying"
    offers_others = False
    title = _("审核通过，就能报名了")
    message = _("您的申请交上来了，一般两天内有回音。通过以后回来报这个班次。")
    way_on = reverse_lazy("people:application_state")
    way_on_text = _("看看到哪一步了")


class VolunteerSuspended(CannotTake):
    """The volunteer's service is paused."""

    code = "volunteer_suspended"
    status = 403
    offers_others = False
    title = _("您的服务目前是暂停的")
    message = _("恢复以后就能报名。想知道原因或者想恢复，请联系您所在的队伍。")
    way_on = reverse_lazy("people:me")
    way_on_text = _("看我的队伍")


class AgreementNotSigned(CannotTake):
    """The service agreement in force has not been signed."""

    code = "agreement_not_signed"
    status = 403
    offers_others = False
    title = _("先签一下服务协议")
    message = _("协议写明双方做什么、怎么保障您。签好以后就能报名。")
    way_on = reverse_lazy("people:agreement")
    way_on_text = _("去看协议并签字")


class NotVetted(CannotTake):
    """A gate that this service asks for has not been passed."""

    code = "not_vetted"
    status = 403
    title = _("这个班次要先过“{gate}”")
    message = _("办好这一步就能报名。怎么办、找谁办，都写在您的上岗进度里。")
    way_on = reverse_lazy("people:gates")
    way_on_text = _("看看怎么办")


class NotTrained(NotVetted):
    """No training that counts at the shift's unit: never passed, run out, or of a house that it does not honour."""

    code = "not_trained"
    message = _("在这个单位要先考过几道题，大约五分钟，考完就能报名。别处考过的，要这里认可才算。")
    way_on_text = _("去考试")

    def __init__(self, *, unit: str, **facts: object) -> None:
        super().__init__(**facts)
        self.next_url = f"{reverse('people:exam')}?unit={unit}"


class GateExpired(CannotTake):
    """A gate that this service asks for was passed once, and is no longer valid on the day."""

    code = "gate_expired"
    status = 403
    title = _("您的“{gate}”到那天已经过期")
    message = _("它的有效期到 {day}。换了新的就能报名；不要求它的班次现在就能报。")
    way_on = reverse_lazy("people:gates")
    way_on_text = _("看看怎么换新的")


class NotInsured(CannotTake):
    """Nobody is sent into danger without cover on that very day."""

    code = "not_insured"
    status = 403
    title = _("那一天您还没有保险")
    message = _("有危险的服务要先投保。保险由单位办，不用您出钱，请联系队伍的协调员；别的班次现在就能报。")
    way_on = reverse_lazy("people:gates")
    way_on_text = _("看我的上岗进度")


class LicenceExpired(CannotTake):
    """The post needs a licence that was on file, and has run out by then."""

    code = "licence_expired"
    title = _("您的“{requires}”到那天已经过期")
    message = _("它的有效期到 {day}。换了新证，交给协调员登记就能报名；还有不要求它的岗位。")


class TooYoung(CannotTake):
    """The volunteer has not reached the age that the unit's policy asks."""

    code = "too_young"
    title = _("这个班次要求年满{age}周岁")
    message = _("等您满{age}周岁再来。眼下可以和家人一起参加别的活动，请问问您的队伍。")


class AgeUnknown(CannotTake):
    """The volunteer came by a list without a birthday, and may be a child."""

    code = "age_unknown"
    offers_others = False
    title = _("还没有登记出生日期")
    message = _("各班次都看年龄。请带上证件到志愿服务台，或者请队伍的协调员看过证件登记一下，马上就能报名。")


class LacksAbility(CannotTake):
    """The post needs a speciality or a licence that is not on file."""

    code = "lacks_ability"
    title = _("这个岗位需要“{requires}”")
    message = _("您的资料里还没有这一项。有证的话请交给协调员登记；没有也没关系，还有不要求它的岗位。")


class AlreadyTaken(CannotTake):
    """The volunteer holds another place of the same shift."""

    code = "already_taken"
    offers_others = False
    title = _("您已经报了这个班次")
    message = _("您报的岗位是“{post}”。想换岗位，请先取消再报。")


class CannotCancel(Refusal):
    """The shift has begun, or the volunteer is there already."""

    code = "cannot_cancel"
    message = _("班次已经开始，不能在这里取消了。请直接告诉带队人。")


class LateCancelNeedsReason(Refusal):
    """So late, somebody must be told why: the leader has to find another person."""

    code = "late_cancel_needs_reason"
    message = _("离开始不到{hours}小时了。请先给带队人打个电话，再写一句原因，就可以取消。")


class CancelReasonNeeded(BadInput):
    """Whoever gives back another's place says on whose word."""

    code = "cancel_reason_needed"
    message = _("请写一句是谁说的、为什么，例如 本人来电话说家里有事。不写病情")


class NotSignedUp(Refusal):
    """There is no standing sign-up of this person for this shift."""

    code = "not_signed_up"
    status = 403
    message = _("您没有报这个班次。先报名，再来签到。")

    def __init__(self, *, shift: str, **facts: object) -> None:
        super().__init__(next_url=reverse("activities:shift", args=[shift]), next_text=_("看看这个班次"), **facts)


class ComeTooEarly(Refusal):
    """Check-in opens some minutes before the shift."""

    code = "come_too_early"
    message = _("来得真早。{opens}起可以签到，先歇一会儿。")


class ShiftIsOver(Refusal):
    """Check-in ends with the shift."""

    code = "shift_is_over"
    message = _("这个班次已经结束了。来过的话，请告诉带队人帮您登记。")


class MayNotServe(Refusal):
    """Whoever holds a place has been suspended since, or a gate that the service asks for has shut."""

    code = "may_not_serve"
    status = 403
    message = _("您的名额还在，但现在还不能签到上岗：{lacks}。请告诉带队人，再联系队伍的协调员；办好马上就能签到。")

    def __init__(self, **facts: object) -> None:
        super().__init__(next_url=reverse("people:gates"), next_text=_("看看怎么办"), **facts)


class TheyMayNotServe(Refusal):
    """The same, said to the leader who marks them as having come."""

    code = "they_may_not_serve"
    message = _("{name}现在还不能上岗：{lacks}。没有记到场，请先不要安排上岗，请本人联系协调员；办好再登记。")


class NotYetCome(Refusal):
    """Nobody leaves before coming."""

    code = "not_yet_come"
    message = _("还没有签到。先按“我到了”，离开时再按“我离开了”。")


class LeaveTooLate(Refusal):
    """The window for leaving is over; the system closes the attendance and the leader confirms."""

    code = "leave_too_late"
    message = _("离开的时间已经过了。忘了也没关系，系统会按班次结束时间代签，由带队人确认。")


class CodeExpired(Refusal):
    """The rotating code was not of the last minute and a half, or not of this shift."""

    code = "code_expired"
    message = _("码已经换新了，请再扫一下带队人手机上的码，或者输入新的六位数字。")


class TooManyWrongCodes(Refusal):
    """Six digits are few: after some wrong ones the volunteer waits, or scans."""

    code = "too_many_wrong_codes"
    status = 429
    message = _("数字试了好几次都不对。请扫带队人手机上的码，或者{minutes}分钟后再试。")


class TooFar(Refusal):
    """The phone says it is not at the place."""

    code = "too_far"
    message = _("您离服务点还有 {distance}。走近一点再按，或者请带队人确认。")


class PlaceUnknown(Refusal):
    """Nobody has entered where the place is, so a location proves nothing."""

    code = "place_unknown"
    message = _("这个服务点还没有定位，请按“请带队人确认”。")


class LocationUnreadable(BadInput):
    """What the phone sent is no place on earth."""

    code = "location_unreadable"
    message = _("没有读到您的位置。再试一次，或者请带队人确认。")


class ConsentNeeded(Refusal):
    """A location is read only after the person said yes to it."""

    code = "location_consent_needed"
    message = _("用位置签到要您先同意。勾上“同意”再按一次，或者请带队人确认。")


class UndoOver(Refusal):
    """The undo window is over; others may already rely on the mark."""

    code = "undo_over"
    message = _("过了{minutes}分钟，不能自己撤销了。记错了请告诉带队人或协调员。")


class DecidedAlready(Refusal):
    """The desk has voided the record, or confirmed what still waited for a leader."""

    code = "decided_already"
    message = _("这次的时长已经有同事处理过了。要改的话，请联系协调员。")


class TakingBackOver(Refusal):
    """The window in which a leader's word can be taken back is over; hours may rest on it already."""

    code = "taking_back_over"
    message = _("过了{minutes}分钟，不能再撤销了。到场记错了的话，请审核时长的同事写明原因作废。")


class DecisionOfAnother(Refusal):
    """Only whoever nodded, or struck a claim out, takes that back."""

    code = "nodded_by_another"
    message = _("这是同事确认的，要撤销请和同事商量")


class LeadersPhoneClosed(Refusal):
    """The leader's phone is for the days around the shift."""

    code = "leaders_phone_closed"
    status = 403
    message = _("带队人的电话到班次前才能看。现在有事，请联系您的队伍。")


class NothingToUndo(Refusal):
    """Nothing was marked, or it has been undone already."""

    code = "nothing_to_undo"
    message = _("没有可以撤销的签到或签退。")


class NotOneself(Refusal):
    """Nobody vouches for themself."""

    code = "not_oneself"
    status = 403
    message = _("自己的签到要由另一位带队人或协调员来登记和确认。")


class BadMarkTime(BadInput):
    """The time that a leader enters must have passed, and lie near the shift."""

    code = "bad_mark_time"
    message = _("这个时间不在班次里，或者还没到。请填{opens}到{closes}之间、已经过去的时间。")


class NotATime(BadInput):
    """What stands in the field is no time of day."""

    code = "not_a_time"
    message = _("“{typed}”看不出是几点，请写成 9:05 这样")


class JoinsBeforeStart(Refusal):
    """Before a shift starts people sign up; who came without is put down once it has begun."""

    code = "joins_before_start"
    message = _("班次开始以后，才能补名单上没有的人。现在可以请他们自己报名，或者贴群接龙替他们报。")


class MarkingOver(Refusal):
    """Marks by hand end some time after the shift; later ones are claims and need two people."""

    code = "marking_over"
    message = _("这个班次结束已久，不能再在这里登记。请联系协调员。")


class PlacesBelowTaken(BadInput):
    """Nobody who signed up loses the place by a smaller number."""

    code = "places_below_taken"
    message = _("“{post}”已经有{taken}人报名，名额不能少于{taken}个。")


class NoSuchVolunteer(BadInput):
    """No active volunteer has this number."""

    code = "no_such_volunteer"
    message = _("没有找到这个编号的在岗志愿者，请再看一眼。")


class ShiftIsClosed(Refusal):
    """A shift that is over or called off is no longer changed."""

    code = "shift_is_closed"
    message = _("这个班次已经结束或取消，不能再改。")


class ReasonNeeded(BadInput):
    """Calling off a shift is told to those who signed up, with the reason."""

    code = "reason_needed"
    message = _("请写一句原因，报了名的人会看到。")


class PlanInThePast(BadInput):
    """Nobody can sign up for what is over."""

    code = "plan_in_the_past"
    message = _("这个班次的时间已经过去了，请再看一眼日期。")


class SameShiftStands(BadInput):
    """An activity has one shift at a time."""

    code = "same_shift_stands"
    message = _("这个活动在这个时间已经有一个班次了。")
