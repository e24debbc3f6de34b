"""Each line of the log names the city it happened in."""

from __future__ import annotations

import logging
from typing import Any

from xinglin.cities import current


def name_the_city() -> None:
    """Give every record from now on the word `city`; repeated calls change nothing."""
    make = logging.getLogRecordFactory()
    if getattr(make, "names_the_city", False):
        return

    def make_with_city(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        record.city = current.slug()
        return record

    make_with_city.names_the_city = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(make_with_city)
