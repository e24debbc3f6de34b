"""Telling people what happened: a sentence on the next page, with a way back or a way on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from xinglin.lib.errors import Refusal


@dataclass(frozen=True)
class Told:
    """One sentence as the page draws it."""

    sentence: str
    is_refusal: bool = False
    undo_url: str = ""
    next_url: str = ""
    next_text: str = ""


def tell(request: HttpRequest, sentence: Any, *, undo_url: str = "") -> None:
    """Say on the next page what was done, and offer to undo it where that is possible."""
    messages.success(request, sentence, extra_tags=_packed(undo=undo_url))


def tell_refusal(request: HttpRequest, refusal: Refusal) -> None:
    """Say on the page the person came from what could not be done, and what to do instead."""
    way_on = _packed(next=str(refusal.next_url or ""), text=str(refusal.next_text or ""))
    messages.warning(request, said(refusal), extra_tags=f"refusal {way_on}".strip())


def said(refusal: Refusal) -> str:
    """The refusal's own sentence; the few general ones that have none still never leave anyone with silence."""
    return str(refusal) or _("这件事现在办不了。回到上一页再试试，或者问问您的协调员")


def read(message: Any) -> Told:
    words = (message.extra_tags or "").split()
    extra = {key: values[0] for word in words if "=" in word for key, values in parse_qs(word).items()}
    return Told(
        sentence=str(message.message),
        is_refusal="refusal" in words,
        undo_url=extra.get("undo", ""),
        next_url=extra.get("next", ""),
        next_text=extra.get("text", ""),
    )


def _packed(**extra: str) -> str:
    """Messages carry only one line of tags; an encoded query holds no blank and can stand among them."""
    return urlencode({key: value for key, value in extra.items() if value})
