"""Who may open which page of notices."""

from __future__ import annotations

import pytest

from tests.roles.knocking import everyone_knocks
from tests.roles.who import LIN, SHUT, SIGNED_IN, Row

ROWS: dict[str, Row] = {
    "notices:mine": (SIGNED_IN, SHUT),
    "notices:read_all": (SHUT, SIGNED_IN),
    "notices:opened": (LIN, SHUT),
    "notices:choices": (SIGNED_IN, SIGNED_IN),
    "notices:mail": (SIGNED_IN, SIGNED_IN),
    "notices:mail_code": (SIGNED_IN, SIGNED_IN),
    "notices:wechat": (SIGNED_IN, SHUT),  # there is no official account here: they read that
    "notices:wechat_back": (SIGNED_IN, SHUT),
    "notices:forget": (SHUT, frozenset()),  # nobody has given an address
}


@pytest.mark.parametrize("name", ROWS)
def test_who_comes_in_and_what_a_stranger_finds(name, scene):
    everyone_knocks(name, ROWS[name], scene)
