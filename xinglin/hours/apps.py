"""时长"""

from django.apps import AppConfig

from xinglin.audit import sources
from xinglin.hours.effects import EFFECTS


class HoursConfig(AppConfig):
    name = "xinglin.hours"
    label = "hours"
    verbose_name = "时长"

    def ready(self) -> None:
        from xinglin.hours import previews as ours
        from xinglin.organisation import previews

        previews.register(ours.NAMES, ours.look)
        sources.register(EFFECTS)
