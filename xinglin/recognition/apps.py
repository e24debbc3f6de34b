"""星级"""

from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    name = "xinglin.recognition"
    label = "recognition"
    verbose_name = "星级"

    def ready(self) -> None:
        from xinglin.people import filters
        from xinglin.recognition.filters import STARS

        filters.add(STARS)
