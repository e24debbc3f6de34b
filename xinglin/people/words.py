"""The national lists' words as a page says them: Chinese is the code list's own, English stands in the catalogue."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext

from xinglin.lib import codes


def said(code_list: str, code: str) -> str:
    """One code in the language of the page; a code that the list no longer has says nothing."""
    name = codes.names(code_list).get(code)
    return gettext(name) if name else ""


def all_said(code_list: str, chosen: Iterable[str]) -> list[str]:
    return [words for words in (said(code_list, code) for code in chosen) if words]


def choices(code_list: str) -> list[tuple[str, str]]:
    """Pairs for a form, in the language of the page: hand the function over, so that each request asks anew."""
    return [(code, said(code_list, code)) for code in codes.names(code_list)]
