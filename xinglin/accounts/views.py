"""Signing in: by phone and code, by number and PIN, or with password and second factor; and signing out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from xinglin.accounts import actions, queries, rules, second_factor, sending, sessions
from xinglin.accounts.forms import (
    CodeForm,
    FirstPinForm,
    Form,
    NumberForm,
    PasswordForm,
    PhoneForm,
    SecondFactorForm,
    hear,
)
from xinglin.accounts.models import User
from xinglin.lib import clock
from xinglin.lib.web.toast import tell

View = Callable[..., HttpResponse]
PHONE, HALF, NEXT, SENT_AT = "phone", "half", "next", "code_sent_at"


def door(view: View) -> View:
    """A page with a form that holds secrets: shown or sent, kept in no cache and in no error report."""
    return never_cache(sensitive_post_parameters()(require_http_methods(["GET", "HEAD", "POST"])(view)))


@door
def sign_in(request: HttpRequest) -> HttpResponse:
    """The one door for new and old: a phone number."""
    if request.user.is_authenticated:
        return redirect(_way_on(request))
    if not sending.sends():
        return redirect(_with_next("accounts:number", request))
    at, form = clock.now(), PhoneForm(request.POST or None)
    if form.is_valid():
        phone = form.cleaned_data["phone"]
        hear(form, actions.send_code, phone=phone, address=sessions.address_of(request), at=at)
        if form.refusal is None:
            _hold_for_code(request, phone, at=at)
            return redirect("accounts:code")
    return page(request, "sign_in", form, prints_only=sending.prints_only(), has_code=_has_code(request, at=at))


@door
def code(request: HttpRequest) -> HttpResponse:
    """The code that was sent to the phone held in the session."""
    at, form = clock.now(), CodeForm(request.POST or None)
    phone = sessions.held(request, PHONE, at=at)
    if phone is None:
        return redirect("accounts:sign_in")
    if form.is_valid():
        user = hear(form, actions.sign_in_by_code, phone=phone, code=form.cleaned_data["code"], at=at)
        if user:
            return _come_in(request, user, by="phone", at=at)
    context = {"phone": rules.masked_phone(phone), "again_iso": _again_at(request, at=at)}
    return page(request, "code", form, prints_only=sending.prints_only(), **context)


@require_POST
def send_again(request: HttpRequest) -> HttpResponse:
    """Another code to the same phone."""
    at = clock.now()
    phone = sessions.held(request, PHONE, at=at)
    if phone is None:
        return redirect("accounts:sign_in")
    actions.send_code(phone=phone, address=sessions.address_of(request), at=at)
    _hold_for_code(request, phone, at=at)
    tell(request, _("新的验证码已经发出"))
    return redirect("accounts:code")


@door
def number(request: HttpRequest) -> HttpResponse:
    """Number and PIN, for people and hospitals without text messages."""
    if request.user.is_authenticated:
        return redirect(_way_on(request))
    at, form = clock.now(), NumberForm(request.POST or None)
    if form.is_valid():
        user = hear(form, actions.sign_in_by_pin, **form.cleaned_data, address=sessions.address_of(request), at=at)
        if user:
            return _come_in(request, user, by="pin", at=at)
    return page(request, "number", form, sends=sending.sends())


@door
def first_pin(request: HttpRequest) -> HttpResponse:
    """The first PIN, or a new one, with the slip that a coordinator printed."""
    at, form = clock.now(), FirstPinForm(request.POST or None)
    if form.is_valid():
        typed = {name: form.cleaned_data[name] for name in ("login_name", "slip_code", "pin")}
        user = hear(form, actions.set_pin, **typed, address=sessions.address_of(request), at=at)
        if user:
            tell(request, _("PIN 设好了。下次用编号和 PIN 登录"))
            return _come_in(request, user, by="pin", at=at)
    return page(request, "first_pin", form)


@door
def staff(request: HttpRequest) -> HttpResponse:
    """First half of a staff member's sign-in: the password."""
    if getattr(request.user, "has_second_factor", False):
        return redirect(_way_on(request, staff=True))
    at, form = clock.now(), PasswordForm(request.POST or None)
    if form.is_valid():
        user = hear(form, actions.prove_password, **form.cleaned_data, address=sessions.address_of(request), at=at)
        if user:
            return _half_in(request, user, at=at)
    return page(request, "staff", form)


