"""A person's own notices, and how they want to be told."""

from __future__ import annotations

import hmac
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.accounts import queries as accounts
from xinglin.accounts import sessions
from xinglin.lib import clock
from xinglin.lib.channels.mail import masked_address
from xinglin.lib.errors import Refusal
from xinglin.lib.ids import short_code
from xinglin.lib.web.toast import tell
from xinglin.notices import actions, addresses, kinds, queries, sending
from xinglin.notices.errors import NoSuchAddress, WechatNotAnswered, WechatNotOffered
from xinglin.notices.forms import ChoicesForm, MailCodeForm, MailForm
from xinglin.notices.models import Channel as ChannelSaid
from xinglin.notices.models import Notice
from xinglin.notices.rules import Channel

PAGE = 30
STATE = "notices.wechat"  # what shows that whoever comes back from WeChat was sent there from this session


@require_GET
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """What one was told, unread first."""
    page = Paginator(queries.notices_of(request.user), PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "lines": [_line(notice) for notice in page],
        "unread": queries.unread_count(request.user),
    }
    return render(request, "notices/mine.html", context)


@require_GET
@login_required
def opened(request: HttpRequest, code: str) -> HttpResponse:
    """Read it, and go to where it leads."""
    notice = queries.notice_of(request.user, code)
    actions.read(notice=notice, at=clock.now())
    return HttpResponseRedirect(kinds.address_of(notice.kind, notice.values))


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    """Nothing shall be marked as new any more."""
    actions.read_all(user=request.user, at=clock.now())
    tell(request, _("都标为看过了"))
    return redirect("notices:mine")


@require_http_methods(["GET", "POST"])
@login_required
def choices(request: HttpRequest) -> HttpResponse:
    """Which topics by which channel, in which language, and when to be quiet; where mail and WeChat go."""
    user = request.user
    ways = [_way(user, channel) for channel in sending.carried()]
    channels = [str(way["channel"]) for way in ways if way["address"]]
    form = ChoicesForm(request.POST or None, wishes=queries.wishes_of(user), channels=channels)
    if form.is_valid():
        actions.choose(
            user=user, wanted=form.wanted(), language=form.cleaned_data["language"], quiet=form.quiet(), at=clock.now()
        )
        tell(request, _("存好了，以后就按这样通知您"))
        return redirect("notices:choices")
    for way in ways:
        way["field"] = form[str(way["channel"])] if str(way["channel"]) in form.fields else None
    context = {"form": form, "ways": ways}
    return render(request, "notices/choices.html", context, status=form.status)


@sensitive_post_parameters("mailbox")
@require_http_methods(["GET", "POST"])
@login_required
def mail(request: HttpRequest) -> HttpResponse:
    """Name a mailbox; a code goes there."""
    form = MailForm(request.POST or None)
    if form.is_valid():
        try:
            addresses.ask_for_mail(
                user=request.user,  # type: ignore[arg-type]  # signed in
                text=form.cleaned_data["mailbox"],
                address=sessions.address_of(request),
                at=clock.now(),
            )
        except Refusal as refusal:
            form.hear(refusal)
        else:
            return redirect("notices:mail_code")
    context = {"form": form, "is_offered": sending.has_mail()}
    return render(request, "notices/mail.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@login_required
def mail_code(request: HttpRequest) -> HttpResponse:
    """Type the code that came."""
    waiting = queries.waiting_mail_of(request.user)
    if waiting is None:
        return redirect("notices:choices")
    form = MailCodeForm(request.POST or None)
    if form.is_valid():
        try:
            addresses.confirm_mail(
                user=request.user,  # type: ignore[arg-type]  # signed in
                code=form.cleaned_data["code"],
                at=clock.now(),
            )
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("邮箱登记好了"))
            return redirect("notices:choices")
    context = {"form": form, "mailbox": masked_address(waiting), "prints_only": sending.prints_mail()}
    return render(request, "notices/mail_code.html", context, status=form.status)


@require_GET
@login_required
def wechat(request: HttpRequest) -> HttpResponse:
    """Off to WeChat, which tells on the way back whose it is."""
    account = sending.wechat()
    if account is None:
        raise WechatNotOffered
    state = short_code(20)
    request.session[STATE] = state
    back = request.build_absolute_uri(reverse("notices:wechat_back"))
    return HttpResponseRedirect(account.way_to_sign_in(back=back, state=state))


@require_GET
@login_required
def wechat_back(request: HttpRequest) -> HttpResponse:
    """Back from WeChat, by the way one was sent on and no other."""
    sent_with, code = str(request.session.pop(STATE, "")), request.GET.get("code", "")
    if not sent_with or not code or not hmac.compare_digest(sent_with, request.GET.get("state", "")):
        raise WechatNotAnswered(next_url=reverse("notices:choices"), next_text=_("回通知设置"))
    addresses.bind_wechat(user=request.user, code=code[:200], at=clock.now())  # type: ignore[arg-type]  # signed in
    tell(request, _("接上了，以后也用微信通知您"))
    return redirect("notices:choices")


@require_POST
@login_required
def forget(request: HttpRequest, channel: str) -> HttpResponse:
    """Nothing more to that mailbox or that WeChat."""
    if channel not in (Channel.MAIL, Channel.WECHAT):
        raise NoSuchAddress
    addresses.forget(user=request.user, channel=channel, at=clock.now())  # type: ignore[arg-type]  # signed in
    tell(request, _("删掉了，以后不再发到那里"))
    return redirect("notices:choices")


def _line(notice: Notice) -> dict[str, Any]:
    return {"notice": notice, "wording": kinds.worded(notice.kind, notice.values)}


def _way(user: Any, channel: Channel) -> dict[str, Any]:
    """One channel as the page shows it: where it leads now."""
    if channel == Channel.SMS:
        address = accounts.masked_phone_of(user)
    else:
        kept = queries.address_of(user, channel)
        address = masked_address(kept) if kept and channel == Channel.MAIL else (_("已接上") if kept else None)
    return {"channel": channel, "name": ChannelSaid(channel).label, "address": address}
