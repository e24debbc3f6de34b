"""The consent to health data, asked for before a health clearance is handed in. A later text is a later migration."""

import datetime as dt

from django.db import migrations

VERSION = "2026-11"
STARTS_AT = dt.datetime(2026, 10, 31, 16, tzinfo=dt.UTC)  # the 1st of November in China

HEALTH = """\
我们收集什么：您交来的健康证明（照片或 PDF）、开具日期和有效期。它属于敏感个人信息。

用来做什么：只用来确认您可以参加进病区等需要健康证明的服务，保护病人，也保护您。不作别的用途，不写进审计记录。

谁能看到：您的队伍和上级单位里负责审核的人。每看一次都有记录。

怎么保管：加密保存；审核以后过一段时间自动删除文件，只留下“已通过”和有效期。

不同意也能参加别的服务：只是不能报要求健康证明的班次。随时可以撤回，撤回以后这一关马上不再有效，文件删除。
"""
HEALTH_EN = """\
What we collect: the health clearance that you hand in (photo or PDF), the day of issue and how long it is valid. It is sensitive personal information.

What for: only to make sure that you can serve on wards and wherever a health clearance is asked for, to protect patients and you. For nothing else; it is not written into the audit trail.

Who can see it: those who review in your team and in the units above it. Each look is recorded.

How it is kept: encrypted; some time after the review the file is deleted by itself, and only “passed” and the last day remain.

You can serve elsewhere without agreeing; only shifts that ask for a health clearance stay closed. You may withdraw at any time: the gate then stops counting at once and the file is deleted.
"""


def write(apps, schema_editor):
    texts = apps.get_model("people", "DocumentText")
    texts.objects.get_or_create(
        kind="health",
        version=VERSION,
        defaults={"title": "健康信息说明", "text": HEALTH, "text_en": HEALTH_EN, "starts_at": STARTS_AT},
    )


class Migration(migrations.Migration):
    dependencies = [("people", "0008_take_papers")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
