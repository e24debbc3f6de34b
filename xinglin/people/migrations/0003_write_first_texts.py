"""The texts of November 2026: what people consent to, and the agreement they sign. A later text is a later migration."""

import datetime as dt

from django.db import migrations

VERSION = "2026-11"
STARTS_AT = dt.datetime(2026, 10, 31, 16, tzinfo=dt.UTC)  # the 1st of November in China

PRIVACY = """\
我们收集什么：姓名、性别、出生日期、证件种类和号码、手机号码、居住的街道或乡镇、特长、有空的时段，以及您参加服务的记录。证件号码属于敏感个人信息，只用来确认“一人一个账号”和开具志愿服务证明。

用来做什么：审核您的申请、安排班次、记录时长、投保人身意外伤害险、开具志愿服务证明。不用于广告，不出售，不用人脸识别，不自动替您做决定。

谁能看到：您加入的队伍和它上级单位里负责志愿服务的人。页面上的证件号码和手机号码都遮住；谁看过完整号码、为什么看，都有记录。

怎么保管：证件号码和手机号码加密保存。服务记录按规定至少保存十年；您退出以后，除法律要求保存的记录外，其他信息会删除或去掉身份。

您的权利：可以随时查看、更正、导出、删除自己的信息，可以撤回同意，也可以向本单位投诉。撤回马上生效，不影响撤回以前已经做的事；撤回以后我们不能再为您安排新的班次。

不满十四周岁的人，要由父母或其他监护人同意。
"""
PRIVACY_EN = """\
What we collect: your name, sex, date of birth, kind and number of your identity document, mobile number, the township you live in, what you are good at, when you are free, and the record of your service. The document number is sensitive personal information; it is used only to make sure that one person has one account, and for certificates of service.

What for: deciding your application, arranging shifts, recording time, accident insurance, certificates of service. Not for advertising, never sold, no face recognition, no decision about you made by a machine alone.

Who can see it: those responsible for volunteering in your team and in the units above it. Document and phone numbers are masked on pages; who has seen a full number, and why, is recorded.

How it is kept: document and phone numbers are encrypted. Records of service are kept for at least ten years as the rules ask; after you leave, everything else is deleted or stripped of your identity, except what the law wants kept.

Your rights: you may see, correct, export and delete your information at any time, withdraw this consent, and complain to the unit. Withdrawal takes effect at once and does not touch what was done before it; after it we cannot arrange new shifts for you.

For anyone under fourteen a parent or other guardian gives consent.
"""
LOCATION = """\
扫服务点的固定海报签到时，需要知道您是不是在服务点附近。同意以后，只在您按下签到或签退的那一刻读取一次位置，算出距离，记下“在附近”或“不在附近”以及大约多少米，坐标当场丢掉，不保存，也不在平时跟踪您。

不同意也能参加：扫带队人手机上的动态码，或请带队人点头，一样可以签到。

随时可以撤回，撤回马上生效。
"""
LOCATION_EN = """\
When you check in with the fixed poster of a place, we need to know whether you are near it. If you agree, your position is read once, at the moment you press the button; the distance is worked out, “near” or “not near” and the metres are kept, and the coordinates are thrown away at once. You are not followed at any other time.

You can serve without agreeing: scan the changing code on the leader's phone, or ask the leader to confirm you.

You may withdraw at any time, with immediate effect.
"""
AGREEMENT = """\
一、自愿、无偿。您出于自己的意愿参加志愿服务，不领取报酬；我们不向服务对象收钱，也不把服务时长换成钱。任何人不得强迫您参加，您可以随时退出。

二、不是本职工作。在自己岗位职责和上班时间以内做的事，不算志愿服务，不记时长。

三、我们做什么。如实告诉您每次服务的内容、时间、地点、条件和可能的风险；提供需要的培训、防护用品和保障；在您上岗以前为您投保人身意外伤害险，没有投保的，不安排有风险的服务；如实记录您的时长，您要证明时免费开具。

四、您做什么。按约定到岗，来不了请提前取消；听从带队人的安全安排，做好手卫生和防护；不做没有资格做的医疗操作；尊重服务对象，不收财物，不推销。

五、保密。在服务中知道的病情、住址和其他个人信息，不告诉别人，不拍照，不发到网上；退出以后也一样。

六、个人信息。您的信息按《个人信息处理说明》使用，受《中华人民共和国个人信息保护法》保护。

七、受伤和损害。服务中受了伤，马上告诉带队人，我们协助救治和理赔。服务中造成的损害，按法律规定处理。

八、变更和结束。您退出、或连续违反约定时，本协议结束；已经生效的时长仍然是您的。协议文本有变化时，会请您重新看过再签。
"""
AGREEMENT_EN = """\
1. Free and of your own will. You volunteer because you want to and are not paid; we charge nobody who is helped, and service time is never turned into money. Nobody may make you serve, and you may leave at any time.

2. Not your own job. What belongs to your post and your duty hours is not volunteering and is not recorded.

3. What we do. We tell you truly the content, time, place, conditions and possible risks of each service; we provide the training, protection and support it needs; we insure you against accidents before you begin, and without insurance nothing dangerous is arranged; we record your time truly and certify it free of charge when you ask.

4. What you do. You come as agreed, and cancel in good time when you cannot; you follow the leader in matters of safety, hand hygiene and protection; you do nothing medical that you are not licensed for; you respect those you help, accept no gifts and sell nothing.

5. Confidence. What you learn of illness, addresses and other personal matters you tell nobody, do not photograph and do not put online; this holds after you leave.

6. Personal information is used as the privacy notice says, under the Personal Information Protection Law.

7. Injury and damage. If you are hurt, tell the leader at once; we help with treatment and the insurance claim. Damage done during service is dealt with as the law says.

8. Change and end. This agreement ends when you leave or repeatedly break it; time that has become effective stays yours. When the text changes you will be asked to read and sign again.
"""
TEXTS = [
    ("privacy", "个人信息处理说明", PRIVACY, PRIVACY_EN),
    ("location", "签到时读取一次位置", LOCATION, LOCATION_EN),
    ("agreement", "志愿服务协议", AGREEMENT, AGREEMENT_EN),
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
    dependencies = [("people", "0002_keep_why_suspended_and_count_numbers")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
