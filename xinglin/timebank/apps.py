"""时间银行"""

from django.apps import AppConfig

from xinglin.audit import sources
from xinglin.timebank.leaves import ACCOUNTS, TRANSFERS


class TimebankConfig(AppConfig):
    name = "xinglin.timebank"
    label = "timebank"
    verbose_name = "时间银行"

    def ready(self) -> None:
        sources.register(TRANSFERS)
        sources.register(ACCOUNTS)
