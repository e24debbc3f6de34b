"""The contracts of importlinter.ini hold, and each can fail: shown on a copy of the house with one bad line in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.house import PACKAGE, ROOT, layers

# By import, because a script's first line cannot name a Python below a path with blanks.
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"

# (the contract's name, the file that sins, the line that it adds)
VIOLATIONS = [
    ("Apps import downward only", "diary/actions.py", "from xinglin.hours import models as hours_models"),
    ("Apps import downward only", "audit/actions.py", "from xinglin.organisation.models import Unit"),
    (
        "Inside an app doors stand on actions, actions on queries, queries on models, models on rules",
        "accounts/queries.py",
        "from xinglin.accounts import actions as accounts_actions",
    ),
    ("Rules import neither Django nor the clock", "people/rules.py", "from xinglin.lib import clock"),
    ("Rules know no database and no settings", "people/rules.py", "from xinglin.audit.models import Entry"),
    ("Rules import neither Django nor the clock", "people/rules.py", "from django.db import connection"),
    ("The library knows no app and no settings", "lib/ids.py", "import xinglin.settings"),
    ("One door to the models of the time bank", "hours/actions.py", "from xinglin.timebank.models import Transfer"),
    ("Nobody opens another app's views", "projects/actions.py", "from xinglin.home import views"),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the Python files and of the contracts."""
    copy = tmp_path_factory.mktemp("house")
    for tree in ("xinglin", "tests/architecture"):
        shutil.copytree(ROOT / tree, copy / tree, ignore=_all_but_python)
    (copy / "tests" / "__init__.py").touch()
    shutil.copy(ROOT / "importlinter.ini", copy)
    return copy


def test_the_house_keeps_its_contracts(house: Path):
    verdict = lint(house)

    assert verdict.returncode == 0, verdict.stdout


@pytest.mark.parametrize(("contract", "file", "line"), VIOLATIONS, ids=[line for _, _, line in VIOLATIONS])
def test_a_contract_fails_when_it_is_broken(house: Path, contract: str, file: str, line: str):
    sinner = house / "xinglin" / file
    innocent = sinner.read_text(encoding="utf-8")
    sinner.write_text(f"{innocent}\n{line}\n", encoding="utf-8")
    try:
        verdict = lint(house)
    finally:
        sinner.write_text(innocent, encoding="utf-8")

    assert verdict.returncode != 0
    assert f"{contract} BROKEN" in verdict.stdout


def test_each_contract_is_broken_once_above():
    text = (ROOT / "importlinter.ini").read_text(encoding="utf-8")
    names = {line.removeprefix("name = ") for line in text.splitlines() if line.startswith("name = ")}

    assert names == {contract for contract, _, _ in VIOLATIONS}


def test_each_app_stands_in_the_layers():
    apps = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}

    assert apps == set(layers())


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    wide = os.environ | {"COLUMNS": "300"}  # a narrow terminal would break the names of contracts over two lines
    return subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--config", "importlinter.ini", "--no-cache"],
        cwd=house,
        env=wide,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _all_but_python(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if not (Path(folder) / name).is_dir() and not name.endswith(".py")} | {"__pycache__"}
