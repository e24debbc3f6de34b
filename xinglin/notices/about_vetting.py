"""The kinds of notice about papers, gates, talks, cover and suspension."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.notices.kind import Kind
from xinglin.notices.rules import Topic

ABOUT_VETTING: dict[str, Kind] = {
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
