"""Everything that the environment may set: one table, read once. A wrong value stops the start with a sentence.

`docs/OPERATIONS.md` is checked against this table by a test. Standard library only: the make targets read it as well.
"""

from __future__ import annotations

import os
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinglin.lib.secret_keeping import FILE_SUFFIX as FILE_SUFFIX
from xinglin.lib.secret_keeping import KEY_BYTES, Keeper
from xinglin.lib.setting_values import CHECKOUT as CHECKOUT
from xinglin.lib.setting_values import EXPECTED, PARSERS, WRONG
from xinglin.lib.terminal import Halt

LEAST_SECRET_LETTERS = 32
KNOWN_SECRETS = ("django-insecure", "development-only", "changeme", "change-me", "secret", "demo")


@dataclass(frozen=True)
class Setting:
    """One row of the table."""

    name: str
    kind: str
    default: str
    chinese: str
    english: str


TABLE = (
    Setting("XINGLIN_MODE", "mode", "development", "运行方式：development、demo、test、production", "how it runs"),
    Setting(
        "XINGLIN_DEBUG",
        "switch",
        "no",
        "显示详细错误页；production 中不许打开",
        "detailed error pages; refused in production",
    ),
    Setting("XINGLIN_VAR", "folder", "var", "存放数据、密钥和日志的目录", "the folder of data, secrets and logs"),
    Setting("XINGLIN_DEMO_CITY", "demo_city", "ruian", "演示哪座城市：ruian 或 binzhou", "which demo city"),
    Setting("DATABASE_URL", "database", "", "用这个 PostgreSQL；空着就用自带的", "use this PostgreSQL; empty: our own"),
    Setting(
        "XINGLIN_POSTGRES",
        "programs",
        "",
        "自带数据库用谁的程序：wheel 或 debian",
        "whose programs for our own database",
    ),
    Setting(
        "XINGLIN_POOL_SIZE", "count", "6", "每个进程最多几条数据库连接", "database connections per process, at most"
    ),
    Setting("XINGLIN_HOST", "address", "127.0.0.1", "网站监听的地址", "the address to listen on"),
    Setting("PORT", "port", "8000", "网站监听的端口", "the port to listen on"),
    Setting("XINGLIN_WORKERS", "count", "2", "网站的进程数", "web processes"),
    Setting("XINGLIN_THREADS", "count", "4", "每个网站进程的线程数", "threads per web process"),
    Setting(
        "XINGLIN_ALLOWED_HOSTS",
        "names",
        "",
        "网站的域名，用逗号隔开；production 必填",
        "host names, by comma; required in production",
    ),
    Setting(
        "XINGLIN_CONSOLE_HOST",
        "host",
        "",
        "控制台自己的域名；空着就没有控制台，演示时是 console.localhost",
        "the console's own host name; empty: no console, in a demo console.localhost",
    ),
    Setting(
        "XINGLIN_HTTPS",
        "switch",
        "auto",
        "只在 HTTPS 下发 Cookie；auto 指 production 打开",
        "cookies over HTTPS only; auto: in production",
    ),
    Setting(
        "XINGLIN_OWN_TLS",
        "switch",
        "no",
        "网站自己说 HTTPS，前面没有代理",
        "the site speaks HTTPS itself, without a proxy in front",
    ),
    Setting(
        "XINGLIN_TLS_FOLDER",
        "place",
        "",
        "证书目录；空着是 var 里的 tls",
        "the certificates' folder; empty: tls in var",
    ),
    Setting(
        "XINGLIN_HSTS_DAYS",
        "days",
        "365",
        "浏览器记住只用 HTTPS 的天数，0 为不记",
        "how long browsers remember to use HTTPS only, 0: not at all",
    ),
    Setting(
        "XINGLIN_MONITORS",
        "networks",
        "127.0.0.1,::1",
        "可以看 /metrics 和 /ready/ 的地址或网段",
        "addresses and networks that may read /metrics and /ready/",
    ),
    Setting(
        "XINGLIN_MONITOR_TOKEN",
        "given",
        "",
        "监控程序从别处来时出示的令牌，至少 32 个字符",
        "what a monitor from elsewhere shows, 32 characters at least",
    ),
    Setting("XINGLIN_SECRET_KEY", "secret", "", "会话和签名的密钥", "signs sessions"),
    Setting(
        "XINGLIN_SEALING_KEY",
        "key",
        "",
        "加密身份证号等字段，base64 的 32 字节",
        "seals personal numbers, 32 bytes in base64",
    ),
    Setting(
        "XINGLIN_SMS_SENDER",
        "sender",
        "fake",
        "短信由谁发送：http 网关、none 不发、fake 只打印（production 不许用）",
        "who sends text messages: http gateway, none, or fake: printed only, refused in production",
    ),
    Setting("XINGLIN_SMS_GATEWAY_URL", "gateway", "", "短信网关的 https 地址", "the SMS gateway's https address"),
    Setting("XINGLIN_SMS_GATEWAY_KEY_ID", "text", "", "短信网关给的编号", "the name the gateway knows us by"),
    Setting("XINGLIN_SMS_GATEWAY_SECRET", "given", "", "短信网关给的密钥", "the secret shared with the gateway"),
    Setting(
        "XINGLIN_MAIL_SERVER",
        "mail",
        "",
        "发邮件的服务器：smtps://用户@主机；空着就不发",
        "the server that mail goes to, smtps://user@host; empty: none is sent",
    ),
    Setting("XINGLIN_MAIL_PASSWORD", "given", "", "邮件服务器的密码", "the password of the mail server"),
    Setting("XINGLIN_MAIL_FROM", "mailbox", "", "发件邮箱", "the address that mail comes from"),
    Setting(
        "XINGLIN_WECHAT_APP_ID",
        "text",
        "",
        "微信服务号的 AppID；空着就不用微信发通知",
        "the official account's AppID; empty: nobody is told by WeChat",
    ),
    Setting("XINGLIN_WECHAT_SECRET", "given", "", "微信服务号的 AppSecret", "the official account's AppSecret"),
    Setting(
        "XINGLIN_WECHAT_TEMPLATE",
        "template",
        "",
        "通知用的模板，写成 模板ID:事项字段,时间字段,备注字段",
        "the template of all notices, as ID:what,when,note with the names of its fields",
    ),
    Setting(
        "XINGLIN_WECHAT_API", "gateway", "https://api.weixin.qq.com", "微信接口的地址", "where WeChat's interface is"
    ),
    Setting(
        "XINGLIN_WECHAT_SIGN_IN",
        "gateway",
        "https://open.weixin.qq.com",
        "微信网页授权的地址",
        "where WeChat asks people who they are",
    ),
    Setting(
        "XINGLIN_PROXIES",
        "hops",
        "0",
        "前面有几层可信的反向代理，登录限次要认出来访地址",
        "trusted proxies in front: sign-in limits need the visitor's own address",
    ),
    Setting(
        "XINGLIN_DIRECT_URL",
        "database",
        "",
        "备份和升级直连数据库的地址；DATABASE_URL 经过 pgbouncer 时要写",
        "the database without pgbouncer in between, for backups and upgrades",
    ),
    Setting(
        "XINGLIN_BACKUPS", "place", "", "备份放在哪个目录；空着是 var/backups", "where backups go; empty: var/backups"
    ),
    Setting(
        "XINGLIN_WAL_ARCHIVE",
        "switch",
        "no",
        "自带数据库的日志存档，可恢复到任一分钟",
        "archives our own database's log, to go back to any minute",
    ),
    Setting(
        "XINGLIN_PASSPHRASE_FILE", "text", "", "写着密钥文件口令的文件", "the file with the keys file's passphrase"
    ),
    Setting("XINGLIN_LOG_LEVEL", "level", "INFO", "日志级别：DEBUG、INFO、WARNING、ERROR", "how much is logged"),
)
DEMO_CONSOLE = "console.localhost"  # browsers take it for this machine
SECRET_KINDS = ("secret", "key", "given")


