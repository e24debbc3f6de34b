"""Who may open which page of timebank."""

from __future__ import annotations

import pytest

from tests.roles.knocking import everyone_knocks
from tests.roles.who import DECIDE, DECIDE_SOMEWHERE, LEAD, LIN, PERSONS, SEE_LEDGER, SHUT, SIGNED_IN, Row, somewhere

ROWS: dict[str, Row] = {
    "timebank:statement": (SIGNED_IN, SHUT),
    "timebank:health": (somewhere(SEE_LEDGER), SHUT),
    "timebank:measure": (SHUT, somewhere(SEE_LEDGER)),
    "timebank:requests": (DECIDE_SOMEWHERE, SHUT),
    "timebank:ask": (DECIDE_SOMEWHERE, DECIDE_SOMEWHERE),
    "timebank:withdraw_request": (SHUT, frozenset({"coordinator"})),  # who asked
    "timebank:debts": (DECIDE_SOMEWHERE, SHUT),
    "timebank:debt": (DECIDE, DECIDE),
    "timebank:desk_team": (DECIDE, SHUT),
    "timebank:teams": (somewhere(LEAD), SHUT),
    "timebank:team": (LEAD, LEAD),
    "timebank:withdraw_team_gift": (SHUT, frozenset({"leader"})),  # who asked
    "timebank:gifts": (PERSONS, SHUT),
    "timebank:give": (PERSONS, PERSONS),
    "timebank:accept_gift": (SHUT, LIN),
    "timebank:decline_gift": (SHUT, LIN),
    "timebank:withdraw_gift": (SHUT, frozenset()),  # Lin's mother gave it, who does not knock here
}


@pytest.mark.parametrize("name", ROWS)
def test_who_comes_in_and_what_a_stranger_finds(name, scene):
    everyone_knocks(name, ROWS[name], scene)
