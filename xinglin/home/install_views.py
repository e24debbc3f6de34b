"""What a telephone needs to keep the site among its apps: a manifest, a worker, and the page for no network."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

# What the page for no network is made of.
SHELL = (
    "vendor/weui/weui.min.css",
    "css/tokens.css",
    "css/parts.css",
    "css/phone.css",
    "js/as-before.js",
    "img/favicon.svg",
)
GREEN, PAPER = "#124c35", "#f3f5ee"  # --lead and --paper: a manifest knows no tokens


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Name, colours and icons, in the language of whoever installs it."""
    icons = [
        {
            "src": static(f"img/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for size in (192, 512)
    ]
    facts = {
        "name": _("杏林志愿服务"),
        "short_name": _("杏林"),
        "lang": get_language() or "zh-hans",
        "id": "/",
        "start_url": reverse("home:home"),
        "scope": "/",
        "display": "standalone",
        "theme_color": GREEN,
        "background_color": PAPER,
        "icons": icons,
    }
    answer = JsonResponse(facts, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The worker; its version follows from what it keeps, so that a new release empties the old store."""
    version = hashlib.sha256("".join(static(path) for path in SHELL).encode()).hexdigest()[:12]
    script = render_to_string("home/sw.js", {"shell": SHELL, "version": version})
    answer = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Shown without a network. The same for everyone, in both languages, since it is kept before anyone is known."""
    answer = render(request, "home/offline.html")
    answer["Cache-Control"] = "no-cache"
    return answer
