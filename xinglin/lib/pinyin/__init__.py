"""How Chinese names are read: syllables without tones, surnames by their own readings (单 is *shan*, not *dan*)."""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import islice, product
from pathlib import Path

_FILE = Path(__file__).with_name("readings.json")
MOST_READINGS = 8  # of one name

# What a character is read as at the head of a name, where that differs or two readings are used.
SURNAMES = {
    **{"单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "曾": "zeng", "任": "ren", "华": "hua"},
    **{"朴": "piao", "盖": "ge gai", "缪": "miao", "翟": "zhai di", "宿": "su", "冼": "xian", "洗": "xian", "秘": "bi"},
    **{"折": "she", "员": "yun", "贠": "yun", "黑": "he", "盛": "sheng", "召": "shao", "覃": "qin tan", "种": "chong"},
    **{"重": "chong", "繁": "po", "那": "na", "钭": "tou", "句": "gou", "隗": "wei kui", "佴": "nai", "阚": "kan"},
    **{"乐": "yue le", "车": "che", "都": "du", "过": "guo", "纪": "ji", "宁": "ning", "曲": "qu", "阙": "que"},
    **{"舍": "she", "应": "ying", "於": "yu", "牟": "mou mu", "祭": "zhai", "藏": "zang", "幺": "yao", "尉": "wei yu"},
    **{"万": "wan mo", "长": "zhang chang", "石": "shi", "柏": "bai bo", "葛": "ge", "逄": "pang", "郗": "xi chi"},
    **{"哈": "ha", "卜": "bu", "么": "yao", "占": "zhan", "相": "xiang", "俞": "yu", "眭": "sui", "邸": "di"},
    **{"谌": "chen shen", "莘": "shen xin", "贾": "jia", "沈": "shen", "殷": "yin", "訾": "zi", "妫": "gui"},
}
TWO_CHARACTERS = {"尉迟": "yu chi", "万俟": "mo qi", "单于": "chan yu", "长孙": "zhang sun", "澹台": "tan tai"}
# In given names two readings are alive; the table of readings knows the first.
GIVEN = {
    **{"乐": "le yue", "行": "xing hang", "长": "chang zhang", "重": "chong zhong", "朝": "chao zhao", "茜": "xi qian"},
    **{"传": "chuan zhuan", "盛": "sheng cheng", "曾": "zeng ceng", "单": "dan shan", "好": "hao", "俊": "jun"},
    **{"晟": "sheng cheng", "柏": "bai bo", "相": "xiang", "为": "wei", "兴": "xing", "会": "hui", "少": "shao"},
    **{"大": "da", "都": "du dou", "和": "he", "蔚": "wei yu", "婼": "ruo", "一": "yi", "地": "di", "朴": "pu piao"},
    **{"薇": "wei", "贲": "ben bi", "还": "huan", "强": "qiang", "解": "jie xie", "调": "diao tiao", "圳": "zhen"},
}


def readings(name: str) -> list[tuple[str, ...]]:
    """The ways a name may be read, likeliest first: one syllable for each character, letters as they are."""
    parts = [(char.lower(),) if char.isascii() else _given(char) for char in name]
    head = TWO_CHARACTERS.get(name[:2])
    if head and len(name) > 2:
        parts[:2] = [(syllable,) for syllable in head.split()]
    elif name[:1] in SURNAMES:
        parts[0] = tuple(dict.fromkeys((*SURNAMES[name[0]].split(), *parts[0])))
    return list(islice(product(*parts), MOST_READINGS))


@lru_cache(maxsize=30_000)
def _given(char: str) -> tuple[str, ...]:
    known = GIVEN.get(char)
    return tuple(known.split()) if known else (_first().get(char, ""),)


@lru_cache(maxsize=1)
def _first() -> dict[str, str]:
    lists: dict[str, str] = json.loads(_FILE.read_text(encoding="utf-8"))
    return {char: syllable for syllable, chars in lists.items() for char in chars}
