"""Translations: finds the sentences that the house speaks, and builds the English catalogue from `locale/en/parts`.

A msgid is the Chinese sentence itself. Each area keeps a small JSON file, `{"中文": "English"}`; this module merges
them into the `.po` that translators know and the `.mo` that Django reads: `python -m xinglin.lib.messages`.
"""

from __future__ import annotations

import ast
import json
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
ENGLISH = PACKAGE / "locale" / "en"
HEADER = "Language: en\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n"
MO_MAGIC = 0x950412DE

MARKED = frozenset({"_", "gettext", "gettext_lazy", "gettext_noop"})
TRANS = re.compile(r"""\{%\s*trans(?:late)?\s+(?:"([^"]*)"|'([^']*)')[^%]*%\}""")
UNDERSCORE = re.compile(r"""[\s=:|{,(]_\((?:"([^"]*)"|'([^']*)')\)""")
BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?\b([^%]*)%\}(.*?)\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?endcomment\s*%\}|<!--.*?-->", re.DOTALL)
VARIABLE = re.compile(r"\{\{\s*([\w.]+)[^}]*\}\}")


def main() -> int:
    """Build both files; name what has no English yet."""
    catalogue = merged()
    write(catalogue)
    missing = sorted(set(spoken()) - set(catalogue))
    for msgid in missing:
        print(f"{spoken()[msgid]}: {msgid!r}")
    print(f"{len(catalogue)} sentences in English, {len(missing)} without")
    return 1 if missing else 0


def parts() -> dict[str, dict[str, str]]:
    """What each area translates, by the name of its file."""
    files = sorted((ENGLISH / "parts").glob("*.json"))
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}


def merged() -> dict[str, str]:
    """All parts as one; where two areas say the same sentence, the first by name is heard."""
    catalogue: dict[str, str] = {}
    for part in parts().values():
        for msgid, english in part.items():
            catalogue.setdefault(msgid, english)
    return catalogue


def write(catalogue: dict[str, str]) -> None:
    """Put the catalogue where Django looks for it."""
    folder = ENGLISH / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "django.po").write_text(as_po(catalogue), encoding="utf-8")
    (folder / "django.mo").write_bytes(as_mo(catalogue))


def as_po(catalogue: dict[str, str]) -> str:
    """The text that translators' programs read."""
    entries = [("", HEADER), *sorted(catalogue.items())]
    return "\n".join(f"msgid {_quoted(msgid)}\nmsgstr {_quoted(english)}\n" for msgid, english in entries)


def as_mo(catalogue: dict[str, str]) -> bytes:
    """GNU's binary form: a header, a table of originals, a table of translations, then all texts, each ended by NUL."""
    entries = sorted((msgid.encode(), english.encode()) for msgid, english in [("", HEADER), *catalogue.items()])
    start = 7 * 4
    tables, texts = [], b""
    offset = start + 2 * 8 * len(entries)
    for side in (0, 1):
        for entry in entries:
            tables.append(struct.pack("<II", len(entry[side]), offset + len(texts)))
            texts += entry[side] + b"\0"
    header = struct.pack("<7I", MO_MAGIC, 0, len(entries), start, start + 8 * len(entries), 0, 0)
    return header + b"".join(tables) + texts


def spoken() -> dict[str, str]:
    """Every sentence marked for translation in templates and code, with a file in which it stands."""
    found: dict[str, str] = {}
    for file in sorted([*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.py")]):
        where = file.relative_to(PACKAGE)
        if "tests" in where.parts or "static" in where.parts:
            continue
        text = file.read_text(encoding="utf-8")
        for msgid in in_template(text) if file.suffix == ".html" else in_code(text):
            found.setdefault(msgid, where.as_posix())
    return found


def in_template(text: str) -> Iterator[str]:
    """The msgids of a template, spelt as Django will look them up."""
    text = COMMENT.sub("", text)
    for options, body in BLOCK.findall(text):
        if "trimmed" in options.split():
            body = " ".join(line.strip() for line in body.strip().splitlines() if line.strip())
        yield VARIABLE.sub(r"%(\1)s", body.replace("%", "%%"))
    for double, single in [*TRANS.findall(text), *UNDERSCORE.findall(text)]:
        yield (double or single).replace("%", "%%")


def in_code(text: str) -> Iterator[str]:
    """The msgids of a Python file: plain texts handed to gettext."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and node.args and _name(node.func) in MARKED:
            said = node.args[0]
            if isinstance(said, ast.Constant) and isinstance(said.value, str):
                yield said.value


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(main())
