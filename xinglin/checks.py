"""What the database must not hold in production: people made up for the demo, with sign-ins that everyone knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.database)
def no_demo_people(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Refuse a production start while users of the demo are in the database."""
    if settings.MODE != "production" or not databases:
        return []
    demo_people = apps.get_model("accounts", "User")._default_manager.filter(is_demo=True)
    from xinglin.cities import current, queries  # models can be imported only once the apps are ready

    with current.outside():
        cities = list(queries.every_city())
        has_operator = apps.get_model("office", "Operator")._default_manager.filter(is_demo=True).exists()
    where = ["控制台 console"] if has_operator else []
    for city in cities:
        with current.entered(city):
            if demo_people.all().exists():
                where.append(city.slug)
    if not where:
        return []
    return [
        Error(
            f"数据库里有演示人员（{'、'.join(where)}），production 不启动。请换一个空数据库。"
            " There are demo people in the database.",
            hint="Use a database into which load_demo was never run.",
            id="xinglin.E001",
        )
    ]
