"""What is logged, and what never is: a log holds no name, no number and no illness."""

from __future__ import annotations

import logging
import re
from typing import Any

# PostgreSQL explains a refused row by its values: "DETAIL:  Key (phone)=(…) already exists."
VALUES_OF_A_ROW = re.compile(r"^(DETAIL|CONTEXT|HINT):.*$", re.MULTILINE)
QUIET_BELOW_WARNING = ("procrastinate", "django.db.backends", "django.template")  # they log arguments


class DiscreetFormatter(logging.Formatter):
    """One line per event; where an error comes from the database, the values of the row are left out."""

    def format(self, record: logging.LogRecord) -> str:
        return VALUES_OF_A_ROW.sub(r"\1: …", super().format(record))


def configuration(*, level: str) -> dict[str, Any]:
    """Django's LOGGING: everything to the terminal, discreetly."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "discreet": {
                "()": f"{__name__}.DiscreetFormatter",
                "format": "%(asctime)s %(levelname)s [%(city)s] %(name)s %(message)s",
                "defaults": {"city": "-"},  # until the app that knows cities is ready
            }
        },
        "handlers": {"terminal": {"class": "logging.StreamHandler", "formatter": "discreet"}},
        "root": {"handlers": ["terminal"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            "psycopg.pool": {"level": "ERROR"},  # it tries again by itself, and says so each time
            **{name: {"level": "WARNING"} for name in QUIET_BELOW_WARNING},
        },
    }
