"""活动"""

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "xinglin.activities"
    label = "activities"
    verbose_name = "活动"
