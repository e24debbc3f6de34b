"""The first questions of the exam before service: hand hygiene, protection, patients' confidence, what to leave alone."""

import datetime as dt

from django.db import migrations

MADE_AT = dt.datetime(2026, 11, 25, 16, tzinfo=dt.UTC)
QUESTIONS = [
    (
        "HANDS001",
        "接触病人以前和以后，最要紧的是什么？",
        ["洗手或手消毒", "戴好手表", "换一件外套"],
        0,
        "手卫生是防交叉感染最有效的一步，接触前后都要做。",
        "What matters most before and after touching a patient?",
        ["Washing or disinfecting hands", "Wearing a watch", "Changing the coat"],
        "Hand hygiene prevents infection best; do it before and after.",
    ),
    (
        "MASKS001",
        "口罩湿了或者弄脏了，怎么办？",
        ["翻个面再戴", "马上换新的", "晾干再戴"],
        1,
        "湿了、脏了的口罩挡不住，马上换，换完洗手。",
        "Your mask is wet or dirty. What do you do?",
        ["Turn it round", "Change it at once", "Dry it and go on"],
        "A wet mask protects nobody: change it, then wash your hands.",
    ),
    (
        "PRIVACY1",
        "服务时听到一位病人的病情，可以怎么做？",
        ["告诉别的家属，让大家当心", "发到群里求助，不写姓名", "谁也不说，需要时只告诉带队人"],
        2,
        "病情、住址是别人的隐私，退出志愿服务以后也不能说。",
        "You learn of a patient's illness while serving. What may you do?",
        ["Tell other relatives", "Ask in a chat group without the name", "Tell nobody, at need only the leader"],
        "Illness and address are private, also after you leave.",
    ),
    (
        "MEDICAL1",
        "病人请您帮忙调一下输液的速度，怎么办？",
        ["帮忙调慢一点", "按呼叫铃请护士来", "先问问家属"],
        1,
        "没有执业资格，不做任何医疗操作，请护士来。",
        "A patient asks you to change the speed of a drip. What do you do?",
        ["Slow it down a little", "Ring for the nurse", "Ask the family first"],
        "Without a licence nothing medical: call the nurse.",
    ),
    (
        "GIFTS001",
        "家属塞给您一个红包表示感谢，怎么办？",
        ["收下，交给队里", "谢谢他，不收", "收下，请大家喝茶"],
        1,
        "志愿服务是无偿的，不收钱也不收礼。",
        "A relative gives you money to thank you. What do you do?",
        ["Take it for the team", "Thank them and do not take it", "Take it and treat everybody to tea"],
        "Service is free: no money, no gifts.",
    ),
    (
        "NEEDLE01",
        "不小心被用过的针头扎了手，第一步做什么？",
        ["从近心端往远处轻挤，用流动水冲洗，马上报告", "包起来，下班再说", "用嘴吸一吸"],
        0,
        "先冲洗、消毒，马上告诉带队人和科室，当天登记、处理。",
        "A used needle has pricked you. What first?",
        ["Press gently outward, rinse under running water, report at once", "Cover it and see later", "Suck it"],
        "Rinse, disinfect, tell the leader and the ward at once.",
    ),
    (
        "FALLS001",
        "看见老人在走廊摔倒了，先做什么？",
        ["马上扶起来", "先不搬动，喊医护人员，守在旁边", "拍照留证据"],
        1,
        "可能有骨折，先别搬动，喊人，陪着他。",
        "An old person has fallen in the corridor. What first?",
        ["Help them up at once", "Do not move them, call staff, stay with them", "Take a photo"],
        "A bone may be broken: do not move them, call, stay.",
    ),
    (
        "FEVER001",
        "上岗那天早上您发烧、咳嗽，怎么办？",
        ["吃了药照常去", "戴两层口罩去", "告诉带队人，这次不去"],
        2,
        "生病的人不进医院服务，提前说一声就好，不影响星级。",
        "On the morning of your shift you have fever and a cough. What do you do?",
        ["Take medicine and go", "Go with two masks", "Tell the leader and stay at home"],
        "Who is ill stays at home; a word in time is enough.",
    ),
]


def write(apps, schema_editor):
    questions = apps.get_model("people", "Question")
    for code, text, choices, right, why, text_en, choices_en, why_en in QUESTIONS:
        facts = {"text": text, "choices": choices, "right": right, "why": why, "made_at": MADE_AT}
        english = {"text_en": text_en, "choices_en": choices_en, "why_en": why_en}
        questions.objects.get_or_create(code=code, defaults={**facts, **english})


class Migration(migrations.Migration):
    dependencies = [("people", "0011_talk_and_examine")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
