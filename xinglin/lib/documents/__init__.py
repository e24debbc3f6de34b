"""Documents that leave the house as files: a Typst template of an app, filled with plain values, as PDF or picture.

A template reads its values with `#let facts = json(bytes(sys.inputs.facts))`: they are data and never become markup, so
whatever a person wrote stays text. It begins with `#import "/lib/documents/house.typ": *` for fonts and colours. No
font of the machine is looked at, so that a document is the same everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import manimgx_fonts_cjk
import typst

ROOT = Path(__file__).resolve().parents[2]  # templates are named from here: "/timebank/documents/statement.typ"
FONTS = Path(manimgx_fonts_cjk.__file__).parent
_one_at_a_time = Lock()


def as_pdf(template: str, facts: Mapping[str, Any]) -> bytes:
    """The document as PDF/A-2b, which archives accept. `template` is its path below the package."""
    return _compiled(template, facts, format="pdf", pdf_standards=["a-2b"])


def as_png(template: str, facts: Mapping[str, Any], *, ppi: float = 144) -> bytes:
    """The document's one page as a picture, `ppi` points per inch: what a chat shows without opening a file."""
    return _compiled(template, facts, format="png", ppi=ppi)


def _compiled(template: str, facts: Mapping[str, Any], **how: Any) -> bytes:
    inputs = {"facts": json.dumps(facts, ensure_ascii=False)}
    with _one_at_a_time:  # a compiler is not made for two threads, and a page takes it some ten milliseconds
        made = _compiler(template).compile(sys_inputs=inputs, **how)
    assert isinstance(made, bytes), "a picture has one page"
    return made


@cache
def _compiler(template: str) -> typst.Compiler:
    """Kept per template, because reading the font costs more than a page."""
    return typst.Compiler(str(ROOT / template), root=str(ROOT), font_paths=[str(FONTS)], ignore_system_fonts=True)
