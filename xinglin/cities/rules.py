"""Values decide: what a city may be called, and which city a host name leads to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

SLUG = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\]")
LONGEST_SLUG = 40
LONGEST_HOST = 253

City = TypeVar("City")


def is_slug(text: str) -> bool:
    """A short word in small letters: it names a schema and a folder."""
    is_word = len(text) <= LONGEST_SLUG and SLUG.fullmatch(text) is not None
    return is_word and not text.startswith("city_")  # that is how schemas begin, and either name is understood


def is_host(text: str) -> bool:
    """A plain host name, without port and without wildcard."""
    return len(text) <= LONGEST_HOST and HOST.fullmatch(text) is not None


def normal_host(text: str) -> str:
    """As it is compared: small letters, no port, no dot at the end."""
    host = text.strip().lower()
    if not host.endswith("]"):
        host = host.rpartition(":")[0] if ":" in host else host
    return host.rstrip(".")


def led_to(host: str, *, by_host: Mapping[str, City], open_cities: Sequence[City], is_demo: bool) -> City | None:
    """The city that a host name leads to. Where there is only one, every name does; in a demo, to the first."""
    found = by_host.get(host)
    if found is not None:
        return found if found in open_cities else None
    if len(open_cities) == 1 or (is_demo and open_cities):
        return open_cities[0]
    return None
