"""Several management commands in one process: `python -m xinglin.lib.commands migrate load_demo`.

Starting Django costs more than most of them do, and somebody is waiting for the first page.
"""

from __future__ import annotations

import os
import sys

import django
from django.core.management import CommandError, call_command

from xinglin.lib.terminal import Halt, say, say_halt

QUIETLY = {"migrate": {"interactive": False, "verbosity": 0}}
TOLD = {"migrate": ("整理数据表", "Bringing the tables up to date")}


def main(names: list[str]) -> int:
    """Run each in turn; the first that fails is named and ends it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinglin.settings")
    django.setup()
    for name in names:
        say(*TOLD.get(name, (f"运行 {name}", f"Running {name}")))
        try:
            call_command(name, **QUIETLY.get(name, {}))
        except CommandError as trouble:
            return say_halt(Halt(f"{name} 没有成功：{trouble}", f"{name} failed.", exit_code=1))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Halt as halt:
        sys.exit(say_halt(halt))
