"""Who may open which page of the office."""

from __future__ import annotations

import pytest

from tests.roles.knocking import everyone_knocks
from tests.roles.who import ADMINISTRATOR, COORDINATE, COORDINATE_SOMEWHERE, EVERYONE, LIN, SHUT, SIGNED_IN, Row

ROWS: dict[str, Row] = {
    "office:ready": (EVERYONE, SHUT),  # asked from the server itself; tests/test_deploy.py asks from elsewhere
    "office:metrics": (EVERYONE, SHUT),
    "office:close_unit": (ADMINISTRATOR, ADMINISTRATOR),
    "office:my_data": (SIGNED_IN, SHUT),
    "office:ask_for_copy": (SHUT, SIGNED_IN),
    "office:fetch_copy": (LIN, SHUT),
    "office:erase_me": (SIGNED_IN, SIGNED_IN),
    "office:stay": (SHUT, LIN),
    "office:erasures": (COORDINATE_SOMEWHERE, SHUT),
    "office:erasure": (COORDINATE, SHUT),
    "office:carry_out_erasure": (SHUT, COORDINATE),
    "office:decline_erasure": (SHUT, COORDINATE),
    "office:erase_other": (COORDINATE, COORDINATE),
    "office:erase_applicant": (COORDINATE, COORDINATE),
    "office:copy_for": (COORDINATE, COORDINATE),
    "office:fetch_copy_for": (COORDINATE, SHUT),
    "office:mergings": (COORDINATE_SOMEWHERE, SHUT),
    "office:new_merging": (COORDINATE_SOMEWHERE, COORDINATE_SOMEWHERE),
    "office:merging": (COORDINATE, SHUT),
    "office:agree_merging": (SHUT, ADMINISTRATOR),  # of the coordinator's proposal
    "office:decline_merging": (SHUT, COORDINATE),
    "office:withdraw_merging": (SHUT, frozenset({"coordinator"})),
}


@pytest.mark.parametrize("name", ROWS)
def test_who_comes_in_and_what_a_stranger_finds(name, scene):
    everyone_knocks(name, ROWS[name], scene)
