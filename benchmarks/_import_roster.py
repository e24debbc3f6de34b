"""A roster of made-up people for `import.py`: 12 columns, every line good, nobody twice."""

from __future__ import annotations

import random
from pathlib import Path

import xlsxwriter
from stdnum.cn import ric

TEAMS = 132
HEADINGS = (
    *("姓名", "性别", "证件号码", "手机号码", "政治面貌", "学历", "从业状况", "专业特长"),
    *("所属队伍", "加入日期", "居住地", "可服务时段"),
)
FAMILY_NAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蔡蒋余于杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾"
    "夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤单解仇"
)
GIVEN_NAMES = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文华建国红梅玉玲晓东海峰宇佳欣怡子涵雨轩浩然思远嘉琪一鸣志春花秋月冬雪德福长生"
    "永康瑞祥"
)
POLITICAL = ("群众", "群众", "群众", "中国共产党党员", "中国共产主义青年团团员")
EDUCATION = ("大学本科", "大学专科", "高中", "初中", "小学")
EMPLOYMENT = ("退（离）休人员", "专业技术人员", "农民", "工人", "学生")
SPECIALITIES = ("医疗急救", "驾驶运输", "心理咨询", "护理照护", "教育培训", "摄像摄影")
HALF_DAYS = ("星期六上午", "星期日上午", "星期二下午", "星期五上午")
DIVISIONS = ("371602", "371603", "371621", "371622", "371623", "371625", "371681")
TOWNSHIPS = ("市中街道", "市东街道", "北镇街道", "彭李街道", "小营街道", "滨北街道", "梁才街道", "沙河街道")


def team(number: int) -> str:
    return f"滨州第{number}志愿服务队"


def write(path: Path, *, lines: int, seed: int) -> None:
    """The file, as Excel would save it."""
    chance = random.Random(seed)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("名册")
        sheet.write_row(0, 0, HEADINGS)
        for number in range(lines):
            for place, cell in enumerate(row(number, chance)):
                sheet.write_string(number + 1, place, cell)


def row(number: int, chance: random.Random) -> tuple[str, ...]:
    """The line of one person; the number makes their telephone, and with it them, the only one."""
    sex = chance.random() < 0.6
    serial, division = (number % 500) * 2 + (not sex), number // 500 % len(DIVISIONS)
    year = 1945 + number // (500 * len(DIVISIONS)) % 62  # so that no two numbers are alike
    body = f"{DIVISIONS[division]}{year}{chance.randint(1, 12):02}{chance.randint(1, 28):02}{serial:03}"
    joined_on = f"20{chance.randint(10, 25)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    return (
        chance.choice(FAMILY_NAMES) + "".join(chance.choices(GIVEN_NAMES, k=chance.choice((1, 2, 2, 2)))),
        "女" if sex else "男",
        body + ric.calc_check_digit(body + "0"),
        f"1{3_100_000_000 + number * 37}",
        chance.choice(POLITICAL),
        chance.choice(EDUCATION),
        chance.choice(EMPLOYMENT),
        "、".join(chance.sample(SPECIALITIES, k=chance.randint(0, 3))),
        team(chance.randint(1, TEAMS)),
        joined_on,
        chance.choice(TOWNSHIPS),
        "、".join(chance.sample(HALF_DAYS, k=chance.randint(0, 2))),
    )
