"""Who is registered in a large city: a roster made up line by line. Pure: the same seed, the same people."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

# As frequent as they are, roughly: the first stand oftener.
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许"
    "傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆"
    "郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文耿宗"
)
FIRST_OF_MEN = "伟强磊军勇杰涛明超辉华刚平建国志文海龙鹏斌波宇浩飞俊凯健林峰振立永德成光庆宝长春生金玉学新东"
FIRST_OF_WOMEN = "芳娜敏静丽艳娟霞燕玲红梅英秀兰桂云雪莹倩佳慧萍洁琳欣雅晓玉淑春珍凤美爱素彩月文瑞思雨梦"
SECOND = "伟强军杰涛明华平国文海波宇浩飞林峰英秀兰云雪佳慧欣雅玉春珍美月瑞思雨成光生新东民山川清和安宁远达"
HEADINGS = (
    *("姓名", "性别", "证件号码", "手机号码", "政治面貌", "学历", "从业状况"),
    *("专业特长", "所属队伍", "加入日期", "居住地", "可服务时段"),
)
POLITICAL = {
    "群众": 62,
    "中国共产党党员": 20,
    "中国共产主义青年团团员": 14,
    "中国农工民主党党员": 2,
    "无党派民主人士": 2,
}
EDUCATION = {
    "初中": 16,
    "高中": 22,
    "中等专业学校或中等技术学校": 10,
    "大学专科和专科学校": 26,
    "大学本科": 24,
    "硕士研究生": 2,
}
EMPLOYMENT = {
    "专业技术人员": 24,
    "职员": 18,
    "农民": 20,
    "个体经营者": 10,
    "工人": 10,
    "企业管理人员": 4,
    "自由职业": 4,
}
ABILITIES = {"": 40, "护理照护": 16, "医疗急救": 12, "客服接待": 12, "心理咨询": 5, "驾驶运输": 8, "教育培训": 7}
HALF_DAYS = ("星期六上午", "星期六下午", "星期日上午", "星期日下午", "节假日上午", "星期一上午", "星期三下午")
RETIRED, PUPIL = "退（离）休人员", "学生"
PHONES_BEGIN = 19_910_000_000  # a range of numbers in which nobody is called
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
YOUNGEST, OLDEST, RETIRES = 16, 78, 60
NO_PHONE = 0.06


@dataclass(frozen=True)
class Team:
    """A team, where its people live, and the county with whose code their papers begin."""

    name: str
    township: str
    division: str


def people(seed: str, teams: Sequence[Team], count: int, *, today: dt.date) -> Iterator[tuple[str, ...]]:
    """So many lines of a roster, the teams in turn; no document and no phone twice."""
    chance, serials = random.Random(f"{seed}/crowd"), dict[str, int]()
    for number in range(count):
        team = teams[number % len(teams)]
        is_woman = chance.random() < 0.58
        born_on = today - dt.timedelta(days=chance.randint(YOUNGEST * 366, OLDEST * 365))
        earliest = max(born_on + dt.timedelta(days=15 * 366), today.replace(year=today.year - 8, day=1))
        joined_on = earliest + dt.timedelta(days=chance.randrange(max(1, (today - earliest).days)))
        yield (
            _name(chance, is_woman=is_woman),
            "女" if is_woman else "男",
            _document(team.division, born_on, serials, is_woman=is_woman),
            "" if chance.random() < NO_PHONE else str(PHONES_BEGIN + number * 17),
            _one(chance, POLITICAL),
            _one(chance, EDUCATION),
            _work(chance, today.year - born_on.year),
            _one(chance, ABILITIES),
            team.name,
            joined_on.isoformat(),
            team.township,
            "、".join(sorted(chance.sample(HALF_DAYS, chance.randint(1, 3)))),
        )


def write(path: Path, lines: Iterable[tuple[str, ...]]) -> None:
    """The roster as a file, as a bureau would send it: whole, or not there at all."""
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(HEADINGS)
        sheet.writerows(lines)
    part.replace(path)


def _name(chance: random.Random, *, is_woman: bool) -> str:
    # The smaller of two draws: the surnames at the beginning come oftener.
    surname = SURNAMES[min(chance.randrange(len(SURNAMES)), chance.randrange(len(SURNAMES)))]
    first = chance.choice(FIRST_OF_WOMEN if is_woman else FIRST_OF_MEN)
    return surname + first + (chance.choice(SECOND) if chance.random() < 0.7 else "")


def _document(division: str, born_on: dt.date, serials: dict[str, int], *, is_woman: bool) -> str:
    """An invented number with a right check digit: the serials of a day go up, odd for men and even for women."""
    begins = f"{division}{born_on:%Y%m%d}"
    key = f"{begins}{is_woman}"
    serial = serials[key] = serials.get(key, 998 if is_woman else 999) - 2
    body = f"{begins}{serial:03d}"
    return body + CHECK[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def _work(chance: random.Random, age: int) -> str:
    if age >= RETIRES:
        return RETIRED if chance.random() < 0.8 else "农民"
    return PUPIL if age < 23 and chance.random() < 0.8 else _one(chance, EMPLOYMENT)


def _one(chance: random.Random, weights: dict[str, int]) -> str:
    [chosen] = chance.choices(list(weights), weights=list(weights.values()))
    return chosen
