"""The national code lists (志愿服务信息数据元, as seen in use in 2022): codes to Chinese names and back."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("codes.json")


@cache
def names(code_list: str) -> dict[str, str]:
    """Code → name of one list, such as `names("speciality")["01"] == "医疗急救"`. KeyError: no such list."""
    lists: dict[str, dict[str, str]] = json.loads(_FILE.read_text(encoding="utf-8"))["lists"]
    return lists[code_list]


@cache
def codes(code_list: str) -> dict[str, str]:
    """Name → code of one list."""
    return {name: code for code, name in names(code_list).items()}


def choices(code_list: str) -> list[tuple[str, str]]:
    """Pairs for a form's choices."""
    return list(names(code_list).items())
