"""The look holds together: one list of colours, two equal lists for the dark, nothing that a strict CSP refuses."""

import json
import re
from pathlib import Path

import pytest

from xinglin.lib.web import icons

ROOT = Path(__file__).resolve().parent.parent
CSS = ROOT / "xinglin" / "static" / "css"
TEMPLATES = sorted((ROOT / "xinglin").rglob("templates/**/*.html"))
COMPONENTS = sorted((ROOT / "xinglin" / "templates" / "components").glob("*.html"))
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")


def without_comments(css):
    return re.sub(r"/\*.*?\*/", "", css, flags=re.S)


def declared(css):
    """The custom properties a piece of CSS sets."""
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", without_comments(css)))


def test_dark_by_device_and_dark_by_choice_are_one_list():
    by_device = re.search(r":root:not\(\[data-theme\]\) \{(.*?)\n  \}", TOKENS, re.S).group(1)
    by_choice = re.search(r':root\[data-theme="dark"\] \{(.*?)\n\}', TOKENS, re.S).group(1)

    assert declared(by_device) == declared(by_choice)
    assert len(declared(by_device)) > 30


@pytest.mark.parametrize("name", ["parts", "phone", "desk", "paper"])
def test_colours_in_figures_stand_only_among_the_tokens(name):
    css = without_comments((CSS / f"{name}.css").read_text(encoding="utf-8"))

    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", css)


@pytest.mark.parametrize("name", ["parts", "phone", "desk", "paper"])
def test_every_token_in_use_is_declared(name):
    css = without_comments((CSS / f"{name}.css").read_text(encoding="utf-8"))

    assert set(re.findall(r"var\((--[\w-]+)", css)) <= set(declared(TOKENS))


@pytest.mark.parametrize("sheet", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_our_styles_fetch_nothing(sheet):
    assert "url(" not in sheet.read_text(encoding="utf-8")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "xinglin")))
def test_no_template_needs_what_a_strict_csp_refuses(template):
    html = template.read_text(encoding="utf-8")

    assert not re.search(r"""\sstyle=["']""", html), "widths go into SVG attributes, the rest into the stylesheets"
    assert not re.search(r"<style\b", html)
    assert not re.search(r"<script(?![^>]*\bsrc=)", html), "scripts live in files"
    assert not re.search(r"""\son\w+=["']""", html)
    assert not re.search(r"(src|href)=[\"']https?://", html), "a hospital's network may be closed"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "xinglin")))
def test_every_icon_that_a_template_names_is_drawn(template):
    html = template.read_text(encoding="utf-8")
    named = re.findall(r'<c-icon name="([\w-]+)"', html) + re.findall(r'<c-[\w-]+[^>]*\sicon="([\w-]+)"', html)

    assert set(named) <= set(icons.SHAPES)


def test_every_component_is_in_the_docs():
    docs = (ROOT / "docs" / "COMPONENTS.md").read_text(encoding="utf-8")

    missing = [path.stem for path in COMPONENTS if f"c-{path.stem}" not in docs]

    assert not missing


def test_every_sentence_of_the_look_has_its_english():
    english = json.loads((ROOT / "xinglin/locale/en/parts/look.json").read_text(encoding="utf-8"))
    shared = [path for path in TEMPLATES if (ROOT / "xinglin" / "templates") in path.parents]
    html = "".join(path.read_text(encoding="utf-8") for path in shared)
    python = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "xinglin/lib/web").rglob("*.py"))
    blocks = re.findall(r"\{% blocktrans[^%]*%\}(.+?)\{% endblocktrans %\}", html)
    sentences = {sentence for _, sentence in re.findall(r"""\{% trans (["'])(.+?)\1 %\}""", html)}
    sentences |= {re.sub(r"\{\{ (\w+) \}\}", r"%(\1)s", block) for block in blocks}
    sentences |= set(re.findall(r'\b_\("([^"]+)"\)', python))

    assert not sentences - set(english)
