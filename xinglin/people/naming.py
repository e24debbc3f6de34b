"""By what a person is found: the words that their name can be sought by, and what somebody typed into a search box.

A name is kept as the ends of it, from each character on: 林晓东, 晓东, 东; so are its readings, linxiaodong, xiaodong,
dong, and their initials, lxd, xd, d. Whatever part is typed is then the beginning of a word, which an index finds.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from xinglin.lib import pinyin

LONGEST_WORD = 24
MOST_CHARACTERS = 12  # of a name, that can be sought from
MOST_PARTS = 6  # of what was typed
_BETWEEN = re.compile(r"[\s·•・.,，、'’\-]+")
_PARTS = re.compile(r"[a-z]+|[^\x00-\x7f]+")
_NUMBER = re.compile(r"v?(\d{1,7})")
_PHONE = re.compile(r"1[3-9]\d{9}")
_ID_CARD = re.compile(r"\d{17}[\dx]")


def words_of(name: str) -> list[str]:
    """The words by which a name is found, each once."""
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", name)).lower()[:MOST_CHARACTERS]
    words = dict.fromkeys(plain[start:] for start in range(len(plain)))
    for reading in pinyin.readings(plain):
        initials = "".join(syllable[:1] for syllable in reading)
        for start in range(len(reading)):
            words["".join(reading[start:])[:LONGEST_WORD]] = None
            words[initials[start:]] = None
    return [word for word in words if word]


def sound_of(words: list[str]) -> str:
    """The initials among the words of a name; for a name without a reading, the name. By it, names stand together."""
    read = [word for word in words if word.isascii()]
    return read[1] if len(read) > 1 else words[0] if words else ""


@dataclass(frozen=True)
class Sought:
    """What was typed, as what it can be: parts of a name, or a number that only one person has."""

    parts: tuple[str, ...] = ()
    number: int | None = None
    phone: str = ""
    id_card: str = ""


def sought(text: str) -> Sought:
    """What somebody typed. Nothing that could be found: no parts and no number."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    digits = _BETWEEN.sub("", plain)
    if _ID_CARD.fullmatch(digits):
        return Sought(id_card=digits.upper())
    if _PHONE.fullmatch(digits):
        return Sought(phone=digits)
    if number := _NUMBER.fullmatch(digits):
        return Sought(number=int(number[1]))
    parts = [part[:LONGEST_WORD] for word in _BETWEEN.split(plain) for part in _PARTS.findall(word)]
    return Sought(parts=tuple(dict.fromkeys(parts))[:MOST_PARTS])