@dataclass(frozen=True)
class Environment:
    """What the environment says, read and checked."""

    mode: str
    debug: bool
    var: Path
    demo_city: str
    database_url: str
    postgres: str
    pool_size: int
    host: str
    port: int
    workers: int
    threads: int
    allowed_hosts: list[str]
    console_host: str
    https: bool
    own_tls: bool
    tls_folder: Path
    hsts_days: int
    monitors: list[str]
    monitor_token: str
    secret_key: str
    sealing_key: bytes
    sms_sender: str
    sms_gateway: dict[str, str]
    mail_server: str
    mail_password: str
    mail_from: str
    wechat: dict[str, str]
    proxies: int
    log_level: str
    direct_url: str
    backups: Path
    wal_archive: bool

    @property
    def is_production(self) -> bool:
        return self.mode == "production"

    @property
    def sends_only_to_the_terminal(self) -> bool:
        return self.sms_sender == "fake"


def read(environ: Mapping[str, str] | None = None) -> Environment:
    """Read the table; halts at the first value that makes no sense, and at what production does not allow."""
    environ = os.environ if environ is None else environ
    values = {setting.name: _parsed(setting, environ) for setting in TABLE if setting.kind not in SECRET_KINDS}
    mode, var = values["XINGLIN_MODE"], values["XINGLIN_VAR"]
    keeper = Keeper(var / "secrets", environ, may_make=mode != "production")
    console = values["XINGLIN_CONSOLE_HOST"] or (DEMO_CONSOLE if mode == "demo" else "")
    hosts = values["XINGLIN_ALLOWED_HOSTS"] or ([] if mode == "production" else _near_hosts(mode))
    https, own_tls = values["XINGLIN_HTTPS"], bool(values["XINGLIN_OWN_TLS"])
    environment = Environment(
        mode=mode,
        debug=values["XINGLIN_DEBUG"],
        var=var,
        demo_city=values["XINGLIN_DEMO_CITY"],
        database_url=values["DATABASE_URL"],
        postgres=values["XINGLIN_POSTGRES"],
        pool_size=values["XINGLIN_POOL_SIZE"],
        host=values["XINGLIN_HOST"],
        port=values["PORT"],
        workers=values["XINGLIN_WORKERS"],
        threads=values["XINGLIN_THREADS"],
        allowed_hosts=[*hosts, console] if hosts and console else hosts,
        console_host=console,
        https=mode == "production" or own_tls if https is None else https,
        own_tls=own_tls,
        tls_folder=tls_folder_of(environ),
        hsts_days=values["XINGLIN_HSTS_DAYS"],
        monitors=values["XINGLIN_MONITORS"],
        monitor_token=keeper.given("XINGLIN_MONITOR_TOKEN"),
        secret_key=keeper.secret("XINGLIN_SECRET_KEY"),
        sealing_key=keeper.key("XINGLIN_SEALING_KEY"),
        sms_sender=values["XINGLIN_SMS_SENDER"],
        sms_gateway={
            "url": values["XINGLIN_SMS_GATEWAY_URL"],
            "key_id": values["XINGLIN_SMS_GATEWAY_KEY_ID"],
            "secret": keeper.given("XINGLIN_SMS_GATEWAY_SECRET"),
        },
        mail_server=values["XINGLIN_MAIL_SERVER"],
        mail_password=keeper.given("XINGLIN_MAIL_PASSWORD"),
        mail_from=values["XINGLIN_MAIL_FROM"],
        wechat={
            "app_id": values["XINGLIN_WECHAT_APP_ID"],
            "secret": keeper.given("XINGLIN_WECHAT_SECRET"),
            "template": values["XINGLIN_WECHAT_TEMPLATE"],
            "api": values["XINGLIN_WECHAT_API"],
            "sign_in": values["XINGLIN_WECHAT_SIGN_IN"],
        },
        proxies=values["XINGLIN_PROXIES"],
        log_level=values["XINGLIN_LOG_LEVEL"],
        direct_url=values["XINGLIN_DIRECT_URL"],
        backups=values["XINGLIN_BACKUPS"] or var / "backups",
        wal_archive=bool(values["XINGLIN_WAL_ARCHIVE"]),
    )
    _refuse_half_a_gateway(environment)
    _refuse_half_a_mail_server(environment)
    _refuse_half_an_account(environment)
    if environment.is_production:
        refuse_for_production(environment)
    return environment


