"""Stars as people count them."""

from __future__ import annotations

from django.utils.translation import gettext as _


def star_said(level: int) -> str:
    """一星 … 五星; none has no name."""
    names = ["", _("一星"), _("二星"), _("三星"), _("四星"), _("五星")]
    return names[level]


def hours_said(thresholds: list[int]) -> str:
    """`20 / 30 / 50`: the thresholds of a scheme in whole hours."""
    return " / ".join(f"{minutes // 60:,}" for minutes in thresholds)


def half_name(name: str) -> str:
    """Enough for those who know the person, too little for those who don't: 林＊."""
    return name[:1] + "＊" * max(1, min(len(name) - 1, 2))
