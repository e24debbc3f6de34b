"""Writes `xinglin/lib/pinyin/readings.json` from the data in PyPI's `pypinyin` (0.55.0, MIT). Run by hand.

python -m pip install pypinyin==0.55.0 && python tools/extract_pinyin.py
"""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from pathlib import Path

from pypinyin import pinyin_dict

FILE = Path(__file__).resolve().parent.parent / "xinglin" / "lib" / "pinyin" / "readings.json"
RANGES = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF))  # what names are written with


def main() -> None:
    """The first reading of each character, without its tone: syllable → characters."""
    written: dict[str, list[str]] = defaultdict(list)
    for number, readings in sorted(pinyin_dict.pinyin_dict.items()):
        if any(first <= number <= last for first, last in RANGES):
            written[plain(readings.split(",")[0])].append(chr(number))
    lists = {syllable: "".join(characters) for syllable, characters in sorted(written.items()) if syllable}
    FILE.write_text(json.dumps(lists, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def plain(reading: str) -> str:
    """`lǜ` is `lv`, as people type it."""
    letters = unicodedata.normalize("NFD", reading.replace("ü", "v").replace("ǜ", "v").replace("ǚ", "v"))
    letters = letters.replace("ǘ", "v").replace("ǖ", "v").replace("ê", "e").replace("ɡ", "g")
    return "".join(letter for letter in letters if "a" <= letter <= "z")


if __name__ == "__main__":
    main()
