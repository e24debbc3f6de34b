"""An operator's session: who signed in, whether a second factor was shown, and what is held for the next page."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

from cryptography.exceptions import InvalidTag
from django.contrib.sessions.backends.db import SessionStore as Rows
from django.http import HttpRequest

from xinglin.accounts.rules import HALF_SIGNED_IN
from xinglin.cities import keys
from xinglin.office import rules
from xinglin.office.models import Operator, Session

OPERATOR, SECOND_FACTOR, HELD = "operator", "second_factor", "held"
PURPOSE = "operator_session"


class SessionStore(Rows):
    """In public, signed with a name that no city has."""

    @classmethod
    def get_model_class(cls) -> Any:
        return Session

    @property
    def key_salt(self) -> str:
        return "xinglin.sessions.console"


def open_for(request: HttpRequest, operator: Operator, *, second_factor: bool, at: dt.datetime) -> None:
    """Sign the operator in under a new key; nothing of the session before survives."""
    request.session.flush()
    request.session[OPERATOR] = _name_of(operator)
    request.session[SECOND_FACTOR] = second_factor
    request.session.set_expiry(at + rules.OPERATOR_SESSION)


def operator_of(request: HttpRequest) -> Operator | None:
    """Whose session this is, unless the account was closed or its secrets changed since."""
    return _named(request.session.get(OPERATOR, ""))


def has_second_factor(request: HttpRequest) -> bool:
    """Did this session show the authenticator's code, or a recovery code?"""
    return bool(request.session.get(SECOND_FACTOR))


def hold_half(request: HttpRequest, operator: Operator, *, at: dt.datetime) -> None:
    """The password was right: remember for some minutes whose it was."""
    request.session.flush()
    hold(request, OPERATOR, _name_of(operator), at=at)


def half_of(request: HttpRequest, *, at: dt.datetime) -> Operator | None:
    """Whoever showed the password in this browser minutes ago."""
    return _named(held(request, OPERATOR, at=at) or "")


def hold(request: HttpRequest, name: str, text: str, *, at: dt.datetime) -> None:
    """Keep a value for the next page, sealed, because sessions lie readable in the database."""
    sealed = base64.b64encode(keys.installation_vault().seal(text, purpose=PURPOSE)).decode()
    request.session[HELD] = {**request.session.get(HELD, {}), name: [sealed, int(at.timestamp())]}


def held(request: HttpRequest, name: str, *, at: dt.datetime) -> str | None:
    """What was held under this name in the last minutes."""
    sealed, since = request.session.get(HELD, {}).get(name, ("", 0))
    if not sealed or at.timestamp() - since > HALF_SIGNED_IN.total_seconds():
        return None
    try:
        return keys.installation_vault().open(base64.b64decode(sealed), purpose=PURPOSE)
    except InvalidTag:  # the installation's key was changed in between
        return None


def drop(request: HttpRequest, name: str) -> None:
    """Hold it no longer."""
    request.session[HELD] = {key: value for key, value in request.session.get(HELD, {}).items() if key != name}


def _name_of(operator: Operator) -> str:
    return f"{operator.code}:{operator.session_round}"


def _named(name: str) -> Operator | None:
    code, _colon, session_round = name.partition(":")
    if not session_round.isdigit():
        return None
    return Operator.objects.filter(code=code, session_round=session_round, closed_at=None).first()
