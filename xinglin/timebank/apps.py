"""时间银行"""

from django.apps import AppConfig

from xinglin.audit import sources
from xinglin.timebank.leaves import ACCOUNTS, TRANSFERS


class TimebankConfig(AppConfig):
    name = "xinglin.timebank"
    label = "timebank"
    verbose_name = "时间银行"

    def ready(self) -> None:
        from xinglin.organisation import previews
        from xinglin.timebank import previews as ours

        previews.register(ours.CAP, ours.look_at_cap)
        previews.register(ours.SPENDING, ours.look_at_spending)
        sources.register(TRANSFERS)
        sources.register(ACCOUNTS)
