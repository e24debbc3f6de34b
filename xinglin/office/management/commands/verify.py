"""Everything in the house that can prove itself does so: the ledger, and what the apps know of it."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from xinglin.lib import clock
from xinglin.office import verification
from xinglin.timebank import verification as ledger


class Command(BaseCommand):
    help = "从零重算账目，并与各模块核对预留的时间，列出每一处对不上的地方；全部对得上时退出码为 0。"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        tally, count = ledger.Tally(), 0
        for found in (ledger.differences(tally), verification.differences(at=clock.now())):
            for difference in found:
                self.stdout.write(f"✗ {difference}")
                count += 1
        seen = f"{tally.transfers} transfers, {tally.accounts} accounts, {tally.member_minutes} minutes of members"
        if count:
            self.stdout.write(f"有 {count} 处对不上  {seen}: {count} differences")
            sys.exit(1)
        self.stdout.write(f"全部对得上  {seen}: no difference")
