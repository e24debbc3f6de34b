"""星级"""

from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    name = "xinglin.recognition"
    label = "recognition"
    verbose_name = "星级"
