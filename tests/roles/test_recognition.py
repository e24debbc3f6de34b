"""Who may open which page of recognition."""

from __future__ import annotations

import pytest

from tests.roles.knocking import everyone_knocks
from tests.roles.who import ADMINISTER_SOMEWHERE, ADMINISTRATOR, DECIDE, DECIDE_SOMEWHERE, SHUT, SIGNED_IN, Row

ROWS: dict[str, Row] = {
    "recognition:mine": (SIGNED_IN, SHUT),
    "recognition:publication": (SIGNED_IN, SHUT),
    "recognition:desk": (DECIDE_SOMEWHERE, SHUT),
    "recognition:grant": (DECIDE, SHUT),
    "recognition:withdraw": (SHUT, DECIDE),
    "recognition:schemes": (DECIDE_SOMEWHERE, SHUT),
    "recognition:new_scheme": (ADMINISTER_SOMEWHERE, ADMINISTER_SOMEWHERE),
    "recognition:privileges": (ADMINISTER_SOMEWHERE, ADMINISTER_SOMEWHERE),
    "recognition:end_privilege": (SHUT, ADMINISTRATOR),
    "recognition:bars": (DECIDE_SOMEWHERE, DECIDE_SOMEWHERE),
    "recognition:lift": (SHUT, DECIDE),
}


@pytest.mark.parametrize("name", ROWS)
def test_who_comes_in_and_what_a_stranger_finds(name, scene):
    everyone_knocks(name, ROWS[name], scene)
