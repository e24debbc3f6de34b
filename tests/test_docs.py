"""Documentation under test: settings, commands, roles, refusals and words stand in the documents of the house."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from collections import defaultdict
from pathlib import Path
from types import ModuleType

import pytest
from django.apps import apps

from tests.architecture.house import PACKAGE, ROOT, layers, names_in
from xinglin import cli
from xinglin.lib import environment
from xinglin.organisation import policies, rules

DOCS = ROOT / "docs"
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def build() -> ModuleType:
    """docs/build.py, which prints documents from code."""
    spec = importlib.util.spec_from_file_location("docs_build", DOCS / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def said(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["ROLES.md", "REFUSALS.md"])
def test_a_printed_document_says_what_the_code_says(name):
    expected = build().printed()[name]

    assert said(f"docs/{name}") == expected, "run `python docs/build.py`"


def test_each_setting_is_explained():
    explained = said("docs/OPERATIONS.md")

    missing = [setting.name for setting in environment.TABLE if f"`{setting.name}`" not in explained]

    assert missing == []


def test_each_management_command_is_explained():
    commands = {path.stem for path in PACKAGE.rglob("management/commands/*.py") if not path.stem.startswith("_")}
    explained = said("docs/OPERATIONS.md")

    missing = sorted(name for name in commands if not re.search(rf"\b{name}\b", explained))

    assert commands
    assert missing == []


def test_each_make_target_is_explained():
    targets = {"bench-" if name == "bench" else name for name in cli.TARGETS} - {"help"}
    explained = said("docs/OPERATIONS.md") + said("README.md")

    missing = sorted(name for name in targets if f"make {name}" not in explained)

    assert missing == []


def test_each_role_verb_and_policy_is_printed():
    printed = said("docs/ROLES.md")

    missing = [name for name in [*rules.ROLES, *rules.VERBS, *policies.DEFAULTS] if f"`{name}`" not in printed]

    assert missing == []


def test_each_app_that_refuses_is_printed():
    apps_that_refuse = {path.parent.name for path in PACKAGE.glob("*/errors.py")}

    assert apps_that_refuse <= set(build().APPS)


def test_a_refusal_code_means_one_thing():
    meanings = defaultdict(set)
    for app in build().APPS:
        for kind in build().refusals_of(app):
            meanings[kind.code].add(kind.__name__)

    assert {code: names for code, names in meanings.items() if len(names) > 1} == {}


def test_each_model_stands_in_the_glossary():
    glossary = said("docs/GLOSSARY.md")
    ours = [model for model in apps.get_models() if model._meta.app_label in layers()]

    missing = [f"{model._meta.app_label}.{model.__name__}" for model in ours if f"`{label(model)}`" not in glossary]

    assert missing == []


def test_no_word_of_the_glossary_has_lost_its_class():
    known = {label(model) for model in apps.get_models()}
    named = set(re.findall(r"`((?:" + "|".join(layers()) + r")\.[A-Z]\w+)`", said("docs/GLOSSARY.md")))

    assert named - known == set()


def test_the_drawing_of_the_layers_is_the_contract():
    drawing = said("docs/ARCHITECTURE.md").split("<!-- layers -->")[1].split("```")[1]

    assert names_in(drawing) == layers()


def test_the_readme_names_each_app():
    map_of_the_house = said("README.md")

    assert [app for app in layers() if f"{app}/" not in map_of_the_house] == []


@pytest.mark.parametrize("path", sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")]), ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path):
    links = [link for link in LINK.findall(path.read_text(encoding="utf-8")) if "://" not in link]

    missing = [link for link in links if not (path.parent / link).exists()]

    assert missing == []


@pytest.mark.parametrize("path", sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")]), ids=lambda path: path.name)
def test_documents_need_nothing_outside_the_project(path: Path):
    text = path.read_text(encoding="utf-8")

    assert "../shared" not in text
    assert not re.search(r"(?<![\w.])/(?:root|tmp)/", text)


def label(model: type) -> str:
    return f"{model._meta.app_label}.{model.__name__}"  # type: ignore[attr-defined]


def test_each_dependency_has_its_reason():
    project = tomllib.loads(said("pyproject.toml"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    decided = "".join(path.read_text(encoding="utf-8") for path in (DOCS / "decisions").glob("*.md"))

    missing = [name for name in (re.split(r"[\[=<>]", line)[0] for line in wanted) if f"`{name}`" not in decided]

    assert missing == []


def test_the_secrets_that_are_made_stand_first_among_those_that_may_lie_in_files(tmp_path):
    folder = environment.make_secrets({"XINGLIN_VAR": str(tmp_path)})
    made = sorted(path.name for path in folder.iterdir())

    [listed] = [line for line in said("docs/OPERATIONS.md").splitlines() if "也可以写在文件里" in line]
    first = re.findall(r"`XINGLIN_(\w+)`", listed)[: len(made)]

    assert sorted(name.lower().replace("_", "-") for name in first) == made
    assert f"{'零一两三四五'[len(made)]}个没有给时" in said("docs/OPERATIONS.md")
    assert all(f"`{name}`" in said("docs/OPERATIONS.md") for name in made)
