"""Residents sign in by a code sent to their e-mail address or telephone; the account is made when it is right.

Staff have an entrance of their own, with a password.
"""

from __future__ import annotations

import secrets
import time
from datetime import timedelta
from typing import Any, cast

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.views import login as password_page
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from cityhall.apps.identity import queries, services
from cityhall.apps.identity.models import User
from cityhall.apps.identity.rules.phones import shown
from cityhall.apps.identity.web.adapters import MailDown, SmsDown, second_factor_page, start_page
from cityhall.apps.identity.web.forms import CodeForm, EmailForm, PhoneForm
from cityhall.kernel import offers, ports
from cityhall.kernel.django import limits, visitors
from cityhall.kernel.django.access import public
from cityhall.kernel.django.keyed_hash import keyed_hash

STATE = "identity.sign_in_code"
#: Where staff wanted to go before they were sent to set up their second factor.
ONWARD = "identity.onward"
#: Minutes a code is good for, and how often it may be typed wrong.
MINUTES = 10
TRIES = 5


@public
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for an address and send a code to it; send on whoever is signed in."""
    onward = _onward(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(_where_signed_in(request, request.user, onward))
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _send_code(request, form.cleaned_data["email"], onward)
        return redirect("sign-in-code")
    staff_url = reverse("staff-sign-in") + (f"?{urlencode({'next': onward})}" if onward else "")
    phone_url = reverse("sign-in-phone") + (f"?{urlencode({'next': onward})}" if onward else "")
    shown_phone_url = phone_url if queries.sms_offered() else ""
    context = {"form": form, "next": onward, "staff_url": staff_url, "phone_url": shown_phone_url}
    return render(request, "identity/sign_in.html", context, status=400 if form.errors else 200)


@public
@never_cache
def staff_sign_in(request: HttpRequest) -> HttpResponse:
    """Ask staff for their password, or let them in with a passkey; send on whoever is signed in."""
    if request.user.is_authenticated:
        # The library would send half signed-in staff on to a page of the desk, which sends them here.
        return HttpResponseRedirect(_where_signed_in(request, request.user, _onward(request)))
    return cast(HttpResponse, password_page(request))


@public
@never_cache
def sign_in_phone(request: HttpRequest) -> HttpResponse:
    """Ask for a mobile number and send a code to it, where the city sends text messages."""
    if not queries.sms_offered():
        raise Http404
    onward = _onward(request)
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _text_code(request, form.cleaned_data["phone"], onward)
        return redirect("sign-in-code")
    context = {"form": form, "next": onward}
    return render(request, "identity/sign_in_phone.html", context, status=400 if form.errors else 200)


@public
@never_cache
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Take the code and sign its owner in."""
    state: dict[str, Any] | None = request.session.get(STATE)
    if state is None or time.time() - state["at"] > MINUTES * 60 or state["tries"] >= TRIES:
        request.session.pop(STATE, None)
        if state is not None:
            messages.error(request, _("That code is not good any more. Ask for a new one."))
        return redirect("account_login")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        # The session counts for the page; guesses that are sent at once all read the same count there.
        limits.spend(f"identity.code.tries:{state['salt']}", limit=TRIES, per=timedelta(days=1))
        if state["hash"] and constant_time_compare(state["hash"], _hash(state, form.cleaned_data["code"])):
            del request.session[STATE]
            return _enter(request, state)
        state["tries"] += 1
        request.session[STATE] = state
        form.add_error("code", _("That is not the code we sent. Look at the newest message."))
    sent_to = shown(state["phone"]) if state.get("phone") else state["email"]
    context = {"form": form, "sent_to": sent_to, "by_phone": bool(state.get("phone")), "minutes": MINUTES}
    return render(request, "identity/sign_in_code.html", context, status=400 if form.errors else 200)


@public
def other_entrance(request: HttpRequest) -> HttpResponse:
    """Send on whoever comes by a library's own sign-in address."""
    return redirect("account_login")


