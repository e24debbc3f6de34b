"""权益·兑换"""

from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    name = "xinglin.benefits"
    label = "benefits"
    verbose_name = "权益·兑换"
