"""Who may open which page of activities."""

from __future__ import annotations

import pytest

from tests.roles.knocking import everyone_knocks
from tests.roles.who import (
    CHILD,
    COORDINATE,
    COORDINATE_SOMEWHERE,
    EVERYONE,
    LEAD,
    LIN,
    PERSONS,
    SHUT,
    SIGNED_IN,
    VOLUNTEERS,
    Row,
)

ROWS: dict[str, Row] = {
    "activities:sign_up_for": (COORDINATE, COORDINATE),
    "activities:leave_for": (COORDINATE, COORDINATE),
    "activities:cancel_for": (LEAD, LEAD),
    "activities:wish": (CHILD, CHILD),
    "activities:family": (LIN, LIN),
    "activities:family_cancel": (SHUT, LIN),
    "activities:children": (PERSONS, SHUT),
    "activities:child_consent": (SHUT, LIN),
    "activities:child_wish": (SHUT, LIN),
    "activities:child_shifts": (LIN, SHUT),
    "activities:child_sign_up": (SHUT, LIN),
    "activities:child_cancel": (SHUT, LIN),
    "activities:leave_volunteering": (VOLUNTEERS, VOLUNTEERS),
    "activities:list": (EVERYONE, SHUT),
    "activities:shift": (EVERYONE, SHUT),
    "activities:share": (SIGNED_IN, SHUT),
    "activities:share_picture": (SIGNED_IN, SHUT),
    "activities:take": (SHUT, SIGNED_IN),
    "activities:cancel": (LIN, LIN),
    "activities:call": (SHUT, LIN),
    "activities:scan": (LIN, SHUT),
    "activities:poster_scan": (LIN, SHUT),
    "activities:hands": (LIN, SHUT),
    "activities:card": (EVERYONE, SHUT),  # of Lin, whose leader alone learns whose it is
    "activities:card_mark": (SHUT, LEAD),
    "activities:come": (SHUT, LIN),
    "activities:leave": (SHUT, LIN),
    "activities:undo": (SHUT, LIN),
    "activities:lead": (LEAD, SHUT),
    "activities:lead_code": (LEAD, SHUT),
    "activities:mark_came": (SHUT, LEAD),
    "activities:mark_left": (SHUT, LEAD),
    "activities:mark_undo": (SHUT, LEAD),
    "activities:nod": (SHUT, LEAD),
    "activities:deny": (SHUT, LEAD),
    "activities:poster": (LEAD, SHUT),
    "activities:roster": (LEAD, SHUT),
    "activities:enter": (LEAD, LEAD),
    "activities:chat_list": (LEAD, LEAD),
    "activities:chat_sign_up": (SHUT, LEAD),
    "activities:desk": (COORDINATE_SOMEWHERE, SHUT),
    "activities:new": (COORDINATE_SOMEWHERE, COORDINATE_SOMEWHERE),
    "activities:desk_shift": (COORDINATE, SHUT),
    "activities:set_leader": (SHUT, COORDINATE),
    "activities:set_place": (SHUT, COORDINATE),
    "activities:set_kinds": (SHUT, COORDINATE),
    "activities:set_places": (SHUT, COORDINATE),
    "activities:call_off": (SHUT, COORDINATE),
}


@pytest.mark.parametrize("name", ROWS)
def test_who_comes_in_and_what_a_stranger_finds(name, scene):
    everyone_knocks(name, ROWS[name], scene)
