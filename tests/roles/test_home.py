"""Who may open which page of home, and of the parts that all pages share."""

from __future__ import annotations

import pytest

from tests.roles.knocking import everyone_knocks
from tests.roles.who import COORDINATE, DECIDE, DESK, EVERYONE, SHUT, SIGNED_IN, Row

ROWS: dict[str, Row] = {
    "home:home": (EVERYONE, SHUT),
    "home:desk": (DESK, SHUT),
    "home:waits": (DECIDE, SHUT),
    "home:decide": (SHUT, DECIDE),
    "home:deliveries": (DESK | {"leader", "other_leader"}, SHUT),
    "home:resend": (SHUT, COORDINATE),
    "home:take_back": (SHUT, DESK),  # of one's own decisions; there are none
    "home:health": (EVERYONE, SHUT),
    "home:manifest": (EVERYONE, SHUT),
    "home:worker": (EVERYONE, SHUT),
    "home:offline": (EVERYONE, SHUT),
    "home:about_demo": (EVERYONE, SHUT),
    "home:trust": (EVERYONE, SHUT),
    "home:authority": (EVERYONE, SHUT),
    "web:preferences": (SHUT, EVERYONE),
    "web:look": (EVERYONE, SHUT),  # invented people; not found in production
    "web:look_desk": (EVERYONE, SHUT),
    "web:look_paper": (EVERYONE, SHUT),
    "home:statement_pdf": (SIGNED_IN, SHUT),
    "home:statement_sheet": (SIGNED_IN, SHUT),
}


@pytest.mark.parametrize("name", ROWS)
def test_who_comes_in_and_what_a_stranger_finds(name, scene):
    everyone_knocks(name, ROWS[name], scene)
