"""Dump and restore, with programs of PostgreSQL that fit the server. Passwords go by environment, never by argument."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
import urllib.parse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo, sql

from xinglin.lib import postgres
from xinglin.lib.backup.trouble import failed
from xinglin.lib.environment import Environment
from xinglin.lib.postgres import Programs
from xinglin.lib.terminal import Halt

READ_BYTES = 128 * 1024
COMPRESSION = "3"  # half the time of the usual 6 for a few per cent more
KIND = """
SELECT pg_encoding_to_char(encoding), datcollate, datctype, datlocprovider::text, {}
  FROM pg_database WHERE datname = current_database()
"""
OTHERS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
HANG_UP_WITHIN_S = 3.0
PROVIDERS = {"c": "libc", "i": "icu", "b": "builtin"}


@dataclass(frozen=True)
class Target:
    """One database, by its address. The address may hold a password, so it is shown nowhere."""

    url: str

    def __repr__(self) -> str:
        return f"Target({self.name!r})"

    @property
    def name(self) -> str:
        return str(conninfo.conninfo_to_dict(self.url)["dbname"])

    def beside(self, name: str) -> Target:
        """Another database of the same server."""
        parts = urllib.parse.urlsplit(self.url)
        query = f"?{parts.query}" if parts.query else ""
        return Target(f"{parts.scheme}://{parts.netloc}/{urllib.parse.quote(name, safe='')}{query}")

    def connect(self) -> psycopg.Connection[Any]:
        try:
            return psycopg.connect(self.url, autocommit=True, connect_timeout=20)
        except psycopg.OperationalError:
            raise Halt(
                "连不上数据库。请检查它是否在运行、DATABASE_URL 是否写对。",
                "The database does not answer. Check that it runs and that DATABASE_URL is right.",
                exit_code=1,
            ) from None

    def words(self) -> list[str]:
        """How PostgreSQL's programs are told the address."""
        parts = conninfo.conninfo_to_dict(self.url)
        parts.pop("password", None)
        return ["--no-password", "--dbname", conninfo.make_conninfo("", **parts)]

    def environment(self) -> dict[str, str]:
        """What they get besides: their own settings and the password, none of our secrets."""
        kept = {name: os.environ[name] for name in os.environ if name.startswith("PG") or name in ("PATH", "HOME")}
        password = conninfo.conninfo_to_dict(self.url).get("password")
        return {"PATH": os.defpath, **kept, "LC_ALL": "C", **({"PGPASSWORD": str(password)} if password else {})}


@contextlib.contextmanager
def in_use(said: Environment) -> Iterator[Target]:
    """The database of this installation: the address given, or our own cluster for as long as the block lasts."""
    if address := said.direct_url or said.database_url:
        yield Target(address)
        return
    with postgres.lease(said.var, wish=said.postgres) as cluster:
        yield Target(cluster.url())


def programs_for(target: Target) -> Programs:
    """Programs that can dump this server: of its own major version if there are any, else newer ones.

    Its own are better: what newer ones dump may set things that this server does not know.
    """
    with target.connect() as connection:
        major = connection.info.server_version // 10000
    return fitting(major)


def fitting(major: int) -> Programs:
    """The installed programs of this major version, else the nearest newer ones."""
    newer = sorted((one for one in postgres.all_programs() if one.major >= major), key=lambda one: one.major)
    if not newer:
        raise Halt(
            f"服务器是 PostgreSQL {major}，这里没有同版本或更新的 pg_dump。请安装 postgresql-client-{major}。",
            f"The server is PostgreSQL {major}, but no pg_dump here is as new. Install postgresql-client-{major}.",
        )
    return newer[0]


