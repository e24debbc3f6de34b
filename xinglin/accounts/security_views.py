"""One's own security: authenticator, recovery codes, password."""

from __future__ import annotations

import datetime as dt

from allauth.mfa.adapter import get_adapter
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from xinglin.accounts import actions, queries, second_factor, sessions
from xinglin.accounts.errors import SignInAgain
from xinglin.accounts.forms import AuthenticatorForm, NewPasswordForm, OtherAuthenticatorForm, hear
from xinglin.accounts.models import User
from xinglin.accounts.views import door, page
from xinglin.lib import clock
from xinglin.lib.web import qr
from xinglin.lib.web.toast import tell

SECRET, SHOW_CODES = "totp_secret", "show_codes"


@require_safe
@login_required
def security(request: HttpRequest) -> HttpResponse:
    """How one signs in here, and what can be changed about it."""
    user = _user(request)
    context = {
        "by_password": sessions.by_password(request),
        "phone": queries.masked_phone_of(user),
        "has_pin": bool(user.pin),
        "has_password": user.has_usable_password(),
        "codes_left": queries.recovery_codes_left(user),
    }
    return render(request, "accounts/security.html", context)


@login_required
@door
def authenticator(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator, or another in place of the one that is there."""
    at, user = clock.now(), _user(request)
    is_other = queries.has_totp(user)
    _demand_staff_session(request, second_factor=is_other)
    secret = _held_secret(request, at=at)
    form = (OtherAuthenticatorForm if is_other else AuthenticatorForm)(request.POST or None)
    if form.is_valid() and _may_replace(request, form, at=at):
        typed = form.cleaned_data["code"]
        changed = hear(form, second_factor.set_up_second_factor, user=user, secret=secret, code=typed, at=at)
        if changed:
            return _show_codes(request, changed, at=at)
    url = get_adapter().build_totp_url(user, secret)
    return page(request, "authenticator", form, qr=_qr(url), secret=_in_fours(secret), is_other=is_other)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes, shown once after they were made; made anew on demand."""
    at, user = clock.now(), _user(request)
    _demand_staff_session(request, second_factor=True)
    if request.method == "POST":
        second_factor.make_recovery_codes(user=user, at=at)
        sessions.hold(request, SHOW_CODES, "yes", at=at)
        return redirect("accounts:recovery_codes")
    shows = sessions.held(request, SHOW_CODES, at=at) is not None
    sessions.drop(request, SHOW_CODES)
    unused = queries.unused_recovery_codes(user)
    codes = [_in_fours(code) for code in unused] if shows else []
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "left": len(unused)})


@login_required
@door
def password(request: HttpRequest) -> HttpResponse:
    """A new password."""
    _demand_staff_session(request, second_factor=True)
    form = NewPasswordForm(request.POST or None)
    if form.is_valid():
        old, new = form.cleaned_data["old"], form.cleaned_data["new"]
        facts = {"address": sessions.address_of(request), "at": clock.now()}
        user = hear(form, actions.change_password, user=_user(request), old=old, new=new, **facts)
        if user:
            sessions.keep_open(request, user, second_factor=True)
            tell(request, _("密码换好了，其他设备已经退出"))
            return redirect("accounts:security")
    return page(request, "password", form)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "login_required stands above"
    return request.user


def _demand_staff_session(request: HttpRequest, *, second_factor: bool) -> None:
    """A phone left on a ward's table must not change how its owner gets in."""
    shown = request.session.get(sessions.SECOND_FACTOR) if second_factor else sessions.by_password(request)
    if not shown:
        raise SignInAgain(next_url=reverse("accounts:staff"), next_text=_("去工作人员入口"))


def _may_replace(request: HttpRequest, form: AuthenticatorForm | OtherAuthenticatorForm, *, at: dt.datetime) -> bool:
    """The place of an authenticator is given to another only against the password."""
    if "password" not in form.fields:
        return True
    typed, address = form.cleaned_data["password"], sessions.address_of(request)
    return bool(hear(form, actions.prove_own_password, user=_user(request), password=typed, address=address, at=at))


def _show_codes(request: HttpRequest, user: User, *, at: dt.datetime) -> HttpResponse:
    sessions.keep_open(request, user, second_factor=True)
    sessions.drop(request, SECRET)
    sessions.hold(request, SHOW_CODES, "yes", at=at)
    tell(request, _("验证器设好了"))
    return redirect("accounts:recovery_codes")


def _held_secret(request: HttpRequest, *, at: dt.datetime) -> str:
    """The secret shown on this page stays the same until its first code was typed."""
    secret = sessions.held(request, SECRET, at=at) or second_factor.new_secret()
    sessions.hold(request, SECRET, secret, at=at)
    return secret


def _qr(url: str) -> str:
    """An inline drawing: our policy lets no data: address in, and no third party shall see a secret."""
    return qr.drawn(url, title=_("给验证器扫的二维码"))


def _in_fours(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
