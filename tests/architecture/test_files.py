"""What a file owes its reader: one thought, a line that says what it is, and no look at the clock but at the door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.house import PACKAGE, ROOT, python_files, shown

LONGEST = 450
LONGEST_OF_TESTS = 700  # a file of tests is a list: each is read by itself
# Files that read the clock though they are no door, each with its reason.
MAY_READ_THE_CLOCK = {
    "xinglin/lib/clock.py": "it is the clock",
    "xinglin/organisation/queries.py": "asks which roles hold now, where a page asks without a moment",
    "xinglin/accounts/actions.py": "a name or a password may be set by a command that has no moment of its own",
    "xinglin/accounts/queries.py": "the demo shows the code of this moment",
    "xinglin/accounts/second_factor.py": "a code is true for half a minute, by the clock that the telephone has too",
    "xinglin/office/state.py": "compares our clock with the database's",
    "xinglin/diary/errors.py": "the sentence says 今天 or 明天",
}
# Public functions of actions.py that only answer: they change nothing, so they may be called like a query.
ANSWERS = {"token_of", "spoken_code_of"}
DOORS = {
    "views",
    "security_views",
    "demo_views",
    "delivery_views",
    "desk_views",
    "health_views",
    "statement_views",
    "relation_views",
    "roster_views",
    "list_views",
    "gift_views",
    "practical_views",
    "looking_views",
    "care_views",
    "consent_views",
    "phone_views",
    "correcting_views",
    "ledger_views",
    "jobs",
    "middleware",
    "context",
    "xinglin_tags",
    "management",
    "forms",
}


@pytest.mark.parametrize("path", python_files(tests=True), ids=shown)
def test_a_file_holds_one_thought(path: Path):
    lines = len(path.read_text(encoding="utf-8").splitlines())

    assert lines <= (LONGEST_OF_TESTS if "tests" in path.parts else LONGEST)


def test_every_module_says_what_it_is():
    silent = [
        shown(path) for path in python_files(tests=True) if needs_a_line(path) and not ast.get_docstring(tree(path))
    ]

    assert silent == []


def test_every_model_and_action_says_what_it_is():
    silent = [f"{shown(path)}: {node.name}" for path in python_files(tests=False) for node in public_verbs(path)]

    assert silent == []


def test_actions_are_keyword_only():
    found = [
        f"{shown(path)}: {node.name}"
        for path in python_files(tests=False)
        if is_of_actions(path)
        for node in functions(path)
        if not node.name.startswith("_") and node.name not in ANSWERS and (node.args.args or node.args.posonlyargs)
    ]

    assert found == []


def test_only_doors_read_the_clock():
    found = [
        shown(path)
        for path in python_files(tests=False)
        if not DOORS & {path.stem, *path.relative_to(PACKAGE).parts}
        and not shown(path).startswith("xinglin/lib/")  # it waits for processes and rotates codes, and has no models
        and any(reads_the_clock(node) for node in ast.walk(tree(path)))
    ]

    assert set(found) <= set(MAY_READ_THE_CLOCK)


def test_no_file_names_the_machine_it_was_written_on():
    places = ["/" + place for place in ("work/", "tmp/pgdev", "root/")]
    own = [*python_files(tests=True), *(ROOT / "tests").rglob("*.py"), ROOT / "conftest.py"]

    found = [shown(path) for path in own if any(f'"{place}' in path.read_text(encoding="utf-8") for place in places)]

    assert found == []


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def needs_a_line(path: Path) -> bool:
    return path.name != "__init__.py" and path.name != "apps.py" and bool(path.read_text(encoding="utf-8").strip())


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in tree(path).body if isinstance(node, ast.FunctionDef))


def is_of_actions(path: Path) -> bool:
    """An app with many verbs makes `actions` a package of them."""
    return path.name == "actions.py" or path.parent.name == "actions"


def is_of_models(path: Path) -> bool:
    """And one with many things to store makes `models` a package of them."""
    return path.name == "models.py" or path.parent.name == "models"


def public_verbs(path: Path) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """Models and public actions without a docstring."""
    if not is_of_models(path) and not is_of_actions(path):
        return
    for node in tree(path).body:
        is_public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        if is_public and not ast.get_docstring(node):
            yield node


def reads_the_clock(node: ast.AST) -> bool:
    """`clock.now()`, `timezone.now()`, `datetime.now()`, `date.today()` …"""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("now", "utcnow", "today", "localtime", "localdate")
        and isinstance(node.func.value, ast.Name | ast.Attribute)
        and (node.func.value.id if isinstance(node.func.value, ast.Name) else node.func.value.attr)
        in ("clock", "timezone", "datetime", "date", "dt")
    )
