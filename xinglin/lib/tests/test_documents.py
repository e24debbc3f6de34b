"""Documents: values stay text, threads do not meet, a picture is a picture."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from xinglin.lib import documents

TEMPLATE = """#import "/lib/documents/house.typ": *
#let facts = json(bytes(sys.inputs.facts))
#show: paper.with(title: facts.title)
= #facts.title
"""


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A small document of its own, in a house of its own with the shared file in it."""
    shared = tmp_path / "lib" / "documents"
    shared.mkdir(parents=True)
    (shared / "house.typ").write_bytes((documents.ROOT / "lib" / "documents" / "house.typ").read_bytes())
    (tmp_path / "letter.typ").write_text(TEMPLATE, encoding="utf-8")
    monkeypatch.setattr(documents, "ROOT", tmp_path)
    documents._compiler.cache_clear()
    return "letter.typ"


def test_what_a_person_wrote_is_text_and_no_markup(template: str):
    wicked = '#panic("no") $x$ *粗* ] " \\ 𠮷'

    made = documents.as_pdf(template, {"title": wicked})

    assert made.startswith(b"%PDF-")


def test_many_threads_each_get_their_own(template: str):
    names = [f"第{number}份" for number in range(12)]

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda name: documents.as_png(template, {"title": name}, ppi=36), names))

    assert all(picture.startswith(b"\x89PNG") for picture in made)
    assert len(set(made)) == len(names)
