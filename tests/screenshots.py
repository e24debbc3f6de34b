"""`make screenshots`: every page of the demo as its people see it, phone and desk, light, dark and elder.

Serves a demo of its own on a free port, signs in as the demo's people,
and writes `screenshots/<who>-<page>-<size>-<mode>.png`.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response, sync_playwright

from tests.journeys.conftest import AXE_ASKS, DESK, FLAGS, PHONE, WIDER
from xinglin.lib.environment import CHECKOUT

FOLDER = CHECKOUT / "screenshots"
START_WITHIN_S = 180
NOWHERE = "/nowhere/"
HIGHEST = 8_000  # px of one picture
# How much of the page is out of sight, in a phone's frame or in a desk's panes.
HIDDEN = """Math.max(...[...document.querySelectorAll("main.page, .work-body, .pane")]
    .map((frame) => frame.scrollHeight - frame.clientHeight), 0)"""
AXE = Axe()
MODES = {"light": {}, "dark": {"theme": "dark"}, "elder": {"elder": "1"}}
# Who walks, by which door they come in, and what they look at. `{shift}`, `{person}`, … are named in FOUND.
WALKS: dict[str, tuple[str | None, str]] = {
    "visitor": (
        None,
        """
        / /activities/ {shift} /demo/ /trust/ /log/ /log/how/ /offline/ /nowhere/
        /sign-in/ /sign-in/number/ /sign-in/pin/ /sign-in/staff/
        """,
    ),
    "volunteer": (
        "volunteer",
        """
        / /activities/ {shift} {shift}share/ {own_shift} {own_shift}cancel/ {own_shift}hands/
        /timebank/ /timebank/?only=in&since=2026-01-01 /timebank/?since=2030-01-01
        /timebank/gifts/ /timebank/gifts/new/ {line}
        /me/ /me/hours/ {record} {proof} /me/agreement/ /me/agreement/paper/ /me/consents/ /me/card/ /me/relations/
        /me/household/
        /me/stars/ /stars/ /benefits/ {benefit} /me/vouchers/ {voucher} /me/security/ /apply/
        /me/gates/ /me/papers/ /me/interviews/ /me/exam/ /me/return/ /me/practical/ /me/phone/ /me/details/
        /me/data/ /me/erase/
        /me/application/ /me/children/ {ward} {childs} /teams/ {team} /me/moves/ /me/leave/ /circulars/ {circular}
        /notices/ /notices/choices/ /notices/mail/
        """,
    ),
    "leader": (
        "team leader",
        """
        / {led_shift}lead/ {led_shift}poster/ {led_shift}roster/ {led_shift}enter/ {led_shift}list/ {led_shift}share/
        /timebank/gifts/ /timebank/teams/ {team_account} /me/vouchers/ /me/hours/
        """,
    ),
    "coordinator": (
        "wangmin",
        """
        /desk/ /desk/?kind=today {application} {nod} {waiting_record} /desk/people/ /desk/people/?q=nobody
        /desk/people/lists/ /desk/people/lists/new/?state=active
        /desk/expiring/ /desk/honours/
        /desk/people/new/ /desk/people/bulk/ {person}household/
        {person} {person}relations/ {person}gates/ {person}care/ {person}moves/ {person}practical/ {person}look/
        {person}phone/ {person}data/
        {person}consents/
        {person}hours/ {person}slip/ {person}erase/ /desk/people/export/ /desk/applications/ {applicant}
        {applicant}erase/
        /desk/interviews/ /desk/questions/ /desk/insurance/ /desk/deliveries/ /desk/circulars/ {desk_circular}
        /desk/circulars/?from=above {unread_circular}
        /desk/activities/ /desk/activities/?when=past
        /desk/activities/new/ {desk_shift} {past_shift} {desk_record}
        /desk/benefits/ /desk/benefits/new/ {desk_benefit} {desk_benefit}edit/
        /desk/vouchers/ {desk_voucher} /desk/stars/ {star} /desk/stars/bars/ /desk/timebank/requests/
        /desk/timebank/requests/new/ /desk/timebank/debts/ {desk_team} /desk/people/imports/ /desk/people/practical/
        """,
    ),
    "administrator": (
        "chenlixin",
        """
        /desk/stars/schemes/ /desk/stars/schemes/new/ /desk/stars/privileges/ /desk/organisation/ {unit} {policy}
        /desk/circulars/ /desk/circulars/new/
        /desk/organisation/roles/ {unit}add/ {unit}edit/ {unit}about/ {unit}trail/
        {unit}trail/?kind=roles {role_term} {unit}move/ {unit}close/
        /desk/mergings/ /desk/mergings/new/ /desk/erasures/ /desk/erasures/?q=nobody
        /desk/timebank/ /desk/log/ /me/security/ /me/security/authenticator/ /me/security/codes/ /me/security/password/
        """,
    ),
    "auditor": ("zhouzheng", "/desk/ /desk/timebank/ /desk/log/ /me/ /me/data/ /me/erase/"),
}
# What the demo has put where a walk names something: who sees it, on which page, and how its address begins.
FOUND: dict[str, tuple[str | None, str, str]] = {
    "shift": (None, "/activities/", "/shifts/"),
    "own_shift": ("volunteer", "/", "/shifts/"),
    "line": ("volunteer", "/timebank/", "/me/proof/line/"),
    "record": ("volunteer", "/me/hours/", "/me/hours/"),
    "proof": ("volunteer", "/me/hours/", "/me/proof/record/"),
    "benefit": ("volunteer", "/benefits/", "/benefits/"),
    "voucher": ("volunteer", "/me/vouchers/", "/me/vouchers/"),
    "led_shift": ("team leader", "/", "/shifts/[^/]+/lead/"),
    "ward": ("volunteer", "/me/children/", "/me/children/[^/]+/shifts/"),
    "childs": ("volunteer", "/me/children/", "/me/children/[^/]+/consents/"),
    "team": ("volunteer", "/teams/", "/teams/[A-Z0-9]{8}/"),
    "circular": ("volunteer", "/circulars/", "/circulars/[A-Z0-9]{8}/"),
    "team_account": ("team leader", "/timebank/teams/", "/timebank/teams/[A-Z0-9]{8}/"),
    "application": ("wangmin", "/desk/", "/desk/waits/application/"),
    "nod": ("wangmin", "/desk/", "/desk/waits/nod/"),
    "waiting_record": ("wangmin", "/desk/", "/desk/waits/record/"),
    "person": ("wangmin", "/desk/people/", "/desk/people/V"),
    "applicant": ("wangmin", "/desk/applications/", "/desk/applications/[A-Z0-9]{8}/"),
    "desk_team": ("wangmin", "/desk/timebank/requests/", "/desk/timebank/teams/[A-Z0-9]{8}/"),
    "desk_circular": ("wangmin", "/desk/circulars/", "/desk/circulars/[A-Z0-9]{8}/"),
    "unread_circular": ("wangmin", "{desk_circular}", "/desk/circulars/[A-Z0-9]{8}/unread/[A-Z0-9]{8}/"),
    "desk_shift": ("wangmin", "/desk/activities/", "/desk/shifts/"),
    "past_shift": ("wangmin", "/desk/activities/?when=past", "/desk/shifts/"),
    "desk_record": ("wangmin", "{past_shift}", "/desk/records/[A-Z0-9]{8}/"),
    "desk_benefit": ("wangmin", "/desk/benefits/", "/desk/benefits/(?!new)"),
    "desk_voucher": ("wangmin", "/desk/vouchers/", "/desk/vouchers/"),
    "star": ("wangmin", "/desk/stars/", "/desk/stars/(?!schemes|bars|privileges)"),
    "unit": ("chenlixin", "/desk/organisation/", "/desk/organisation/[A-Z0-9]{8}/"),
    "role_term": ("chenlixin", "{unit}", "/desk/organisation/[^/]+/roles/[A-Z0-9]+/term/"),
    "policy": ("chenlixin", "{unit}", "/desk/organisation/[^/]+/policies/[a-z_]+/"),
}


@dataclass
class Demo:
    """A running demo: its address, how its people sign in, and what its terminal has said."""

    address: str
    settings: dict[str, str]
    said: Path
    sessions: dict[str, list[Any]] = field(default_factory=dict)  # by door: whoever came in once need not again

    def last_code(self) -> str:
        time.sleep(0.5)  # the terminal prints after the page answers
        return re.findall(r"验证码是 (\d{6})", self.said.read_text(encoding="utf-8"))[-1]

    def phone_of(self, role: str) -> str:
        return re.search(rf"{role}\s+\S+\s+(\d{{11}})", self._people())[1]  # type: ignore[index]

    def staff_code(self, login_name: str) -> str:
        return re.search(rf"{login_name}\s.*?(\d{{6}})", self._people())[1]  # type: ignore[index]

    def password(self) -> str:
        return re.search(r"password (\S+)", self._people())[1]  # type: ignore[index]

    def _people(self) -> str:
        command = [sys.executable, "manage.py", "demo_people"]
        return subprocess.run(
            command, cwd=CHECKOUT, env=self.settings, capture_output=True, text=True, check=True
        ).stdout


def main() -> int:
    """Photograph all; the exit code is 1 when a page did not answer."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    with serving() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        broken = []
        for who, door, paths in walks(browser, demo):
            broken += _photograph(browser, demo, who, door, paths)
        browser.close()
    print("\n".join(broken) or f"{len(list(FOLDER.iterdir()))} 张 · pictures in {FOLDER.name}/")
    return 1 if broken else 0


