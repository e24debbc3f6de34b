"""The kinds of notice about shifts, minutes, gifts, stars and benefits."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.notices.kind import Kind
from xinglin.notices.rules import Topic

ABOUT_SERVICE: dict[str, Kind] = {
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
}
