from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "xinglin.lib.web"
    label = "web"
    verbose_name = "页面"
