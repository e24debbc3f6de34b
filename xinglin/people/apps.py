"""人员"""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "xinglin.people"
    label = "people"
    verbose_name = "人员"

    def ready(self) -> None:
        from xinglin.organisation import kinds
        from xinglin.people import unit

        kinds.ask("people", unit.left_behind)
