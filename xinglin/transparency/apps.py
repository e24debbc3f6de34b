"""存证公示"""

from django.apps import AppConfig


class TransparencyConfig(AppConfig):
    name = "xinglin.transparency"
    label = "transparency"
    verbose_name = "存证公示"