def _photograph(browser: Browser, demo: Demo, who: str, door: str | None, paths: list[str]) -> list[str]:
    context = browser.new_context(viewport=PHONE, base_url=demo.address, locale="zh-CN", reduced_motion="reduce")
    page = context.new_page()
    _sign_in(page, demo, door)
    broken = []
    for mode, cookies in MODES.items():
        for name in ("theme", "elder"):
            context.clear_cookies(name=name)
        context.add_cookies([{"name": name, "value": value, "url": demo.address} for name, value in cookies.items()])
        for path in paths:
            for size, viewport in (("phone", PHONE), ("desk", DESK)):
                page.set_viewport_size(viewport)
                faults = _faults_of(page, page.goto(path), wanted=404 if path == NOWHERE else 200)
                broken += [f"{who} {path} {size} {mode}: {fault}" for fault in faults]
                slug = re.sub(r"\W+", "-", path).strip("-") or "home"
                _stretch(page)
                page.screenshot(path=FOLDER / f"{who}-{slug}-{size}-{mode}.png", full_page=True)
    context.close()
    return broken


def _faults_of(page: Page, answer: Response | None, *, wanted: int) -> list[str]:
    """What is wrong with a page: its answer, what hangs over the side, what axe finds."""
    if answer is None or answer.status != wanted:
        return [f"answered {answer and answer.status}"]
    over = page.evaluate(WIDER)
    found = AXE.run(page, options=AXE_ASKS).response["violations"]
    targets = [f"axe {rule['id']}: {rule['nodes'][0]['target']}" for rule in found]
    return [*targets, f"{over} px too wide"] if over > 0 else targets


