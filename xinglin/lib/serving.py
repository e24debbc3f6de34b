"""Serving: the database, the web server and the worker of one checkout, from a free port to the last process gone."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from xinglin.lib import postgres, supervisor
from xinglin.lib.backup import archive
from xinglin.lib.environment import CHECKOUT, Environment
from xinglin.lib.locks import FileLock
from xinglin.lib.postgres.places import make_var
from xinglin.lib.supervisor import Program
from xinglin.lib.terminal import Halt, say

MANAGE = [sys.executable, str(CHECKOUT / "manage.py")]
EVERYWHERE = ("0.0.0.0", "::")
ANSWER_WITHIN_S = 5.0


def serve(said: Environment, *, prepare: Sequence[str] = (), announce: Sequence[str] = ()) -> None:
    """Serve until Ctrl-C. `prepare` names commands to run before the first page, `announce` those to run after it."""
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(143)
    )  # before the first page, too, all is put away on the way out
    with _alone(said), _database(said) as share:
        _prepare("migrate", *prepare)
        _gather_static_files(said.var)
        if said.is_production:
            _check_for_production()
        _empty_metrics(said)
        supervisor.run(
            [_web(said), _worker()],
            watch=share.keep if share else lambda: None,
            is_ready=lambda: _answers(said),
            on_ready=lambda: _announce(said, announce),
        )
        say("正在停止", "Stopping")
    say("已停止", "Stopped")


def prepare(said: Environment) -> None:
    """What must be done once before a new version serves: tables, static files, and the checks of production."""
    _prepare("migrate")
    _gather_static_files(said.var)
    if said.is_production:
        _check_for_production()


def become_web(said: Environment) -> NoReturn:
    """Turn this process into the web server, for systemd, which starts and watches it itself."""
    _empty_metrics(said)
    _become(_web(said))


def become_worker() -> NoReturn:
    """Turn this process into the worker."""
    _become(_worker())


def manage(*arguments: str) -> None:
    """Run one management command; halts with its name when it fails, and its own words stand above."""
    done = subprocess.run([*MANAGE, *arguments], cwd=CHECKOUT, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise Halt(
            f"manage.py {arguments[0]} 没有成功，原因见上面。",
            f"manage.py {arguments[0]} failed; see above.",
            exit_code=1,
        )


def _become(program: Program) -> NoReturn:
    os.chdir(CHECKOUT)
    os.execv(program.command[0], list(program.command))


def _empty_metrics(said: Environment) -> None:
    """The counters of the web processes begin at nothing, in a folder that they share (`xinglin/lib/metrics.py`)."""
    folder = said.var / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _prepare(*commands: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "xinglin.cities.commands", *commands], cwd=CHECKOUT, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        raise Halt("准备没有完成，原因见上面。", "Preparing failed; see above.", exit_code=1)


def address_of(said: Environment) -> str:
    """What to type into the browser."""
    host = "127.0.0.1" if said.host in EVERYWHERE else said.host
    scheme = "https" if said.own_tls else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{said.port}/"


@contextlib.contextmanager
def _alone(said: Environment) -> Iterator[None]:
    """One server a checkout, and the port is free; else a sentence, and the first server goes on unharmed."""
    make_var(said.var)
    lock = FileLock(said.var / "serve.lock")
    if not lock.take_alone():
        raise Halt(
            f"这里已经有一个在运行：{lock.read()}。请直接打开它，或先在那个窗口按 Ctrl-C。",
            f"One is running here already: {lock.read()}. Open it, or press Ctrl-C in its window first.",
        )
    try:
        _refuse_taken_port(said)
        lock.write(address_of(said))
        yield
    finally:
        lock.release()


def _refuse_taken_port(said: Environment) -> None:
    family = socket.AF_INET6 if ":" in said.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((said.host, said.port))
        except OSError as trouble:
            reason = os.strerror(trouble.errno or 0)
            raise Halt(
                f"端口 {said.port} 不能用（{reason}）。请换一个：PORT={said.port + 1} make demo",
                f"Port {said.port} cannot be used. Choose another: PORT={said.port + 1} make demo",
            ) from None


@contextlib.contextmanager
def _database(said: Environment) -> Iterator[postgres.Lease | None]:
    """Our own database while we serve, and its address in the environment of all we start; or the one given."""
    if said.database_url:
        yield None
        return
    share = postgres.Lease(said.var, wish=said.postgres)
    say(f"启动数据库 {share.cluster.programs}", "Starting the database")
    share.enter()
    try:
        os.environ["DATABASE_URL"] = share.cluster.url()
        archive.arrange(said)
        yield share
    finally:
        os.environ.pop("DATABASE_URL", None)
        share.leave()


def _gather_static_files(var: Path) -> None:
    """Collect, name by content and compress the files of all pages; not again while none has changed."""
    stamp = var / "static.stamp"
    print_of_files = _fingerprint()
    if stamp.exists() and stamp.read_text(encoding="ascii") == print_of_files and (var / "static").exists():
        return
    say("收集网页文件", "Gathering the pages' files")
    stamp.unlink(missing_ok=True)
    manage("collectstatic", "--noinput", "--clear", "-v", "0")
    stamp.write_text(print_of_files, encoding="ascii")


def _fingerprint() -> str:
    files = sorted(path for path in (CHECKOUT / "xinglin").rglob("*") if "static" in path.parts and path.is_file())
    facts = [f"{path}:{path.stat().st_mtime_ns}:{path.stat().st_size}" for path in [*files, CHECKOUT / "uv.lock"]]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _check_for_production() -> None:
    command = [*MANAGE, "check", "--deploy", "--database", "default", "--fail-level", "ERROR"]
    done = subprocess.run(command, cwd=CHECKOUT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        raise Halt("检查没有通过，production 不启动。", "A check failed, so production does not start.")


def _web(said: Environment) -> Program:
    options = {
        "--interface": "wsgi",
        "--host": said.host,
        "--port": str(said.port),
        "--workers": str(said.workers),
        "--blocking-threads": str(said.threads),
        "--log-level": "warning",
    }
    if said.own_tls:
        options |= _own_tls(said.tls_folder)
    words = [word for pair in options.items() for word in pair]
    command = [
        sys.executable,
        "-m",
        "granian",
        *words,
        "--no-ws",
        "--respawn-failed-workers",
        # A worker that was told to stop while it was still starting may never have heard it.
        "--workers-kill-timeout",
        "5",
        "xinglin.wsgi:application",
    ]
    return Program("网站", "web server", command)


def _own_tls(folder: Path) -> dict[str, str]:
    certificate, key = folder / "server.crt", folder / "server.key"
    if not (os.access(certificate, os.R_OK) and os.access(key, os.R_OK)):
        raise Halt(
            f"XINGLIN_OWN_TLS 要用 {certificate} 和 {key}，但读不到。可以用 make certificate 生成。",
            "The certificate for XINGLIN_OWN_TLS cannot be read; `make certificate` makes one.",
        )
    return {"--ssl-certificate": str(certificate), "--ssl-keyfile": str(key), "--ssl-protocol-min": "tls1.2"}


def _worker() -> Program:
    return Program("后台任务", "worker", [*MANAGE, "procrastinate", "worker"])


def _answers(said: Environment) -> bool:
    host = "127.0.0.1" if said.host in EVERYWHERE else said.host
    connection = _connection(said, host)
    try:
        connection.request("GET", "/", headers={"Host": (said.allowed_hosts or [host])[0].lstrip(".")})
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _connection(said: Environment, host: str) -> http.client.HTTPConnection:
    if not said.own_tls:
        return http.client.HTTPConnection(host, said.port, timeout=ANSWER_WITHIN_S)
    anyone = ssl.create_default_context()  # we only ask whether our own port answers
    anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(host, said.port, timeout=ANSWER_WITHIN_S, context=anyone)


def _announce(said: Environment, commands: Sequence[str]) -> None:
    say(f"可以打开了：{address_of(said)}", f"Ready: {address_of(said)}  （Ctrl-C 停止 · stops）")
    for command in commands:
        manage(*command.split())
