"""Settings of the rival of `cities.py`, frozen: the same models and pages, served from one fixed schema.

Django's own PostgreSQL backend, the schema named once in the connection's options; no middleware that looks for a city,
no router, sessions as Django brings them.
"""

import os

from xinglin.settings import *  # noqa: F403
from xinglin.settings import DATABASES, MIDDLEWARE

_default = DATABASES["default"]
_path = f"-c search_path={os.environ['FIXED_SCHEMA']},public"
DATABASES = {
    "default": _default
    | {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {**_default["OPTIONS"], "options": _path}}
}
MIDDLEWARE = [name for name in MIDDLEWARE if "cities" not in name]
DATABASE_ROUTERS: list[str] = []
SESSION_ENGINE = "django.contrib.sessions.backends.db"
