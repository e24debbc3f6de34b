"""`deploy/install` for real: on a new Debian 12 with systemd and no network, in namespaces of its own, from a bundle.

Needs root and debootstrap, which fetches Debian once; what it installs and starts touches nothing of this machine.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.house import ROOT
from xinglin.lib import bundle

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(
        os.geteuid() != 0 or not (shutil.which("debootstrap") and shutil.which("unshare") and shutil.which("nsenter")),
        reason="makes a machine: needs root and debootstrap",
    ),
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="a bundle is made from a git checkout"),
]
MIRROR = "http://deb.debian.org/debian"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
NAME, CONSOLE = "zyz.example.cn", "console.example.cn"
ASK_THE_CONSOLE = (
    "import urllib.request as u; asked = u.Request('http://127.0.0.1:8000/sign-in/',"
    f" headers={{'Host': '{CONSOLE}', 'X-Forwarded-Proto': 'https'}});"
    " print(u.urlopen(asked, timeout=30).read().decode())"
)
# Becomes process 1 of new namespaces: own mounts, processes, network (none), name and control groups.
BOOT = r"""
R=$1
mount --make-rprivate / && mount --bind "$R" "$R"
mount -t proc proc "$R/proc" && mount -t sysfs -o ro sysfs "$R/sys" && mount -t cgroup2 cgroup2 "$R/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$R/run" && mount -t tmpfs -o mode=1777 tmpfs "$R/tmp"
mount -t tmpfs -o mode=755 tmpfs "$R/dev"
for node in null zero full random urandom tty; do touch "$R/dev/$node"; mount --bind "/dev/$node" "$R/dev/$node"; done
mkdir "$R/dev/pts" "$R/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$R/dev/pts"
ln -s pts/ptmx "$R/dev/ptmx"; ln -s /proc/self/fd "$R/dev/fd"; mount -t tmpfs tmpfs "$R/dev/shm"
hostname proof
cd "$R" && pivot_root . mnt && umount -l /mnt
exec env -i container=unshare PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --log-target=console
"""


class Machine:
    """A Debian below a folder, running its own systemd."""

    def __init__(self, root: Path) -> None:
        self.root = root
        words = ["--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup", "--fork", "--kill-child"]
        self.process = subprocess.Popen(
            ["unshare", *words, "sh", "-c", BOOT, "boot", str(root)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def pid(self) -> str:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return children.split()[0]

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        words = ["nsenter", "-t", self.pid(), "-m", "-p", "-n", "-u", "-i", "-C", "-r", "-w"]
        clean = ["env", "-i", "HOME=/root", "TERM=dumb", "LANG=C.UTF-8", f"PATH={PATH}", "sh", "-c", command]
        return subprocess.run([*words, *clean], capture_output=True, text=True, stdin=subprocess.DEVNULL)

    def said(self, command: str) -> str:
        done = self.run(command)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def wait(self) -> None:
        give_up_at = time.monotonic() + 60
        while time.monotonic() < give_up_at:
            time.sleep(0.5)
            if self.run("systemctl is-system-running").stdout.strip() in ("running", "degraded"):
                return
        pytest.fail("systemd did not come up")

    def off(self) -> None:
        self.process.kill()  # the kernel ends the whole namespace with its first process
        self.process.wait()


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    ground = Path(tempfile.mkdtemp(prefix="xl-"))
    ground.chmod(0o755)
    root = ground / "root"
    command = ["debootstrap", "--variant=minbase", "--include=systemd,systemd-sysv,dbus", "bookworm", str(root), MIRROR]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(bundle.make(ground / "made", with_debs=True)) as tar:
        tar.extractall(root / "srv", filter="tar")
    machine = Machine(root)
    try:
        machine.wait()
        yield machine
    finally:
        machine.off()
        shutil.rmtree(ground)


def ready(machine: Machine) -> dict[str, object]:
    ask = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8000/ready/', timeout=30).read().decode())"
    return dict(json.loads(machine.said(f'python3 -c "{ask}"')))


def test_a_new_machine_serves_backs_up_and_comes_back(machine: Machine):
    install = f"cd /srv/xinglin-* && deploy/install --name {NAME} --ip 10.0.0.5 --console {CONSOLE}"

    told = machine.said(install)

    assert f'https://{NAME}/health/ {{"status": "ok"}}' in told
    state = ready(machine)
    assert (state["ready"], state["workers"], state["backup_succeeded"]) == (True, 1, None)
    assert machine.said("ls /sys/class/net").split() == ["lo"], "there was no network"

    assert "控制台" in machine.said(f'python3 -c "{ASK_THE_CONSOLE}"')

    machine.said("echo 'a passphrase for the proof' > /var/lib/xinglin/pass; chown xinglin /var/lib/xinglin/pass")
    machine.said("echo XINGLIN_PASSPHRASE_FILE=/var/lib/xinglin/pass >> /etc/xinglin/xinglin.env")
    machine.said("xinglin backup-keys && systemctl start xinglin-backup.service")
    assert ready(machine)["backup_succeeded"] is True

    machine.said("kill -9 $(systemctl show -p MainPID --value xinglin-web)")
    machine.said(f"python3 /opt/xinglin/current/deploy/look {NAME} /etc/xinglin/tls")

    assert f'https://{NAME}/health/ {{"status": "ok"}}' in machine.said(install), "a second run is safe"
    walls = "touch /opt/xinglin/current/x /etc/xinglin/x || touch /var/lib/xinglin/x && echo shut in"
    inside = f"nsenter -t $(systemctl show -p MainPID --value xinglin-web) -m sh -c '{walls}'"
    assert machine.said(inside).strip() == "shut in"
    assert machine.said("systemctl --failed --no-legend").strip() == ""

    restore_as_the_manual_says(machine)


def restore_as_the_manual_says(machine: Machine) -> None:
    """Under the service's own user, on Debian's PostgreSQL: what came after the backup is gone, the rest is back."""
    operators = "xinglin manage operator"
    machine.said(f"echo 'a password of five words' | {operators} create early --password-stdin")
    machine.said("systemctl start xinglin-backup.service")
    machine.said(f"echo 'a password of five words' | {operators} create late --password-stdin")
    keys = machine.said("ls /var/lib/xinglin/keys-*.json").strip()
    as_postgres = "runuser -u postgres -- psql -q -c"

    checked = machine.said(f"xinglin restore CHECK=yes KEYS={keys}")
    machine.said("systemctl stop xinglin-web xinglin-worker")
    machine.said(f"{as_postgres} 'ALTER ROLE xinglin CREATEDB'")
    machine.said(f"xinglin restore KEYS={keys} SWITCH=yes")
    machine.said(f"{as_postgres} 'ALTER ROLE xinglin NOCREATEDB'")
    machine.said("systemctl start xinglin-web xinglin-worker")
    machine.said(f"python3 /opt/xinglin/current/deploy/look {NAME} /etc/xinglin/tls")

    assert "核对无误" in checked
    listed = machine.said(f"{operators} list")
    assert ("early" in listed, "late" in listed) == (True, False)
    assert ready(machine)["ready"] is True
