"""通知下发"""

from django.apps import AppConfig


class CircularsConfig(AppConfig):
    name = "xinglin.circulars"
    label = "circulars"
    verbose_name = "通知下发"
