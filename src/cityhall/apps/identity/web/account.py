"""A person's own page: their data, their language, taking it away, erasing it."""

from __future__ import annotations

from typing import cast

from allauth.account.views import password_change as library_password_change
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse, translate_url
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.apps.identity import public, queries, services
from cityhall.kernel import offers
from cityhall.kernel.actors import ActorKind
from cityhall.kernel.django.access import actor_of, resident
from cityhall.kernel.django.access import public as public_page
from cityhall.kernel.django.acts import sent_from

HELD = _lazy("The law makes us keep some of this for now. We noted your wish, and erase it as soon as we may.")


@resident
@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Show the account and what can be done with it."""
    actor = actor_of(request)
    assert actor.id is not None
    by_provider = queries.comes_by_sso(actor.id)
    context = {
        "person": public.person(actor.id),
        "is_staff": actor.kind is ActorKind.STAFF,
        "by_provider": by_provider,
        "factor_at": queries.outside_factor() if by_provider else "",
        "has_second_factor": queries.has_second_factor(actor.id),
        "languages": settings.LANGUAGES,
    }
    return render(request, "identity/account.html", context)


@resident
@sent_from("account")
def account_language(request: HttpRequest) -> HttpResponse:
    """Keep the language the person likes to read, and show the page in it."""
    language = request.POST.get("language", "")
    services.set_language(actor=actor_of(request), language=language)
    response = HttpResponseRedirect(translate_url(reverse("account"), language))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        samesite="Lax",
        max_age=365 * 24 * 3600,
        secure=settings.SECURE,
        httponly=True,
    )
    return response


@resident
@never_cache
@require_safe
def account_export(request: HttpRequest) -> HttpResponse:
    """Answer everything every room holds about the person, as a ZIP file."""
    actor = actor_of(request)
    assert actor.id is not None
    made = offers.records_office.get().export(offers.Person(account=actor.id), actor=actor)
    response = HttpResponse(made, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    return response


@public_page
def password_change(request: HttpRequest) -> HttpResponse:
    """Change the password; residents have none. The library's page sends strangers to sign in."""
    if request.user.is_authenticated and not request.user.has_usable_password():
        messages.info(request, _("Your account has no password: you sign in with a code sent by e-mail."))
        return redirect("account")
    return cast(HttpResponse, library_password_change(request))


@resident
@never_cache
def account_erase(request: HttpRequest) -> HttpResponse:
    """Say what erasing does, then do it when the person types the word."""
    wrong = False
    word = _("erase")
    if request.method == "POST":
        if request.POST.get("confirm", "").strip().casefold() == word.casefold():
            if services.erase_own_account(actor=actor_of(request)):
                logout(request)
                messages.success(request, _("Your account and your personal data are erased."))
                return redirect("account_login")
            messages.warning(request, HELD)
            return redirect("account")
        wrong = True
    context = {"wrong": wrong, "word": word, "is_staff": actor_of(request).kind is ActorKind.STAFF}
    return render(request, "identity/erase.html", context, status=400 if wrong else 200)
