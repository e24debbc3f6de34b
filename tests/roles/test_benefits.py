"""Who may open which page of benefits."""

from __future__ import annotations

import pytest

from tests.roles.knocking import everyone_knocks
from tests.roles.who import COORDINATE, COORDINATE_SOMEWHERE, HAND_OUT, LEAD, LIN, SHUT, SIGNED_IN, Row, somewhere

ROWS: dict[str, Row] = {
    "benefits:catalogue": (SIGNED_IN, SHUT),
    "benefits:benefit": (LIN, SHUT),
    "benefits:redeem": (SHUT, LIN),
    "benefits:vouchers": (SIGNED_IN, SHUT),
    "benefits:voucher": (LIN, SHUT),
    "benefits:give_back": (SHUT, LIN),
    "benefits:scan": (LIN | HAND_OUT, SHUT),
    "benefits:desk": (COORDINATE_SOMEWHERE, SHUT),
    "benefits:new": (COORDINATE_SOMEWHERE, COORDINATE_SOMEWHERE),
    "benefits:desk_benefit": (COORDINATE, SHUT),
    "benefits:edit": (COORDINATE, COORDINATE),
    "benefits:pause": (SHUT, COORDINATE),
    "benefits:restock": (SHUT, COORDINATE),
    "benefits:counter": (somewhere(LEAD | HAND_OUT), SHUT),
    "benefits:desk_voucher": (HAND_OUT, SHUT),
    "benefits:use": (SHUT, HAND_OUT),
    "benefits:refuse": (SHUT, HAND_OUT),
}


@pytest.mark.parametrize("name", ROWS)
def test_who_comes_in_and_what_a_stranger_finds(name, scene):
    everyone_knocks(name, ROWS[name], scene)