def refuse_for_production(environment: Environment) -> None:
    """Production does not start with what is meant for trying out. Demo people are looked for in the database later."""
    if environment.debug:
        raise Halt("production 不能打开 XINGLIN_DEBUG。", "Production does not start with XINGLIN_DEBUG on.")
    if not environment.allowed_hosts or "*" in environment.allowed_hosts:
        raise Halt(
            "production 要在 XINGLIN_ALLOWED_HOSTS 写明网站域名。",
            "Production needs its host names in XINGLIN_ALLOWED_HOSTS.",
        )
    if environment.sends_only_to_the_terminal:
        raise Halt(
            "production 不能用只打印的短信 XINGLIN_SMS_SENDER=fake。",
            "Production does not start with the fake sender XINGLIN_SMS_SENDER=fake.",
        )
    if environment.monitor_token and len(environment.monitor_token) < LEAST_SECRET_LETTERS:
        raise Halt(
            f"XINGLIN_MONITOR_TOKEN 太短，至少 {LEAST_SECRET_LETTERS} 个字符。",
            f"XINGLIN_MONITOR_TOKEN is too short; {LEAST_SECRET_LETTERS} characters at least.",
        )
    if _is_weak(environment.secret_key):
        raise Halt(
            "XINGLIN_SECRET_KEY 太短或是众所周知的值，请运行 make secrets 生成。",
            "XINGLIN_SECRET_KEY is too short or widely known; make one with `make secrets`.",
        )
    if len(set(environment.sealing_key)) < KEY_BYTES // 4:
        raise Halt(
            "XINGLIN_SEALING_KEY 必须是随机的密钥，请运行 make secrets 生成。",
            "XINGLIN_SEALING_KEY must be a random key; make one with `make secrets`.",
        )