def _send_code(request: HttpRequest, email: str, onward: str) -> None:
    _spend_address(request)
    limits.spend(f"identity.code.to:{keyed_hash('identity.code', email)}", limit=5, per=timedelta(minutes=15))
    code, state = _new_state(email, onward)
    # Staff need their password. The page looks the same, so that nobody learns here who works for the city.
    if User.objects.filter(email=email, is_staff=True).exists():
        link = settings.PUBLIC_URL + reverse("staff-sign-in")
        subject, text = _("Signing in as staff"), render_to_string("identity/email/staff.txt", {"link": link})
    else:
        state["hash"] = _hash(state, code)
        subject = _("%(code)s is your sign-in code") % {"code": code}
        text = render_to_string("identity/email/code.txt", {"code": code, "minutes": MINUTES})
    try:
        ports.mail_engine.get().send(ports.Mail(to=email, subject=subject, text=text))
    except ports.MailRefused:
        pass  # Whether an address exists is not told here either: no code will ever fit.
    except ports.MailUnavailable as problem:
        raise MailDown(_("Mail cannot be sent right now. Try again in a few minutes.")) from problem
    request.session[STATE] = state


def _text_code(request: HttpRequest, number: str, onward: str) -> None:
    """Send a code as a text message. Each costs money and rings somewhere, so the limits are narrow."""
    _spend_address(request)
    limits.spend(f"identity.sms.ip:{visitors.sender(request, 'identity')}", limit=20, per=timedelta(days=1))
    folded = keyed_hash("identity.sms", number)
    limits.spend(f"identity.sms.to:{folded}", limit=3, per=timedelta(minutes=15))
    limits.spend(f"identity.sms.to-day:{folded}", limit=8, per=timedelta(days=1))
    limits.spend("identity.sms.all", limit=settings.CITYHALL_SMS_PER_DAY, per=timedelta(days=1))
    code, state = _new_state("", onward)
    state["phone"] = number
    state["hash"] = _hash(state, code)
    text = _("%(code)s is your code for %(city)s. It is good for %(minutes)s minutes. Tell it to nobody.") % {
        "code": code,
        "city": offers.city_card.get().name,
        "minutes": MINUTES,
    }
    try:
        ports.sms_engine.get().send(ports.Sms(to=number, text=text))
    except ports.SmsRefused:
        state["hash"] = ""  # No code will ever fit; whether a number exists is not told here.
    except ports.SmsUnavailable as problem:
        raise SmsDown(_("Text messages cannot be sent right now. Use your e-mail address instead.")) from problem
    request.session[STATE] = state


def _spend_address(request: HttpRequest) -> None:
    limits.spend(f"identity.code.ip:{visitors.sender(request, 'identity')}", limit=20, per=timedelta(minutes=1))


def _new_state(email: str, onward: str) -> tuple[str, dict[str, Any]]:
    """Return a new code, and what the session keeps while it is waited for; the code's hash is filled in later."""
    state: dict[str, Any] = {
        "email": email, "salt": secrets.token_hex(8), "at": time.time(), "tries": 0, "next": onward, "hash": ""
    }  # fmt: skip
    return f"{secrets.randbelow(1_000_000):06d}", state


def _hash(state: dict[str, Any], code: str) -> str:
    sent_to = state.get("phone") or state["email"]
    return salted_hmac(f"{STATE}:{sent_to}:{state['salt']}", code, algorithm="sha256").hexdigest()


def _enter(request: HttpRequest, state: dict[str, Any]) -> HttpResponse:
    language = get_language() or settings.LANGUAGE_CODE
    if state.get("phone"):
        user = services.signed_in_by_phone(state["phone"], language=language)
    else:
        user = services.signed_in_by_code(state["email"], language=language)
    if user.is_staff:
        # Made staff after the code was sent: the password is asked for.
        return redirect("staff-sign-in")
    record_authentication(request, user, method="code", email=user.email)
    login = Login(user=user, redirect_url=state["next"] or None, email=user.email)
    return cast(HttpResponse, perform_login(request, login))


def _onward(request: HttpRequest) -> str:
    """Return where to go afterwards, "" unless it is an address of ours."""
    wanted = str(request.POST.get("next") or request.GET.get("next") or "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else ""


def _where_signed_in(request: HttpRequest, user: User, onward: str) -> str:
    if queries.is_half_signed_in(request, user):
        if onward:
            request.session[ONWARD] = onward
        return second_factor_page(user)
    return onward or request.session.pop(ONWARD, "") or start_page(request, user)