@door
def second_factor_code(request: HttpRequest) -> HttpResponse:
    """Second half: the authenticator's code, or a recovery code."""
    at, form = clock.now(), SecondFactorForm(request.POST or None)
    user = _half_user(request, at=at)
    if user is None:
        return redirect("accounts:staff")
    if form.is_valid():
        typed = form.cleaned_data["code"]
        shown = hear(
            form,
            second_factor.show_second_factor,
            user=user,
            code=typed,
            address=sessions.address_of(request),
            at=at,
        )
        if shown:
            return _come_in(request, user, by="password", at=at, second_factor=True)
    return page(request, "second_factor", form)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave this device."""
    logout(request)
    tell(request, _("已经退出，下次见"))
    return redirect("accounts:sign_in")


def page(request: HttpRequest, name: str, form: Form, **context: Any) -> HttpResponse:
    """One of this app's pages with its form."""
    form.point_at_error()
    context |= {"form": form, "next": _next_of(request)}
    return render(request, f"accounts/{name}.html", context, status=form.status)


def _come_in(
    request: HttpRequest, user: User, *, by: str, at: dt.datetime, second_factor: bool = False
) -> HttpResponse:
    way_on = sessions.own_page(request, sessions.held(request, NEXT, at=at)) or _way_on(request, staff=second_factor)
    sessions.open_for(request, user, by=by, at=at, second_factor=second_factor)
    return redirect(way_on)


def _half_in(request: HttpRequest, user: User, *, at: dt.datetime) -> HttpResponse:
    """The password was right; with an authenticator its code comes next, without one it is set up before all else."""
    way_on = _next_of(request)
    if not queries.has_totp(user):
        sessions.open_for(request, user, by="password", at=at)
        return redirect("accounts:authenticator")
    request.session.flush()
    sessions.hold(request, HALF, f"{user.code}:{user.session_round}", at=at)
    sessions.hold(request, NEXT, way_on, at=at)
    return redirect("accounts:second_factor")


def _half_user(request: HttpRequest, *, at: dt.datetime) -> User | None:
    """Whoever showed the password in this session minutes ago, unless the password was changed since."""
    half = sessions.held(request, HALF, at=at)
    if half is None:
        return None
    user_code, session_round = half.split(":")
    return User.objects.filter(code=user_code, session_round=session_round, is_active=True).first()


def _hold_for_code(request: HttpRequest, phone: str, *, at: dt.datetime) -> None:
    sessions.hold(request, PHONE, phone, at=at)
    sessions.hold(request, SENT_AT, at.isoformat(), at=at)
    if _next_of(request):
        sessions.hold(request, NEXT, _next_of(request), at=at)


def _has_code(request: HttpRequest, *, at: dt.datetime) -> bool:
    """Was a code sent from this browser minutes ago? Then the way back to typing it is offered."""
    return sessions.held(request, PHONE, at=at) is not None


def _again_at(request: HttpRequest, *, at: dt.datetime) -> str:
    """When the next code may be asked for, for the countdown."""
    sent_at = sessions.held(request, SENT_AT, at=at)
    return (dt.datetime.fromisoformat(sent_at) + rules.CODES_PER_PHONE[0].within).isoformat() if sent_at else ""


def _next_of(request: HttpRequest) -> str:
    return sessions.own_page(request, request.POST.get("next") or request.GET.get("next"))


def _with_next(name: str, request: HttpRequest) -> str:
    query = request.GET.copy()
    query["next"] = _next_of(request)
    return f"{reverse(name)}?{query.urlencode(safe='/')}" if query["next"] else reverse(name)


def _way_on(request: HttpRequest, *, staff: bool = False) -> str:
    return _next_of(request) or reverse("home:desk" if staff else "home:home")
