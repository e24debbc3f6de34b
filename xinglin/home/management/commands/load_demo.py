"""`manage.py load_demo`: a demo city's tree, people and past, and whom to sign in as. Loads only what is missing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from xinglin.home import demo
from xinglin.lib import clock
from xinglin.lib.errors import Refusal


class Command(BaseCommand):
    """The door to `demo.load`."""

    help = "装入演示城市 · load the demo city"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            demo.load(at=clock.now(), say=self.stdout.write)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
