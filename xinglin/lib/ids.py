"""Public identifiers: short random codes that can be read aloud, never row numbers."""

from __future__ import annotations

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U


def short_code(length: int = 8) -> str:
    """A random code such as `8F3KQ2TM`: 30**8 = 6.6e11 possibilities, so a unique constraint is hardly ever met."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
