"""时间银行"""

from django.apps import AppConfig

from xinglin.audit import sources
from xinglin.timebank.leaves import ACCOUNTS, TRANSFERS


class TimebankConfig(AppConfig):
    name = "xinglin.timebank"
    label = "timebank"
    verbose_name = "时间银行"

    def ready(self) -> None:
        from xinglin.organisation import kinds, previews
        from xinglin.timebank import unit
        from xinglin.timebank.previews import LOOKS

        kinds.ask("timebank", unit.left_behind)
        for name, look in LOOKS.items():
            previews.register([name], look)
        sources.register(TRANSFERS)
        sources.register(ACCOUNTS)
