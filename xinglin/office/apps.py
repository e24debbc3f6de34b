"""办公室"""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "xinglin.office"
    label = "office"
    verbose_name = "办公室"
