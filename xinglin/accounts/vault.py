"""The vault of the city one is in: each city has its own keys."""

from __future__ import annotations

from xinglin.cities import current
from xinglin.cities.models import City
from xinglin.lib.crypto import Vault


def vault() -> Vault:
    """Seals and finds personal numbers; used by `people` too."""
    here: City = current.demand()
    return here.vault
