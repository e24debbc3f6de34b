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

from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.conftest import DESK, FLAGS, PHONE
from xinglin.lib.environment import CHECKOUT

FOLDER = CHECKOUT / "screenshots"
START_WITHIN_S = 180
MODES = {"light": {}, "dark": {"theme": "dark"}, "elder": {"elder": "1"}}
# Who walks, by which door they come in, and what they look at. `{shift}`, `{person}`, … are taken from the demo.
WALKS: dict[str, tuple[str | None, str]] = {
    "visitor": (
        None,
        """
        / /activities/ {shift} /demo/ /log/ /log/how/ /stars/ /offline/ /sign-in/ /sign-in/number/
        /sign-in/pin/ /sign-in/staff/
        """,
    ),
    "volunteer": (
        "volunteer",
        """
        / /activities/ {shift} {shift}share/ /timebank/ /timebank/?only=in&since=2026-01-01 /timebank/gifts/
        /timebank/gifts/new/ /me/ /me/hours/ /me/agreement/ /me/consents/ /me/card/ /me/relations/
        /me/stars/ /benefits/ {benefit} /me/vouchers/
        """,
    ),
    "leader": (
        "team leader",
        """
        / {shift}lead/ {shift}poster/ {shift}roster/ {shift}enter/ {shift}list/ {shift}share/
        """,
    ),
    "coordinator": (
        "wangmin",
        """
        /desk/ /desk/?kind=today /desk/people/ {person} {person}relations/ /desk/applications/
        /desk/activities/ /desk/activities/new/ /desk/benefits/ /desk/benefits/new/ /desk/vouchers/
        /desk/stars/ /desk/stars/bars/ /desk/timebank/requests/ /desk/timebank/requests/new/
        """,
    ),
    "administrator": (
        "chenlixin",
        """
        /desk/stars/schemes/ /desk/stars/schemes/new/ /desk/stars/privileges/ /desk/organisation/ {unit}
        /desk/timebank/ /desk/log/ /me/security/
        """,
    ),
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
                answer = page.goto(path)
                if answer is None or answer.status != 200:
                    broken.append(f"{path}: {answer and answer.status}")
                slug = re.sub(r"\W+", "-", path).strip("-") or "home"
                page.screenshot(path=FOLDER / f"{who}-{slug}-{size}-{mode}.png", full_page=True)
    context.close()
    return broken


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
    found = {
        "shift": _first(browser, demo, None, "/activities/", "/shifts/"),
        "benefit": _first(browser, demo, "volunteer", "/benefits/", "/benefits/"),
        "person": _first(browser, demo, "wangmin", "/desk/people/", "/desk/people/V"),
        "unit": _first(browser, demo, "chenlixin", "/desk/organisation/", "/desk/organisation/"),
    }
    return [(who, door, paths.format(**found).split()) for who, (door, paths) in WALKS.items()]


def _first(browser: Browser, demo: Demo, door: str | None, path: str, begins: str) -> str:
    """The address of the first thing on a list."""
    context = browser.new_context(base_url=demo.address, locale="zh-CN")
    page = context.new_page()
    _sign_in(page, demo, door)
    page.goto(path)
    address = page.locator(f"main a[href^='{begins}']:not([href='{path}'])").first.get_attribute("href")
    context.close()
    assert address is not None, f"nothing on {path}"
    return address


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
