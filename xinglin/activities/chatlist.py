"""接龙: a list pasted from a chat group, line by line, read as names. Pure: who they are is another's to find out.

Nothing is dropped: what is no name comes back as a line too, with the reason why nobody is signed up by it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

MOST_LINES = 300
LONGEST_LINE = 120

NUMBERED = re.compile(r"[(\[]?(\d{1,3})(?!\d)[)\]]?\s*[.、,:)\-。]*\s*(.*)", re.DOTALL)
VOLUNTEER_NUMBER = re.compile(r"(?<![A-Za-z0-9])[Vv]\d{5,9}(?!\d)")
PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
TAIL = re.compile(r"(?:尾号|后四位)?\s*(?<!\d)(\d{4})(?!\d)")
NOTE = re.compile(r"[(\[【「〈《](.*?)[)\]】」〉》]")
MORE = re.compile(r"(?:\+|加)\s*(\d{1,2})(?!\d)(?:人|位|个)?")
CANCELLED = re.compile(r"取消|退出|不去了|去不了|来不了|不来了|请假|删除|划掉")
NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003134f]+(?:·[\u3400-\u9fff]+)*|[A-Za-z][A-Za-z.'\- ]*[A-Za-z]")
HAN_NAME = re.compile(r"[\u3400-\u9fff]{2,4}")
SEVERAL = re.compile(r"\s*[、,/&;]\s*|\s+和\s+")
HEADING = re.compile(r"#|接龙|例\s*[:.]?|以上|谢谢|请\s*大家")


@dataclass(frozen=True)
class Line:
    """One line, or one of several names on it: what was said, and the name, number or phone to find the person by.

    `problem`: `heading`, `cancelled`, `repeated` or `no_name`; empty when it asks for a place. `more`: how many others
    without a name it speaks of, who must sign up by themselves.
    """

    said: str
    name: str = ""
    number: str = ""
    phone: str = ""
    tail: str = ""
    note: str = ""
    more: int = 0
    problem: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """Who is meant, as far as the line says."""
        return (self.number, self.phone or self.tail, self.name)


def read(text: str) -> list[Line]:
    """Every line that is not blank, in order; who stands there twice asks once, who cancelled below not at all."""
    said = [line for line in (_cleaned(line) for line in text.splitlines()) if line][:MOST_LINES]
    has_numbers = any(NUMBERED.fullmatch(line) for line in said)
    lines: list[Line] = []
    begun = not has_numbers
    for words in said:
        begun = begun or NUMBERED.fullmatch(words) is not None
        if not begun or words.startswith("#"):
            lines.append(Line(words, problem="heading"))
        else:
            lines += _lines_of(words)
    return _once_each(lines)


def _cleaned(line: str) -> str:
    """Narrow digits and brackets, without pictures and what cannot be seen."""
    narrow = unicodedata.normalize("NFKC", line)[:LONGEST_LINE]
    visible = (char for char in narrow if char in "\u200d·" or unicodedata.category(char) not in _INVISIBLE)
    return " ".join("".join(visible).replace("\u200d", "").replace("~", " ").split())


# Pictures, joiners, private and unassigned signs, control characters, combining marks of emoji.
_INVISIBLE = frozenset({"So", "Sk", "Cf", "Co", "Cn", "Cc", "Mn", "Me", "Cs"})


def _lines_of(words: str) -> Iterator[Line]:
    numbered = NUMBERED.fullmatch(words)
    rest = numbered[2] if numbered else words
    if HEADING.match(rest):
        yield Line(words, problem="heading")
        return
    pieces = [piece for piece in SEVERAL.split(NOTE.sub("", rest)) if piece]
    if len(pieces) > 1 and all(HAN_NAME.fullmatch(piece) for piece in pieces):
        yield from (Line(words, name=piece) for piece in pieces)
        return
    yield _one(words, rest)


def _one(words: str, rest: str) -> Line:
    notes = [note.strip() for note in NOTE.findall(rest) if note.strip()]
    is_cancelled = CANCELLED.search(rest) is not None
    left = NOTE.sub(" ", rest)
    number, left = _taken(VOLUNTEER_NUMBER, left)
    phone, left = _taken(PHONE, left)
    more, left = _taken(MORE, left)
    tail, left = _taken(TAIL, left)
    name = NAME.search(CANCELLED.sub(" ", left))
    if name is not None:
        notes += [word for word in left.replace(name[0], " ", 1).split() if word not in ("-", ".")]
    line = Line(
        said=words,
        name=" ".join(name[0].split()) if name is not None else "",
        number=number.upper(),
        phone=phone,
        tail=tail or next((note for note in notes if re.fullmatch(r"\d{4}", note)), ""),
        note=" ".join(notes)[:60],
        more=int(more or 0),
    )
    if is_cancelled:
        return replace(line, problem="cancelled")
    return line if line.name or number or phone else replace(line, problem="no_name")


def _taken(pattern: re.Pattern[str], words: str) -> tuple[str, str]:
    """What the pattern finds first, and the words without it."""
    found = pattern.search(words)
    if found is None:
        return "", words
    return found[found.lastindex or 0], f"{words[: found.start()]} {words[found.end() :]}"


def _once_each(lines: list[Line]) -> list[Line]:
    """The last word counts: a cancelled name further down takes back the one above; a name said again is the same."""
    told: dict[tuple[str, str, str], int] = {}
    result = list(lines)
    for place, line in enumerate(lines):
        if line.problem not in ("", "cancelled") or not any(line.key):
            continue
        earlier = told.get(line.key)
        if line.problem == "cancelled":
            if earlier is not None:
                result[earlier] = replace(result[earlier], problem="cancelled")
                del told[line.key]
        elif earlier is not None:
            result[place] = replace(line, problem="repeated")
        else:
            told[line.key] = place
    return result
