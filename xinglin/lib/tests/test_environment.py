"""The settings: wrong values stop the start with a sentence, secrets are kept, production refuses what is for play."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from xinglin.lib import environment
from xinglin.lib.terminal import Halt

KEYS = {
    "XINGLIN_SECRET_KEY": "h0Zk3vW8qLr5tYx2bNc7mPd4sFg6jKa9eRu1",
    "XINGLIN_SEALING_KEY": base64.b64encode(bytes(range(32))).decode(),
}


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """All that production wants."""
    mode = {"XINGLIN_MODE": "production", "XINGLIN_ALLOWED_HOSTS": "zyz.example.cn", "XINGLIN_SMS_SENDER": "none"}
    return {"XINGLIN_VAR": str(tmp_path / "var"), **mode, **KEYS}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("XINGLIN_DEBUG", "maybe"),
        ("XINGLIN_MODE", "prod"),
        ("XINGLIN_POSTGRES", "windows"),
        ("XINGLIN_POOL_SIZE", "0"),
        ("XINGLIN_THREADS", "four"),
        ("PORT", "70000"),
        ("PORT", "²"),
        ("XINGLIN_HOST", "everywhere"),
        ("XINGLIN_ALLOWED_HOSTS", "https://zyz.example.cn/"),
        ("XINGLIN_CONSOLE_HOST", "https://console.example.cn"),
        ("XINGLIN_SMS_SENDER", "pigeon"),
        ("XINGLIN_MAIL_SERVER", "smtp://bank@mail.example.cn"),
        ("XINGLIN_MAIL_SERVER", "smtps://bank:secret@mail.example.cn"),
        ("XINGLIN_MAIL_SERVER", "mail.example.cn"),
        ("XINGLIN_MAIL_FROM", "bank"),
        ("XINGLIN_SMS_GATEWAY_URL", "http://sms.example.cn/"),
        ("XINGLIN_LOG_LEVEL", "loud"),
        ("DATABASE_URL", "mysql://root@host/xinglin"),
        ("XINGLIN_SEALING_KEY", "too-short"),
    ],
)
def test_a_wrong_value_is_told_by_its_name(tmp_path: Path, name: str, value: str):
    with pytest.raises(Halt) as told:
        environment.read({"XINGLIN_VAR": str(tmp_path), name: value})

    assert name in told.value.chinese
    assert name in told.value.english


def test_the_site_listens_to_the_console_too(production: dict[str, str]):
    said = environment.read(production | {"XINGLIN_CONSOLE_HOST": "Console.example.cn."})

    assert said.console_host == "console.example.cn"
    assert said.allowed_hosts == ["zyz.example.cn", "console.example.cn"]


@pytest.mark.parametrize(("mode", "host"), [("demo", "console.localhost"), ("development", "")])
def test_only_a_demo_has_a_console_unasked(tmp_path: Path, mode: str, host: str):
    assert environment.read({"XINGLIN_VAR": str(tmp_path), "XINGLIN_MODE": mode}).console_host == host


def test_a_wrong_database_address_does_not_show_its_password(tmp_path: Path):
    with pytest.raises(Halt) as told:
        environment.read({"XINGLIN_VAR": str(tmp_path), "DATABASE_URL": "mysql://root:geheim@host/x"})

    assert "geheim" not in str(told.value)


def test_secrets_are_made_once_and_kept_private(tmp_path: Path):
    var = tmp_path / "var"

    first = environment.read({"XINGLIN_VAR": str(var)})
    second = environment.read({"XINGLIN_VAR": str(var)})

    assert (first.secret_key, first.sealing_key) == (second.secret_key, second.sealing_key)
    assert stat.S_IMODE((var / "secrets").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (var / "secrets").iterdir()} == {0o600}
    assert {path.name for path in (var / "secrets").iterdir()} == {"secret-key", "sealing-key"}


def test_a_secret_may_lie_in_a_file(tmp_path: Path):
    (tmp_path / "key").write_text("from-a-file\n")

    said = environment.read({"XINGLIN_VAR": str(tmp_path), "XINGLIN_SECRET_KEY_FILE": str(tmp_path / "key")})

    assert said.secret_key == "from-a-file"


def test_a_secrets_file_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(Halt, match="XINGLIN_SECRET_KEY_FILE"):
        environment.read({"XINGLIN_VAR": str(tmp_path), "XINGLIN_SECRET_KEY_FILE": str(tmp_path / "gone")})


def test_production_starts_with_all_it_wants(production: dict[str, str]):
    said = environment.read(production)

    assert said.is_production
    assert said.https


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"XINGLIN_DEBUG": "yes"}, "XINGLIN_DEBUG"),
        ({"XINGLIN_ALLOWED_HOSTS": ""}, "XINGLIN_ALLOWED_HOSTS"),
        ({"XINGLIN_ALLOWED_HOSTS": "*"}, "XINGLIN_ALLOWED_HOSTS"),
        ({"XINGLIN_SMS_SENDER": "fake"}, "XINGLIN_SMS_SENDER"),
        ({"XINGLIN_SECRET_KEY": ""}, "XINGLIN_SECRET_KEY"),
        ({"XINGLIN_SECRET_KEY": "changeme" * 8}, "XINGLIN_SECRET_KEY"),
        ({"XINGLIN_SECRET_KEY": "short"}, "XINGLIN_SECRET_KEY"),
        ({"XINGLIN_SEALING_KEY": ""}, "XINGLIN_SEALING_KEY"),
        ({"XINGLIN_SEALING_KEY": base64.b64encode(bytes(32)).decode()}, "XINGLIN_SEALING_KEY"),
    ],
)
def test_production_refuses_what_is_for_play(production: dict[str, str], change: dict[str, str], told: str):
    with pytest.raises(Halt, match=told):
        environment.read(production | change)


@pytest.mark.parametrize("part", ["URL", "KEY_ID", "SECRET"])
def test_half_a_gateway_is_refused(production: dict[str, str], part: str):
    gateway = {"URL": "https://sms.example.cn/", "KEY_ID": "ruian", "SECRET": "shared"}
    settings = {f"XINGLIN_SMS_GATEWAY_{name}": value for name, value in gateway.items()}
    whole = production | settings | {"XINGLIN_SMS_SENDER": "http"}

    with pytest.raises(Halt, match=f"XINGLIN_SMS_GATEWAY_{part}"):
        environment.read(whole | {f"XINGLIN_SMS_GATEWAY_{part}": ""})

    assert environment.read(whole).sms_gateway == {
        "url": "https://sms.example.cn/",
        "key_id": "ruian",
        "secret": "shared",
    }


def test_production_makes_no_secret_by_itself(production: dict[str, str], tmp_path: Path):
    missing = {name: value for name, value in production.items() if name not in KEYS}

    with pytest.raises(Halt, match="make secrets"):
        environment.read(missing)

    assert not (tmp_path / "var" / "secrets").exists()


def test_production_takes_the_secrets_made_for_it(production: dict[str, str]):
    missing = {name: value for name, value in production.items() if name not in KEYS}
    environment.make_secrets(missing)

    said = environment.read(missing)

    assert len(said.sealing_key) == 32
    assert said.sealing_key != base64.b64decode(KEYS["XINGLIN_SEALING_KEY"])


@pytest.mark.parametrize(
    ("url", "name", "host"),
    [
        ("postgresql://xinglin@/xinglin?host=/run/postgres", "xinglin", "/run/postgres"),
        ("postgresql://xinglin@/xinglin?host=%2Fa%20b%2F%E6%9D%8F", "xinglin", "/a b/杏"),
        ("postgres://xinglin:p%40ss@db.example.cn:6432/city?sslmode=require", "city", "db.example.cn"),
    ],
)
def test_database_addresses_are_read(url: str, name: str, host: str):
    described = environment.database(url, pool_size=6)

    assert (described["NAME"], described["HOST"]) == (name, host)
    assert described["CONN_HEALTH_CHECKS"]
    assert described["OPTIONS"]["pool"]["max_size"] == 6


def test_passwords_and_options_of_an_address_are_kept():
    described = environment.database("postgres://u:p%40ss@h:6432/d?sslmode=require", pool_size=6)

    assert (described["PASSWORD"], described["PORT"], described["OPTIONS"]["sslmode"]) == ("p@ss", "6432", "require")


def test_the_operations_document_shows_the_table():
    document = (environment.CHECKOUT / "docs" / "OPERATIONS.md").read_text(encoding="utf-8")

    for setting in environment.TABLE:
        default = f"`{setting.default}`" if setting.default else "–"
        assert f"| `{setting.name}` | {default} | {setting.chinese} · {setting.english} |" in document


@pytest.mark.parametrize("part", ["FROM", "PASSWORD"])
def test_half_a_mail_server_stops_the_start(part, tmp_path):
    whole = {
        "XINGLIN_VAR": str(tmp_path),
        "XINGLIN_MAIL_SERVER": "smtps://bank@mail.example.cn",
        "XINGLIN_MAIL_FROM": "bank@example.cn",
        "XINGLIN_MAIL_PASSWORD": "secret",
    }

    assert environment.read(whole).mail_server == "smtps://bank@mail.example.cn"
    with pytest.raises(Halt, match=f"XINGLIN_MAIL_{part}"):
        environment.read(whole | {f"XINGLIN_MAIL_{part}": ""})
