"""What transparency holds of somebody: only whose hand named a recipient, by code. Recipients are offices."""

from __future__ import annotations

from xinglin.lib.whole_person import Key

KEYS = {"transparency.Recipient.added_by": Key.HAND}
