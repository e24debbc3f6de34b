"""Public identifiers: short random codes that can be read aloud, never row numbers."""

from __future__ import annotations

import os
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U
LENGTH = 8

_EVEN = 256 - 256 % len(ALPHABET)  # bytes from here on would make the first letters likelier
_LETTERS = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))
_UNEVEN = bytes(range(_EVEN, 256))


def short_code(length: int = LENGTH) -> str:
    """A random code such as `8F3KQ2TM`: 30**8 = 6.6e11 possibilities, so a unique constraint is hardly ever met."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def short_codes(count: int) -> list[str]:
    """Many such codes at once, from the same source of chance."""
    wanted, letters = count * LENGTH, ""
    while len(letters) < wanted:
        letters += os.urandom(wanted + wanted // 8 + 64).translate(_LETTERS, _UNEVEN).decode("ascii")
    return [letters[start : start + LENGTH] for start in range(0, wanted, LENGTH)]
