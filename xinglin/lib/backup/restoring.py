"""Put a backup back: beside what is there first, and only when it is whole and verified does it take the place.

What stood there before is renamed, never overwritten: it is the safety copy.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from xinglin.lib.backup import database, facts, files, keys, landing
from xinglin.lib.backup.checking import major
from xinglin.lib.backup.database import Target
from xinglin.lib.backup.parts import Manifest
from xinglin.lib.backup.stream import Unlock
from xinglin.lib.clock import SHANGHAI
from xinglin.lib.environment import CHECKOUT, Environment
from xinglin.lib.locks import FileLock
from xinglin.lib.postgres import Programs
from xinglin.lib.postgres.places import make_var
from xinglin.lib.terminal import Halt, say

LONGEST_NAME = 40  # PostgreSQL allows 63, and the time is put behind it


@dataclass(frozen=True)
class Wish:
    """What the operator allows."""

    switch: bool = False  # take the place of data that is there
    without_keys: bool = False  # though the sealed numbers will not open


def restore(said: Environment, path: Path, unlock: Unlock, *, wish: Wish, at: dt.datetime) -> None:
    """Everything of a backup, or the one city that it holds, into the database of this installation."""
    manifest = landing.manifest_of(path, unlock)
    _refuse_newer_program(manifest)
    _refuse_other_keys(manifest, said, wish)
    with nobody_serving(said), database.in_use(said) as target:
        database.refuse_in_use(target)
        _refuse_older_server(manifest, target)
        _refuse_other_city(manifest, target, wish)
        _refuse_full_target(manifest, target, wish)
        programs = _programs_for(manifest, target)
        stamp = at.astimezone(SHANGHAI).strftime("%Y%m%d_%H%M%S")
        put = _put_city if manifest["schema"] else _put_all
        put(said, path, unlock, target, programs, manifest=manifest, stamp=stamp)
    say(
        f"恢复好了：{manifest['made_at']} 的备份，{sum(manifest['rows'].values())} 行，账是平的",
        f"Restored: the backup of {manifest['made_at']}, verified",
    )


@contextlib.contextmanager
def nobody_serving(said: Environment) -> Iterator[None]:
    """While data is exchanged nobody serves from it, nor starts to."""
    make_var(said.var)
    lock = FileLock(said.var / "serve.lock")
    if not lock.take_alone():
        raise Halt(
            "网站还在运行。请先停下它（在它的窗口按 Ctrl-C），再恢复。没有动任何数据。",
            "The site is running. Stop it first (Ctrl-C in its window). Nothing was touched.",
        )
    try:
        lock.write("正在恢复备份 restoring a backup")
        yield
    finally:
        lock.write("")
        lock.release()


def _put_all(
    said: Environment, path: Path, unlock: Unlock, target: Target, programs: Programs, *, manifest: Manifest, stamp: str
) -> None:
    with _beside(said, path, unlock, target, programs, stamp=stamp) as (fresh, folder):
        before = f"{target.name[:LONGEST_NAME]}_before_{stamp}"
        _switch_database(target, fresh, before)
    _switch_files(folder, said.var / files.MEDIA, stamp)
    if _is_empty(target.beside(before)):
        database.drop(target.beside(before), maintenance=target.beside("postgres"))
    else:
        _tell_safety_copy("数据库", "database", before)


def _put_city(
    said: Environment, path: Path, unlock: Unlock, target: Target, programs: Programs, *, manifest: Manifest, stamp: str
) -> None:
    """The whole is tried out beside first; then the city's schema alone is exchanged, and the others go on unharmed."""
    city = str(manifest["schema"])
    with _beside(said, path, unlock, target, programs, stamp=stamp) as (fresh, folder):
        database.drop(fresh, maintenance=target.beside("postgres"))
        before = f"{city[:LONGEST_NAME]}_before_{stamp}"
        with target.connect() as connection:
            was_there = city in facts.schemas(connection)
            if was_there:
                _rename_schema(connection, city, before)
            try:
                landing.land_database_only(path, unlock, target, programs)
                landing.compare(manifest, target)
            except BaseException:
                connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(city)))
                if was_there:
                    _rename_schema(connection, before, city)
                raise
    _switch_files(folder, said.var / files.MEDIA / city, stamp)
    if was_there:
        _tell_safety_copy("城市数据", "schema", before)


