"""A backup put back into another cluster: the ledger adds up, the log still proves itself, and both go on from there.

The other cluster counts its transactions from the beginning, so rows come back with numbers that it has not reached.
What was sealed must stay proved, against a checkpoint that somebody kept elsewhere too; what was not is sealed there.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.faults.test_backup_drill import EARN, House, house, pytestmark

__all__ = ["house", "pytestmark"]

SEAL = """
import time
from xinglin.audit import sealer, sources
from xinglin.lib import clock
give_up_at = time.monotonic() + 60
while any(sealer._top(one) > sealer.log.position(one.name) for one in sources.every()):
    assert time.monotonic() < give_up_at, "some transaction does not end"
    sealer.seal()
print(sealer.sign(at=clock.now()).note, end="")
"""
HOLD = """
import datetime as dt
from xinglin.lib import clock
from xinglin.people.models import Person
from xinglin.timebank.actions import gifts
from xinglin.people import relations
person = Person.objects.filter(volunteer__state="active").order_by("pk").first()
gifts.give(giver=person, receiver=None, minutes=1, words="", at=clock.now())
"""


def earn(house: House, turn: int) -> None:
    """Three hundred people are credited, under keys of this turn."""
    house.manage("shell", "-c", EARN.replace("range(4)", f"range({turn}, {turn + 1})"))


def test_in_another_cluster_ledger_and_log_still_prove_themselves(house: House):
    house.populate()
    earn(house, 1)
    kept = house.ground / "checkpoint-of-the-auditor"
    kept.write_text(house.manage("shell", "-v", "0", "-c", SEAL), encoding="utf-8")
    earn(house, 2)
    house.manage("shell", "-v", "0", "-c", SEAL)
    earn(house, 3)  # and is not sealed when the copy is made
    house.manage("shell", "-v", "0", "-c", HOLD)
    before, root = house.figures(), root_of(house)
    house.cli("backup-keys", "--output", str(house.keys))
    house.cli("backup")
    [copy] = (house.var / "backups").glob("*.backup")
    safe = Path(shutil.copy(copy, house.ground / "elsewhere"))

    house.lose_the_database()
    shutil.rmtree(house.var)
    house.cli("restore-keys", "--keys", str(house.keys))
    house.cli("restore", FROM=str(safe), KEYS=str(house.keys))

    assert house.figures() == before
    assert root_of(house) == root
    assert "no difference" in house.manage("verify")
    assert "存证完整" in house.manage("verify_log", "--since", str(kept))

    earn(house, 4)  # life goes on, under numbers that are lower than those of the rows before
    house.manage("shell", "-v", "0", "-c", SEAL)

    verified = house.manage("verify_log", "--since", str(kept))
    assert " 0 rows not sealed yet" in verified
    assert "no difference" in house.manage("verify")
    assert root_of(house) != root


def root_of(house: House) -> str:
    """The root of the log, as the verification recomputed it."""
    return house.manage("verify_log").rsplit("root ", 1)[1].strip()
