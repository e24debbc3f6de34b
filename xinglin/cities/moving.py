"""Moving a city: everything of it in one file under a passphrase, and out of the file into another installation.

Rows keep their numbers and the ledger its log. The city's keys come along, so that what they sealed and signed stays
readable and valid. Sign-ins (sessions) do not: people sign in again at the new address.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import FileSystemStorage
from django.db import connection, transaction
from psycopg import sql

from xinglin.cities import actions, copying, current, keys, migrating, queries
from xinglin.cities.errors import BrokenFile, FilesThere, NotWritten, OtherMigrations, WeakPassphrase, WrongPassphrase
from xinglin.cities.models import City
from xinglin.lib import passphrase as sealing
from xinglin.lib.passphrase import Sealer, Unreadable

FORMAT = 1
MANIFEST, PROOF, KEYS = "manifest.json", "manifest.proof", "keys"
STAYS_BEHIND = {"django_session"}
CHUNK = 1 << 16
MOST_NAMES_SHOWN = 3
LARGEST_MANIFEST = 16 << 20


def export(*, city: City, path: Path, passphrase: str, at: dt.datetime) -> dict[str, Any]:
    """Write the city as it is at this moment into a file that only the passphrase opens. Returns its manifest."""
    if len(passphrase) < sealing.LEAST_LETTERS:
        raise WeakPassphrase(letters=sealing.LEAST_LETTERS)
    sealer = Sealer.new(passphrase)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("xb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            os.chmod(aside, 0o600)
            with current.entered(city):
                manifest = _write(archive, city, sealer, at)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return manifest


def import_(*, path: Path, passphrase: str, slug: str = "", hosts: Iterable[str] = (), at: dt.datetime) -> City:
    """Make the city that a file holds: completely, or not at all."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest, sealer = _manifest(archive, passphrase)
            _refuse_other_migrations(set(manifest["migrations"]))
            return _make(archive, manifest, sealer, slug=slug or manifest["slug"], hosts=hosts, at=at)
    except (zipfile.BadZipFile, KeyError, EOFError, OSError) as trouble:
        raise BrokenFile(part=path.name) from trouble
    except Unreadable as trouble:
        raise BrokenFile(part=str(trouble)) from trouble


# Writing ------------------------------------------------------------------------------------------------------------


