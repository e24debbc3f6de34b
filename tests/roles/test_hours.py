"""Who may open which page of hours."""

from __future__ import annotations

import pytest

from tests.roles.knocking import everyone_knocks
from tests.roles.who import DECIDE, LIN, SHUT, SIGNED_IN, Row

ROWS: dict[str, Row] = {
    "hours:mine": (SIGNED_IN, SHUT),
    "hours:own": (LIN, SHUT),
    "hours:of_volunteer": (DECIDE, SHUT),
    "hours:record": (DECIDE, SHUT),
    "hours:confirm": (SHUT, DECIDE),
    "hours:void": (SHUT, DECIDE),
}


@pytest.mark.parametrize("name", ROWS)
def test_who_comes_in_and_what_a_stranger_finds(name, scene):
    everyone_knocks(name, ROWS[name], scene)
