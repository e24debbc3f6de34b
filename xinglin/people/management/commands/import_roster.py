"""`manage.py import_roster roster.xlsx --bad-rows back.xlsx`: take a bureau's roster in."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from xinglin.lib import clock
from xinglin.lib.errors import Refusal
from xinglin.people import importing
from xinglin.people.importing import Outcome
from xinglin.people.words import REASONS

LINES_SHOWN = 20


class Command(BaseCommand):
    help = "导入志愿者名册 · Import a roster of volunteers; bad rows go back with the reason per cell"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the roster, .xlsx .xls .ods or .csv (GB 18030 or UTF-8)")
        parser.add_argument("--bad-rows", type=Path, help="where to write the rows that were not taken in (.xlsx)")
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing into the database")
        parser.add_argument("--demo", action="store_true", help="mark the accounts as demo people")

    def handle(self, *, file: Path, bad_rows: Path | None, dry_run: bool, demo: bool, **_options: Any) -> None:
        if not file.is_file():
            raise CommandError(_("没有找到这个文件：%(file)s") % {"file": file})
        try:
            table = importing.open_roster(file)
            outcome = importing.import_roster(table=table, at=clock.now(), is_demo=demo, dry_run=dry_run)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self._tell(outcome, dry_run=dry_run)
        if outcome.back and bad_rows:
            _write_back(bad_rows, table, outcome)
            self.stdout.write(_("退回的行写在 %(file)s，改好后可以再导入") % {"file": bad_rows})

    def _tell(self, outcome: Outcome, *, dry_run: bool) -> None:
        """Counts and row numbers only: a terminal's scroll-back is a log too."""
        if dry_run:
            self.stdout.write(_("只检查，没有写入"))
        facts = {
            "lines": outcome.lines,
            "persons": outcome.persons,
            "more": outcome.memberships - outcome.persons,
            "already": outcome.already,
            "back": len(outcome.back),
        }
        self.stdout.write(_("共 %(lines)s 行，退回 %(back)s 行") % facts)
        self.stdout.write(_("新增 %(persons)s 人，另加入队伍 %(more)s 人次，原来就有 %(already)s 行") % facts)
        if not outcome.memberships:
            self.stdout.write(_("没有新的内容，什么都没有改动"))
        for code, count in sorted(outcome.per_reason.items(), key=lambda pair: (-pair[1], pair[0])):
            self.stdout.write(f"  {REASONS[code]} {count}：{_lines(outcome, code)}")


def _lines(outcome: Outcome, code: str) -> str:
    numbers = sorted(number for number, reasons in outcome.back.items() if code in reasons.codes.values())
    shown = _("、").join(str(number) for number in numbers[:LINES_SHOWN])
    return _("第 %(lines)s 行") % {"lines": shown + ("…" if len(numbers) > LINES_SHOWN else "")}


def _write_back(path: Path, table: Any, outcome: Outcome) -> None:
    try:
        importing.write_back(path, table, outcome)
    except OSError as trouble:
        raise CommandError(_("名册已经导入，但退回的行写不进 %(file)s，请换一个位置") % {"file": path}) from trouble
