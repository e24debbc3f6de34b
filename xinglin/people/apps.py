"""人员"""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "xinglin.people"
    label = "people"
    verbose_name = "人员"
