"""Every kind of notice: what it says on a page, in a mail, in a text message and in WeChat, and where it leads.

Words are marked for translation and filled when somebody reads or receives them, in that person's language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xinglin.lib.channels.sms import ENGLISH, TEMPLATES
from xinglin.lib.web.words import clock_said, date_said, in_china, minutes_said
from xinglin.notices.about_oneself import ABOUT_ONESELF
from xinglin.notices.kind import Kind as Kind
from xinglin.notices.rules import Topic

CHINESE = "zh-hans"


KINDS: dict[str, Kind] = ABOUT_ONESELF | {
    "application_approved": Kind(
        Topic.APPLICATION,
        _("{unit}欢迎您"),
        _("加入申请通过了。签好服务协议，就可以报名班次。"),
        "check",
        "people:application_state",
        sms="application_approved",
    ),
    "application_asked_back": Kind(
        Topic.APPLICATION,
        _("加入申请要补充一下"),
        _("{unit}看了您的申请，想请您改一点或补一点。要补什么，点开就看到。"),
        "edit",
        "people:application_state",
        sms="application_asked_back",
    ),
    "application_refused": Kind(
        Topic.APPLICATION,
        _("加入申请有结果了"),
        _("{unit}这次没能接受您的申请，原因写在申请页上。"),
        "document",
        "people:application_state",
        sms="application_refused",
    ),
    "shift_called_off": Kind(
        Topic.SHIFT,
        _("班次取消了：{what}"),
        _("{when}的“{what}”取消了，请不要白跑一趟。您的时间已经空出来，原因写在班次页上。"),
        "calendar",
        "activities:shift",
        asks_code=True,
        is_urgent=True,
        sms="shift_called_off",
    ),
    "shift_moved": Kind(
        Topic.SHIFT,
        _("班次换了地方：{what}"),
        _("{when}的“{what}”改在{place}，请直接去那里。"),
        "pin",
        "activities:shift",
        asks_code=True,
        is_urgent=True,
        sms="shift_moved",
    ),
    "child_shift_called_off": Kind(
        Topic.SHIFT,
        _("孩子的班次取消了：{what}"),
        _("孩子报名的“{what}”（{when}）取消了，请告诉孩子不要白跑一趟。原因写在班次页上。"),
        "calendar",
        "activities:shift",
        asks_code=True,
        is_urgent=True,
        sms="child_shift_called_off",
    ),
    "child_shift_moved": Kind(
        Topic.SHIFT,
        _("孩子的班次换了地方：{what}"),
        _("孩子报名的“{what}”（{when}）改在{place}，请告诉孩子，直接去那里。"),
        "pin",
        "activities:shift",
        asks_code=True,
        is_urgent=True,
        sms="child_shift_moved",
    ),
    "place_given_back": Kind(
        Topic.SHIFT,
        _("空出一个名额：{what}"),
        _("{when}的“{what}”空出一个名额，别人可以接着报。"),
        "calendar",
        "activities:shift",
        asks_code=True,
        sms="place_given_back",
    ),
    "member_left": Kind(
        Topic.GENERAL,
        _("{unit}有一位志愿者退出了"),
        _("本人退出志愿服务，不再属于{unit}；报过的班次已经退回，带队人收到通知。想回来时会在待办里出现。"),
        "people",
        "home:home",
    ),
    "cancelled_by_other": Kind(
        Topic.SHIFT,
        _("替您退了名：{what}"),
        _("工作人员按您的意思退掉了{when}的“{what}”，名额让给了别人。弄错了的话，请告诉带队人。"),
        "calendar",
        "activities:shift",
        asks_code=True,
    ),
    "signed_up_by_other": Kind(
        Topic.SHIFT,
        _("替您报了名：{what}"),
        _("带队人或家里人按您的意思替您报了{when}的“{what}”。来不了的话，在班次页上取消就好。"),
        "calendar",
        "activities:shift",
        asks_code=True,
        sms="signed_up_by_other",
    ),
    "place_went_with_guardian": Kind(
        Topic.SHIFT,
        _("孩子的名额也退了：{what}"),
        _("{when}的“{what}”没有监护人陪同了，孩子的名额已经让给别人。还想来的话，请家长先报名，再替孩子报。"),
        "calendar",
        "activities:shift",
        asks_code=True,
        is_urgent=True,
        sms="place_went_with_guardian",
    ),
    "place_went_with_consent": Kind(
        Topic.SHIFT,
        _("孩子的名额退了：{what}"),
        _("监护人撤回了同意，{when}的“{what}”不用来了，名额已经让给别人。以前服务的时长都还在。"),
        "calendar",
        "activities:shift",
        asks_code=True,
        is_urgent=True,
        sms="place_went_with_consent",
    ),
    "place_went_with_suspension": Kind(
        Topic.SHIFT,
        _("名额退了：{what}"),
        _("服务暂停了，{when}的“{what}”已经退掉，不用来了。恢复以后可以再报；有疑问请联系队伍的协调员。"),
        "calendar",
        "activities:shift",
        asks_code=True,
        is_urgent=True,
        sms="place_went_with_suspension",
    ),
    "minutes_effective": Kind(
        Topic.MINUTES,
        _("{minutes}时长生效了"),
        _("“{what}”的{minutes}公示期满，记入荣誉时长；能存的已经存进时间银行。"),
        "clock",
        "hours:mine",
    ),
    "minutes_voided": Kind(
        Topic.MINUTES,
        _("一条时长作废了：{what}"),
        _("“{what}”的{minutes}不再计入。原因写在时长页上，有疑问请联系您的协调员。"),
        "clock",
        "hours:mine",
    ),
    "gift_waiting": Kind(
        Topic.MINUTES,
        _("有人送您{minutes}"),
        _("您的亲友送来{minutes}，{day}前点一下接受就到账；不方便收也没关系，会退回去。"),
        "gift",
        "timebank:gifts",
    ),
    "gift_arrived": Kind(
        Topic.MINUTES, _("有人送您{minutes}"), _("您的亲友送来{minutes}，已经到账。"), "gift", "timebank:gifts"
    ),
    "gift_accepted": Kind(
        Topic.MINUTES, _("您送的时间收下了"), _("对方收下了您送的{minutes}。"), "gift", "timebank:gifts"
    ),
    "gift_declined": Kind(
        Topic.MINUTES,
        _("您送的时间退回来了"),
        _("对方这次没有收，{minutes}已经回到您的账上。"),
        "gift",
        "timebank:gifts",
    ),
    "star_granted": Kind(
        Topic.STAR,
        _("您升星了：{star}志愿者"),
        _("服务时长够了，{unit}授予您{star}。谢谢您一次次到场。"),
        "leaf",
        "recognition:mine",
    ),
    "voucher_expiring": Kind(
        Topic.BENEFIT,
        _("券快到期了：{what}"),
        _("“{what}”用到{day}。用不上的话可以退回，时间一分不少。"),
        "qr",
        "benefits:voucher",
        asks_code=True,
    ),
    "voucher_refused": Kind(
        Topic.BENEFIT,
        _("券这次没能用：{what}"),
        _("柜台这次没能办“{what}”，原因写在券上；花了时间的话已经退回。"),
        "qr",
        "benefits:voucher",
        asks_code=True,
    ),
    "circular_written": Kind(
        Topic.CIRCULAR,
        _("您有一条队伍通知"),
        _("队伍或上级单位发来一条通知，点开看一眼。"),
        "bell",
        "circulars:circular",
        asks_code=True,
        stands_elsewhere=True,
        sms="circular_written",
    ),
    "circular_urgent": Kind(
        Topic.CIRCULAR,
        _("您有一条紧急的队伍通知"),
        _("队伍或上级单位发来一条急事，请现在点开看一眼。"),
        "bell",
        "circulars:circular",
        asks_code=True,
        is_urgent=True,
        stands_elsewhere=True,
        sms="circular_urgent",
    ),
    "circular_unread": Kind(
        Topic.CIRCULAR,
        _("有一条队伍通知您还没看"),
        _("队伍或上级单位发来的一条通知还没打开过，点开看一眼。"),
        "bell",
        "circulars:circular",
        asks_code=True,
        stands_elsewhere=True,
        sms="circular_unread",
    ),
    "role_given": Kind(
        Topic.GENERAL,
        _("您现在是{role}"),
        _("{unit}请您担任{role}，从现在起就可以做这个角色的事。不方便的话，请告诉{unit}的管理员。"),
        "people",
        "home:home",
    ),
    "desk_role_given": Kind(
        Topic.GENERAL,
        _("您现在是{role}"),
        _("{unit}请您担任{role}。用密码登录，在“登录与安全”里设好动态码，角色才起作用。"),
        "key",
        "accounts:security",
    ),
    "role_ending": Kind(
        Topic.GENERAL,
        _("您担任{role}快到期了"),
        _("您在{unit}担任{role}，到{day}为止，到时候自动结束。还要接着做的话，请提前告诉管理员。"),
        "clock",
        "home:home",
    ),
    "role_ended": Kind(
        Topic.GENERAL,
        _("您不再是{role}了"),
        _("您在{unit}担任的{role}到今天结束了，办过的事都还算数。有疑问请问管理员。"),
        "people",
        "home:home",
    ),
    "joint_begun": Kind(
        Topic.GENERAL,
        _("{unit}和别的单位一起带{team}了"),
        _("{team}请{unit}一起带：看得到它的人，能排班、带班、审核。不想一起带，在单位页上点“不再一起带”。"),
        "people",
        "organisation:unit",
        asks_code=True,
    ),
    "joint_ended": Kind(
        Topic.GENERAL,
        _("{unit}不再一起带{team}"),
        _("{team}的人和班次从现在起只由它自己的单位管，办过的事都还算数。"),
        "people",
        "organisation:unit",
        asks_code=True,
    ),
    "join_accepted": Kind(
        Topic.GENERAL,
        _("您已加入{team}"),
        _("{team}同意了您的入队申请，欢迎。队里的班次，在班次页上就能报。"),
        "check",
        "people:team",
        asks_code=True,
        is_awaited=True,
        sms="join_accepted",
    ),
    "join_refused": Kind(
        Topic.GENERAL,
        _("入队申请有结果了"),
        _("{team}这次没能收您，原因写在“转队与借调”里。您在原来的队伍，什么都没有变。"),
        "document",
        "people:moves",
        is_awaited=True,
        sms="join_refused",
    ),
    "move_offered": Kind(
        Topic.GENERAL,
        _("{team}想请您去"),
        _("{move}到{team}，去不去由您定，不影响星级。{day}前答复一声就好，到时没有答复就当没有问过。"),
        "people",
        "people:moves",
        sms="move_offered",
    ),
    "move_begun": Kind(
        Topic.GENERAL,
        _("您现在在{team}了"),
        _("说好的{move}今天开始，队里的班次可以报了。"),
        "people",
        "people:moves",
        is_awaited=True,
    ),
    "move_over": Kind(
        Topic.GENERAL,
        _("去{team}的事有变"),
        _("{move}到{team}：{state}。您在原来的队伍，什么都没有变。"),
        "people",
        "people:moves",
        is_awaited=True,
    ),
    "loan_over": Kind(
        Topic.GENERAL,
        _("在{team}的借调结束了"),
        _("谢谢您这一段的帮忙。您回到原来的队伍，服务过的时长都还在。"),
        "people",
        "people:moves",
        is_awaited=True,
    ),
    "move_answered": Kind(
        Topic.GENERAL,
        _("{move}到{team}：{state}"),
        _("您或同事问过的一位志愿者有了结果。是谁，在志愿者页的“转队与借调”里看得到。"),
        "people",
        "people:desk",
    ),
    "team_went_over": Kind(
        Topic.GENERAL,
        _("您现在在{team}了"),
        _("{unit}停办，队员都转到了{team}，时长和星级都还在。想去别的队伍，点开找一支加入，再从{team}退出就好。"),
        "people",
        "people:teams",
        is_awaited=True,
    ),
    "team_closed": Kind(
        Topic.GENERAL,
        _("{unit}停办了"),
        _("您不再属于{unit}，时长和星级都还在。想接着服务，点开找一支队伍加入。"),
        "people",
        "people:teams",
        is_awaited=True,
    ),
    "put_in_team": Kind(
        Topic.GENERAL,
        _("您加入了{team}"),
        _("协调员请您也加入{team}，原来的队伍不变。不想参加，在队伍页上退出就好。"),
        "people",
        "people:team",
        asks_code=True,
    ),
    "taken_out_of_team": Kind(
        Topic.GENERAL,
        _("您不在{team}了"),
        _("协调员把您移出了{team}，服务过的时长都还在。有疑问请联系您的协调员。"),
        "people",
        "people:team",
        asks_code=True,
    ),
    "data_will_be_erased": Kind(
        Topic.GENERAL,
        _("您的资料保存到期了"),
        _("您离开志愿服务好几年了，按规定{day}起清掉您的个人资料，服务时长的合计会留下。想留下来，点开说一声就好。"),
        "shield",
        "office:my_data",
        sms="data_will_be_erased",
    ),
    "gate_expiring": Kind(
        Topic.VETTING,
        _("{paper}快到期了"),
        _("您的{paper}用到{day}。换了新的，点开就能交；过了那天，要求它的班次就报不了。"),
        "shield",
        "people:gates",
        sms="paper_expiring",
    ),
    "gate_expired": Kind(
        Topic.VETTING,
        _("{paper}过期了"),
        _("您的{paper}用到{day}，已经过期。要求它的班次暂时不能报，别的不受影响。换了新的，点开就能交。"),
        "shield",
        "people:gates",
        sms="paper_expired",
    ),
    "licence_expiring": Kind(
        Topic.VETTING,
        _("{paper}快到期了"),
        _("您登记的{paper}用到{day}。换了新证，点开拍照交上就好；过了那天，需要它的岗位就报不了。"),
        "document",
        "people:papers",
        sms="paper_expiring",
    ),
    "licence_expired": Kind(
        Topic.VETTING,
        _("{paper}过期了"),
        _("您登记的{paper}用到{day}，已经过期。需要它的岗位暂时不能报，别的不受影响。换了新证，点开拍照交上就好。"),
        "document",
        "people:papers",
        sms="paper_expired",
    ),
    "cover_expiring": Kind(
        Topic.VETTING,
        _("您的保险快到期了"),
        _("单位给您办的保险用到{day}。续保由单位办，不用您出钱；那天以后的班次，要等续好再报有危险的服务。"),
        "shield",
        "people:gates",
        sms="cover_expiring",
    ),
    "cover_expired": Kind(
        Topic.VETTING,
        _("您的保险过期了"),
        _(
            "单位给您办的保险用到{day}，已经过期。有危险的服务暂时不能报，别的不受影响。续保由单位办，可以提醒一下队伍的协调员。"
        ),
        "shield",
        "people:gates",
        sms="cover_expired",
    ),
    "suspension_over": Kind(
        Topic.VETTING,
        _("您恢复服务了"),
        _("暂停到期，您已经恢复在岗，可以报名班次了。报名以前看一眼有没有快到期的材料。"),
        "check",
        "people:gates",
        sms="suspension_over",
    ),
    "paper_accepted": Kind(
        Topic.VETTING,
        _("{paper}通过了"),
        _("审核的人看过了，已经给您登记上。还差哪一步，“上岗进度”里看得到。"),
        "check",
        "people:papers",
        is_awaited=True,
    ),
    "paper_refused": Kind(
        Topic.VETTING,
        _("{paper}这次没有通过"),
        _("原因写在里面，点开就看到。改好以后可以再交一次，别的不受影响。"),
        "document",
        "people:papers",
        is_awaited=True,
    ),
    "gate_shut": Kind(
        Topic.VETTING,
        _("{paper}要重新办"),
        _("您的{paper}不再算数，原因写在“上岗进度”里。要求它的班次暂时不能报，别的不受影响。"),
        "shield",
        "people:gates",
        is_awaited=True,
    ),
    "interview_called_off": Kind(
        Topic.APPLICATION,
        _("约好的面谈取消了"),
        _("{when}在{place}的面谈取消了，请不要白跑一趟。不好意思，点开另选一个时间。"),
        "calendar",
        "people:interviews",
        is_urgent=True,
        is_awaited=True,
        sms="interview_called_off",
    ),
    "interview_decided": Kind(
        Topic.APPLICATION,
        _("面谈有结果了"),
        _("和您聊过以后的结果写在“上岗进度”里，下一步做什么也在那里。"),
        "people",
        "people:gates",
        is_awaited=True,
    ),
    "interview_missed": Kind(
        Topic.APPLICATION,
        _("面谈那天没有等到您"),
        _("没关系，点开另选一个时间就好。"),
        "calendar",
        "people:interviews",
        is_awaited=True,
    ),
    "suspended": Kind(
        Topic.VETTING,
        _("您的志愿服务暂停了"),
        _("眼下不能报名新的班次，时长和星级都还在。原因和什么时候恢复，点开就看到；有疑问请联系队伍的协调员。"),
        "shield",
        "people:gates",
        sms="suspended",
    ),
    "back_on_duty": Kind(
        Topic.VETTING,
        _("欢迎回来"),
        _("您已经恢复在岗，可以报名班次了。报名以前看一眼有没有快到期的材料。"),
        "check",
        "people:gates",
        is_awaited=True,
        sms="back_on_duty",
    ),
    "return_refused": Kind(
        Topic.VETTING,
        _("想回来的事有答复了"),
        _("队伍这次没能同意您恢复服务，原因写在里面。时长和星级都还在，有疑问请联系协调员。"),
        "document",
        "people:papers",
        is_awaited=True,
    ),
    "guardian_text_changed": Kind(
        Topic.VETTING,
        _("监护人同意书更新了"),
        _("监护人同意书有新的一版。请看一遍，同意以后孩子才能报新的班次，已经报的不受影响。"),
        "shield",
        "activities:children",
    ),
    "agreement_changed": Kind(
        Topic.VETTING,
        _("服务协议有新版本"),
        _("请看一眼新的服务协议，签好以后才能继续报名班次。已经报上的不受影响。"),
        "document",
        "people:agreement",
    ),
}

AT_THE_BELL = [name for name, kind in KINDS.items() if not kind.stands_elsewhere]


@dataclass(frozen=True)
class Wording:
    """A notice as somebody reads it."""

    title: str
    text: str
    icon: str


def worded(kind: str, values: Mapping[str, Any]) -> Wording:
    """In the language of this moment."""
    found, facts = KINDS[kind], facts_of(values)
    return Wording(str(found.title).format_map(facts), str(found.text).format_map(facts), found.icon)


def worded_in(language: str, kind: str, values: Mapping[str, Any]) -> Wording:
    """In the language that a person chose."""
    with translation.override(language):
        return worded(kind, values)


def text_message(kind: str, values: Mapping[str, Any], *, language: str) -> tuple[str, dict[str, str]]:
    """The template at the carrier, and what fills it."""
    template = KINDS[kind].sms + (ENGLISH if language != CHINESE else "")
    with translation.override(language):
        facts = facts_of(values)
    wanted = [name for name in facts if "{" + name + "}" in TEMPLATES[template]]
    return template, {name: facts[name] for name in wanted}


def letter(wording: Wording, page: str, *, language: str) -> str:
    """The text of a mail: what happened, where to look, and how to hear less."""
    with translation.override(language):
        lines = [wording.text, page, gettext("这是杏林自动发出的，不用回复。想少收一些，请在杏林的“通知设置”里选。")]
    return "\n\n".join(lines) + "\n"


def address_of(kind: str, values: Mapping[str, Any]) -> str:
    """The page of this house that the notice leads to."""
    found = KINDS[kind]
    return reverse(found.page, args=[values["code"]] if found.asks_code else [])


def facts_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Plain values as people say them; a date never as 今天, because nobody knows when it will be read."""
    facts = {name: str(value) for name, value in values.items()}
    if "starts_at" in values:
        starts, ends = (dt.datetime.fromisoformat(values[name]) for name in ("starts_at", "ends_at"))
        facts["when"] = f"{date_said(in_china(starts).date())} {clock_said(starts)}–{clock_said(ends)}"
    if "day" in values:
        facts["day"] = date_said(dt.date.fromisoformat(values["day"]))
    if "paper" in values:
        facts["paper"] = gettext(values["paper"])
    for name in ("role", "move", "state"):
        if name in values:
            facts[name] = gettext(values[name])
    if "minutes" in values:
        facts["minutes"] = minutes_said(values["minutes"])
    if "level" in values:
        facts["star"] = gettext("%(value)s星") % {"value": values["level"]}
    return facts
