"""The make targets of backup, restore and upgrade: `python -m xinglin.lib.backup.doors restore --from FILE`.

What make is told as FROM=… arrives by the environment; a flag says the same.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from xinglin.lib import clock, environment
from xinglin.lib.backup import checking, copies, facts, keys, landing, moment, nightly, restoring, upgrading
from xinglin.lib.backup.stream import Unlock, unlock_with
from xinglin.lib.backup.trouble import unreadable
from xinglin.lib.environment import Environment
from xinglin.lib.terminal import Halt, say, say_halt

Said = argparse.Namespace
OPTIONS = ("city", "from", "keys", "to", "output")
SWITCHES = ("switch", "check", "without-keys")
WORD = re.compile(r"[A-Z_]+=")
YES = ("yes", "1", "true", "on")


def backup(said: Environment, told: Said) -> None:
    """Backup, verified."""
    with nightly.alone(said):
        copy = nightly.back_up(said, kind="manual", schema=told.city, at=clock.now())
    say(f"备份在 {copy.path}", "Keep a copy on another machine")


def nightly_run(said: Environment, told: Said) -> None:
    """Backup, verify, prune."""
    nightly.run(said, at=clock.now())


def backup_keys(said: Environment, told: Said) -> None:
    """The keys into a file of their own."""
    at = clock.now()
    passphrase = keys.ask_passphrase(is_new=True)
    before = keys.read(Path(told.keys), passphrase=passphrase) if told.keys else None
    collected = keys.collect(said, before=before)
    stamp = at.astimezone(clock.SHANGHAI).strftime("%Y%m%d-%H%M%S")
    path = Path(told.output) if told.output else said.var / f"keys-{stamp}.json"
    keys.write(collected, path, passphrase=passphrase, at=at)
    recipient = keys.keep_recipient(collected, said.var / "secrets")
    say(f"密钥文件写在 {path}，钥匙 {recipient.fingerprint}", "Keys file written")
    for line in KEEP_APART:
        print(f"  {line}")


def restore_keys(told: Said) -> None:
    """The keys back into var/secrets, before anything makes new ones there."""
    collected = _keys(told)
    folder = environment.folder_of_data() / "secrets"
    missing = keys.put_back(collected, folder)
    keys.keep_recipient(collected, folder)
    say(f"放回了 {len(missing)} 个密钥：{'、'.join(missing) or '都已经在'}", f"{len(missing)} keys put back")


def restore(said: Environment, told: Said) -> None:
    """A backup back into place, or the cluster back to a minute, or only a trial."""
    unlock = unlock_with(_keys(told).private)
    if told.to:
        moment.restore(said, unlock, to=moment_of(told.to), may_switch=told.switch, at=clock.now())
        return
    path = _path(said, told)
    if told.check:
        _check(said, path, unlock)
        return
    with nightly.alone(said):
        wish = restoring.Wish(switch=told.switch, without_keys=told.without_keys)
        restoring.restore(said, path, unlock, wish=wish, at=clock.now())


def upgrade(said: Environment, told: Said) -> None:
    """Backup, packages, migrations, restart."""
    upgrading.upgrade(said, at=clock.now())


def moment_of(text: str) -> dt.datetime | None:
    """`2026-11-21 14:30`, as people in China say it; None for `latest`."""
    if text.strip().lower() == "latest":
        return None
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise Halt(
            f"看不懂时间“{text}”，请写成 2026-11-21 14:30，或 latest。",
            f'"{text}" is no time: write 2026-11-21 14:30, or latest.',
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.SHANGHAI)


def _check(said: Environment, path: Path, unlock: Unlock) -> None:
    with nightly.alone(said):
        copy = copies.read(path)
        if copy:
            checking.check(said, copy, unlock, rehearse=False, at=clock.now())
            return
        manifest = landing.manifest_of(path, unlock)
        with checking.restored(said, path, unlock, manifest) as target:
            landing.verify(target, city=manifest["schema"])
    say(f"核对无误：{path.name}", f"Verified: {path.name}")


def _path(said: Environment, told: Said) -> Path:
    if vars(told)["from"]:
        return Path(vars(told)["from"]).absolute()
    fitting = [
        copy
        for copy in copies.all_in(said.backups)
        if copy.is_verified and copy.schema == told.city and copy.kind != "base"
    ]
    if not fitting:
        raise Halt(
            f"{said.backups} 里没有核对过的备份。请用 FROM=文件 指明一份。",
            f"There is no verified backup in {said.backups}. Name one with FROM=file.",
        )
    say(f"用最新的一份：{fitting[-1].path.name}", "Using the newest one")
    return fitting[-1].path


def _keys(told: Said) -> keys.Keys:
    if not told.keys:
        raise Halt(
            "请用 KEYS=文件 指明密钥文件（make backup-keys 写出、另存在别处的那份）。",
            "Name the keys file with KEYS=file: the one that `make backup-keys` wrote and that you keep elsewhere.",
        )
    return keys.read(Path(told.keys), passphrase=keys.ask_passphrase(is_new=False))


KEEP_APART = (
    "把它存到另外的地方（U 盘、保险柜，打印也行），口令记在第三处，然后从本机删掉它。",
    "没有它，备份打不开；它和备份放在一起，就等于没有加密。",
    "Keep it somewhere else (a stick, a safe, on paper), its passphrase in a third place, and delete it here.",
    "Without it no backup opens; beside the backups it protects nothing.",
)
DOORS = {
    "backup": backup,
    "nightly": nightly_run,
    "backup-keys": backup_keys,
    "restore": restore,
    "upgrade": upgrade,
}


def parsed(words: Sequence[str]) -> Said:
    """The flags, and what make was told: by the environment, or as words such as KEYS=file."""
    told = {**os.environ, **dict(word.split("=", 1) for word in words if WORD.match(word))}
    words = [word for word in words if not WORD.match(word)]
    parser = argparse.ArgumentParser(prog="python -m xinglin.cli")
    parser.add_argument("door", choices=[*DOORS, "restore-keys"])
    for name in OPTIONS:
        parser.add_argument(f"--{name}", default=told.get(name.upper(), ""))
    for name in SWITCHES:
        is_yes = told.get(name.replace("-", "_").upper(), "").lower() in YES
        parser.add_argument(f"--{name}", action="store_true", default=is_yes)
    said = parser.parse_args(words)
    if said.city and not said.city.startswith(facts.CITY_PREFIX):
        said.city = facts.CITY_PREFIX + said.city
    return said


def main(words: Sequence[str]) -> int:
    """One sentence instead of a traceback, and everything put away when it is stopped half way."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        told = parsed(words)
        if told.door == "restore-keys":
            restore_keys(told)
        else:
            DOORS[told.door](environment.read(), told)
    except Halt as halt:
        return say_halt(halt)
    except OSError as trouble:
        return say_halt(unreadable(Path(trouble.filename or "?"), trouble))
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
