"""Who may open which page of circulars."""

from __future__ import annotations

import pytest

from tests.roles.knocking import everyone_knocks
from tests.roles.who import COORDINATE, COORDINATE_SOMEWHERE, INSIDE, LIN, SEE_LEDGER, SHUT, SIGNED_IN, Row

ROWS: dict[str, Row] = {
    "circulars:mine": (SIGNED_IN, SHUT),
    # Whom it reaches: it is her hospital's, and goes down from there.
    "circulars:circular": (INSIDE - SEE_LEDGER | LIN | {"unproven"}, SHUT),
    "circulars:desk": (COORDINATE_SOMEWHERE, SHUT),
    "circulars:write": (COORDINATE_SOMEWHERE, COORDINATE_SOMEWHERE),
    "circulars:shares": (COORDINATE, SHUT),
    "circulars:unread": (COORDINATE, SHUT),
    "circulars:remind": (SHUT, COORDINATE),
    "circulars:withdraw": (SHUT, COORDINATE),
}


@pytest.mark.parametrize("name", ROWS)
def test_who_comes_in_and_what_a_stranger_finds(name, scene):
    everyone_knocks(name, ROWS[name], scene)