def _write(archive: zipfile.ZipFile, city: City, sealer: Sealer, at: dt.datetime) -> dict[str, Any]:
    is_outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if is_outermost:  # every table as it was at the same moment
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        parts = {KEYS: _write_part(archive, sealer, KEYS, [_keys_of(city)])}
        tables = {
            name: columns for name, columns in copying.tables(city.schema_name).items() if name not in STAYS_BEHIND
        }
        for table, columns in tables.items():
            name = f"data/{table}"
            parts[name] = _write_part(archive, sealer, name, _copied_out(cursor, table, columns))
        sequences = copying.sequences(city.schema_name)
    for name, file in _files():
        parts[f"files/{name}"] = _write_part(archive, sealer, f"files/{name}", file)
    manifest = {
        "format": FORMAT,
        "slug": city.slug,
        "name": city.name,
        "division_code": city.division_code,
        "time_zone": city.time_zone,
        "exported_at": at.isoformat(),
        "salt": base64.b64encode(sealer.salt).decode(),
        "migrations": sorted(migrating.applied(city.schema_name)),
        "tables": tables,
        "sequences": sequences,
        "parts": parts,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    archive.writestr(MANIFEST, text)
    archive.writestr(PROOF, b"".join(sealer.seal(PROOF, [hashlib.sha256(text).digest()])))
    return manifest


def _write_part(archive: zipfile.ZipFile, sealer: Sealer, name: str, pieces: Iterable[bytes]) -> str:
    """Put one sealed part into the archive; returns the checksum of what lies there."""
    digest = hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as entry:
        for block in sealer.seal(name, pieces):
            digest.update(block)
            entry.write(block)
    return digest.hexdigest()


def _keys_of(city: City) -> bytes:
    plain = keys.unwrap(
        schema=city.schema_name,
        sealing_key=bytes(city.sealing_key),
        index_key=bytes(city.index_key),
        signing_key=bytes(city.signing_key),
    )
    return plain.sealing + plain.index + plain.signing


def _copied_out(cursor: Any, table: str, columns: list[str]) -> Iterator[bytes]:
    with cursor.copy(_copy(table, columns, "TO STDOUT")) as rows:
        for row in rows:
            yield bytes(row)


def _files() -> Iterator[tuple[str, Iterator[bytes]]]:
    root = Path(FileSystemStorage().base_location) / current.schema()
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(root).as_posix(), _read(path.open("rb"))


# Reading ------------------------------------------------------------------------------------------------------------


def _manifest(archive: zipfile.ZipFile, passphrase: str) -> tuple[dict[str, Any], Sealer]:
    """The manifest, proved by the passphrase; then each part is what the manifest says it is."""
    if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise BrokenFile(part=MANIFEST)
    text = archive.read(MANIFEST)
    try:
        manifest = json.loads(text)
        sealer = Sealer(passphrase, base64.b64decode(manifest["salt"]))
        is_known = manifest["format"] == FORMAT
    except (ValueError, TypeError):
        raise BrokenFile(part=MANIFEST) from None
    if not is_known:
        raise BrokenFile(part=MANIFEST)
    try:
        proof = b"".join(sealer.open(PROOF, [archive.read(PROOF)]))
    except Unreadable:
        raise WrongPassphrase from None
    if proof != hashlib.sha256(text).digest():
        raise BrokenFile(part=MANIFEST)
    for name, checksum in manifest["parts"].items():
        digest = hashlib.sha256()
        for piece in _read(archive.open(name)):
            digest.update(piece)
        if digest.hexdigest() != checksum:
            raise BrokenFile(part=name)
    return manifest, sealer


def _refuse_other_migrations(theirs: set[str]) -> None:
    ours = migrating.applied(current.TEMPLATE_SCHEMA)
    if theirs != ours:
        raise OtherMigrations(missing=_named(theirs - ours), extra=_named(ours - theirs))


def _named(migrations: set[str]) -> str:
    shown = sorted(migrations)[:MOST_NAMES_SHOWN]
    return "、".join(shown) + (" …" if len(migrations) > MOST_NAMES_SHOWN else "") or "–"


def _make(
    archive: zipfile.ZipFile, manifest: dict[str, Any], sealer: Sealer, *, slug: str, hosts: Iterable[str], at: Any
) -> City:
    schema = current.PREFIX + slug
    with current.outside(), _all_or_nothing() as folders, transaction.atomic():
        actions.take_turn()
        actions.refuse_slug(slug=slug)
        plan = copying.Plan(current.TEMPLATE_SCHEMA, schema)
        plan.build_tables()
        with current.entered(current.Place(schema)), connection.cursor() as cursor:
            for table, columns in manifest["tables"].items():
                with cursor.copy(_copy(table, columns, "FROM STDIN")) as rows:
                    for block in _open_part(archive, sealer, f"data/{table}"):
                        rows.write(block)
            copying.set_sequences(schema, manifest["sequences"])
        plan.finish()
        plain = b"".join(_open_part(archive, sealer, KEYS))
        city = actions.register(
            slug=slug,
            name=manifest["name"],
            division_code=manifest["division_code"],
            time_zone=manifest["time_zone"],
            secrets=keys.Keys(plain[:32], plain[32:64], plain[64:]),
            at=at,
        )
        for host in hosts:
            actions.add_host(city=city, host=host)
        home = Path(FileSystemStorage().base_location).resolve() / schema
        aside = home.with_name(f".{schema}.{os.getpid()}")
        folders += [aside]
        _put_files(archive, manifest, sealer, aside)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # whatever the commit would still refuse is refused here
        if aside.exists():
            if home.exists():
                raise FilesThere(folder=home)
            folders += [home]
            aside.rename(home)
    queries.forget()
    return city


@contextmanager
def _all_or_nothing() -> Iterator[list[Path]]:
    """Folders that are taken away again when what is done inside, the commit too, comes to nothing."""
    folders: list[Path] = []
    try:
        yield folders
    except BaseException:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _put_files(archive: zipfile.ZipFile, manifest: dict[str, Any], sealer: Sealer, root: Path) -> None:
    for name in manifest["parts"]:
        if name.startswith("files/"):
            path = (root / name.removeprefix("files/")).resolve()
            if not path.is_relative_to(root):
                raise BrokenFile(part=name)
            pieces = _open_part(archive, sealer, name)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as file:
                    for piece in pieces:
                        file.write(piece)
            except (zipfile.BadZipFile, EOFError):
                raise
            except OSError as trouble:
                raise NotWritten(place=root.parent, reason=os.strerror(trouble.errno or 0)) from trouble


def _open_part(archive: zipfile.ZipFile, sealer: Sealer, name: str) -> Iterator[bytes]:
    return sealer.open(name, _read(archive.open(name)))


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(CHUNK):
            yield piece


def _copy(table: str, columns: list[str], direction: str) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) {}").format(sql.Identifier(table), names, sql.SQL(direction))
