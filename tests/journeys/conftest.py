"""A real browser for the journeys: Debian's Chromium, one window for each person, and axe on every page they pass."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# axe leaves this rule out by itself; WCAG 2.2 AA has it: nothing is too small or half hidden behind something else.
AXE_ASKS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# What hangs over the side: of the document, or of the page that scrolls in its frame.
WIDER = """Math.max(...[document.documentElement, ...document.querySelectorAll("main.page")]
    .map((frame) => frame.scrollWidth - frame.clientWidth))"""
# Playwright's loop runs in this thread, and Django would take the tests' own queries for asynchronous ones.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
expect.set_options(timeout=15_000)  # a busy machine is not a broken page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless. `make test` leaves the journeys out where there is none, and says so."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def window(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """`window()`: a person's own window, on a phone unless told otherwise. What breaks in it fails the test."""
    contexts, broken = [], []

    def open_window(viewport: dict[str, int] = PHONE, **options: Any) -> Page:
        # Without motion, so that axe never measures a colour that is still fading in.
        # Without a worker, whose requests would outlive the test; the one that is about it asks for it.
        options = {"locale": "zh-CN", "reduced_motion": "reduce", "service_workers": "block"} | options
        context = browser.new_context(viewport=viewport, base_url=live_server.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert broken == []


@pytest.fixture
def looks_right() -> Callable[[Page], None]:
    """`looks_right(page)`: axe finds nothing, and nothing hangs over the side."""
    axe = Axe()

    def look(page: Page) -> None:
        result = axe.run(page, options=AXE_ASKS)
        assert result.violations_count == 0, f"{page.url}\n{result.generate_report()}"
        over = page.evaluate(WIDER)
        assert over <= 0, f"{page.url} is {over} px too wide"

    return look
