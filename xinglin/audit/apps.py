"""审计"""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "xinglin.audit"
    label = "audit"
    verbose_name = "审计"
