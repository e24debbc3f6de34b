"""`manage.py city create|list|host|close|export|import`: the cities of this installation, with a deed in the trail."""

from __future__ import annotations

import getpass
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.http.request import validate_host
from django.utils.translation import gettext as _

from xinglin.cities import current, queries
from xinglin.lib import clock
from xinglin.lib.errors import Refusal
from xinglin.office import actions


class Command(BaseCommand):
    help = "城市：新建、列出、加域名、停用、导出、导入 · cities: create, list, host, close, export, import"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="新建 · a new one")
        create.add_argument("slug", help="代号，小写字母和数字 · a short word: ruian")
        create.add_argument("--name", required=True, help="名称 · what pages call it: 瑞安市")
        create.add_argument("--code", default="", help="行政区划代码 · division code: 330381")
        create.add_argument("--host", action="append", default=[], help="域名，可写多个 · host name, repeatable")
        create.add_argument("--time-zone", default="", help="时区 · Asia/Shanghai unless said")
        verbs.add_parser("list", help="列出 · all of them")
        host = verbs.add_parser("host", help="加一个域名 · lead a host name to it")
        host.add_argument("slug")
        host.add_argument("host")
        close = verbs.add_parser("close", help="停用，数据都留着 · close it; nothing is deleted")
        close.add_argument("slug")
        close.add_argument("--reason", default="", help="原因，写进操作记录 · why, for the trail")
        export = verbs.add_parser("export", help="导出成一个加密文件 · into one sealed file")
        export.add_argument("slug")
        export.add_argument("file", type=Path)
        import_ = verbs.add_parser("import", help="从文件导入 · out of such a file")
        import_.add_argument("file", type=Path)
        import_.add_argument("--slug", default="", help="换一个代号 · under another short word")
        import_.add_argument("--host", action="append", default=[], help="域名 · host name, repeatable")
        for parser in (export, import_):
            parser.add_argument(
                "--passphrase-file", type=Path, help="口令所在的文件 · the file that holds the passphrase"
            )

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            with current.outside():
                getattr(self, f"_{verb}")(**options)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None

    def _create(self, *, slug: str, name: str, code: str, host: list[str], time_zone: str, **_options: Any) -> None:
        started = time.monotonic()
        city = actions.create_city(
            operator=None, slug=slug, name=name, division_code=code, hosts=host, time_zone=time_zone, at=clock.now()
        )
        said = {"slug": city.slug, "seconds": f"{time.monotonic() - started:.1f}"}
        self.stdout.write(_("城市 %(slug)s 建好了，用了 %(seconds)s 秒") % said)
        self._tell_unheard(host)

    def _list(self, **_options: Any) -> None:
        for city in queries.every_city().prefetch_related("domains"):
            hosts = ", ".join(str(host) for host in city.domains.all()) or "–"
            self.stdout.write(f"{city.slug}\t{city.get_state_display()} {city.state}\t{city.name}\t{hosts}")

    def _host(self, *, slug: str, host: str, **_options: Any) -> None:
        name = actions.add_host(operator=None, city=queries.by_slug(slug), host=host, at=clock.now())
        self.stdout.write(_("域名 %(host)s 现在通向 %(slug)s") % {"host": name.domain, "slug": slug})
        self._tell_unheard([host])

    def _close(self, *, slug: str, reason: str, **_options: Any) -> None:
        city = queries.by_slug(slug)
        actions.close_city(operator=None, city=city, typed_name=city.name, reason=reason, at=clock.now())
        self.stdout.write(_("城市 %(slug)s 已停用，数据都还在") % {"slug": slug})

    def _export(self, *, slug: str, file: Path, passphrase_file: Path | None, **_options: Any) -> None:
        city = queries.by_slug(slug)
        manifest = actions.export_city(
            city=city, path=file, passphrase=_passphrase(passphrase_file, twice=True), at=clock.now()
        )
        said = {"slug": slug, "file": file, "tables": len(manifest["tables"])}
        self.stdout.write(_("城市 %(slug)s 已导出到 %(file)s，共 %(tables)s 张表。口令丢了就打不开，请另存") % said)

    def _import(self, *, file: Path, slug: str, host: list[str], passphrase_file: Path | None, **_options: Any) -> None:
        if not file.exists():
            raise CommandError(_("没有这个文件：%(file)s") % {"file": file})
        city = actions.import_city(
            path=file, passphrase=_passphrase(passphrase_file), slug=slug, hosts=host, at=clock.now()
        )
        said = {"slug": city.slug}
        self.stdout.write(_("城市 %(slug)s 已导入。请运行 verify_ledger --city %(slug)s 核对账目") % said)
        self._tell_unheard(host)

    def _tell_unheard(self, hosts: list[str]) -> None:
        """A name that the site does not listen to would lead nowhere."""
        for host in hosts:
            if not validate_host(host.lower(), settings.ALLOWED_HOSTS):
                self.stdout.write(_("还要把 %(host)s 写进 XINGLIN_ALLOWED_HOSTS，再重新启动") % {"host": host})


def _passphrase(file: Path | None, *, twice: bool = False) -> str:
    """Never an argument: those stand in the shell's history and in the list of processes."""
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").strip()
        except OSError:
            raise CommandError(_("没有这个文件：%(file)s") % {"file": file}) from None
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    typed = getpass.getpass(_("口令："))
    if twice and getpass.getpass(_("再输一遍：")) != typed:
        raise CommandError(_("两次输入的不一样，请再来一次"))
    return typed
