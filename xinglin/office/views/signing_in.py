"""How operators come in: password, then the authenticator's code; and what they change about it."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinglin.accounts import second_factor as authenticators
from xinglin.accounts.forms import (
    AuthenticatorForm,
    NewPasswordForm,
    OtherAuthenticatorForm,
    PasswordForm,
    SecondFactorForm,
    hear,
)
from xinglin.accounts.sessions import address_of, own_page
from xinglin.lib import clock
from xinglin.lib.web import qr
from xinglin.lib.web.toast import tell
from xinglin.office import operators, queries, sessions
from xinglin.office.models import Operator
from xinglin.office.views.page import door, operator_of, show

SECRET, CODES, NEXT = "totp_secret", "recovery_codes", "next"


@door
def sign_in(request: HttpRequest) -> HttpResponse:
    """First half: the password."""
    at, form = clock.now(), PasswordForm(request.POST or None)
    way_on = own_page(request, request.POST.get("next") or request.GET.get("next"))
    if form.is_valid():
        operator = hear(form, operators.prove_password, **form.cleaned_data, address=address_of(request), at=at)
        if operator:
            return _half_in(request, operator, way_on, at=at)
    return show(request, "sign_in", form=form, next=way_on)


@door
def second_factor(request: HttpRequest) -> HttpResponse:
    """Second half: the authenticator's code, or a recovery code."""
    at, form = clock.now(), SecondFactorForm(request.POST or None)
    operator = sessions.half_of(request, at=at)
    if operator is None:
        return redirect("console:sign_in")
    if form.is_valid():
        code, address = form.cleaned_data["code"], address_of(request)
        shown = hear(form, operators.show_second_factor, operator=operator, code=code, address=address, at=at)
        if shown:
            way_on = own_page(request, sessions.held(request, NEXT, at=at)) or reverse("console:cities")
            sessions.open_for(request, shown, second_factor=True, at=at)
            return redirect(way_on)
    return show(request, "second_factor", form=form)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave this device."""
    request.session.flush()
    tell(request, _("已经退出"))
    return redirect("console:sign_in")


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """What an operator can change about their own sign-in."""
    return show(request, "security", here="console:security", codes_left=queries.codes_left(operator_of(request)))


@door
def authenticator(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator, or another in place of the one that is there."""
    at, operator = clock.now(), operator_of(request)
    if operator.has_authenticator and not sessions.has_second_factor(request):
        return redirect("console:sign_in")
    secret = sessions.held(request, SECRET, at=at) or authenticators.new_secret()
    sessions.hold(request, SECRET, secret, at=at)
    form = (OtherAuthenticatorForm if operator.has_authenticator else AuthenticatorForm)(request.POST or None)
    if form.is_valid() and _may_replace(request, form, at=at):
        code = form.cleaned_data["code"]
        done = hear(form, operators.set_up_second_factor, operator=operator, secret=secret, code=code, at=at)
        if done:
            changed, codes = done
            sessions.open_for(request, changed, second_factor=True, at=at)
            tell(request, _("验证器设好了"))
            return _show_codes(request, codes, at=at)
    url = _url(operator, secret)
    return show(
        request,
        "authenticator",
        form=form,
        here="console:security",
        qr=_qr(url),
        secret=_in_fours(secret),
        is_other=operator.has_authenticator,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes, shown once after they were made; made anew on demand."""
    at, operator = clock.now(), operator_of(request)
    if request.method == "POST":
        return _show_codes(request, operators.make_recovery_codes(operator=operator, at=at), at=at)
    codes = (sessions.held(request, CODES, at=at) or "").split()
    sessions.drop(request, CODES)
    shown = [_in_fours(code) for code in codes]
    return show(request, "recovery_codes", here="console:security", codes=shown, left=queries.codes_left(operator))


@door
def password(request: HttpRequest) -> HttpResponse:
    """A new password."""
    at, form = clock.now(), NewPasswordForm(request.POST or None)
    if form.is_valid():
        typed = {"old": form.cleaned_data["old"], "new": form.cleaned_data["new"], "address": address_of(request)}
        changed = hear(form, operators.change_password, operator=operator_of(request), **typed, at=at)
        if changed:
            sessions.open_for(request, changed, second_factor=True, at=at)
            tell(request, _("密码换好了，其他设备已经退出"))
            return redirect("console:security")
    return show(request, "password", form=form, here="console:security")


def _half_in(request: HttpRequest, operator: Operator, way_on: str, *, at: dt.datetime) -> HttpResponse:
    """With an authenticator its code comes next; without one it is set up before all else."""
    if not operator.has_authenticator:
        sessions.open_for(request, operator, second_factor=False, at=at)
        return redirect("console:authenticator")
    sessions.hold_half(request, operator, at=at)
    if way_on:
        sessions.hold(request, NEXT, way_on, at=at)
    return redirect("console:second_factor")


def _may_replace(request: HttpRequest, form: AuthenticatorForm | OtherAuthenticatorForm, *, at: dt.datetime) -> bool:
    """The place of an authenticator is given to another only against the password."""
    if "password" not in form.fields:
        return True
    typed = {"password": form.cleaned_data["password"], "address": address_of(request)}
    return bool(hear(form, operators.prove_own_password, operator=operator_of(request), **typed, at=at))


def _show_codes(request: HttpRequest, codes: list[str], *, at: dt.datetime) -> HttpResponse:
    sessions.hold(request, CODES, " ".join(codes), at=at)
    return redirect("console:recovery_codes")


def _url(operator: Operator, secret: str) -> str:
    """What an authenticator reads (the key URI format): issuer and account, so that it stands apart from a city's."""
    facts = urlencode({"secret": secret, "issuer": "杏林控制台", "algorithm": "SHA1", "digits": "6", "period": "30"})
    return f"otpauth://totp/{operator.login_name}?{facts}"


def _qr(url: str) -> str:
    """An inline drawing: our policy lets no data: address in, and no third party shall see a secret."""
    return qr.drawn(url, title=_("给验证器扫的二维码"))


def _in_fours(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
