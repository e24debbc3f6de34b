"""Division codes (GB/T 2260, to township) and unified social credit codes (GB 32100): read, checked, placed. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from stdnum import numdb
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from xinglin.organisation.errors import BadCreditCode, BadDivisionCode, BelowOutside, OutsideAbove, WrongLevel

LEVELS = ("city", "county", "township", "village")
_KNOWN = numdb.get("cn/loc")
TOWN, VILLAGE = slice(6, 9), slice(9, 12)


def read(written: str) -> str:
    """A division code as it is stored: 6 digits down to the county, 12 down to the township; empty stays empty."""
    code = "".join(written.split())
    if not code:
        return ""
    if not (code.isascii() and code.isdigit() and len(code) in (6, 9, 12)):
        raise BadDivisionCode(code=code)
    code = code.ljust(12, "0")
    if code[VILLAGE] != "000" or not _is_known(code[:6]):
        raise BadDivisionCode(code=written.strip())
    return code if code[TOWN] != "000" else code[:6]


def level_of(code: str) -> str:
    """The level at which an area of this code stands; none for no code."""
    if not code:
        return ""
    if len(code) == 12:
        return "township"
    return "city" if code.endswith("00") else "county"


def placed(code: str, level: str, *, above: str) -> str:
    """The level of a unit in this area: as said, where it fits the code, else the area's own. `above`: the upper's."""
    if code and above and not lies_in(code, above):
        raise OutsideAbove(code=code, above=above)
    own = level_of(code)
    if not level or not own:
        return level or own
    # A village has no code here: its units carry their township's.
    if level != own and not (level == "village" and own == "township"):
        raise WrongLevel(code=code)
    return level


def refuse_to_leave_outside(below: Iterable[tuple[str, str]], *, area: str) -> None:
    """Units below, by name and code, lie in the area in which they will stand."""
    for name, code in below:
        if area and not lies_in(code, area):
            raise BelowOutside(name=name, code=code, area=area)


def lies_in(code: str, above: str) -> bool:
    """Is the area inside the other one, or the same?"""
    return code.startswith(_prefix(above))


def credit_code(written: str) -> str:
    """A unified social credit code with the right check character, as it is stored; empty stays empty."""
    if not written.strip():
        return ""
    try:
        return str(uscc.validate(written))
    except ValidationError as wrong:
        raise BadCreditCode from wrong


def _prefix(code: str) -> str:
    """What all codes inside begin with: 37 of a province, 3716 of a city, all six of a county, nine of a township."""
    if len(code) == 12:
        return code[:9]
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code


def _is_known(code: str) -> bool:
    """Is there, or was there, such a province, city or county?"""
    return len(parts := _KNOWN.info(code)) == 2 and bool(parts[1][1])
