"""What an installation consists of: the script puts it below another root, and Debian's own tools find it sound."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.house import ROOT
from xinglin.lib import bundle, environment, metrics
from xinglin.office import state

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("xinglin-*.service"))
SHUT_IN = [unit for unit in UNITS if "User=xinglin" in unit.read_text(encoding="utf-8")]
NAME, IP, CONSOLE = "zyz.example.cn", "10.0.0.5", "console.example.cn"
LOOSEST = 2.0  # of 10, by systemd's own judgement


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not installed")


def install(*arguments: str, root: Path | None = None) -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, **({"DESTDIR": str(root)} if root else {})}
    command = [str(DEPLOY / "install"), *arguments]
    return subprocess.run(command, env=settings, capture_output=True, text=True, stdin=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation below another root; nothing of this machine is touched."""
    root = tmp_path_factory.mktemp("root")
    done = install("--name", NAME, "--ip", IP, root=root)
    assert done.returncode == 0, done.stderr
    return root


def everything_below(root: Path) -> dict[str, tuple[int, str]]:
    etc = [path for path in (root / "etc").rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): (path.stat().st_mtime_ns, path.read_text(encoding="utf-8")) for path in etc}


# The script -------------------------------------------------------------------------------------------------------


def test_a_dry_run_says_each_step_and_does_nothing(tmp_path: Path):
    done = install("--name", NAME, "--dry-run", root=tmp_path)

    assert done.returncode == 0, done.stderr
    for step in (
        "apt-get",
        "systemd-sysusers",
        "createdb",
        "xinglin prepare",
        "xinglin.lib.tls",
        "enable",
        "logrotate",
    ):
        assert step in done.stdout, step
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_changes_no_file(root: Path):
    before = everything_below(root)

    done = install("--name", NAME, "--ip", IP, root=root)

    assert done.returncode == 0, done.stderr
    assert everything_below(root) == before


def test_the_console_gets_a_host_name_of_its_own(tmp_path: Path):
    done = install("--name", NAME, "--console", CONSOLE, root=tmp_path)
    said = install("--name", NAME, "--console", CONSOLE, "--dry-run", root=tmp_path / "other")

    assert done.returncode == 0, done.stderr
    settings = (tmp_path / "etc/xinglin/xinglin.env").read_text(encoding="utf-8")
    assert f"\nXINGLIN_CONSOLE_HOST={CONSOLE}\n" in settings
    assert f"XINGLIN_ALLOWED_HOSTS={NAME},127.0.0.1\n" in settings, "no city answers to it"
    site = (tmp_path / "etc/nginx/sites-available/xinglin").read_text(encoding="utf-8")
    assert site.count(f"server_name {NAME} {CONSOLE};") == 2
    assert f"--name {CONSOLE}" in said.stdout, "the certificate names it"


def test_the_operators_own_settings_and_site_are_kept(tmp_path: Path):
    install("--name", NAME, root=tmp_path)
    kept = [tmp_path / "etc/xinglin/xinglin.env", tmp_path / "etc/nginx/sites-available/xinglin"]
    for file in kept:
        file.write_text("# mine\n", encoding="utf-8")

    install("--name", "other.example.cn", root=tmp_path)

    assert [file.read_text(encoding="utf-8") for file in kept] == ["# mine\n", "# mine\n"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--name", "a b"],
        ["--name", "a;rm"],
        ["--name", NAME, "--tls", "none"],
        ["--name", NAME, "--log-days", "x"],
        ["--name", NAME, "--console", NAME],
        ["--name", NAME, "--console", "a|b"],
    ],
)
def test_what_cannot_work_is_told_and_nothing_is_begun(tmp_path: Path, arguments: list[str]):
    done = install(*arguments, root=tmp_path)

    assert done.returncode == 2
    assert done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_program_is_there_without_what_is_private(root: Path):
    current = root / "opt/xinglin/current"

    assert (current / "manage.py").exists()
    assert not [name for name in (".git", ".venv", "var") if (current / name).exists()]


@needs("shellcheck")
@pytest.mark.parametrize("name", ["install", "command"])
def test_the_scripts_are_sound(name: str):
    done = subprocess.run(["shellcheck", str(DEPLOY / name)], capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


def test_each_package_that_the_bundle_brings_has_a_name():
    assert {"postgresql", "nginx-light", "python3-venv", "logrotate"} <= set(bundle.debian_packages())


# The settings -----------------------------------------------------------------------------------------------------


def test_the_settings_that_it_writes_let_production_start(root: Path):
    lines = (root / "etc/xinglin/xinglin.env").read_text(encoding="utf-8").splitlines()
    written = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    assert "@" not in "".join(written.values())
    said = environment.read({**written, **secrets_for_a_test()})
    assert (said.is_production, said.https, said.proxies) == (True, True, 1)
    assert said.allowed_hosts == [NAME, IP, "127.0.0.1"]
    assert said.database_url == "postgresql:///xinglin?host=/var/run/postgresql"


def test_every_setting_that_the_example_names_exists():
    text = (DEPLOY / "etc/xinglin.env.example").read_text(encoding="utf-8")
    named = {name.removesuffix("_FILE") for name in re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE)}

    assert named <= {setting.name for setting in environment.TABLE}


