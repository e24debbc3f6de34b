"""The offline bundle: one file with which a hospital without internet installs the house.

It is the checkout as committed, plus `wheels/` from which `make` then installs instead of asking the network, the
collected static files, a list of Debian's packages (and, if asked, these packages), checksums and a page to begin with.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path

from xinglin.lib.environment import CHECKOUT
from xinglin.lib.terminal import Halt, say

SUMS = "SHA256SUMS"
DEBIAN_PACKAGES = "deploy/debian-packages.txt"
INSTALL = """杏林离线包 · Xinglin offline bundle  {version}

这里有程序、依赖、网页文件、文档，安装时不需要网络。适用于 {platform}。
Program, packages, static files and documents; nothing is fetched while installing. For {platform}.

1. 核对 · check            sha256sum --quiet -c SHA256SUMS
2. 试用 · try it           make demo            然后打开 http://127.0.0.1:8000/
                           需要 Debian 12 的 python3、python3-venv、make · needs these three from Debian 12
3. 正式安装 · for real     sudo deploy/install --help
                           系统软件包见 deploy/debian-packages.txt · the packages of the system{debs}
4. 文档 · documents        docs/OPERATIONS.md
"""
DEBS_NOTE = "\n                           已带在 debs/，安装时自动使用 · they are in debs/ and used by the installation"


def run(arguments: Sequence[str], *, var: Path) -> int:
    """Make the bundle as the arguments say."""
    asked = _parser().parse_args(arguments)
    bundle = make(asked.to or var / "bundle", with_debs=asked.debs)
    size = bundle.stat().st_size / 1e6
    say(f"离线包好了：{bundle}（{size:.0f} MB）", "The bundle is ready")
    return 0


def make(to: Path, *, with_debs: bool = False) -> Path:
    """Gather everything in a folder aside, and pack it; returns the file."""
    name = f"xinglin-{version()}-{_platform()}"
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="xinglin-bundle-") as aside:
        root = Path(aside) / name
        _source(root)
        _wheels(root)
        _static_files(root, Path(aside) / "var")
        if with_debs:
            _debs(root)
        (root / "VERSION").write_text(version() + "\n", encoding="ascii")
        text = INSTALL.format(version=version(), platform=_platform(), debs=DEBS_NOTE if with_debs else "")
        (root / "INSTALL.txt").write_text(text, encoding="utf-8")
        _sums(root)
        return _pack(root, to / f"{name}.tar.gz")


def version() -> str:
    """The release, and the commit where there is one: a bundle unpacked says what it was made from."""
    said = CHECKOUT / "VERSION"
    if said.exists():
        return said.read_text(encoding="ascii").strip()
    release = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    commit = _git("rev-parse", "--short=10", "HEAD")
    return f"{release}-{commit}" if commit else str(release)


def _source(root: Path) -> None:
    """What is committed; changes that are not belong to nobody's installation."""
    say("收集程序和文档", "Gathering the program and its documents")
    if not _git("rev-parse", "HEAD"):
        raise Halt("离线包要从 git 仓库里制作。", "A bundle is made from a git checkout.")
    if _git("status", "--porcelain", "--untracked-files=no"):
        say("有没提交的改动，离线包里是提交过的版本", "Changes that are not committed stay outside the bundle")
    root.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=CHECKOUT, check=True, stdout=subprocess.PIPE).stdout
    subprocess.run(["tar", "-x", "-C", str(root)], input=archive, check=True)


