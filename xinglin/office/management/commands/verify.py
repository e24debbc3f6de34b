"""Everything in the house that can prove itself does so: the ledger, what the apps know of it, and the log."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from xinglin.audit import verification as log
from xinglin.lib import clock
from xinglin.office import verification
from xinglin.timebank import verification as ledger


class Command(BaseCommand):
    help = "从零重算账目和存证日志，并与各模块核对预留的时间，列出每一处对不上的地方；全部对得上时退出码为 0。"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        tally, sealed, count = ledger.Tally(), log.Tally(), 0
        everything = (ledger.differences(tally), verification.differences(at=clock.now()), log.differences(sealed))
        for found in everything:
            for difference in found:
                self.stdout.write(f"✗ {difference}")
                count += 1
        seen = (
            f"{tally.transfers} transfers, {tally.accounts} accounts, {tally.member_minutes} minutes of members,"
            f" {sealed.leaves} leaves, {sealed.checkpoints} checkpoints"
        )
        if count:
            self.stdout.write(f"有 {count} 处对不上  {seen}: {count} differences")
            sys.exit(1)
        self.stdout.write(f"全部对得上  {seen}: no difference")
