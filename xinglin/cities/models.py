"""What the installation knows of its cities. These tables stand in public; all others in a city's own schema."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import models
from django_tenants.models import DomainMixin, TenantMixin

from xinglin.cities import current, keys
from xinglin.lib.crypto import Vault


class City(TenantMixin):  # type: ignore[misc]  # django-tenants has no hints
    """One city, or a province with a time bank of its own: one schema, one set of keys."""

    class State(models.TextChoices):
        """Whether its pages are shown and its jobs run."""

        OPEN = "open", "运行中"
        CLOSED = "closed", "已停用"

    name = models.CharField(max_length=60)
    division_code = models.CharField(max_length=12, blank=True, help_text="GB/T 2260")
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    sealing_key = models.BinaryField(help_text="wrapped by the installation's key")
    index_key = models.BinaryField(help_text="wrapped by the installation's key")
    signing_key = models.BinaryField(help_text="Ed25519, wrapped by the installation's key")
    signing_public = models.BinaryField(help_text="Ed25519, 32 bytes")

    auto_create_schema = False  # a city is copied from the template, by cities.actions
    auto_drop_schema = False

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(schema_name__startswith=current.PREFIX), name="city_schema_has_prefix"
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at=None) | models.Q(state="closed", closed_at__isnull=False),
                name="city_closed_since",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def slug(self) -> str:
        return current.slug_of(self.schema_name)

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def vault(self) -> Vault:
        """Seals and finds what is personal in this city."""
        return keys.vault(self.schema_name, bytes(self.sealing_key), bytes(self.index_key))

    @property
    def signer(self) -> Ed25519PrivateKey:
        """Signs in this city's name."""
        return keys.signer(self.schema_name, bytes(self.signing_key))


class Hostname(DomainMixin):  # type: ignore[misc]
    """A host name that leads to one city."""

    def __str__(self) -> str:
        return str(self.domain)