def _wheels(root: Path) -> None:
    """Every locked package for this platform, each with the hash that the lock names."""
    say("下载依赖", "Downloading the packages")
    wheels = root / "wheels"
    wheels.mkdir()
    wanted = wheels / "requirements.txt"
    options = ["--frozen", "--no-dev", "--no-emit-project", "--no-header", "--format", "requirements-txt", "--quiet"]
    _run([*_uv(), "export", *options, "--output-file", str(wanted)], cwd=root)
    with tempfile.TemporaryDirectory(prefix="xinglin-pip-") as aside:
        venv.create(aside, with_pip=True)  # ours may have been made without pip
        pip = [str(Path(aside) / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "download", "-qq"]
        _run([*pip, "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(wanted), "-d", str(wheels)])


def _static_files(root: Path, var: Path) -> None:
    say("收集网页文件", "Gathering the pages' files")
    settings = {
        **{name: value for name, value in os.environ.items() if not name.startswith("XINGLIN_")},
        "XINGLIN_VAR": str(var),
        "XINGLIN_MODE": "development",
        "DATABASE_URL": "postgresql:///nothing-is-asked-of-it",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    _run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"], cwd=root, env=settings)
    shutil.move(var / "static", root / "static")


def _debs(root: Path) -> None:
    """Debian's packages with all that they stand on, as a small repository that apt reads without the network."""
    say("下载系统软件包", "Downloading Debian's packages")
    debs = root / "debs"
    (debs / "partial").mkdir(parents=True)
    nothing_installed = debs / "partial" / "status"
    nothing_installed.touch()
    options = {
        "Dir::State::status": nothing_installed,
        "Dir::Cache::archives": debs,
        "Debug::NoLocking": "1",
        "APT::Sandbox::User": "root",
    }
    words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    _run(["apt-get", "-qq", "-y", "--download-only", "--no-install-recommends", *words, "install", *debian_packages()])
    shutil.rmtree(debs / "partial")
    (debs / "lock").unlink(missing_ok=True)
    (debs / "Packages").write_text("\n".join(_index(debs)), encoding="utf-8")


def debian_packages() -> list[str]:
    """The packages of the system that an installation wants."""
    lines = (CHECKOUT / DEBIAN_PACKAGES).read_text(encoding="utf-8").splitlines()
    return [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]


def _index(debs: Path) -> Iterator[str]:
    for deb in sorted(debs.glob("*.deb")):
        control = subprocess.run(["dpkg-deb", "-f", str(deb)], check=True, capture_output=True, text=True).stdout
        yield f"{control.rstrip()}\nFilename: ./{deb.name}\nSize: {deb.stat().st_size}\nSHA256: {_sha256(deb)}\n"


def _sums(root: Path) -> None:
    lines = [f"{_sha256(path)}  {path.relative_to(root).as_posix()}\n" for path in _files(root)]
    (root / SUMS).write_text("".join(lines), encoding="utf-8")


def _pack(root: Path, file: Path) -> Path:
    """The same content gives the same file: sorted, owned by nobody in particular, dated like the commit."""
    dated = int(_git("log", "-1", "--format=%ct") or 0)

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        member.mtime = dated
        member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
        return member

    say("打包", "Packing")
    aside = file.with_suffix(".part")
    with (
        open(aside, "wb") as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=dated) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for path in _files(root):
            tar.add(path, arcname=f"{root.name}/{path.relative_to(root).as_posix()}", recursive=False, filter=plain)
    aside.replace(file)
    return file


def _files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file() or path.is_symlink())


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _platform() -> str:
    return f"{platform.system().lower()}-{platform.machine()}-cp{sys.version_info[0]}{sys.version_info[1]}"


def _uv() -> list[str]:
    ours = [sys.executable, "-m", "uv"]
    if subprocess.run([*ours, "--version"], capture_output=True).returncode == 0:
        return ours
    found = shutil.which("uv")
    if not found:
        raise Halt("制作离线包需要 uv，请先运行 make setup。", "Making a bundle needs uv: run `make setup` first.")
    return [found]


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=CHECKOUT, capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _run(command: list[str], *, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise Halt(
            f"{Path(command[0]).name} 没有成功，原因见上面。制作离线包需要网络。",
            "That failed; see above. Making a bundle needs the network.",
            exit_code=1,
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bundle", description="离线包 · the offline bundle")
    parser.add_argument("--to", type=Path, help="放到哪个目录 · folder for the file")
    parser.add_argument("--debs", action="store_true", help="带上系统软件包 · with Debian's packages")
    return parser
