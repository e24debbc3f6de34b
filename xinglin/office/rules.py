"""Values decide: which login names and facts of a city will do, and what is kept for how long."""

from __future__ import annotations

import datetime as dt
import re

OPERATOR_SESSION = dt.timedelta(hours=4)  # a fixed end: operators come seldom and do far-reaching things
RECOVERY_CODES = 10
RECOVERY_DIGITS = 8
LOGIN_NAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")
DIVISION_CODE = re.compile(r"(\d{2,12})?", re.ASCII)
LONGEST_NAME = 60


def is_login_name(text: str) -> bool:
    """Two to forty small letters, digits, dots and dashes: typed seldom, and by few."""
    return LOGIN_NAME.fullmatch(text) is not None


def are_city_facts(*, name: str, division_code: str) -> bool:
    """Would these do as a city's name and division code?"""
    return 0 < len(name.strip()) <= LONGEST_NAME and DIVISION_CODE.fullmatch(division_code) is not None


def is_same_name(typed: str, name: str) -> bool:
    """Was the name typed as it stands? Blanks at the ends are nobody's intention."""
    return typed.strip() == name.strip()
