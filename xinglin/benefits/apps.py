"""权益·兑换"""

from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    name = "xinglin.benefits"
    label = "benefits"
    verbose_name = "权益·兑换"

    def ready(self) -> None:
        from xinglin.benefits import previews as ours
        from xinglin.organisation import previews

        previews.register([ours.NAME], ours.look)