def secrets_for_a_test() -> dict[str, str]:
    return {
        "XINGLIN_SECRET_KEY": "h0Zk3vW8qLr5tYx2bNc7mPd4sFg6jKa9eRu1",
        "XINGLIN_SEALING_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    }


# The units --------------------------------------------------------------------------------------------------------


@needs("systemd-analyze")
@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").glob("xinglin-*.*")), ids=lambda unit: unit.name)
def test_systemd_understands_each_unit(unit: Path):
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)

    # The program is not installed here, which is all that it may say.
    told = [line for line in done.stderr.splitlines() if "is not executable" not in line and "not found" not in line]
    assert [line for line in told if unit.name in line] == []


@needs("systemd-analyze")
@pytest.mark.parametrize("unit", SHUT_IN, ids=lambda unit: unit.name)
def test_what_serves_is_shut_in(unit: Path):
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)]
    judged = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[-1]

    found = re.search(r"for \S+: ([\d.]+)", judged)
    assert found
    assert float(found[1]) <= LOOSEST


@pytest.mark.parametrize("name", ["web", "worker"])
def test_what_serves_is_started_again_however_long_the_database_was_away(name: str):
    lines = (DEPLOY / "systemd" / f"xinglin-{name}.service").read_text(encoding="utf-8").splitlines()

    assert {"StartLimitIntervalSec=0", "Restart=always"} <= set(lines)


def test_all_that_serves_has_the_same_walls():
    walls = ["NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "CapabilityBoundingSet="]

    assert {unit.stem for unit in SHUT_IN} == {"xinglin-web", "xinglin-worker", "xinglin-backup"}
    for unit in SHUT_IN:
        lines = unit.read_text(encoding="utf-8").splitlines()
        assert [wall for wall in walls if wall not in lines] == []
        assert [line for line in lines if line.startswith("ReadWritePaths=")] == ["ReadWritePaths=/var/lib/xinglin"]


def test_each_unit_starts_a_target_that_exists():
    from xinglin import cli

    started = {target for unit in SHUT_IN for target in re.findall(r"-m xinglin\.cli (\w+)", unit.read_text("utf-8"))}

    assert started == {"web", "worker", "nightly"}
    assert started <= set(cli.TARGETS)


# nginx and logs ---------------------------------------------------------------------------------------------------


@needs("nginx")
@needs("openssl")
def test_nginx_understands_its_site(root: Path, tmp_path: Path):
    from xinglin.lib import clock
    from xinglin.lib.tls import authority

    authority.issue(tmp_path, names=[NAME], addresses=[IP], within=[], at=clock.now())
    site = (root / "etc/nginx/sites-available/xinglin").read_text(encoding="utf-8")
    for real, tried in {
        "/etc/nginx/snippets": root / "etc/nginx/snippets",
        "/etc/xinglin/tls": tmp_path,
        "/var/log/xinglin": tmp_path,
    }.items():
        site = site.replace(real, str(tried))
    site = re.sub(r"(listen (?:\[::\]:)?)(80|443)\b", r"\g<1>18\2", site)  # an ordinary user may not try the real ones
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{site}\n}}\n", encoding="utf-8")

    done = subprocess.run(["nginx", "-t", "-q", "-c", str(whole)], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert "@" not in site
    assert f"server_name {NAME} {IP};" in site


def test_nginx_logs_no_query_and_believes_no_visitor():
    site = (DEPLOY / "nginx/xinglin.conf").read_text(encoding="utf-8")
    proxy = (DEPLOY / "nginx/xinglin-proxy.conf").read_text(encoding="utf-8")

    logged = re.findall(r"log_format xinglin '(.*)'", site)[0]
    assert not {"$request ", "$request_uri", "$args", "$query_string", "$http_referer"} & set(
        re.findall(r"\S+", logged)
    )
    assert "$uri" in logged
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in proxy
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in site


@needs("logrotate")
def test_logrotate_understands_its_file(root: Path, tmp_path: Path):
    log = tmp_path / "log"
    log.mkdir(mode=0o750)
    (log / "access.log").write_text("a visit\n", encoding="ascii")
    rules = (root / "etc/logrotate.d/xinglin").read_text(encoding="utf-8").replace("/var/log/xinglin", str(log))
    file = tmp_path / "rules"
    file.write_text(rules, encoding="utf-8")

    done = subprocess.run(["logrotate", "-d", "-s", str(tmp_path / "state"), str(file)], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert "error:" not in done.stderr
    assert "rotate 190" in rules


# Alerts -----------------------------------------------------------------------------------------------------------


def alerts() -> str:
    return (DEPLOY / "prometheus/alerts.yml").read_text(encoding="utf-8")


def test_alerts_ask_for_figures_that_exist():
    asked = set(re.findall(r"xinglin_[a-z_]+", " ".join(re.findall(r"expr: (.*)", alerts()))))

    told = {state.name_of(field) for field in state.MEANINGS}
    told |= {"xinglin_requests_total", "xinglin_request_seconds_bucket", "xinglin_pool_connections"}
    assert asked <= told
    assert metrics.REQUESTS.describe()[0].name + "_total" in told


def test_each_alert_says_why_and_what_to_do():
    each = alerts().split("- alert: ")[1:]

    assert len(each) >= 10
    for alert in each:
        for part in ("severity: ", "summary: ", "reason: ", "action: "):
            assert part in alert, alert.splitlines()[0]


@needs("promtool")
def test_prometheus_understands_the_alerts():
    done = subprocess.run(["promtool", "check", "rules", str(DEPLOY / "prometheus/alerts.yml")], capture_output=True)

    assert done.returncode == 0
