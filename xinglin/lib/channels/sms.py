"""A text message, and what every sender of text messages can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

# Carriers in China accept only texts that were registered before: a template and the values that fill it.
TEMPLATES: dict[str, str] = {
    "sign_in_code": "【杏林】您的验证码是 {code}，{minutes} 分钟内有效。请不要告诉别人。",
    "application_approved": "【杏林】{unit}通过了您的加入申请。打开杏林签好协议，就可以报名班次。",
    "application_asked_back": "【杏林】{unit}请您补充一下加入申请。要补什么，打开杏林看一眼。",
    "application_refused": "【杏林】您给{unit}的加入申请有结果了，打开杏林看一眼。",
    "shift_called_off": "【杏林】您报名的“{what}”（{when}）取消了，请不要白跑一趟。原因在杏林里。",
    "shift_moved": "【杏林】您报名的“{what}”（{when}）换了地方：{place}。",
    "child_shift_called_off": "【杏林】孩子报名的“{what}”（{when}）取消了，请告诉孩子不要白跑一趟。原因在杏林里。",
    "child_shift_moved": "【杏林】孩子报名的“{what}”（{when}）换了地方：{place}。请告诉孩子。",
    "signed_up_by_other": "【杏林】带队人或家里人替您报了“{what}”（{when}）。来不了的话，请在杏林里取消。",
    "place_went_with_guardian": "【杏林】“{what}”（{when}）没有监护人陪同了，孩子的名额已经退回，请不要白跑一趟。",
    "place_went_with_consent": "【杏林】监护人撤回了同意，“{what}”（{when}）孩子的名额已经退回，不用来了。",
    "place_went_with_suspension": "【杏林】服务暂停了，“{what}”（{when}）的名额已经退回，不用来了。有疑问请联系队伍。",
    "paper_expiring": "【杏林】您的{paper}用到{day}，请早一点换新的，打开杏林就能交。",
    "paper_expired": "【杏林】您的{paper}用到{day}，已经过期，要求它的班次暂时不能报。打开杏林看怎么换。",
    "cover_expiring": "【杏林】单位给您办的保险用到{day}，续保由单位办。",
    "cover_expired": "【杏林】单位给您办的保险用到{day}，已经过期，有危险的服务暂时不能报，请问问协调员。",
    "place_given_back": "【杏林】“{what}”（{when}）有人退出，空出一个名额。",
    "suspension_over": "【杏林】暂停到期，您已经恢复志愿服务，可以报名班次了。",
    "phone_gone": "【杏林】这个手机号不再是您志愿服务账号的手机号。不是您本人办的，请马上联系志愿服务台。",
    "phone_set": "【杏林】志愿服务台把这个手机号登记到了您的账号上，以后用它登录。不是您办的，请联系志愿服务台。",
    "circular_written": "【杏林】您的队伍或上级单位发来一条通知，打开杏林看一眼。",
    "circular_urgent": "【杏林】您的队伍或上级单位发来一条紧急通知，请现在打开杏林看一眼。",
    "circular_unread": "【杏林】您的队伍或上级单位发来的一条通知还没看，打开杏林看一眼。",
    "applicant_forgotten": "【杏林】您申请过志愿服务、没有加入，{day}起清掉您填过的资料。想留下来，登录一次就好。",
    "account_closing": "【杏林】您的账号很久没有用，{day}起关掉。想留下来，登录一次就好。",
    "interview_called_off": "【杏林】约好的面谈（{when}，{place}）取消了，请不要白跑一趟，打开杏林另选一个时间。",
    "suspended": "【杏林】您的志愿服务暂停了，眼下不能报名新的班次。原因在杏林里，有疑问请联系协调员。",
    "back_on_duty": "【杏林】您已经恢复志愿服务，可以报名班次了。",
    "join_accepted": "【杏林】{team}同意了您的入队申请，欢迎。",
    "join_refused": "【杏林】您申请加入{team}有结果了，打开杏林看一眼。",
    "move_offered": "【杏林】{team}想请您去帮忙，去不去由您定。请在{day}前打开杏林答复一声。",
    "data_will_be_erased": "【杏林】您离开志愿服务已有几年，{day}起清掉您的个人资料。想留下来，请打开杏林说一声。",
}
# The same in English, for whoever chose it: registered at the carrier under the name with this ending.
ENGLISH = "_en"
TEMPLATES |= {
    "application_approved_en": "[Xinglin] {unit} has accepted you. Sign the agreement to sign up for shifts.",
    "application_asked_back_en": "[Xinglin] {unit} asks you to complete your application; look in Xinglin.",
    "application_refused_en": "[Xinglin] Your application to {unit} has been decided. Please look in Xinglin.",
    "shift_called_off_en": "[Xinglin] Your shift “{what}” ({when}) is cancelled. Please do not come.",
    "shift_moved_en": "[Xinglin] Your shift “{what}” ({when}) is at another place now: {place}.",
    "child_shift_called_off_en": "[Xinglin] Your child's shift “{what}” ({when}) is cancelled. Please tell them.",
    "child_shift_moved_en": "[Xinglin] Your child's shift “{what}” ({when}) is at another place now: {place}.",
    "signed_up_by_other_en": "[Xinglin] You were signed up for “{what}” ({when}). Can't come? Cancel in Xinglin.",
    "place_went_with_guardian_en": "[Xinglin] “{what}” ({when}): no guardian comes along, the child's place is gone.",
    "place_went_with_consent_en": "[Xinglin] “{what}” ({when}): consent was withdrawn, the child's place is gone.",
    "place_went_with_suspension_en": "[Xinglin] Service is paused: “{what}” ({when}) is given back. Do not come.",
    "paper_expiring_en": "[Xinglin] Your {paper} ends {day}. Please renew it in time and hand it in by Xinglin.",
    "paper_expired_en": "[Xinglin] Your {paper} ended {day}: shifts that ask for it are closed to you. See Xinglin.",
    "cover_expiring_en": "[Xinglin] The insurance your unit bought for you ends {day}; your unit renews it.",
    "cover_expired_en": "[Xinglin] Your insurance ended {day}: dangerous service is closed. Ask your coordinator.",
    "place_given_back_en": "[Xinglin] Somebody left: “{what}” ({when}) has a free place again.",
    "suspension_over_en": "[Xinglin] Your suspension is over: you may sign up for shifts again.",
    "phone_gone_en": "[Xinglin] This is no longer the phone of your account. If it was not you, ask the desk at once.",
    "phone_set_en": "[Xinglin] The desk registered this phone on your account. If it was not you, please ask there.",
    "circular_written_en": "[Xinglin] Your team or a unit above it has written to you; look in Xinglin.",
    "circular_urgent_en": "[Xinglin] Urgent: your team or a unit above it has written to you; look in Xinglin now.",
    "circular_unread_en": "[Xinglin] You have not read yet what your team or a unit above it wrote; see Xinglin.",
    "applicant_forgotten_en": "[Xinglin] You applied once: what you told us goes from {day} on. To stay, sign in.",
    "account_closing_en": "[Xinglin] Nobody used your account for long: it closes {day}. To stay, sign in.",
    "interview_called_off_en": "[Xinglin] Your talk ({when}, {place}) is cancelled: do not come. Choose another time.",
    "suspended_en": "[Xinglin] Your volunteering is suspended: no new shifts for now. The reason is in Xinglin.",
    "back_on_duty_en": "[Xinglin] You are back on duty and may sign up for shifts again.",
    "join_accepted_en": "[Xinglin] {team} has accepted you. Welcome.",
    "join_refused_en": "[Xinglin] Your wish to join {team} has been decided. Please look in Xinglin.",
    "move_offered_en": "[Xinglin] {team} asks for your help; it is your choice. Please answer in Xinglin by {day}.",
    "data_will_be_erased_en": "[Xinglin] You left years ago: your data go from {day} on. To stay, open Xinglin.",
}


@dataclass(frozen=True)
class Message:
    """One text message to one phone. `key` stays the same when it is sent again, so that it arrives once."""

    key: str
    phone: str = field(repr=False)
    template: str
    values: Mapping[str, str] = field(repr=False)

    @property
    def text(self) -> str:
        return TEMPLATES[self.template].format(**self.values)


class NotSent(Exception):
    """The message was not taken; `reason` is for the log and holds nothing personal.

    `is_final`: the same message would be refused again, so that nobody need try.
    """

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        self.reason, self.is_final = reason, is_final
        super().__init__(reason)


class Sender(Protocol):
    """Carries messages, or raises NotSent."""

    is_fake: ClassVar[bool]

    def send(self, message: Message) -> None: ...
