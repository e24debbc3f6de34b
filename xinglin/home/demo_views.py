"""What is true about the demo city and what is invented: its map, its figures, its sources."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from xinglin.home.demo import city as cities
from xinglin.home.demo import drawing
from xinglin.lib import clock


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """For whoever looks at the demo; a real city has no such page."""
    if settings.MODE == "production":
        raise Http404
    city = cities.here()
    name = city.told["name_en"] if get_language() == "en" else city.name
    context = {"city": name, "drawing": drawing.of_city(city), "figures": drawing.figures(at=clock.now())}
    return render(request, "home/demo.html", context)
