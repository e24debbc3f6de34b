"""组织"""

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "xinglin.organisation"
    label = "organisation"
    verbose_name = "组织"
