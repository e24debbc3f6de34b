"""The kinds of notice about who somebody is, how they come in, and to whom they belong."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.notices.kind import Kind
from xinglin.notices.rules import Topic

ABOUT_ONESELF: dict[str, Kind] = {
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
    "data_will_be_erased": Kind(
        Topic.GENERAL,
        _("您的资料保存到期了"),
        _("您离开志愿服务好几年了，按规定{day}起清掉您的个人资料，服务时长的合计会留下。想留下来，点开说一声就好。"),
        "shield",
        "office:my_data",
        sms="data_will_be_erased",
    ),
    "household_asked": Kind(
        Topic.APPLICATION,
        _("有人请您加入一个家庭"),
        _("在“家庭”里看是谁请的。答应以后可以一起报名，随时可以退出；不认识的，不答应就好。"),
        "people",
        "people:household",
    ),
    "tie_asked": Kind(
        Topic.APPLICATION,
        _("服务台登记您是一位志愿者的亲友或监护人"),
        _("在“亲友关系”里看是谁。您答应以后才算；不认识的，不答应就好。"),
        "people",
        "people:my_relations",
    ),
    "phone_changed": Kind(
        Topic.GENERAL,
        _("您的手机号换了"),
        _("以后用新的手机号登录，别的设备都已退出。不是您本人换的，请马上联系志愿服务台。"),
        "phone",
        "accounts:security",
        is_urgent=True,
    ),
    "phone_set_at_desk": Kind(
        Topic.GENERAL,
        _("服务台替您登记了手机号"),
        _("看过证件，您的账号登记了新的手机号，以后用它登录，设备都已退出。不是您办的，请马上联系志愿服务台。"),
        "phone",
        "accounts:security",
        is_urgent=True,
        sms="phone_set",
    ),
    "phone_removed_at_desk": Kind(
        Topic.GENERAL,
        _("服务台取下了您的手机号"),
        _("看过证件，您的账号不再有手机号，以后用编号和 PIN 登录。不是您办的，请马上联系志愿服务台。"),
        "phone",
        "accounts:security",
        is_urgent=True,
    ),
    "data_corrected": Kind(
        Topic.GENERAL,
        _("您的登记资料更正了"),
        _("服务台看过证件，更正了您的登记资料。点开看改了哪几项；不对的话，请联系志愿服务台。"),
        "edit",
        "people:details",
    ),
    "application_will_be_erased": Kind(
        Topic.GENERAL,
        _("您申请时填的资料快清掉了"),
        _("您申请过志愿服务，后来没有加入。{day}起清掉您填过的资料。想留下来，在那以前登录一次就好，也可以再申请。"),
        "shield",
        "office:my_data",
        sms="applicant_forgotten",
    ),
    "account_will_be_closed": Kind(
        Topic.GENERAL,
        _("您的账号很久没有用了"),
        _("您登录过杏林，后来没有申请志愿服务。{day}起关掉这个账号，清掉手机号。想留下来，在那以前登录一次就好。"),
        "shield",
        "office:my_data",
        sms="account_closing",
    ),
}
