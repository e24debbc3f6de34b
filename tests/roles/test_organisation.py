"""Who may open which page of organisation."""

from __future__ import annotations

import pytest

from tests.roles.knocking import everyone_knocks
from tests.roles.who import ADMINISTRATOR, COORDINATE, DECIDE, DESK, LEAD, SEE_LEDGER, SHUT, Row, somewhere

ROWS: dict[str, Row] = {
    "organisation:desk": (DESK, SHUT),
    "organisation:unit": (DECIDE | {"auditor"}, SHUT),
    "organisation:roles": (somewhere(COORDINATE | {"auditor"}), SHUT),
    "organisation:add": (ADMINISTRATOR, ADMINISTRATOR),
    "organisation:edit": (ADMINISTRATOR, ADMINISTRATOR),
    "organisation:move": (ADMINISTRATOR, ADMINISTRATOR),
    "organisation:trail": (SEE_LEDGER, SHUT),
    "organisation:about": (LEAD, LEAD),
    "organisation:add_brand": (SHUT, LEAD),
    "organisation:end_brand": (SHUT, LEAD),
    "organisation:add_joint": (SHUT, ADMINISTRATOR),
    "organisation:end_joint": (SHUT, ADMINISTRATOR),
    "organisation:grant_role": (SHUT, COORDINATE),
    "organisation:end_role": (SHUT, COORDINATE),  # of the team's leader; other roles are the administrator's
    "organisation:role_term": (COORDINATE, COORDINATE),
    "organisation:policy": (ADMINISTRATOR, ADMINISTRATOR),
}


@pytest.mark.parametrize("name", ROWS)
def test_who_comes_in_and_what_a_stranger_finds(name, scene):
    everyone_knocks(name, ROWS[name], scene)
