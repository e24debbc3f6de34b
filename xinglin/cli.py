"""The make targets, one function each: `python -m xinglin.cli demo`. The first line of each says what it is for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

from xinglin.lib import bundle as bundles
from xinglin.lib import environment, installing, serving, testing
from xinglin.lib.environment import CHECKOUT
from xinglin.lib.terminal import Halt, say, say_halt

# By import, because a script's first line cannot name a Python below a path with blanks.
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"


def setup() -> int:
    """安装依赖 · install what the demo needs"""
    installing.packages(with_tests=False)
    return 0


def demo() -> int:
    """带演示数据运行 · run with the demo's data on http://127.0.0.1:8000/ (or PORT=…; CITY=binzhou: a large city)"""
    os.environ["XINGLIN_MODE"] = "demo"
    _in_demo_city()
    said = environment.read()
    installing.packages(with_tests=False)
    serving.serve(said, prepare=["load_demo"], announce=["demo_people", "operator demo"])
    return 0


def _in_demo_city() -> None:
    """`CITY=` names another demo city than the first; it lives in a folder of its own."""
    if city := os.environ.get("CITY", ""):
        os.environ["XINGLIN_DEMO_CITY"] = city
        os.environ.setdefault("XINGLIN_VAR", f"var/{city}")


def serve() -> int:
    """运行（不带演示数据）· run without the demo's data, as the settings say"""
    serving.serve(environment.read())
    return 0


def test() -> int:
    """全部测试，二十分钟以内 · all tests, in twenty minutes at most"""
    installing.packages(with_tests=True)
    return testing.everything()


def check() -> int:
    """快速检查，三分钟以内 · style, types, layers and the fast tests, in three minutes"""
    installing.packages(with_tests=True)
    tools = (["ruff", "check"], ["ruff", "format", "--check"], ["mypy", "xinglin"])
    failed = [tool[0] for tool in tools if _python("-m", *tool)]
    if _python("-c", LINT_IMPORTS, "--config", "importlinter.ini"):
        failed.append("lint-imports")
    if testing.fast():
        failed.append("pytest")
    if failed:
        raise Halt(f"没有通过：{'、'.join(failed)}", f"Failed: {', '.join(failed)}", exit_code=1)
    say("检查通过", "All checks passed")
    return 0


def proof() -> int:
    """长的证明 · the long proofs: faults, races, sizes"""
    installing.packages(with_tests=True)
    return testing.proofs()


def bench(name: str = "") -> int:
    """一项基准 · one benchmark: make bench-NAME"""
    installing.packages(with_tests=True)
    names = sorted(path.stem for path in (CHECKOUT / "benchmarks").glob("*.py") if not path.stem.startswith("_"))
    if name not in names:
        raise Halt(
            f"没有这项基准：{name}。现有：{'、'.join(names) or '无'}",
            f"No such benchmark. There are: {', '.join(names)}",
        )
    return _python("-m", f"benchmarks.{name}")


def screenshots() -> int:
    """给页面拍照 · photograph the pages into screenshots/"""
    installing.packages(with_tests=True)
    return _python("-m", "tests.screenshots")


def lighthouse() -> int:
    """Lighthouse 看无障碍 · Lighthouse on the accessibility of the demo's pages; needs Node"""
    installing.packages(with_tests=True)
    return _python("-m", "tests.lighthouse")


def shell() -> int:
    """Django 的命令行 · Django's shell on the database of this checkout"""
    return _python("manage.py", "shell")


def codes() -> int:
    """演示人员怎样登录、此刻的动态码 · the demo people's sign-ins, with the codes of this moment"""
    _in_demo_city()
    return _python("manage.py", "demo_people") or _python("manage.py", "operator", "demo")


def secrets() -> int:
    """生成 production 的密钥 · make the secrets that production needs"""
    folder = environment.make_secrets()
    say(
        f"密钥在 {folder}，请另存一份：丢了就打不开身份证号",
        "Keep a copy: without these keys sealed numbers stay sealed",
    )
    return 0


def certificate(*arguments: str) -> int:
    """本地 CA 和网站证书 · a local authority and the site's certificate; ARGS='--name … --ip …' or --renew"""
    return _python("-m", "xinglin.lib.tls", *arguments)


def bundle(*arguments: str) -> int:
    """离线安装包 · the offline bundle; ARGS=--debs adds Debian's packages"""
    return bundles.run(arguments, var=environment.folder_of_data())


def prepare() -> int:
    """更新数据表和网页文件，检查设置 · tables, static files and checks, before a service starts"""
    serving.prepare(environment.read())
    return 0


def web() -> int:
    """只运行网站（给 systemd）· the web server alone, for systemd"""
    serving.become_web(environment.read())


def worker() -> int:
    """只运行后台任务（给 systemd）· the worker alone, for systemd"""
    serving.become_worker()


def backup(*arguments: str) -> int:
    """备份并核对 · a backup, verified (CITY=schema for one city)"""
    return _door("backup", *arguments)


def restore(*arguments: str) -> int:
    """恢复 · put a backup back: FROM=file KEYS=file, TO="2026-11-21 14:30" for a moment, CHECK=yes only tries"""
    return _door("restore", *arguments)


def nightly(*arguments: str) -> int:
    """每夜备份 · backup, verify, take old ones away: for the timer"""
    return _door("nightly", *arguments)


def backup_keys(*arguments: str) -> int:
    """另存密钥 · the keys into a file of their own, under a passphrase"""
    return _door("backup-keys", *arguments)


def restore_keys(*arguments: str) -> int:
    """放回密钥 · the keys of a keys file back into var/secrets: KEYS=file"""
    return _door("restore-keys", *arguments)


def upgrade(*arguments: str) -> int:
    """升级 · backup, packages, migrations, restart"""
    return _door("upgrade", *arguments)


def show_help() -> int:
    """列出全部 · this list"""
    for name, target in TARGETS.items():
        shown = "bench-NAME" if name == "bench" else name
        print(f"  make {shown:<12} {(target.__doc__ or '').splitlines()[0]}")
    return 0


TARGETS: dict[str, Callable[..., int]] = {
    "setup": setup,
    "demo": demo,
    "serve": serve,
    "test": test,
    "check": check,
    "proof": proof,
    "bench": bench,
    "screenshots": screenshots,
    "lighthouse": lighthouse,
    "shell": shell,
    "codes": codes,
    "secrets": secrets,
    "certificate": certificate,
    "bundle": bundle,
    "prepare": prepare,
    "web": web,
    "worker": worker,
    "backup": backup,
    "restore": restore,
    "nightly": nightly,
    "backup-keys": backup_keys,
    "restore-keys": restore_keys,
    "upgrade": upgrade,
    "help": show_help,
}


def main(arguments: list[str]) -> int:
    """Do what the target says; one sentence instead of a traceback when it cannot."""
    target = TARGETS.get(arguments[0] if arguments else "help", show_help)
    try:
        return target(*arguments[1:])
    except Halt as halt:
        return say_halt(halt)
    except KeyboardInterrupt:
        return 130


def _door(*arguments: str) -> int:
    """Become the program of that door, which needs packages that this one must do without."""
    if arguments[0] != "upgrade":  # it makes its backup before it changes a package
        installing.packages(with_tests=False)
    os.chdir(CHECKOUT)
    os.execv(sys.executable, [sys.executable, "-m", "xinglin.lib.backup.doors", *arguments])


def _python(*arguments: str) -> int:
    return subprocess.run([sys.executable, *arguments], cwd=CHECKOUT).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
