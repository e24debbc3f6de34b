"""时长"""

from django.apps import AppConfig

from xinglin.audit import sources
from xinglin.hours.effects import EFFECTS


class HoursConfig(AppConfig):
    name = "xinglin.hours"
    label = "hours"
    verbose_name = "时长"

    def ready(self) -> None:
        sources.register(EFFECTS)
