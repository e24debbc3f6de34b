"""Who knocks at the doors of the house, and what a row may say of a door."""

from __future__ import annotations

# Everyone who knocks. `unproven` coordinates Lin's hospital, but has shown no second factor in this session.
INSIDE = frozenset({"leader", "clerk", "coordinator", "reviewer", "auditor", "administrator"})
OUTSIDE = frozenset(f"other_{role}" for role in INSIDE)
SIGNED_IN = INSIDE | OUTSIDE | {"applicant", "stranger", "lin", "unproven"}
EVERYONE = SIGNED_IN | {"visitor"}


def somewhere(roles: frozenset[str]) -> frozenset[str]:
    """These, and whoever has such a role at another hospital: a list is for all of them, and shows each their own."""
    return roles | {f"other_{role}" for role in roles & INSIDE}


ADMINISTRATOR = frozenset({"administrator"})
ADMINISTER_SOMEWHERE = somewhere(ADMINISTRATOR)
COORDINATE = ADMINISTRATOR | {"coordinator"}
COORDINATE_SOMEWHERE = somewhere(COORDINATE)
LEAD = COORDINATE | {"leader"}
HAND_OUT = COORDINATE | {"clerk"}
DECIDE = COORDINATE | {"reviewer"}
DECIDE_SOMEWHERE = somewhere(DECIDE)
DESK = somewhere(DECIDE | {"auditor"})
SEE_LIN = DECIDE | {"auditor", "leader"}
SEE_LEDGER = ADMINISTRATOR | {"auditor"}
VOLUNTEERS = frozenset({"lin", "stranger"})
PERSONS = VOLUNTEERS | {"applicant"}
LIN = frozenset({"lin"})
CHILD = frozenset()  # Lin's daughter, who does not knock here
APPLICANT = frozenset({"applicant"})

# What a row may say of a method besides who comes in: there is no such door, or it leads to the start of signing in.
SHUT = "shut"
START = "sign_in"
Who = frozenset[str] | str

# What each address has: who comes in by GET, and by POST. To come in is to get past the door: what lies behind is then
# one's own or within one's scope, and a rule may still say no. All others are refused; a visitor is asked to sign in.
Row = tuple[Who, Who]
