"""`python -m xinglin.cli certificate`: make, renew or look at the certificates."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from xinglin.lib.terminal import Halt, say
from xinglin.lib.tls import authority, queries

RENEW_BELOW_DAYS = 30


def run(arguments: Sequence[str], *, folder: Path, at: dt.datetime) -> int:
    """Do what the arguments say in `folder`, unless they name another."""
    asked = _parser().parse_args(arguments)
    folder = asked.folder or folder
    if asked.renew:
        _renew_in_time(folder, at=at)
    else:
        _issue(asked, folder, at=at)
    return 0


def _issue(asked: argparse.Namespace, folder: Path, *, at: dt.datetime) -> None:
    is_new = authority.issue(folder, names=asked.name, addresses=asked.ip, within=asked.within, at=at)
    certificate = queries.authority_of(folder)
    assert certificate is not None
    if is_new:
        say(
            f"新的 CA 在 {folder}；ca.key 请另存一份，不要给任何人",
            "A new authority; keep a copy of ca.key, give it to nobody",
        )
    say(f"证书签好了，到期前 {RENEW_BELOW_DAYS} 天用 --renew 续", "Signed; renew with --renew in its last 30 days")
    say(f"CA 的指纹 {queries.fingerprint(certificate)}", "the authority's fingerprint, SHA-256")


def _renew_in_time(folder: Path, *, at: dt.datetime) -> None:
    left = queries.days_left(folder, at=at)
    if left is None:
        raise Halt(f"{folder} 里没有 server.crt。", f"There is no server.crt in {folder}.")
    if left > RENEW_BELOW_DAYS:
        say(f"证书还有 {int(left)} 天，不用续", "The certificate holds long enough")
        return
    authority.renew(folder, at=at)
    say("证书续好了，CA 没有变，手机不用再做什么", "Renewed under the same authority: phones need nothing")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make certificate", description="本地 CA 和网站证书 · a local authority and the site's certificate"
    )
    add = parser.add_argument
    add("--name", action="append", default=[], help="网站的域名，可多个 · host name of the site, may be repeated")
    add("--ip", action="append", default=[], help="网站的 IP 地址，可多个 · its address, may be repeated")
    add("--within", action="append", default=[], help="新 CA 还管哪个域名或网段 · what else a new authority covers")
    add("--folder", type=Path, help="证书目录 · folder of the certificates")
    add("--renew", action="store_true", help=f"剩不到 {RENEW_BELOW_DAYS} 天就续 · renew when fewer days are left")
    return parser
