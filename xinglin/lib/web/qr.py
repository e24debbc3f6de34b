"""QR codes as drawings inside a page."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def drawn(address: str, *, title: str) -> SafeString:
    """Black on white in any theme, since a camera reads it; an address holds nothing that could be markup."""
    code = segno.make(address, error="m", micro=False)
    return mark_safe(
        code.svg_inline(omitsize=True, border=2, svgclass=None, lineclass=None, title=title, dark="#000", light="#fff")
    )
