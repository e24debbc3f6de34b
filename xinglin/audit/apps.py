"""审计"""

from django.apps import AppConfig

from xinglin.audit import sources
from xinglin.audit.leaves import ENTRIES


class AuditConfig(AppConfig):
    name = "xinglin.audit"
    label = "audit"
    verbose_name = "审计"

    def ready(self) -> None:
        sources.register(ENTRIES)
