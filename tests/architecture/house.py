"""The tree as the tests of the architecture look at it: our own Python files, and the order of the apps."""

from __future__ import annotations

import configparser
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "xinglin"


def layers() -> list[str]:
    """The apps from top to bottom, read from the one place where their order stands."""
    contracts = configparser.ConfigParser(comment_prefixes=("#",), inline_comment_prefixes=None)
    contracts.read(ROOT / "importlinter.ini", encoding="utf-8")
    return names_in(contracts["importlinter:contract:house"]["layers"])


def names_in(drawing: str) -> list[str]:
    """The apps of a drawing of layers; a bar stands between two on one line, which know nothing of each other."""
    return [word for word in drawing.split() if word != "|"]


def python_files(*, tests: bool) -> Iterator[Path]:
    """Every Python file that we wrote by hand: migrations are written by Django."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        if "migrations" in parts or "node_modules" in parts or (not tests and "tests" in parts):
            continue
        yield path


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
