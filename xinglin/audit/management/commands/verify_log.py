"""Recomputes the log from the rows that it seals, checks every signature, and says what differs."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from xinglin.audit import signing, verification
from xinglin.lib.tlog import notes


class Command(BaseCommand):
    help = (
        "从原始数据重算存证日志：每一片叶、每个存证点、每个签名，列出对不上的地方；全部对得上时退出码为 0。"
        "加上 --since 旧存证点文件，还会核对日志是不是从那一点原样长出来的。"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=Path, help="以前收到的存证点 · a checkpoint received earlier, as a file")

    def handle(self, *args: Any, since: Path | None, **options: Any) -> None:
        tally = verification.Tally()
        for difference in verification.differences(tally, since=_text_of(since)):
            self.stdout.write(f"✗ {difference}")
        for key in signing.every_key():
            line = notes.verifier_key(key.origin, bytes(key.public))
            self.stdout.write(f"密钥 {line}  signed {tally.signed_by.get(key.pk, 0)} checkpoints")
        seen = f"{tally.leaves} leaves, {tally.checkpoints} checkpoints, {tally.waiting} rows not sealed yet"
        if tally.differences:
            self.stdout.write(f"存证对不上：{tally.differences} 处  {seen}: {tally.differences} differences")
            sys.exit(1)
        self.stdout.write(f"存证完整，逐条重算无误  {seen}: no difference")
        self.stdout.write(f"root {tally.root.hex()}")


def _text_of(since: Path | None) -> str:
    if since is None:
        return ""
    try:
        return since.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise CommandError(f"读不到存证点文件 {since} · the checkpoint cannot be read") from None
