"""首页"""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "xinglin.home"
    label = "home"
    verbose_name = "首页"
