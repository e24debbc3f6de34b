"""No door of the house without its row, no row without its door."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


def test_each_address_has_its_row():
    doors, rows = set(addresses()), [name for name, _row in rows_of_all()]

    assert doors - set(rows) == set(), "say in the file of their app who comes in"
    assert set(rows) - doors == set(), "these addresses are gone"
    assert len(rows) == len(set(rows)), "an address stands in two files"


def rows_of_all() -> Iterator[tuple[str, Any]]:
    """Each address with its row, from the files of all apps."""
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        if path != Path(__file__):
            yield from importlib.import_module(f"tests.roles.{path.stem}").ROWS.items()


def addresses() -> Iterator[str]:
    """The name of every address in the URLconf."""

    def walk(resolver: URLResolver, space: str) -> Iterator[str]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry, f"{entry.namespace}:" if entry.namespace else space)
            elif isinstance(entry, URLPattern):
                yield f"{space}{entry.name or entry.pattern}"

    return walk(get_resolver(), "")
