"""The session as accounts uses it: who is half signed in, how someone came in, and what is held for the next page."""

from __future__ import annotations

import base64
import datetime as dt

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.contrib.auth import login, update_session_auth_hash
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from xinglin.accounts import rules
from xinglin.accounts.models import User
from xinglin.accounts.vault import vault

SECOND_FACTOR = "second_factor"
BY = "signed_in_by"  # phone, pin or password
BACKEND = "django.contrib.auth.backends.ModelBackend"
HELD = "held"
PURPOSE = "session"


def open_for(request: HttpRequest, user: User, *, by: str, at: dt.datetime, second_factor: bool = False) -> None:
    """Sign the user in. Nothing of the session before survives, neither its key nor a second factor shown earlier."""
    request.session.flush()
    login(request, user, backend=BACKEND)
    request.session[BY] = by
    request.session[SECOND_FACTOR] = second_factor
    if by == "password":
        request.session.set_expiry(at + rules.STAFF_SESSION)  # a fixed end, however busy the day is
    else:
        request.session.set_expiry(int(rules.VOLUNTEER_SESSION.total_seconds()))


def keep_open(request: HttpRequest, user: User, *, second_factor: bool) -> None:
    """After a change that ends all sessions of the user, this one goes on, under a new key."""
    update_session_auth_hash(request, user)
    request.session[SECOND_FACTOR] = second_factor
    user.has_second_factor = second_factor


def by_password(request: HttpRequest) -> bool:
    """Was this session opened by a staff member's password?"""
    return bool(request.session.get(SECOND_FACTOR)) or request.session.get(BY) == "password"


def must_set_up(request: HttpRequest) -> bool:
    """Whoever came by password alone has no authenticator yet, and sets one up before anything else."""
    return request.session.get(BY) == "password" and not request.session.get(SECOND_FACTOR)


def hold(request: HttpRequest, name: str, text: str, *, at: dt.datetime) -> None:
    """Keep a value for the next page, sealed, because sessions lie readable in the database."""
    sealed = base64.b64encode(vault().seal(text, purpose=PURPOSE)).decode()
    held = request.session.get(HELD, {})
    request.session[HELD] = {**held, name: [sealed, int(at.timestamp())]}


def held(request: HttpRequest, name: str, *, at: dt.datetime) -> str | None:
    """What was held under this name in the last minutes."""
    sealed, since = request.session.get(HELD, {}).get(name, ("", 0))
    if not sealed or at.timestamp() - since > rules.HALF_SIGNED_IN.total_seconds():
        return None
    try:
        return vault().open(base64.b64decode(sealed), purpose=PURPOSE)
    except InvalidTag:  # the installation's key was changed in between
        return None


def drop(request: HttpRequest, name: str) -> None:
    """Hold it no longer."""
    held = request.session.get(HELD, {})
    request.session[HELD] = {key: value for key, value in held.items() if key != name}


def own_page(request: HttpRequest, url: str | None) -> str:
    """The address, if it is one of this site; nobody is sent elsewhere after signing in."""
    is_ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if url and is_ours else ""


def address_of(request: HttpRequest) -> str:
    """Where the request came from. Behind N trusted proxies it is the N-th from the right that they wrote down."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    proxies = settings.PROXIES
    if proxies and len(hops) >= proxies:
        return hops[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
