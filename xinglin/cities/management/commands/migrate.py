"""`manage.py migrate`: the installation's own tables, the template, and every city; says which city failed."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as Migrate

from xinglin.cities import actions, current, migrating, queries, routing
from xinglin.cities.errors import OldHouse
from xinglin.lib import clock

FIRST_SLUG, FIRST_NAME = "local", "本地"


class Command(Migrate):
    """Django's command, once for each schema. What is done stays done: run it again after mending what failed."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--city", metavar="SLUG", help="只更新这一个城市 only this city")
        parser.add_argument(
            "--processes", type=int, default=migrating.PROCESSES, help="同时几个城市 how many cities at a time"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        processes = options.pop("processes", migrating.PROCESSES)
        asked = options.pop("city", None)
        only = current.PREFIX + asked if asked else None
        if only is None:
            self._halls(options)
            self._template(options)
            self._first_city()
        self._cities(options, processes=processes, only=only)

    def _halls(self, options: dict[str, Any]) -> None:
        try:
            migrating.refuse_old_house()
        except OldHouse as refusal:
            self.stderr.write(str(refusal))
            sys.exit(2)
        asked = options.get("app_label")
        if asked and asked not in routing.SHARED:
            return
        if not asked and migrating.is_up_to_date(current.PUBLIC, routing.SHARED):
            return
        with current.outside():
            for label in sorted({asked} if asked else routing.SHARED):
                super().handle(**options | {"app_label": label, "run_syncdb": False})

    def _template(self, options: dict[str, Any]) -> None:
        if not options.get("app_label") and migrating.is_up_to_date(current.TEMPLATE_SCHEMA):
            return
        migrating.make_template_schema()
        with current.entered(current.TEMPLATE):
            super().handle(**options)

    def _first_city(self) -> None:
        """One-city mode asks nothing: the first city is there as soon as the tables are."""
        with current.outside():
            if not queries.every_city().exists():
                actions.create(slug=FIRST_SLUG, name=FIRST_NAME, at=clock.now())

    def _cities(self, options: dict[str, Any], *, processes: int, only: str | None) -> None:
        with current.outside():
            schemas = [city.schema_name for city in queries.every_city() if only in (None, city.schema_name)]
        if not options.get("app_label"):
            schemas = migrating.behind(schemas)
        failed = []
        for schema, trouble in migrating.migrate_all(schemas, processes=processes, options=options):
            slug = current.slug_of(schema)
            if trouble:
                failed.append(slug)
                self.stderr.write(f"✗ {slug}: {trouble}")
            elif options.get("verbosity", 1):
                self.stdout.write(f"✓ {slug}")
        if failed:
            self.stderr.write(
                f"这些城市没有更新成功：{'、'.join(failed)}，其余的都好了。修好后再运行一次 migrate。"
                f" Not migrated: {', '.join(failed)}; all others are. Mend and run migrate again."
            )
            sys.exit(1)
