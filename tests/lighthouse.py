"""`make lighthouse`: what Lighthouse says of the accessibility of the demo's pages; each must get 100.

Needs Node: npx fetches Lighthouse the first time (the network, once). Serves a demo of its own, signs in as its people,
and asks page by page, on a phone.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

from tests import screenshots
from tests.journeys.conftest import FLAGS
from xinglin.lib.terminal import Halt

LIGHTHOUSE = os.environ.get("LIGHTHOUSE", "npx --yes lighthouse@12.8.2").split()
WANTED = 100


def main() -> int:
    """Ask about every page; the exit code is 1 when one of them is not perfect."""
    if shutil.which(LIGHTHOUSE[0]) is None:
        raise Halt("需要 Node：请先安装 nodejs 和 npm。", "This needs Node: install nodejs and npm first.")
    poor = []
    with screenshots.serving() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        asked = [
            (who, path, cookies)
            for who, door, paths in screenshots.walks(browser, demo)
            for cookies in [_cookies(browser, demo, door)]
            for path in paths
            if path != screenshots.NOWHERE  # Lighthouse asks for pages that are there
        ]
        browser.close()
        for who, path, cookies in asked:
            score, faults = ask(demo.address + path, cookies)
            print(f"{score:>3}  {who} {path} {' '.join(faults)}", flush=True)
            if score != WANTED:
                poor.append(path)
    print(f"lighthouse pages={len(asked)} below_100={len(poor)}")
    return 1 if poor else 0


def ask(address: str, cookies: str) -> tuple[int, list[str]]:
    """The score of one page, and the audits that it failed."""
    command = [
        *LIGHTHOUSE,
        address,
        "--quiet",
        "--output=json",
        "--only-categories=accessibility",
        f"--chrome-flags=--headless=new {' '.join(FLAGS)}",
        f"--extra-headers={json.dumps({'Cookie': cookies, 'Accept-Language': 'zh-CN'})}",
    ]
    settings = {**os.environ, "CHROME_PATH": shutil.which("chromium") or ""}
    done = subprocess.run(command, env=settings, capture_output=True, text=True)
    if done.returncode:
        return 0, [done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no answer"]
    report = json.loads(done.stdout)
    failed = [name for name, audit in report["audits"].items() if audit.get("score") is not None and audit["score"] < 1]
    return round(report["categories"]["accessibility"]["score"] * 100), failed


def _cookies(browser: screenshots.Browser, demo: screenshots.Demo, door: str | None) -> str:
    """A session of this person, as a header."""
    context = browser.new_context(base_url=demo.address, locale="zh-CN")
    screenshots._sign_in(context.new_page(), demo, door)
    said = "; ".join(f"{one['name']}={one['value']}" for one in context.cookies())
    context.close()
    return said


if __name__ == "__main__":
    sys.exit(main())
