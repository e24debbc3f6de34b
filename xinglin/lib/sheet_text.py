"""Tables saved as text: by Excel and WPS in China mostly in GB 18030, elsewhere in UTF-8."""

from __future__ import annotations

import csv
import io
from typing import Any

SEPARATORS = ",\t;"
ENCODINGS = ("utf-8-sig", "gb18030")  # what is no UTF-8 is GB 18030, of which GBK and GB 2312 are parts
LOOKED_AT = 8192


def rows_of(content: bytes, *, most_bytes: int, most_lines: int) -> list[Any] | None:
    """All lines, each as wide as the widest; None for what is no such text, or too much of it."""
    text = _decoded(content) if len(content) <= most_bytes else None
    if not text or not text.strip() or "\x00" in text:
        return None
    separator = max(SEPARATORS, key=text[:LOOKED_AT].count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        return None
    if len(rows) > most_lines:
        return None
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def _decoded(content: bytes) -> str | None:
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ENCODINGS
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
