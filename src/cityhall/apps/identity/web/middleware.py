"""Who acts: sets `request.actor` and `request.second_step`, and says who is kept out.

Out are staff without second factor, people whose contract ended, and demo accounts from afar.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from allauth.account.internal.stagekit import get_pending_stage
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.functional import SimpleLazyObject

from cityhall.apps.identity import public, queries
from cityhall.apps.identity.models import User
from cityhall.kernel.django import loopback

#: Only here does a half signed-in member of staff exist: to show or set up the second factor, or to sign out.
_ACCOUNT_PAGES = re.compile(r"/(?:[a-z]{2}(?:-[a-z]+)?/)?account/")


class ActorMiddleware:
    """Gives every request its actor, found out (one or two queries) only when somebody asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request."""
        if refusal := self._shut_out(request):
            logout(request)
            return render(request, refusal, status=403)
        account = request.user
        request.second_step = lambda: _second_step(request, account)  # type: ignore[attr-defined]  # for the header
        if not _ACCOUNT_PAGES.match(request.path_info):
            request.user = cast(Any, SimpleLazyObject(lambda: _whole(request, account)))
        request.actor = SimpleLazyObject(lambda: public.actor_for_request(request))  # type: ignore[attr-defined]
        with loopback.Serving(request):
            response = self.get_response(request)
        if _ACCOUNT_PAGES.match(request.path_info) and "Cache-Control" not in response:
            add_never_cache_headers(response)  # the sign-in library's pages do not all say so themselves
        return response

    @staticmethod
    def _shut_out(request: HttpRequest) -> str:
        """Return the page that tells a signed-in account why it may not stay, "" when it may."""
        # Without a session cookie nobody can be signed in: no query is spent on strangers.
        if not request.session.session_key or not isinstance(account := request.user, User):
            return ""
        if account.is_demo and not loopback.from_this_machine(request):
            return "identity/demo_only_here.html"
        return "identity/contract_over.html" if queries.is_shut_out(account) else ""


def _second_step(request: HttpRequest, user: Any) -> str:
    """Return the address of what is left to do for whoever is half signed in, "" for everybody else."""
    if not request.session.session_key:
        return ""
    if user.is_authenticated:
        return reverse("mfa_index") if queries.is_half_signed_in(request, user) else ""
    stage = get_pending_stage(request)
    return reverse(stage.urlname) if stage and stage.urlname else ""


def _whole(request: HttpRequest, user: Any) -> Any:
    """Return the signed-in account; nobody while a member of staff has not shown the second factor.

    So that code which looks at `request.user` alone, such as the content editor's, is safe as well.
    """
    return AnonymousUser() if queries.is_half_signed_in(request, user) else user
