#!/usr/bin/env python
"""Django's door for commands: `manage.py import_roster roster.xlsx`, `manage.py verify_ledger` …"""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinglin.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
