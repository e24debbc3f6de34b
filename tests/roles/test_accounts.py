"""Who may open which page of accounts."""

from __future__ import annotations

import pytest

from tests.roles.knocking import everyone_knocks
from tests.roles.who import EVERYONE, SHUT, SIGNED_IN, START, Row

ROWS: dict[str, Row] = {
    "accounts:sign_in": (EVERYONE, EVERYONE),
    "accounts:code": (START, START),
    "accounts:send_again": (SHUT, START),
    "accounts:number": (EVERYONE, EVERYONE),
    "accounts:first_pin": (EVERYONE, EVERYONE),
    "accounts:staff": (EVERYONE, EVERYONE),
    "accounts:second_factor": (START, START),
    "accounts:sign_out": (SHUT, START),
    "accounts:security": (SIGNED_IN, SHUT),
    "accounts:authenticator": (SIGNED_IN - {"unproven"}, SIGNED_IN - {"unproven"}),
    "accounts:recovery_codes": (SIGNED_IN - {"unproven"}, SIGNED_IN - {"unproven"}),
    "accounts:password": (SIGNED_IN - {"unproven"}, SIGNED_IN - {"unproven"}),
}


@pytest.mark.parametrize("name", ROWS)
def test_who_comes_in_and_what_a_stranger_finds(name, scene):
    everyone_knocks(name, ROWS[name], scene)
