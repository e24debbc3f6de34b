"""What every template may ask about how this person wants to see pages."""

from __future__ import annotations

from django.http import HttpRequest

ELDER_COOKIE = "elder"
THEME_COOKIE = "theme"
THEMES = ("light", "dark")


def look(request: HttpRequest) -> dict[str, object]:
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {"elder": request.COOKIES.get(ELDER_COOKIE) == "1", "theme": theme if theme in THEMES else ""}
