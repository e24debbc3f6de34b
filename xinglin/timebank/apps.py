"""时间银行"""

from django.apps import AppConfig


class TimebankConfig(AppConfig):
    name = "xinglin.timebank"
    label = "timebank"
    verbose_name = "时间银行"