def dump(
    target: Target, programs: Programs, *, snapshot: str, schema: str | None = None, with_extensions: bool = False
) -> Iterator[bytes]:
    """The database, or one schema of it, in pg_dump's own format."""
    only = ["--schema", _quoted(schema)] if schema else []
    only += ["--extension", "*"] if with_extensions else []
    options = ["--format", "custom", "--compress", COMPRESSION, "--snapshot", snapshot, "--lock-wait-timeout", "300s"]
    command: Sequence[str | Path] = [programs.bin / "pg_dump", *options, *only, *target.words()]
    with running("pg_dump", command, target, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while block := process.stdout.read(READ_BYTES):
            yield block


def restore(chunks: Iterable[bytes], target: Target, programs: Programs) -> None:
    """Bring a dump into a database that is there and empty. Everything becomes the property of the role connected."""
    command: Sequence[str | Path] = [programs.bin / "pg_restore", "--no-owner", "--exit-on-error", *target.words()]
    with running("pg_restore", command, target, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        # When it gives up early the pipe breaks; its own words, told at the end, are better than that.
        with contextlib.suppress(BrokenPipeError):
            for chunk in chunks:
                process.stdin.write(chunk)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()


def create(target: Target, *, maintenance: Target, like: Target | None = None) -> None:
    """An empty database; with the encoding and order of letters of the one whose place it shall take."""
    words = _kind_of(like) if like else sql.SQL("")
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0 {}").format(sql.Identifier(target.name), words)
    try:
        _execute(maintenance, statement)
    except psycopg.errors.InsufficientPrivilege:
        role = str(conninfo.conninfo_to_dict(target.url).get("user", ""))
        command = f"sudo -u postgres psql -c 'ALTER ROLE \"{role}\" CREATEDB'"
        raise Halt(
            f"数据库角色 {role} 不能新建数据库，恢复需要它。请先运行：{command}（恢复以后再用 NOCREATEDB 收回）",
            f"The role {role} may not create databases, which restoring needs. Run: {command} (NOCREATEDB afterwards)",
        ) from None


def _kind_of(target: Target) -> sql.Composed:
    with target.connect() as connection:
        locale = "datlocale" if connection.info.server_version >= 170000 else "daticulocale"
        query = sql.SQL(KIND).format(sql.Identifier(locale))
        row = connection.execute(query).fetchone()
    assert row is not None
    encoding, collate, ctype, provider, named = row
    parts = {"ENCODING": encoding, "LC_COLLATE": collate, "LC_CTYPE": ctype, "LOCALE_PROVIDER": PROVIDERS[provider]}
    if named:
        parts["BUILTIN_LOCALE" if provider == "b" else "ICU_LOCALE"] = named
    return sql.SQL(" ").join(sql.SQL(name + " {}").format(sql.Literal(value)) for name, value in parts.items())


def drop(target: Target, *, maintenance: Target) -> None:
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(target.name))
    _execute(maintenance, statement)


def rename(target: Target, to: str, *, maintenance: Target) -> None:
    statement = sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(target.name), sql.Identifier(to))
    _execute(maintenance, statement)


def refuse_in_use(target: Target) -> None:
    """Whoever is connected would go on writing into what is about to be put aside.

    A server process outlives the program that just hung up by a moment, so it is given that moment.
    """
    with target.connect() as connection:
        give_up_at = time.monotonic() + HANG_UP_WITHIN_S
        while (row := connection.execute(OTHERS).fetchone()) != (0,) and time.monotonic() < give_up_at:
            time.sleep(0.05)
    if row != (0,):
        raise Halt(
            f"还有程序连着数据库 {target.name}。请先停下网站和后台任务，再恢复。没有动任何数据。",
            f"Something is still connected to {target.name}. Stop the site and its worker first. Nothing was touched.",
        )


def _execute(target: Target, statement: sql.Composed) -> None:
    with target.connect() as connection:
        connection.execute(statement)


@contextlib.contextmanager
def running(
    name: str,
    command: Sequence[str | Path],
    target: Target,
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.DEVNULL,
) -> Iterator[subprocess.Popen[bytes]]:
    """One of PostgreSQL's programs; halts with its first complaint when it fails, and never outlives the block."""
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            command, cwd="/", env=target.environment(), stdin=stdin, stdout=stdout, stderr=complaints
        )
        try:
            yield process
            process.wait()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    if pipe is not None:
                        pipe.close()
        if process.returncode:
            complaints.seek(0)
            raise failed(name, complaints.read().decode(errors="replace"), where=Path(target.name))


def _quoted(schema: str) -> str:
    """pg_dump takes patterns; in quotes a name stands for itself."""
    doubled = schema.replace('"', '""')
    return f'"{doubled}"'
