"""A running installation on a bad day: a process is killed, a second one is started beside it, it is stopped."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.proof

CHECKOUT = Path(__file__).resolve().parent.parent.parent
FIRST_PAGE_WITHIN_S = 90
STOPS_WITHIN_S = 40


class Site:
    """`make serve` in its own process, with its own database."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.port = free_port()
        self.process = self.start()

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "xinglin.cli", "serve"], cwd=CHECKOUT, env=self.environment(), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "XINGLIN_MODE")}
        return {**kept, "XINGLIN_VAR": str(self.var), "PORT": str(self.port), "XINGLIN_MODE": "development"}

    def status(self) -> int:
        """What the sign-in page answers; 0 for no answer. It asks the database for the session."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/", headers={"Cookie": "sessionid=of-nobody-at-all-0000000000000"}
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as answer:
            return answer.code
        except OSError:
            return 0

    def wait_for_page(self) -> None:
        give_up_at = time.monotonic() + FIRST_PAGE_WITHIN_S
        while self.status() != 200:
            assert time.monotonic() < give_up_at, "no page"
            assert self.process.poll() is None, self.process.communicate()[0]
            time.sleep(0.2)

    def processes(self) -> dict[str, int]:
        """The parts by name: the database's server, the web server, the worker."""
        mark = f"XINGLIN_VAR={self.var}".encode()
        ours = [pid for pid in numbers() if mark in read(f"/proc/{pid}/environ").split(b"\0")]
        lines = {pid: read(f"/proc/{pid}/cmdline").split(b"\0") for pid in ours if parent(pid) == self.process.pid}
        found = {"web" if b"granian" in words else "worker": pid for pid, words in lines.items()}
        server = read(self.var / "postgres" / "data" / "postmaster.pid").split()
        return found | ({"database": int(server[0])} if server else {})

    def left_behind(self) -> list[str]:
        mark = str(self.var).encode()
        return [
            read(f"/proc/{pid}/cmdline").replace(b"\0", b" ").decode()
            for pid in numbers()
            if pid != os.getpid() and (mark in read(f"/proc/{pid}/environ") or mark in read(f"/proc/{pid}/cmdline"))
        ]


@pytest.fixture
def ground() -> Iterator[Path]:
    """A folder that the database's user may pass through; pytest's own is closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="xl-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def site(ground: Path) -> Iterator[Site]:
    running = Site(ground / "var")
    running.wait_for_page()
    yield running
    if running.process.poll() is None:
        running.process.terminate()
    running.process.communicate(timeout=STOPS_WITHIN_S)


def numbers() -> list[int]:
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def read(path: str | Path) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def parent(pid: int) -> int:
    fields = read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    return int(fields[1]) if fields else 0


def free_port() -> int:
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return int(attempt.getsockname()[1])


def test_no_page_fails_after_the_database_was_killed_and_came_back(site: Site):
    before = site.processes()["database"]

    os.kill(before, signal.SIGKILL)
    give_up_at = time.monotonic() + 30
    while site.processes().get("database") in (None, before) and time.monotonic() < give_up_at:
        time.sleep(0.1)
    time.sleep(1)
    answers = [site.status() for _ in range(30)]

    assert answers == [200] * 30


@pytest.mark.parametrize("part", ["web", "worker"])
def test_what_was_killed_is_started_again(site: Site, part: str):
    before = site.processes()

    os.kill(before[part], signal.SIGKILL)
    give_up_at = time.monotonic() + 30
    while site.processes().get(part) in (None, before[part]) and time.monotonic() < give_up_at:
        time.sleep(0.1)
    site.wait_for_page()
    after = site.processes()

    assert after[part] != before[part]
    assert {name: pid for name, pid in after.items() if name != part} == {
        name: pid for name, pid in before.items() if name != part
    }


def test_a_second_one_is_told_and_the_first_goes_on(site: Site):
    second = site.start()
    said, _ = second.communicate(timeout=60)

    assert second.returncode == 2
    assert "已经有一个在运行" in said
    assert f"http://127.0.0.1:{site.port}/" in said
    assert "Traceback" not in said
    assert site.status() == 200


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_and_leaves_nobody_behind(site: Site, how: signal.Signals):
    site.process.send_signal(how)
    said, _ = site.process.communicate(timeout=STOPS_WITHIN_S)

    assert site.process.returncode == 0
    assert "已停止" in said
    assert site.left_behind() == []


def test_a_killed_supervisor_takes_web_and_worker_with_it_and_the_next_start_is_clean(site: Site):
    site.process.kill()
    site.process.wait()
    give_up_at = time.monotonic() + 20
    while any("granian" in line or "worker" in line for line in site.left_behind()) and time.monotonic() < give_up_at:
        time.sleep(0.2)

    site.process = site.start()
    site.wait_for_page()
    site.process.terminate()
    site.process.communicate(timeout=STOPS_WITHIN_S)

    assert site.left_behind() == []


@pytest.mark.parametrize("after_s", [0.7, 1.0, 1.3, 3.0, 5.0])
def test_stopped_before_the_first_page_it_leaves_nobody_behind_either(ground: Path, after_s: float):
    site = Site(ground / "var")

    time.sleep(after_s)
    site.process.terminate()
    site.process.communicate(timeout=STOPS_WITHIN_S)

    assert site.left_behind() == []


def test_a_command_beside_the_running_site_uses_its_database(site: Site):
    command = [sys.executable, "manage.py", "check", "--database", "default"]
    before = site.processes()["database"]

    done = subprocess.run(command, cwd=CHECKOUT, env=site.environment(), capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert site.processes()["database"] == before
    assert site.status() == 200


@pytest.mark.parametrize(
    ("setting", "told"),
    [({"XINGLIN_DEBUG": "maybe"}, "XINGLIN_DEBUG"), ({"XINGLIN_MODE": "production"}, "XINGLIN_")],
)
def test_a_wrong_setting_stops_every_door_with_a_sentence(tmp_path: Path, setting: dict[str, str], told: str):
    environment = {**os.environ, "XINGLIN_VAR": str(tmp_path / "var"), "PORT": str(free_port()), **setting}

    for command in (["-m", "xinglin.cli", "serve"], ["manage.py", "check"], ["-c", "import xinglin.wsgi"]):
        done = subprocess.run([sys.executable, *command], cwd=CHECKOUT, env=environment, capture_output=True, text=True)

        assert done.returncode == 2
        assert told in done.stderr
        assert "Traceback" not in done.stderr


def test_a_taken_port_is_told(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        environment = {**os.environ, "XINGLIN_VAR": str(tmp_path / "var"), "PORT": port}
        done = subprocess.run(
            [sys.executable, "-m", "xinglin.cli", "serve"],
            cwd=CHECKOUT,
            env=environment,
            capture_output=True,
            text=True,
        )

    assert done.returncode == 2
    assert f"端口 {port}" in done.stderr
