"""时长"""

from django.apps import AppConfig


class HoursConfig(AppConfig):
    name = "xinglin.hours"
    label = "hours"
    verbose_name = "时长"
