"""The texts that a guardian agrees to, and whoever lets staff act for somebody. A later text is a later migration."""

import datetime as dt

from django.db import migrations

VERSION = "2026-11"
STARTS_AT = dt.datetime(2026, 10, 31, 16, tzinfo=dt.UTC)  # the 1st of November in China

GUARDIAN = """\
我是孩子的监护人，同意孩子参加志愿服务。

孩子参加什么：只参加我点头的班次；有危险的服务不安排未成年人参加。年纪小的孩子，要我陪着一起来。

替孩子签：我替孩子签志愿服务协议，和孩子一起遵守带队人的安全安排。

保存什么：为此保存孩子的姓名、证件号码、出生日期和服务时间。号码加密保存，谁看过完整号码都有记录。

随时可以撤回：在手机上按一下，或到志愿服务台说一声，马上生效。撤回以后，孩子还没有开始的班次都会退掉，已经存下的时长还在。

文本换了新的一版，会再请我看一遍；在那以前孩子不能报新的班次。
"""
GUARDIAN_EN = """\
I am the child's guardian and agree that the child volunteers.

What the child takes part in: only shifts that I have nodded to; minors are never sent into danger. A young child comes along with me or not at all.

Signing for the child: I sign the service agreement for the child, and both of us follow the leader's instructions on safety.

What is kept: for this the child's name, identity document, date of birth and time served. The number is encrypted; whoever has seen it in full is recorded.

Withdrawal at any time: by one press on the phone, or by a word at the volunteers' desk, with immediate effect. The child's shifts that have not begun are then given back; time that was saved stays.

When this text changes, I am asked to read it again; until then the child cannot take new shifts.
"""
ASSISTANCE = """\
请工作人员替我（或替我照护的人）办理志愿服务的事，因为本人不用手机。

办什么：登记个人信息，打印志愿者卡和 PIN 设置条，报名、取消班次，替我把纸上签好的东西记进系统。

不办什么：不替我送出时间，不替我注销账号，除非我另外在纸上签字。

每办一件都记着：是谁、什么时候、替谁办的；我随时可以请人念给我听。

随时可以停：到志愿服务台说一声，马上生效；已经办好的事不受影响。
"""
ASSISTANCE_EN = """\
I ask the staff to act in matters of volunteering for me (or for the person whom I look after), because that person does not use a telephone.

What they do: register personal information, print the volunteer card and the PIN slip, take and cancel shifts, and enter what was signed on paper.

What they do not do: give time away for me, or close my account, unless I have signed for that on paper as well.

Everything is recorded: who did what, when and for whom; I may ask at any time to have it read to me.

It can end at any time by a word at the volunteers' desk, with immediate effect; what was done before is not touched.
"""
TEXTS = [
    ("guardian", "监护人同意书", GUARDIAN, GUARDIAN_EN),
    ("assistance", "代办同意书", ASSISTANCE, ASSISTANCE_EN),
]


def write(apps, schema_editor):
    texts = apps.get_model("people", "DocumentText")
    for kind, title, text, text_en in TEXTS:
        texts.objects.get_or_create(
            kind=kind,
            version=VERSION,
            defaults={"title": title, "text": text, "text_en": text_en, "starts_at": STARTS_AT},
        )


class Migration(migrations.Migration):
    dependencies = [("people", "0020_keep_versions_of_paper")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
