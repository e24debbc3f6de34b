from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "xinglin.lib.web"
    label = "web"
    verbose_name = "页面"

    def ready(self) -> None:
        from xinglin.lib.web import field_words

        field_words.speak()
