"""Upgrade: a verified backup, the packages, a rehearsal on the copy, the migrations, the pages' files, the restart.

Nothing of the running site is touched before the rehearsal went well. Migrations suit the code that still runs
(tests/architecture/test_migrations.py), so it goes on serving until the restart, and after a failure as well.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
from pathlib import Path

from xinglin.lib import installing
from xinglin.lib.backup import checking, database, landing, nightly
from xinglin.lib.backup.copies import Copy
from xinglin.lib.environment import CHECKOUT, Environment
from xinglin.lib.terminal import Halt, say

UNITS = ("xinglin-web.service", "xinglin-worker.service")


def upgrade(said: Environment, *, at: dt.datetime) -> None:
    """From the release before to this code, whose files the operator has already put here."""
    with nightly.alone(said):
        say("第一步，共四步：备份", "Step 1 of 4: a backup")
        made = nightly.make(said, kind="upgrade", schema="", at=at)
        say("第二步：安装依赖，在备份的副本上演练更新", "Step 2: packages, and a rehearsal on a copy of the data")
        installing.packages(with_tests=False)
        copy = checking.check(said, made.copy, made.unlock, rehearse=True, at=at)
    say("第三步：更新数据表", "Step 3: migrations")
    with database.in_use(said) as target:
        migrate(target.url, copy)
    say("第四步：网页文件与重启", "Step 4: the pages' files, and the restart")
    _gather()
    _restart()


def migrate(url: str, copy: Copy) -> None:
    """Run what is new; a migration that fails is named, and so is the way back."""
    environment = {**os.environ, "DATABASE_URL": url}
    command = [sys.executable, str(CHECKOUT / "manage.py"), "migrate", "--noinput", "-v", "1"]
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode == 0:
        return
    failed = landing.failed_migration(done.stdout, done.stderr)
    raise Halt(
        f"数据表更新在 {failed} 停下了，这一步已整个撤回；之前的几步旧程序也能用，网站照常运行。"
        f"回到旧程序：换回旧版本的文件，运行 make setup，再重启。真要回到更新之前的数据："
        f"make restore FROM={copy.path} KEYS=… SWITCH=yes",
        f"The migrations stopped at {failed}, which was undone as a whole; the old code goes "
        f"on running. To go back: put the old release here, `make setup`, restart. For the data of before: "
        f"make restore FROM={copy.path} KEYS=… SWITCH=yes",
        exit_code=1,
    )


def _gather() -> None:
    # Never with --clear: the pages of the old code still ask for their files until the restart.
    command = [sys.executable, str(CHECKOUT / "manage.py"), "collectstatic", "--noinput", "-v", "0"]
    if subprocess.run(command, cwd=CHECKOUT, stdin=subprocess.DEVNULL).returncode:
        raise Halt("网页文件没有收集成功，原因见上面。", "Gathering the pages' files failed; see above.", exit_code=1)


def _restart() -> None:
    """By systemd where it runs this very program and we may ask it to; else the operator is told."""
    if not _serves_from_here():
        say(
            "更新好了。网站重启以后就是新版本（make serve，或由 deploy/install 接着做）",
            "Upgraded. With its restart the site is the new release (`make serve`, or deploy/install goes on with it)",
        )
        return
    if os.geteuid() != 0 or subprocess.run(["systemctl", "restart", *UNITS]).returncode:
        command = f"sudo systemctl restart {' '.join(UNITS)}"
        say(f"更新好了。请重启网站：{command}", f"Upgraded. Restart the site: {command}")
        return
    say("更新好了，网站已重启", "Upgraded, and the site restarted")


def _serves_from_here() -> bool:
    if not shutil.which("systemctl"):
        return False
    if subprocess.run(["systemctl", "is-active", "--quiet", UNITS[0]], capture_output=True).returncode:
        return False
    command = ["systemctl", "show", "--property=WorkingDirectory", "--value", UNITS[0]]
    folder = subprocess.run(command, capture_output=True, text=True).stdout.strip()
    return Path(folder).resolve() == CHECKOUT