@contextlib.contextmanager
def _beside(
    said: Environment, path: Path, unlock: Unlock, target: Target, programs: Programs, *, stamp: str
) -> Iterator[tuple[Target, Path]]:
    """A new database and a new folder with what the backup holds, verified. Both go again if anything fails."""
    maintenance = target.beside("postgres")
    fresh = target.beside(f"{target.name[:LONGEST_NAME]}_restoring_{stamp}")
    folder = said.var / f"{files.MEDIA}.restoring-{stamp}"
    say(f"恢复到新的数据库 {fresh.name}", f"Restoring into a new database, {fresh.name}")
    database.create(fresh, maintenance=maintenance, like=target)
    try:
        manifest = landing.land(path, unlock, fresh, programs, folder=folder)
        say("从零重算时间银行", "Recomputing the time bank")
        landing.verify(fresh, city=manifest["schema"])
        yield fresh, folder
    except BaseException:
        database.drop(fresh, maintenance=maintenance)
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _switch_database(target: Target, fresh: Target, before: str) -> None:
    maintenance = target.beside("postgres")
    try:
        database.rename(target, before, maintenance=maintenance)
    except psycopg.errors.ObjectInUse:
        database.refuse_in_use(target)
        raise
    try:
        database.rename(fresh, target.name, maintenance=maintenance)
    except BaseException:
        database.rename(target.beside(before), target.name, maintenance=maintenance)
        raise


def _switch_files(folder: Path, place: Path, stamp: str) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if place.exists() and any(place.iterdir()):
        before = place.with_name(f"{place.name}.before-{stamp}")
        place.rename(before)
        _tell_safety_copy("文件", "files", str(before))
    elif place.exists():
        place.rmdir()
    folder.rename(place)


def _tell_safety_copy(chinese: str, english: str, name: str) -> None:
    say(
        f"原来的{chinese}还在：{name}。确认一切正常后再删除",
        f"The {english} from before is still there: {name}. Remove it once all is well",
    )


def _rename_schema(connection: psycopg.Connection[Any], name: str, to: str) -> None:
    connection.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(to)))


def _is_empty(target: Target) -> bool:
    with target.connect() as there:
        return facts.is_empty(there)


def _programs_for(manifest: Manifest, target: Target) -> Programs:
    with target.connect() as connection:
        here = connection.info.server_version // 10000
    return database.fitting(max(here, major(manifest["dumped_with"])))


def _refuse_newer_program(manifest: Manifest) -> None:
    """Data of a later release would meet code that does not know it."""
    here = {f"{path.parent.parent.name}.{path.stem}" for path in CHECKOUT.glob("xinglin/*/migrations/[0-9]*.py")}
    ours = {name.split(".")[0] for name in here}
    done = {name for names in manifest["migrations"].values() for name in names}
    unknown = sorted(name for name in done - here if name.split(".")[0] in ours)
    if unknown:
        raise Halt(
            f"这份备份来自更新的程序 {manifest['program']}（{unknown[0]}），这里的程序不认识它。请先升级程序。",
            f"This backup was made by a newer program, {manifest['program']} ({unknown[0]}). Upgrade first.",
        )


def _refuse_other_keys(manifest: Manifest, said: Environment, wish: Wish) -> None:
    if manifest["keys"] != keys.fingerprints(said) and not wish.without_keys:
        raise Halt(
            "这里的密钥不是备份时的密钥，身份证号和电话会打不开。请先运行 make restore-keys；"
            "密钥确实丢了，再用 WITHOUT_KEYS=yes。",
            "The keys here are not those of the backup: sealed numbers would not open. Run `make restore-keys` first. "
            "If the keys are lost: WITHOUT_KEYS=yes.",
        )


def _refuse_other_city(manifest: Manifest, target: Target, wish: Wish) -> None:
    """A city's name, hosts and keys stand in the installation's own table, which a city's backup leaves alone."""
    city = str(manifest["schema"])
    if not city or wish.without_keys:
        return
    with target.connect() as connection:
        here = facts.keys_of_city(connection, city)
    if here != manifest["keys_of_city"]:
        slug = city.removeprefix(facts.CITY_PREFIX)
        raise Halt(
            f"这里没有城市 {slug}，或者它是后来新建的、密钥不同。请用全部数据的备份，或 manage.py city import。",
            f"The city {slug} is not here, or was made anew with other keys. Use a backup of everything, "
            "or manage.py city import.",
        )


def _refuse_older_server(manifest: Manifest, target: Target) -> None:
    with target.connect() as connection:
        here = connection.info.server_version // 10000
    if here < major(manifest["server"]):
        raise Halt(
            f"备份来自 PostgreSQL {manifest['server']}，这里的 {here} 更旧。请换成同版本或更新的。没有动任何数据。",
            f"The backup comes from PostgreSQL {manifest['server']}, the server here is {here}, which is older. "
            "Use the same version or a newer one. Nothing was touched.",
        )


def _refuse_full_target(manifest: Manifest, target: Target, wish: Wish) -> None:
    city = manifest["schema"]
    with target.connect() as connection:
        is_full = city in facts.schemas(connection) if city else not facts.is_empty(connection)
    if is_full and not wish.switch:
        raise Halt(
            f"{'城市 ' + city if city else '数据库 ' + target.name} 里已有数据，没有动它。确定要换掉就加 SWITCH=yes："
            "原来的会改名保留。",
            f"{city or target.name} holds data already; it was not touched. To put the backup in its place add "
            "SWITCH=yes: what is there is renamed and kept.",
        )
