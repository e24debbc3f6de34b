"""Pages on which a phone is changed: one's own, by a code to the new one; a volunteer's at the desk, document seen."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from xinglin.accounts import queries as accounts
from xinglin.accounts import rules as account_rules
from xinglin.accounts import sending, sessions
from xinglin.accounts.errors import SignInAgain
from xinglin.accounts.forms import hear
from xinglin.accounts.models import User
from xinglin.lib import clock
from xinglin.lib.errors import NotAllowed, NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.people import phones, queries, scopes
from xinglin.people.models import Volunteer
from xinglin.people.phone_forms import REMOVE, DeskPhoneForm, NewPhoneCodeForm, NewPhoneForm, NoPhoneForm

NEW_PHONE = "new_phone"  # held in the session until its code is typed


@sensitive_post_parameters("phone")
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """The phone one has, and the one that shall take its place; a code goes there."""
    user, form = _own_user(request), NewPhoneForm(request.POST or None)
    if form.is_valid() and sending.sends():
        new, at = form.cleaned_data["phone"], clock.now()
        hear(form, phones.ask_for_code, user=user, phone=new, address=sessions.address_of(request), at=at)
        if form.refusal is None:
            sessions.hold(request, NEW_PHONE, new, at=at)
            return redirect("people:phone_code")
    context = {
        "form": form,
        "phone": accounts.masked_phone_of(user),
        "sends": sending.sends(),
        "prints_only": sending.sends() and sending.prints_only(),
    }
    return render(request, "people/phone.html", context, status=form.status)


@sensitive_post_parameters("code")
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def phone_code(request: HttpRequest) -> HttpResponse:
    """The code that came to the new phone."""
    user, at, form = _own_user(request), clock.now(), NewPhoneCodeForm(request.POST or None)
    new = sessions.held(request, NEW_PHONE, at=at)
    if new is None:
        return redirect("people:phone")
    if form.is_valid():
        changed = hear(form, phones.change_own, user=user, phone=new, code=form.cleaned_data["code"], at=at)
        if changed:
            sessions.keep_open(request, changed.user, second_factor=user.has_second_factor)
            sessions.drop(request, NEW_PHONE)
            tell(request, _("换好了，以后用新的手机号登录，别的设备已经退出"))
            return redirect("accounts:security")
    context = {"form": form, "phone": account_rules.masked_phone(new), "prints_only": sending.prints_only()}
    return render(request, "people/phone_code.html", context, status=form.status)


@sensitive_post_parameters("phone", "again")
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def phone_of(request: HttpRequest, number: str) -> HttpResponse:
    """The phone of somebody who stands at the desk with their document."""
    chosen = chosen_to_correct(request, number)
    sent, removes = request.method == "POST", request.POST.get("what") == REMOVE
    setting = DeskPhoneForm(request.POST if sent and not removes else None)
    removing = NoPhoneForm(request.POST if sent and removes else None)
    form: Any = removing if removes else setting
    if form.is_valid():
        said: dict[str, Any] = {"person": chosen.person, "by": request.user, "at": clock.now()}
        try:
            if removes:
                changed = phones.remove_at_desk(**said, **removing.cleaned_data)
            else:
                changed = phones.set_at_desk(**said, **setting.said())
        except NotAllowed:  # nothing typed can mend that
            raise
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _done(changed))
            return redirect("people:volunteer", number)
    context = {
        "chosen": chosen,
        "phone": accounts.masked_phone_of(chosen.person.user),
        "setting": setting,
        "removing": removing,
        "here": "people:desk",
    }
    return render(request, "people/phone_desk.html", context, status=form.status if sent else 200)


def chosen_to_correct(request: HttpRequest, number: str) -> Volunteer:
    """Somebody about whom one may write down who they are, at their home; those who have left, too."""
    organisation.demand(request.user, phones.VERB)
    chosen = queries.volunteers_ever_in(organisation.units_where(request.user, phones.VERB)).filter(number=number)
    found = chosen.filter(person__erased_at__isnull=True).first()
    if found is None or not scopes.may(request.user, phones.VERB, found.person):
        raise NotFound
    phones.refuse_about(found.person, by=request.user, at=clock.now())
    return found


def _own_user(request: HttpRequest) -> User:
    """A phone left on a ward's table must not change how somebody at work comes in."""
    user = request.user
    assert isinstance(user, User), "login_required stands above"
    if not user.has_second_factor and (user.has_usable_password() or organisation.is_staff(user)):
        raise SignInAgain(next_url=reverse("accounts:staff"), next_text=_("去工作人员入口"))
    return user


def _done(changed: phones.Changed) -> str:
    if changed.old_was_told is False:
        return _("改好了，本人的设备都已退出。没能给原来的号码发短信")
    if changed.old_was_told:
        return _("改好了，本人的设备都已退出，也给原来的号码发了短信")
    return _("改好了，本人会收到通知")
