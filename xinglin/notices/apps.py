"""通知"""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "xinglin.notices"
    label = "notices"
    verbose_name = "通知"
