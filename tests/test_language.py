"""Chinese first, English complete: every sentence has its English, and none hides from translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext

from xinglin.lib import messages

HAN = re.compile(r"[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!%)%[sd]|\{(\w*)[^}]*\}")

BOTH_AT_ONCE = "shown when nothing may be known of the reader, so it speaks both languages"
# Templates that may hold Chinese of their own, each with its reason.
NOT_TRANSLATED = {
    "templates/web": "the page of all parts shows invented people; nobody meets it in production",
    "templates/components/settings.html": "a language is called by its own name",
    "templates/plain.html": BOTH_AT_ONCE,
    "templates/400.html": BOTH_AT_ONCE,
    "templates/403.html": BOTH_AT_ONCE,
    "templates/403_csrf.html": BOTH_AT_ONCE,
    "templates/404.html": BOTH_AT_ONCE,
    "home/templates/home/offline.html": BOTH_AT_ONCE,
    "templates/500.html": BOTH_AT_ONCE,
    "cities/templates/cities/unknown.html": BOTH_AT_ONCE,
}
# Python files whose Chinese is no sentence on a page, each with its reason.
DATA_IN_CHINESE = {
    "organisation/rules.py": "the table of verbs is printed as docs/ROLES.md",
    "organisation/policies.py": "the meaning of policies is printed as docs/ROLES.md",
    "lib/web/words.py": "the first and last Chinese character, to tell Chinese from other scripts",
    "lib/web/sample.py": "the invented people of the page of all parts",
}


def test_every_sentence_has_its_english():
    catalogue = messages.merged()

    missing = {msgid: where for msgid, where in messages.spoken().items() if not catalogue.get(msgid, "").strip()}

    assert missing == {}, "put these into xinglin/locale/en/parts"


def test_the_english_says_the_same_facts():
    strange = {
        msgid: english for msgid, english in messages.merged().items() if not facts_of(english) <= facts_of(msgid)
    }

    assert strange == {}, "these name a fact that the Chinese sentence does not bring"


def test_the_english_is_english():
    chinese = {msgid for msgid, english in messages.merged().items() if HAN.search(english)}

    assert chinese <= MEANT_IN_CHINESE


# English sentences that quote Chinese on purpose.
MEANT_IN_CHINESE: set[str] = set()


def test_two_areas_agree_on_a_sentence():
    said: dict[str, dict[str, str]] = {}
    for area, part in messages.parts().items():
        for msgid, english in part.items():
            said.setdefault(msgid, {})[area] = english

    quarrels = {msgid: areas for msgid, areas in said.items() if len(set(areas.values())) > 1}

    assert quarrels == {}


def test_the_catalogue_is_in_step_with_its_parts():
    built = messages.ENGLISH / "LC_MESSAGES"

    assert (built / "django.po").read_text(encoding="utf-8") == messages.as_po(messages.merged()), HOW_TO_BUILD
    assert (built / "django.mo").read_bytes() == messages.as_mo(messages.merged()), HOW_TO_BUILD


HOW_TO_BUILD = "run `python -m xinglin.lib.messages`"


def test_django_hears_the_catalogue():
    msgid, english = next(iter(sorted(messages.merged().items())))

    with translation.override("en"):
        heard = gettext(msgid)

    assert heard == english
    assert gettext(msgid) == msgid


def test_templates_hold_no_chinese_outside_translations():
    found = {}
    for file in sorted(messages.PACKAGE.rglob("*.html")):
        where = file.relative_to(messages.PACKAGE).as_posix()
        if not where.startswith(tuple(NOT_TRANSLATED)) and "tests" not in where:
            found[where] = untranslated(file.read_text(encoding="utf-8"))

    assert {where: lines for where, lines in found.items() if lines} == {}


def test_pages_for_trouble_speak_both_languages():
    pages = [name for name, reason in NOT_TRANSLATED.items() if reason == BOTH_AT_ONCE]

    for name in pages:
        text = (messages.PACKAGE / name).read_text(encoding="utf-8")
        assert "said_en" in text
        assert "then_en" in text


def test_code_that_speaks_to_people_translates_what_it_says():
    found = {}
    for file in spoken_by():
        where = file.relative_to(messages.PACKAGE).as_posix()
        if where not in DATA_IN_CHINESE:
            found[where] = untranslated_in_code(file.read_text(encoding="utf-8"))

    assert {where: texts for where, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    ("template", "msgids"),
    [
        ('{% trans "首页" %}', ["首页"]),
        ("<c-cell title=\"{% trans '时间' %}\" />", ["时间"]),
        ("{% blocktrans with n=x.y %}还缺{{ n }}人{% endblocktrans %}", ["还缺%(n)s人"]),
        ("{% blocktrans trimmed %}\n  一\n  二\n{% endblocktrans %}", ["一 二"]),
        ("{# {% trans '旧的' %} #}", []),
    ],
)
def test_the_msgids_of_a_template_are_found(template, msgids):
    found = list(messages.in_template(template))

    assert found == msgids


def test_chinese_outside_a_translation_is_found():
    assert untranslated("<p>您好</p>") == ["<p>您好</p>"]
    assert untranslated("{{ name|default:'没有' }}") == ["{{ name|default:'没有' }}"]
    assert untranslated('{# 说明 #}<p>{% trans "您好" %}</p>') == []


def facts_of(text: str) -> set[str]:
    return {"".join(found) for found in PLACEHOLDER.findall(text)}


def untranslated(template: str) -> list[str]:
    """Lines of a template in which Chinese stands outside comments and translations."""
    for translated in (messages.COMMENT, messages.BLOCK, messages.TRANS, messages.UNDERSCORE):
        template = translated.sub("", template)
    return [line.strip() for line in template.splitlines() if HAN.search(line)]


def spoken_by() -> Iterator[Path]:
    """The files from which sentences reach a page."""
    for name in ("errors", "views", "forms", "queries", "rules", "words", "xinglin_tags", "middleware", "context"):
        yield from sorted(messages.PACKAGE.rglob(f"{name}.py"))


def untranslated_in_code(text: str) -> list[str]:
    tree = ast.parse(text)
    marked = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and messages._name(node.func) in messages.MARKED
        for part in ast.walk(node)
    }
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [node.value for node in texts if HAN.search(node.value) and id(node) not in marked | docstrings]
