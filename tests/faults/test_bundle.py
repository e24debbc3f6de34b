"""The offline bundle, in an empty folder and without a network: it installs, starts, and answers with a page."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.house import ROOT
from xinglin.lib import bundle

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="takes the network away: needs root"),
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="a bundle is made from a git checkout"),
]
# Runs where there is no network at all, not even this machine's own address until it is switched on.
WITHOUT_NETWORK = """
import fcntl, json, os, re, signal, socket, struct, subprocess, sys, time, urllib.request

root, port = sys.argv[1], "8123"
loopback = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(loopback, 0x8914, struct.pack("16sh", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS: up and running
try:
    socket.create_connection(("192.0.2.1", 443), timeout=3)
    outside = "reached"
except OSError as trouble:
    outside = os.strerror(trouble.errno or 0)
environment = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": root + "/var", "LANG": "C.UTF-8",
               "PIP_CONFIG_FILE": "/dev/null", "PORT": port}
house = subprocess.Popen(["make", "demo"], cwd=root, env=environment, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, start_new_session=True)

def get(path):
    return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20).read().decode()

page, began = "", time.monotonic()
while not page and house.poll() is None and time.monotonic() - began < 300:
    try:
        page = get("/")
    except OSError:
        time.sleep(0.5)
seconds = time.monotonic() - began
styles = [len(get(path)) for path in re.findall(r'href="(/static/[^"]+[.]css)"', page)] if page else []
health = get("/health/") if page else ""
house.send_signal(signal.SIGTERM)
said, _nothing = house.communicate(timeout=60)
print(json.dumps({"outside": outside, "page": page, "styles": styles, "health": health, "seconds": seconds,
                  "said": said}))
"""


@pytest.fixture(scope="module")
def ground() -> Iterator[Path]:
    """A short path that the database's user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="xl-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def unpacked(ground: Path) -> Path:
    """A bundle of what is committed, made here and unpacked elsewhere."""
    file = bundle.make(ground / "made")
    with tarfile.open(file) as tar:
        tar.extractall(ground, filter="tar")
    return ground / file.name.removesuffix(".tar.gz")


def test_its_checksums_are_true_and_complete(unpacked: Path):
    checked = subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=unpacked, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout
    listed = {line.split("  ", 1)[1] for line in (unpacked / "SHA256SUMS").read_text().splitlines()}
    assert listed == {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()} - {
        "SHA256SUMS"
    }


def test_it_brings_what_an_installation_wants(unpacked: Path):
    for wanted in (
        "INSTALL.txt",
        "VERSION",
        "docs/OPERATIONS.md",
        "deploy/install",
        "static/staticfiles.json",
        "uv.lock",
    ):
        assert (unpacked / wanted).stat().st_size > 0, wanted
    assert os.access(unpacked / "deploy" / "install", os.X_OK)
    assert len(list((unpacked / "wheels").glob("*.whl"))) > 20


def test_nothing_private_is_in_it(unpacked: Path):
    names = {path.name for path in unpacked.rglob("*")}

    assert not names & {"var", ".venv", ".git", "secrets", "ca.key", "server.key"}


def test_it_installs_and_answers_without_a_network(unpacked: Path):
    done = subprocess.run(
        ["unshare", "-n", sys.executable, "-c", WITHOUT_NETWORK, str(unpacked)], capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["outside"] == "Network is unreachable"
    assert "杏林" in found["page"], found["said"]
    assert found["styles"], "the page names its styles"
    assert min(found["styles"]) > 0
    assert json.loads(found["health"]) == {"status": "ok"}
    assert "make codes" in found["said"], "the demo tells how to sign in"
