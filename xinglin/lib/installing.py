"""Installing what the targets need: the locked packages, and for the tests a browser, a font, an older PostgreSQL."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from xinglin.lib.environment import CHECKOUT
from xinglin.lib.terminal import Halt, say

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CJK_FONTS = ("NotoSansCJK*", "NotoSerifCJK*", "SourceHanSans*", "wqy-*")
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
WHEELS = CHECKOUT / "wheels"  # only in an offline bundle (`make bundle`)
NO_DEBIAN_CLUSTER = Path("/etc/postgresql-common/createcluster.conf")


@dataclass(frozen=True)
class Need:
    """Something from the system that a part of the tests wants."""

    package: str
    what_chinese: str
    what_english: str
    is_there: Callable[[], bool]


def packages(*, with_tests: bool) -> None:
    """Install the locked packages; nothing to do when this lock file has been installed already."""
    lock = (CHECKOUT / "uv.lock").read_bytes()
    stamp = Path(sys.prefix) / f".xinglin-{'dev' if with_tests else 'run'}-{hashlib.sha256(lock).hexdigest()[:16]}"
    if stamp.exists():
        return
    say("安装依赖（只在第一次，或清单变了以后）", "Installing packages (only the first time, or when the list changed)")
    if WHEELS.is_dir():
        _from_the_bundle(with_tests=with_tests)
        stamp.touch()
        return
    if not _has_uv():
        _run([sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "uv"])
    # Inexact, so that the tests' packages stay when the demo is set up after them; never another Python of its own.
    group = ["--group", "dev"] if with_tests else ["--no-dev"]
    environment = {**os.environ, "UV_PROJECT_ENVIRONMENT": sys.prefix, "UV_PYTHON_DOWNLOADS": "never"}
    command = [
        sys.executable,
        "-m",
        "uv",
        "sync",
        "--frozen",
        "--inexact",
        "--quiet",
        *group,
        "--python",
        sys.executable,
    ]
    _run(command, environment)
    for other in Path(sys.prefix).glob(".xinglin-*"):
        if not other.name.endswith(stamp.name[-16:]):
            other.unlink()  # of another list: whoever goes back to that release installs it again
    stamp.touch()


def _from_the_bundle(*, with_tests: bool) -> None:
    """In an unpacked offline bundle the packages lie beside us, and no network is asked."""
    if with_tests:
        raise Halt("离线包里没有测试用的依赖。", "The offline bundle does not bring what the tests need.")
    pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-index"]
    _run([*pip, "--find-links", str(WHEELS), "--require-hashes", "-r", str(WHEELS / "requirements.txt")])


def system_needs() -> list[Need]:
    """What `make test` wants from the system and does not find; as root it is installed first."""
    missing = _missing()
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        _install(missing)
        missing = _missing()
    return missing


def has_browser() -> bool:
    """A browser, and what its driver needs."""
    return _has_chromium() and _has_atomic()


def has_postgres_15() -> bool:
    return Path("/usr/lib/postgresql/15/bin/initdb").exists()


def tell_missing(missing: list[Need]) -> None:
    """At the very end: what did not run, and the one command that mends it."""
    if not missing:
        return
    names = " ".join(need.package for need in missing)
    say(
        "没有运行的部分：" + "、".join(dict.fromkeys(need.what_chinese for need in missing)),
        "What did not run: " + ", ".join(dict.fromkeys(need.what_english for need in missing)),
    )
    command = f"sudo apt-get install -y --no-install-recommends {names}"
    say(f"安装后再跑就齐了：{command}", "(install with that command, then run again)")


def _missing() -> list[Need]:
    return [need for need in NEEDS if not need.is_there()]


def _install(missing: list[Need]) -> None:
    names = [need.package for need in missing]
    say(f"安装测试要用的 {'、'.join(names)}", "Installing what the tests use")
    if "postgresql-15" in names and not NO_DEBIAN_CLUSTER.exists():
        # Debian's package would otherwise make a cluster of its own and start it as a service.
        NO_DEBIAN_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
        NO_DEBIAN_CLUSTER.write_text("create_main_cluster = false\n", encoding="ascii")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    options = ["-y", "-qq", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold", "-o", "Dpkg::Use-Pty=0"]
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", *options, *names]):
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        if done.returncode:
            say(f"{' '.join(command[:2])} 没有成功，能跑的照样跑", "apt-get failed; what can run will run")
            return


def _has_chromium() -> bool:
    return any(shutil.which(name) for name in BROWSERS)


def _has_atomic() -> bool:
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return False
    return True


def _has_font() -> bool:
    return any(True for folder in FONT_FOLDERS for name in CJK_FONTS for _ in folder.rglob(name))


def _has_uv() -> bool:
    return subprocess.run([sys.executable, "-m", "uv", "--version"], capture_output=True).returncode == 0


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise Halt(
            "依赖没有装好，原因见上面。第一次安装需要网络。",
            "The packages were not installed; see above. The first installation needs the network.",
            exit_code=1,
        )


NEEDS = (
    Need("chromium", "浏览器里的测试", "the tests in a browser", _has_chromium),
    Need("libatomic1", "浏览器里的测试", "the tests in a browser", _has_atomic),  # what drives it is a Node program
    Need("fonts-noto-cjk", "网页上的中文字体", "the Chinese font of pages", _has_font),
    Need("postgresql-15", "PostgreSQL 15 上的测试", "the tests on PostgreSQL 15", has_postgres_15),
)
