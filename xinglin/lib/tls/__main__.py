"""The door to the certificates' command, in a process that has the installed packages."""

from __future__ import annotations

import sys

from xinglin.lib import clock, environment
from xinglin.lib.terminal import Halt, say_halt
from xinglin.lib.tls import command

if __name__ == "__main__":
    try:
        folder = environment.tls_folder_of()
        sys.exit(command.run(sys.argv[1:], folder=folder, at=clock.now()))
    except Halt as halt:
        sys.exit(say_halt(halt))
