"""Recomputes every balance of the time bank from zero and says what differs."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from xinglin.timebank import verification


class Command(BaseCommand):
    help = "从零重算时间银行的每一笔账，列出对不上的地方；全部对得上时退出码为 0。"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        tally = verification.Tally()
        for difference in verification.differences(tally):
            self.stdout.write(f"✗ {difference}")
        seen = f"{tally.transfers} transfers, {tally.accounts} accounts, {tally.member_minutes} minutes of members"
        if tally.differences:
            self.stdout.write(f"账不平：{tally.differences} 处对不上  {seen}: {tally.differences} differences")
            sys.exit(1)
        self.stdout.write(f"账是平的，逐笔重算无误  {seen}: no difference")
