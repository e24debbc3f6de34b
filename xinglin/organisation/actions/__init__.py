"""The verbs of the organisation: units open, change, move and close; roles are granted and end; policies are set."""

from __future__ import annotations

from xinglin.organisation.actions.brands import add_brand, end_brand
from xinglin.organisation.actions.joints import add_joint, end_joint
from xinglin.organisation.actions.roles import change_term, end_role, grant_role, lay_down
from xinglin.organisation.actions.ruling import set_policy
from xinglin.organisation.actions.units import (
    add_unit,
    close_unit,
    edit_unit,
    hold_the_tree,
    keep_open,
    move_unit,
    set_joining,
)

__all__ = [
    "add_brand",
    "add_joint",
    "add_unit",
    "change_term",
    "close_unit",
    "edit_unit",
    "end_brand",
    "end_joint",
    "end_role",
    "grant_role",
    "hold_the_tree",
    "keep_open",
    "lay_down",
    "move_unit",
    "set_joining",
    "set_policy",
]
