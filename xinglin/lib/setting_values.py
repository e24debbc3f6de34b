"""What a setting's text may be, by kind: parsed into a value, or told what it should have been.

Standard library only: the make targets read it as well.
"""

from __future__ import annotations

import ipaddress
import re
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent.parent
MODES = ("development", "demo", "test", "production")
MOST_DAYS = 3650

WRONG = object()


def _switch(text: str) -> Any:
    words = {"yes": True, "true": True, "1": True, "on": True, "no": False, "false": False, "0": False, "off": False}
    return words.get(text.lower(), WRONG)


def _count(text: str) -> Any:
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= 64 else WRONG


def _port(text: str) -> Any:
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535 else WRONG


def _address(text: str) -> Any:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return "127.0.0.1" if text == "localhost" else WRONG
    return text


def _database(text: str) -> Any:
    if not text:
        return ""
    try:
        parts = urllib.parse.urlsplit(text)
        _ = parts.port
    except ValueError:
        return WRONG
    return text if parts.scheme in ("postgresql", "postgres") and len(parts.path) > 1 else WRONG


def _names(text: str) -> Any:
    names = [name.strip() for name in text.split(",") if name.strip()]
    return WRONG if any(set(name) & set("/ :") and not name.startswith("[") for name in names) else names


def _host(text: str) -> Any:
    """One plain host name, or none."""
    name = text.strip().rstrip(".").lower()
    return WRONG if name and not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", name) else name


def _hops(text: str) -> Any:
    return int(text) if text.isascii() and text.isdigit() and int(text) <= 8 else WRONG


def _days(text: str) -> Any:
    return int(text) if text.isascii() and text.isdigit() and int(text) <= MOST_DAYS else WRONG


def _networks(text: str) -> Any:
    names = [name.strip() for name in text.split(",") if name.strip()]
    try:
        return [str(ipaddress.ip_network(name)) for name in names]
    except ValueError:
        return WRONG


def _folder(text: str) -> Any:
    return (CHECKOUT / Path(text).expanduser()).absolute()


def _one_of(*words: str) -> Callable[[str], Any]:
    return lambda text: text if text in words else WRONG


def _gateway(text: str) -> Any:
    parts = urllib.parse.urlsplit(text)
    is_near = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    return text if not text or (parts.scheme == "https" and parts.hostname) or is_near else WRONG


def _mail(text: str) -> Any:
    """A mail server's address. A password goes over TLS, or not further than this machine."""
    if not text:
        return ""
    try:
        parts = urllib.parse.urlsplit(text)
        _ = parts.port
    except ValueError:
        return WRONG
    is_sealed = parts.scheme in ("smtps", "smtp+starttls") or parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme not in ("smtp", "smtps", "smtp+starttls") or not parts.hostname or parts.password:
        return WRONG
    return text if is_sealed or not parts.username else WRONG


def _mailbox(text: str) -> Any:
    return text if not text or re.fullmatch(r"[^@\s<>]+@[A-Za-z0-9.-]+", text) else WRONG


def _template(text: str) -> Any:
    """WeChat's template and the names of its three fields."""
    return text if not text or re.fullmatch(r"[\w-]+:[a-z_]+\d+,[a-z_]+\d+,[a-z_]+\d+", text, re.ASCII) else WRONG


PARSERS: dict[str, Callable[[str], Any]] = {
    "mode": _one_of(*MODES),
    "switch": lambda text: None if text.lower() == "auto" else _switch(text),
    "folder": _folder,
    "place": lambda text: _folder(text) if text else None,
    "database": _database,
    "programs": _one_of("", "wheel", "debian"),
    "demo_city": _one_of("ruian", "binzhou"),
    "count": _count,
    "address": _address,
    "port": _port,
    "names": _names,
    "host": _host,
    "hops": _hops,
    "days": _days,
    "networks": _networks,
    "gateway": _gateway,
    "mail": _mail,
    "mailbox": _mailbox,
    "template": _template,
    "text": lambda text: text,
    "sender": _one_of("fake", "http", "none"),
    "level": _one_of("DEBUG", "INFO", "WARNING", "ERROR"),
}
EXPECTED = {
    "mode": (" development、demo、test 或 production", "development, demo, test or production"),
    "switch": (" yes 或 no", "yes or no"),
    "folder": ("一个目录", "a folder"),
    "database": (" postgresql://用户:密码@主机/数据库", "postgresql://user:password@host/database"),
    "programs": (" wheel 或 debian", "wheel or debian"),
    "demo_city": (" ruian 或 binzhou", "ruian or binzhou"),
    "count": (" 1 到 64 的整数", "a whole number from 1 to 64"),
    "address": ("一个 IP 地址，例如 127.0.0.1 或 0.0.0.0", "an IP address, such as 127.0.0.1 or 0.0.0.0"),
    "port": (" 1 到 65535 的整数", "a whole number from 1 to 65535"),
    "names": ("用逗号隔开的域名", "host names with commas between them"),
    "host": ("一个域名，例如 console.example.cn", "one host name, such as console.example.cn"),
    "hops": (" 0 到 8 的整数", "a whole number from 0 to 8"),
    "place": ("一个目录", "a folder"),
    "days": (f" 0 到 {MOST_DAYS} 的天数", f"a number of days from 0 to {MOST_DAYS}"),
    "networks": ("用逗号隔开的 IP 地址或网段", "IP addresses or networks with commas between them"),
    "gateway": ("一个 https 地址", "an https address"),
    "mail": (
        " smtps://用户@主机 或 smtp+starttls://用户@主机，密码另写",
        "smtps://user@host or smtp+starttls://user@host, the password apart",
    ),
    "mailbox": ("一个邮箱地址", "an e-mail address"),
    "template": (" 模板ID:thing2,time4,thing5 这样的写法", "written like ID:thing2,time4,thing5"),
    "text": ("文字", "text"),
    "sender": (" http、none 或 fake", "http, none or fake"),
    "level": (" DEBUG、INFO、WARNING 或 ERROR", "DEBUG, INFO, WARNING or ERROR"),
}
