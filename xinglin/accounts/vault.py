"""The one vault of this installation: its keys come from the settings."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from xinglin.lib.crypto import Vault


@lru_cache(maxsize=1)
def vault() -> Vault:
    """Seals and finds personal numbers; used by `people` too."""
    return Vault(sealing_key=settings.SEALING_KEY, index_key=settings.INDEX_KEY)
