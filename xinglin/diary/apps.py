"""日程"""

from django.apps import AppConfig


class DiaryConfig(AppConfig):
    name = "xinglin.diary"
    label = "diary"
    verbose_name = "日程"
