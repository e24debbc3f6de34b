#!/usr/bin/env python
"""Django's door for commands: `manage.py import_roster roster.xlsx`, `manage.py verify_ledger` …

Without DATABASE_URL it uses the database of this checkout, and starts it for as long as the command lasts.
"""

import os
import signal
import sys

from xinglin.lib import environment, postgres
from xinglin.lib.terminal import Halt, say_halt

NEED_NO_DATABASE = {
    "",
    "help",
    "--help",
    "-h",
    "version",
    "--version",
    "collectstatic",
    "makemessages",
    "compilemessages",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinglin.settings")
    said = environment.read()
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if said.database_url or command in NEED_NO_DATABASE:
        run()
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the database is left in order
    with postgres.lease(said.var, wish=said.postgres) as cluster:
        os.environ["DATABASE_URL"] = cluster.url()
        run()


def run() -> None:
    import xinglin.checks  # noqa: F401 - registers what production must not start with
    from xinglin.cities import commands

    commands.run(sys.argv)


if __name__ == "__main__":
    try:
        main()
    except Halt as halt:
        sys.exit(say_halt(halt))
