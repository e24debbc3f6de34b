"""What projects holds of somebody: only whose hand made a project, by code."""

from __future__ import annotations

from xinglin.lib.whole_person import Key

KEYS = {"projects.Project.created_by": Key.HAND}
