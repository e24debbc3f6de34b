"""`manage.py import_plan plan.xlsx`: takes a bureau's month plan; what cannot be used goes back with reasons."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from xinglin.activities import importing, plan
from xinglin.lib import clock, sheets
from xinglin.lib.errors import Refusal
from xinglin.organisation import queries as organisation

DECLARATION = "这份计划里的服务，都不是志愿者本职工作或值班时间里的事。"


class Command(BaseCommand):
    help = "导入活动计划：建项目、活动、班次和岗位。同一份计划导入多少次，结果都一样。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="计划表（.xlsx）")
        parser.add_argument("--blank", action="store_true", help="把一份空白计划表写到这个文件，什么都不导入")
        parser.add_argument("--shift-to", metavar="日期", help="把整份计划平移，让第一天落在这个日期（2026-11-22）")
        parser.add_argument("--bad-rows", metavar="文件", help="不能用的行写到这个文件，每格写明原因")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument("--not-own-duty", action="store_true", help=f"声明：{DECLARATION}")

    def handle(self, *, file: str, **options: Any) -> None:
        if options["blank"]:
            self._write_blank(Path(file))
            return
        try:
            table = sheets.read(Path(file), plan.COLUMNS)
        except FileNotFoundError:
            raise CommandError(f"没有这个文件：{file}") from None
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        units = {sheets.folded(unit.name): unit for unit in organisation.open_units()}
        entries, bad = plan.read_all(table.lines, units=units.keys())
        first_day = _day(options["shift_to"])
        moved_by = plan.moved(entries, first_day=first_day) if first_day is not None else dt.timedelta(0)
        made = self._import(entries, units, moved_by, declared=options["not_own_duty"], dry_run=options["dry_run"])
        self._report(table, entries, bad, made, dry_run=options["dry_run"])
        if bad and options["bad_rows"]:
            _write_back(Path(options["bad_rows"]), table, bad)
            self.stdout.write(f"退回的行写在 {options['bad_rows']}")

    def _import(
        self, entries: list[plan.Entry], units: Any, moved_by: dt.timedelta, *, declared: bool, dry_run: bool
    ) -> importing.Made:
        not_own_duty = declared or dry_run or self._is_declared()
        with transaction.atomic():
            made = importing.import_plan(
                entries=entries, units=units, moved_by=moved_by, not_own_duty=not_own_duty, actor=None, at=clock.now()
            )
            transaction.set_rollback(dry_run)
        return made

    def _write_blank(self, path: Path) -> None:
        try:
            with path.open("xb") as file:  # never over a plan that somebody has filled in
                file.write(sheets.blank(plan.COLUMNS))
        except OSError:
            raise CommandError(f"空白计划表写不进 {path}，请换一个还没有文件的位置") from None
        kinds = "、".join(words[0] for words in plan.KINDS_WRITTEN.values())
        self.stdout.write(f"空白计划表写在 {path}。带 * 的列要填；“{plan.KINDS}”可以写：{kinds}，都不是就空着。")

    def _is_declared(self) -> bool:
        """Somebody must say it: at the terminal, or by the flag where nobody can be asked."""
        if not sys.stdin.isatty():
            raise CommandError(f"请先确认：{DECLARATION}确认的话，加上 --not-own-duty 再导入。")
        if input(f"{DECLARATION}\n确认吗？输入“是”继续：").strip() not in ("是", "y", "yes"):
            raise CommandError("没有确认，什么都没有导入。")
        return True

    def _report(self, table: Any, entries: Any, bad: Any, made: importing.Made, *, dry_run: bool) -> None:
        self.stdout.write(f"共 {len(table.lines)} 行：可用 {len(entries)} 行，退回 {len(bad)} 行。")
        for number, reasons in bad.items():
            self.stdout.write(f"  第{number}行：" + "；".join(f"{column}——{why}" for column, why in reasons.items()))
        new = f"项目 {made.projects} 个，活动 {made.activities} 个，班次 {made.shifts} 个，岗位 {made.posts} 个。"
        self.stdout.write(("只检查，没有写入。会新建：" if dry_run else "新建：") + new)


def _write_back(path: Path, table: Any, bad: Any) -> None:
    try:
        sheets.write_back(path, table, bad)
    except OSError:
        raise CommandError(f"计划已经导入，但退回的行写不进 {path}，请换一个位置") from None


def _day(text: str | None) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise CommandError("日期请写成 2026-11-22 这样") from None
