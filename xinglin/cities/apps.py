"""城市"""

from django.apps import AppConfig


class CitiesConfig(AppConfig):
    name = "xinglin.cities"
    label = "cities"
    verbose_name = "城市"

    def ready(self) -> None:
        from xinglin.cities import caching, logs

        caching.keep_content_types_apart()
        logs.name_the_city()
