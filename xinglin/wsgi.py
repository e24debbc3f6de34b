"""The web server's door."""

import os

from django.core.wsgi import get_wsgi_application

from xinglin.lib.terminal import Halt, say_halt

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinglin.settings")

try:
    application = get_wsgi_application()
except Halt as halt:
    raise SystemExit(say_halt(halt)) from None
