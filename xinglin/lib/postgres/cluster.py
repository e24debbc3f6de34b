"""One PostgreSQL cluster of our own: made once, started, found running, stopped. No TCP port; a private socket only."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import time
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xinglin.lib.postgres import places as _places
from xinglin.lib.postgres.owner import Owner
from xinglin.lib.postgres.places import Places
from xinglin.lib.postgres.programs import Programs, reachable
from xinglin.lib.terminal import Halt

SUPERUSER = "postgres"
ROLE = "xinglin"  # what the application is: owner of its database and no superuser, so that the protections bind it
DATABASE = "xinglin"

START_WITHIN_S = 60.0
RECOVER_WITHIN_S = 300.0  # after a crash the log is replayed; that is work, not a fault
STOP_WITHIN_S = 30.0
PROGRAM_WITHIN_S = 120.0
ORPHANS_MAY_FINISH_S = 5.0
POLL_S = 0.05
LONGEST_LOG_BYTES = 10 * 1024 * 1024

SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "128MB",
    "listen_addresses": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A failed statement holds names and numbers of people; the log must not.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
}
THROW_AWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}  # nothing of ours, least of all a secret; messages in English
STILL_IN_USE = ("postmaster.pid", "pre-existing shared memory block", ".s.PGSQL.5432")
NO_SPACE = ("No space left on device", "Read-only file system", "Disk quota exceeded")


def database_url(folder: Path, *, role: str = ROLE, database: str = DATABASE) -> str:
    """How to reach a database over the socket in `folder`, also when the path holds blanks or Chinese."""
    return f"postgresql://{role}@/{database}?host={urllib.parse.quote(str(folder), safe='')}"


@dataclass
class Cluster:
    """The cluster in one home. `keeps` is False for a throw-away one, which is quick and forgets."""

    places: Places
    owner: Owner
    programs: Programs
    keeps: bool = True
    settings: Mapping[str, str] = field(default_factory=dict)  # besides ours, or instead of them
    _child: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Make the cluster if there is none, and return when it answers. Does nothing when it runs already."""
        if self._runs_or_comes_up():
            return
        self.programs = reachable(self.programs, self.owner, copies=self.places.home)
        self._refuse_other_major()
        if not self.places.data.exists():
            self._initialise()
        self._launch()
        self._make_role_and_database()
        if self.keeps and self.places.archive_script.exists():
            self.sql("select pg_reload_conf()")  # wakes what watches archive_timeout, else it sleeps through the first

    def stop(self) -> None:
        """End it cleanly: sessions are closed, everything is written. Harder, if it does not listen."""
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            pid = self.running_pid()
            if pid is None:
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
            if self._has_ended(within_s=STOP_WITHIN_S):
                break
        if self._child is not None:  # its pid file goes a moment before the process does
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(STOP_WITHIN_S)
        self._reap()

    def is_running(self) -> bool:
        """Whether it answers: alive and past its start or recovery."""
        return self.running_pid() is not None and self._status() == "ready"

    def running_pid(self) -> int | None:
        """The postmaster's number, if it is alive and truly this cluster's (numbers are given again to others)."""
        self._reap()
        lines = self._pid_lines()
        if not lines or not lines[0].lstrip("-").isdigit():
            return None
        pid = int(lines[0])
        return pid if _works_in(pid, self.places.data) else None

    def url(self, *, role: str = ROLE, database: str = DATABASE) -> str:
        """The DATABASE_URL of the running cluster."""
        lines = self._pid_lines()
        folder = Path(lines[4]) if len(lines) > 4 else _places.socket_folder(self.places, self.owner)
        return database_url(folder, role=role, database=database)

    def sql(self, statement: str, *, database: str = "postgres") -> str:
        """Run one statement as the superuser; the answer as bare text."""
        folder = self._pid_lines()[4]
        command = [
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            folder,
            "-U",
            SUPERUSER,
            "-d",
            database,
            "-c",
            statement,
        ]
        return self._run("psql", *command).strip()

    # ── making ──

    def _initialise(self) -> None:
        """Make the data folder beside its place and move it there, so that a half-made one is never taken for whole."""
        unfinished = self.places.home / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        locale = ["--locale=C.UTF-8"]
        if self.programs.major >= 17:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        quick = [] if self.keeps else ["--no-sync"]
        self._run("initdb", "-D", str(unfinished), "-U", SUPERUSER, "-E", "UTF8", "-A", "trust", *locale, *quick)
        unfinished.rename(self.places.data)

    def _make_role_and_database(self) -> None:
        if not self.sql(f"select 1 from pg_roles where rolname = '{ROLE}'"):
            self.sql(f"create role {ROLE} login createdb")
        if not self.sql(f"select 1 from pg_database where datname = '{DATABASE}'"):
            self.sql(f"create database {DATABASE} owner {ROLE}")

    def _refuse_other_major(self) -> None:
        note = self.places.data / "PG_VERSION"
        try:
            found = note.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return
        except PermissionError as trouble:
            raise _places.cannot_write(self.places.data, trouble) from trouble
        if found != str(self.programs.major):
            raise Halt(
                f"{self.places.data} 是 PostgreSQL {found} 的数据，而这里的程序是 {self.programs.major}。数据没有动过。"
                f"请用 {found} 的程序（见 XINGLIN_POSTGRES），或导出后再导入。",
                f"{self.places.data} was made by PostgreSQL {found}, but the programs here are {self.programs.major}. "
                f"The data is untouched. Use programs of {found} (see XINGLIN_POSTGRES), or dump and restore.",
            )

    # ── starting ──

    def _launch(self) -> None:
        """Start, and start again while the remains of a killed server are in the way; not for ever."""
        give_up_at = time.monotonic() + START_WITHIN_S
        orphans_end_at = time.monotonic() + ORPHANS_MAY_FINISH_S
        while True:
            said = self._try_to_launch()
            if said is None:
                return
            if not any(word in said for word in STILL_IN_USE) or time.monotonic() > give_up_at:
                raise self._cannot_start(said)
            self._clear_remains(end_orphans=time.monotonic() > orphans_end_at)
            time.sleep(POLL_S * 4)

    def _try_to_launch(self) -> str | None:
        """None when the server answers, else what it said before it gave up."""
        folder = _places.socket_folder(self.places, self.owner)
        settings = SETTINGS | (self._archiving() if self.keeps else THROW_AWAY_SETTINGS) | dict(self.settings)
        settings |= {"unix_socket_directories": f'"{folder}"'}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._shorten_log()
        # The folder is the owner's, who must not be able to turn root's hand elsewhere by a link.
        descriptor = os.open(
            self.places.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
        with open(descriptor, "ab") as log:
            self.owner.own(self.places.log)
            starts_at = os.fstat(descriptor).st_size
            # Its own session: Ctrl-C in the terminal reaches us, and we stop the server when nobody needs it any more.
            self._child = subprocess.Popen(
                [self.programs.bin / "postgres", "-D", self.places.data, *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=ENVIRONMENT, start_new_session=True,
                **self.owner.popen(),
            )  # fmt: skip
        try:
            if self._answers():
                return None
        except BaseException:
            self._take_back()
            raise
        return self.places.log.read_bytes()[starts_at:].decode(errors="replace")

    def _take_back(self) -> None:
        """End the server that was just started, which perhaps has not written its number down yet."""
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(STOP_WITHIN_S)

    def _archiving(self) -> dict[str, str]:
        """Finished pieces of the log go to a script, where there is one: it comes and goes without a restart."""
        script = shlex.quote(str(self.places.archive_script)).replace("%", "%%")
        return {"archive_mode": "on", "archive_command": f'test ! -e {script} || {script} "%p" "%f"'}

    def _runs_or_comes_up(self) -> bool:
        """Somebody who started it may have died while it was still replaying its log; then wait for it."""
        give_up_at = time.monotonic() + RECOVER_WITHIN_S
        while self.running_pid() is not None and time.monotonic() < give_up_at:
            if self._status() == "ready":
                return True
            time.sleep(POLL_S)
        return False

    def _answers(self) -> bool:
        assert self._child is not None
        give_up_at = time.monotonic() + RECOVER_WITHIN_S
        while time.monotonic() < give_up_at:
            if self._child.poll() is not None:
                return False
            lines = self._pid_lines()
            if lines and lines[0] == str(self._child.pid) and self._status() == "ready":
                return True
            time.sleep(POLL_S)
        return False

    def _clear_remains(self, *, end_orphans: bool) -> None:
        """After `kill -9` of the server its sessions may live on for a moment, and its files say that it still runs.

        The files go only when no process works in the data folder any more: two servers on one folder would ruin it.
        """
        alive = _processes_in(self.places.data)
        if alive is None or self.running_pid() is not None:  # without /proc PostgreSQL's own caution is all there is
            return
        for pid in alive if end_orphans else []:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGQUIT)
        if not alive:
            self.places.pid_file.unlink(missing_ok=True)
            folder = _places.socket_folder(self.places, self.owner)
            (folder / f"{_places.SOCKET_FILE}.lock").unlink(missing_ok=True)

    def _cannot_start(self, said: str) -> Halt:
        last = [line for line in said.strip().splitlines() if line.strip()][-3:]
        if any(word in said for word in NO_SPACE):
            return Halt(
                f"{self.places.home} 所在的磁盘已满或只读，数据库没有启动。请腾出空间后再试。",
                f"The disk of {self.places.home} is full or read-only; the database did not start. Make room first.",
            )
        return Halt(
            f"数据库没有启动，日志在 {self.places.log}：{' / '.join(last)}",
            f"The database did not start; its log is {self.places.log}: {' / '.join(last)}",
        )

    # ── small things ──

    def _run(self, program: str, *arguments: str) -> str:
        """What the program prints. Interrupted, it goes with its whole family: initdb's children would write on."""
        process = subprocess.Popen(
            [self.programs.bin / program, *arguments], cwd="/", env=ENVIRONMENT, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, **self.owner.popen(),
        )  # fmt: skip
        try:
            out, complaints = process.communicate(timeout=PROGRAM_WITHIN_S)
        except subprocess.TimeoutExpired:
            _end_family(process)
            raise self._cannot_start(f"{program}: no answer in {PROGRAM_WITHIN_S} s") from None
        except BaseException:
            _end_family(process)
            raise
        if process.returncode:
            raise self._cannot_start(complaints or out)
        return str(out)

    def _pid_lines(self) -> list[str]:
        try:
            return self.places.pid_file.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []

    def _status(self) -> str:
        lines = self._pid_lines()
        return lines[7].strip() if len(lines) > 7 else ""

    def _has_ended(self, *, within_s: float) -> bool:
        give_up_at = time.monotonic() + within_s
        while time.monotonic() < give_up_at:
            if self.running_pid() is None:
                return True
            time.sleep(POLL_S)
        return False

    def _reap(self) -> None:
        if self._child is not None and self._child.poll() is not None:
            self._child = None

    def _shorten_log(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            if self.places.log.stat().st_size > LONGEST_LOG_BYTES:
                self.places.log.replace(self.places.log.with_name("log.before"))


def own_url(var: Path) -> str:
    """Where the cluster under `var` answers, or would answer, without touching it."""
    home = _places.home_of(var)
    try:
        folder = Path((home.pid_file).read_text(encoding="utf-8", errors="replace").splitlines()[4])
    except (OSError, IndexError):
        folder = home.home / "socket"
    return database_url(folder)


def _end_family(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _works_in(pid: int, data: Path) -> bool:
    """Whether the process lives and its folder is the data folder, which is where a server and its sessions work."""
    if not Path("/proc/self/cwd").exists():
        return _is_alive(pid)
    try:
        return Path(f"/proc/{pid}/cwd").samefile(data) and not _is_zombie(pid)
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return False


def _is_zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] == "Z"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _processes_in(data: Path) -> list[int] | None:
    """Every process that works in the data folder; None where the system cannot tell."""
    if not Path("/proc/self/cwd").exists():
        return None
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit() and _works_in(int(entry), data)]
