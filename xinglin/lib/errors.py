"""Refusals: the system says no, kindly, with a code for machines and a sentence for people."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """The base of every refusal. `message` may name facts in braces: `Refusal(places=3)` fills `{places}`."""

    code: ClassVar[str] = "refused"
    message: Any = ""
    status: ClassVar[int] = 409
    next_url: str | None = None
    next_text: Any = None

    def __init__(self, *, next_url: str | None = None, next_text: Any = None, **facts: object) -> None:
        self.facts = facts
        self.next_url = next_url
        self.next_text = next_text
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message).format(**self.facts)


class NotAllowed(Refusal):
    """The asker's roles do not reach this far. Also answered where a thing exists that is not theirs to see."""

    code = "not_allowed"
    message = _("这一页不在您的职责范围里，需要的话请联系本单位的管理员")
    status = 403


class NotFound(Refusal):
    """There is no such thing, or it is not for the asker's eyes; both sound the same."""

    code = "not_found"
    message = _("没有找到这一页，可能已经换了地方，回首页看看吧")
    status = 404


class BadInput(Refusal):
    """What was sent cannot be read as what was asked for."""

    code = "bad_input"
    message = _("有些内容没看懂，请再看一眼填的是什么")
    status = 422


class OnlyByButton(Refusal):
    """What changes something is done by a button on a page, never by following a link."""

    code = "only_by_button"
    message = _("这一步要在页面上按一下按钮来办。回到那一页，再按一次就好")
    status = 405
