"""An identity document's number: whether it can be one, the birthday and sex an ID card tells, and how it is sealed."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from stdnum.cn import ric

from xinglin.accounts.vault import vault
from xinglin.lib import sheets

ID_CARD = "01"
PURPOSE = "person.id_number"
OLDEST = dt.date(1900, 1, 1)

# GB/T 2260, first two digits. 81, 82 and 83 stand on residence permits of people from Hong Kong, Macao and Taiwan,
# which python-stdnum does not know; so the province is checked here and only the arithmetic there.
PROVINCES = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_AS_A_FIGURE = re.compile(r"\d(\.\d+)?E\+?\d{1,2}", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_OTHER = re.compile(r"[A-Z0-9]{5,20}", re.ASCII)


class BadNumberError(ValueError):
    """The number cannot be one of its kind: a code to count by, and the sentence for whoever typed it."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)


@dataclass(frozen=True)
class Document:
    """A document whose number has been looked at. Birthday and sex are known from ID cards only."""

    kind: str
    number: str
    born_on: dt.date | None = None
    sex: str = ""

    @property
    def key(self) -> str:
        """What the blind index is made of: the same number on another kind of paper is another paper."""
        return f"{self.kind}:{self.number}"

    @property
    def tail(self) -> str:
        return self.number[-4:]


def read(kind: str, written: sheets.Cell, *, today: dt.date) -> Document:
    """The document behind a kind (national code) and what was typed; raises BadNumberError."""
    number = re.sub(r"[\s\-‐–—()·]", "", sheets.folded(written)).upper()
    is_figure = isinstance(written, float) and written >= 2**53
    if is_figure or _AS_A_FIGURE.fullmatch(number):  # 3.30381E+17: how it looks in a table that was saved as text
        raise BadNumberError(
            "document_spoilt_by_sheet", _("号码被表格当成了数字，末几位已经丢失，请把这一列设成文本再填一次")
        )
    if not number:
        raise BadNumberError("no_document_number", _("证件号码没有填"))
    if kind == ID_CARD:
        return _id_card(number, today=today)
    if not _OTHER.fullmatch(number) or sum(letter.isdigit() for letter in number) < 4:
        raise BadNumberError("bad_document_number", _("证件号码应是 5 到 20 位字母和数字，再看一眼"))
    return Document(kind, number)


def quick_id_card(number: str, *, today: dt.date) -> Document | None:
    """What `read` says of a plainly written, right ID card, for rosters of thousands; None: look again by `read`."""
    if len(number) != 18:
        return None
    region, (day, born_on), serial = _region(number[:6]), _day_of_birth(number[6:14]), _SERIALS.get(number[14:17])
    if region is None or born_on is None or serial is None or born_on > today:
        return None
    if CHECK_DIGITS[(region + day + serial[0]) % 11] != number[17]:
        return None
    return Document(ID_CARD, number, born_on, serial[1])


def sealed(document: Document) -> dict[str, Any]:
    """The fields of a person that a document fills: sealed, findable, masked."""
    return {
        "id_kind": document.kind,
        "id_sealed": vault().seal(document.number, purpose=PURPOSE),
        "id_blind": blind(document),
        "id_tail": document.tail,
        "born_on": document.born_on,
    }


def number_of(sealed_number: bytes | memoryview) -> str:
    """The number, opened. Pages never show it; it may only stand in for itself when its owner mends a form."""
    return vault().open(bytes(sealed_number), purpose=PURPOSE)


def blind(document: Document) -> bytes:
    """By what a document is found again without opening anything."""
    return vault().blind(document.key, purpose=PURPOSE)


def is_likely(born_on: dt.date, *, today: dt.date) -> bool:
    """Can somebody who lives be born on this day?"""
    return OLDEST <= born_on <= today


def _id_card(number: str, *, today: dt.date) -> Document:
    """GB 11643: region, birthday, serial, and a check digit over all of them."""
    if len(number) != 18:
        raise BadNumberError(
            "wrong_document_length", _("身份证号码应是 18 位，现在是 %(count)s 位") % {"count": len(number)}
        )
    if not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII):
        raise BadNumberError("bad_document_number", _("身份证号码前 17 位是数字，最后一位是数字或 X"))
    if not PROVINCES.fullmatch(number[:2]):
        raise BadNumberError("bad_document_number", _("身份证号码开头的地区不存在，再看一眼"))
    born_on = _birthday(number[6:14])
    if born_on is None or not is_likely(born_on, today=today):
        raise BadNumberError("bad_document_number", _("身份证号码里的出生日期不对，再看一眼第 7 到 14 位"))
    if ric.calc_check_digit(number) != number[-1]:
        raise BadNumberError("wrong_check_digit", _("身份证号码和最后一位对不上，可能有一位写错了"))
    return Document(ID_CARD, number, born_on, "M" if int(number[16]) % 2 else "F")


def _birthday(digits: str) -> dt.date | None:
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


# A check digit is a sum over the digits, so each part of a number adds its own share: parts come again and again.
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"


def _share(digits: str, place: int) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS[place:], strict=False))


@lru_cache(maxsize=10_000)
def _region(digits: str) -> int | None:
    return _share(digits, 0) if _DIGITS.fullmatch(digits) and PROVINCES.fullmatch(digits[:2]) else None


@lru_cache(maxsize=60_000)
def _day_of_birth(digits: str) -> tuple[int, dt.date | None]:
    born_on = _birthday(digits) if _DIGITS.fullmatch(digits) else None
    return (0, None) if born_on is None or born_on < OLDEST else (_share(digits, 6), born_on)


_SERIALS = {f"{number:03d}": (_share(f"{number:03d}", 14), "M" if number % 2 else "F") for number in range(1000)}
