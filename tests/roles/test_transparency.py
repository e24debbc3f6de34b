"""Who may open which page of transparency."""

from __future__ import annotations

import pytest

from tests.roles.knocking import everyone_knocks
from tests.roles.who import ADMINISTRATOR, EVERYONE, LIN, SEE_LEDGER, SHUT, Row

ROWS: dict[str, Row] = {
    "transparency:log": (EVERYONE, SHUT),  # the public log: roots, sizes, keys
    "transparency:how": (EVERYONE, SHUT),
    "transparency:checkpoint": (EVERYONE, SHUT),
    "transparency:checkpoint_of": (EVERYONE, SHUT),
    "transparency:consistency": (EVERYONE, SHUT),
    "transparency:keys": (EVERYONE, SHUT),
    "transparency:tool": (EVERYONE, SHUT),
    "transparency:line": (LIN, SHUT),  # each sees only their own line and record
    "transparency:line_proof": (LIN, SHUT),
    "transparency:record": (LIN, SHUT),
    "transparency:record_proof": (LIN, SHUT),
    "transparency:desk": (SEE_LEDGER, SHUT),
    "transparency:any_proof": (SEE_LEDGER, SHUT),
    "transparency:add_recipient": (SHUT, ADMINISTRATOR),
    "transparency:remove_recipient": (SHUT, ADMINISTRATOR),
}


@pytest.mark.parametrize("name", ROWS)
def test_who_comes_in_and_what_a_stranger_finds(name, scene):
    everyone_knocks(name, ROWS[name], scene)