def make_secrets(environ: Mapping[str, str] | None = None) -> Path:
    """Make the secrets that are missing, for an installation that will then run in production; returns their folder."""
    environ = os.environ if environ is None else environ
    keeper = Keeper(folder_of_data(environ) / "secrets", environ, may_make=True)
    keeper.secret("XINGLIN_SECRET_KEY")
    keeper.key("XINGLIN_SEALING_KEY")
    return keeper.folder


def passphrase_file(environ: Mapping[str, str] | None = None) -> str:
    """Where the passphrase of the keys file stands, or nothing: asked before there are any secrets."""
    environ = os.environ if environ is None else environ
    return next(str(_parsed(setting, environ)) for setting in TABLE if setting.name == "XINGLIN_PASSPHRASE_FILE")


def folder_of_data(environ: Mapping[str, str] | None = None) -> Path:
    """Where data, secrets and logs lie."""
    environ = os.environ if environ is None else environ
    return next(Path(_parsed(setting, environ)) for setting in TABLE if setting.name == "XINGLIN_VAR")


def tls_folder_of(environ: Mapping[str, str] | None = None) -> Path:
    """Where the certificates lie, for whoever makes them and may know no secret of the installation."""
    environ = os.environ if environ is None else environ
    said = next(_parsed(setting, environ) for setting in TABLE if setting.name == "XINGLIN_TLS_FOLDER")
    return Path(said or folder_of_data(environ) / "tls")


# After an outage the pool would wait longer and longer between its attempts, in the end for minutes. It gives up after
# ten seconds instead, and whoever asks for a connection next makes it try anew.
POOL = {"min_size": 1, "timeout": 10, "max_idle": 300, "reconnect_timeout": 10}


def database(url: str, *, pool_size: int) -> dict[str, Any]:
    """Django's description of the database behind a `postgresql://` address, with a pool that checks what it lends."""
    parts = urllib.parse.urlsplit(url)
    options = dict(urllib.parse.parse_qsl(parts.query))
    host = options.pop("host", "") or urllib.parse.unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": urllib.parse.unquote(parts.path[1:]),
        "USER": urllib.parse.unquote(parts.username or ""),
        "PASSWORD": urllib.parse.unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": "10", **options, "pool": {**POOL, "max_size": pool_size}},
    }


def _refuse_half_a_gateway(environment: Environment) -> None:
    if environment.sms_sender == "http" and not all(environment.sms_gateway.values()):
        missing = next(part for part, value in environment.sms_gateway.items() if not value)
        name = f"XINGLIN_SMS_GATEWAY_{missing.upper()}"
        raise Halt(
            f"XINGLIN_SMS_SENDER=http 时还要设置 {name}。", f"With XINGLIN_SMS_SENDER=http, {name} must be set as well."
        )


def _refuse_half_a_mail_server(environment: Environment) -> None:
    needed = {"XINGLIN_MAIL_FROM": environment.mail_from}
    if "@" in environment.mail_server:
        needed["XINGLIN_MAIL_PASSWORD"] = environment.mail_password
    missing = [name for name, value in needed.items() if not value]
    if environment.mail_server and missing:
        raise Halt(
            f"设了 XINGLIN_MAIL_SERVER，还要设置 {missing[0]}。",
            f"With XINGLIN_MAIL_SERVER, {missing[0]} must be set as well.",
        )


def _refuse_half_an_account(environment: Environment) -> None:
    missing = [part for part, value in environment.wechat.items() if not value]
    if environment.wechat["app_id"] and missing:
        name = f"XINGLIN_WECHAT_{missing[0].upper()}"
        raise Halt(
            f"设了 XINGLIN_WECHAT_APP_ID，还要设置 {name}。", f"With XINGLIN_WECHAT_APP_ID, {name} must be set as well."
        )


def _parsed(setting: Setting, environ: Mapping[str, str]) -> Any:
    text = environ.get(setting.name, "").strip() or setting.default
    value = PARSERS[setting.kind](text)
    if value is WRONG:
        expected_chinese, expected_english = EXPECTED[setting.kind]
        raise Halt(
            f"环境变量 {setting.name} 的值“{_shown(setting, text)}”不对：应当是{expected_chinese}。",
            f'The setting {setting.name}="{_shown(setting, text)}" is wrong: it should be {expected_english}.',
        )
    return value


def _shown(setting: Setting, text: str) -> str:
    return "…" if setting.kind == "database" else text  # an address may hold a password


def _near_hosts(mode: str) -> list[str]:
    """For trying out: this machine, and in a test the name that Django's client uses."""
    return ["localhost", "127.0.0.1", "[::1]", ".localhost"] + (["testserver"] if mode != "demo" else [])


def _is_weak(secret: str) -> bool:
    lowered = secret.lower()
    return len(secret) < LEAST_SECRET_LETTERS or len(set(secret)) < 8 or lowered.startswith(KNOWN_SECRETS)