def _stretch(page: Page) -> None:
    """A window as high as what scrolls in it, so that the picture shows all of it."""
    hidden = page.evaluate(HIDDEN)
    if hidden > 0:
        size = page.viewport_size or PHONE
        page.set_viewport_size({"width": size["width"], "height": min(size["height"] + hidden, HIGHEST)})


def _sign_in(page: Page, demo: Demo, door: str | None) -> None:
    if door is None:
        return
    if door in demo.sessions:
        page.context.add_cookies(demo.sessions[door])
        return
    if door in ("volunteer", "team leader"):
        page.goto("/sign-in/")
        page.get_by_label("手机号").fill(demo.phone_of(door))
        page.get_by_role("button", name="获取验证码").click()
        page.get_by_label("验证码").fill(demo.last_code())
    else:
        page.goto("/sign-in/staff/")
        page.get_by_label("登录名").fill(door)
        page.get_by_label("密码").fill(demo.password())
        page.get_by_role("button", name="下一步").click()
        page.get_by_label("动态码").fill(demo.staff_code(door))
    with page.expect_navigation():
        page.get_by_role("button", name="登录", exact=True).click()
    demo.sessions[door] = page.context.cookies()


def walks(browser: Browser, demo: Demo) -> list[tuple[str, str | None, list[str]]]:
    """Who, by which door, and the addresses, with what the demo has put where they name something."""
    found: dict[str, str] = {}
    for name, (door, path, begins) in FOUND.items():
        found[name] = _first(browser, demo, door, path.format(**found), begins).removesuffix("lead/")
    return [(who, door, paths.format(**found).split()) for who, (door, paths) in WALKS.items()]


def _first(browser: Browser, demo: Demo, door: str | None, path: str, begins: str) -> str:
    """The address of the first thing on a list."""
    context = browser.new_context(base_url=demo.address, locale="zh-CN")
    page = context.new_page()
    _sign_in(page, demo, door)
    page.goto(path)
    addresses = page.locator("main a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    context.close()
    fitting = [address for address in addresses if re.match(begins, address) and address != path]
    assert fitting, f"nothing on {path} begins with {begins}"
    return str(fitting[0])


@contextlib.contextmanager
def serving() -> Iterator[Demo]:
    """A demo of its own on a free port, gone with the block."""
    with tempfile.TemporaryDirectory(prefix="xinglin-screenshots-") as folder, socket.socket() as free:
        os.chmod(folder, 0o755)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        settings = {**os.environ, "XINGLIN_VAR": f"{folder}/var", "XINGLIN_MODE": "demo", "PORT": str(port)}
        settings.pop("DATABASE_URL", None)
        said = Path(folder) / "said"
        with said.open("wb") as terminal:
            command = [sys.executable, "-m", "xinglin.cli", "demo"]
            server = subprocess.Popen(command, cwd=CHECKOUT, env=settings, stdout=terminal, stderr=terminal)
        demo = Demo(address=f"http://127.0.0.1:{port}", settings=settings, said=said)
        try:
            _wait(demo, server)
            yield demo
        finally:
            server.terminate()
            server.wait(60)


def _wait(demo: Demo, server: subprocess.Popen[bytes]) -> None:
    for _ in range(START_WITHIN_S * 2):
        with contextlib.suppress(OSError):
            if urllib.request.urlopen(f"{demo.address}/health/", timeout=2).status == 200:
                return
        if server.poll() is not None:
            break
        time.sleep(0.5)
    raise SystemExit(demo.said.read_text(encoding="utf-8", errors="replace"))


if __name__ == "__main__":
    sys.exit(main())
