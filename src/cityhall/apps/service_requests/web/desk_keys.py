"""The desk's keys: what each does, and each person's own choice of them, kept in a cookie of their browser."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.kernel.django.access import actor_of, staff

COOKIE = "desk_keys"
_YEAR = 365 * 24 * 3600
_FREE = "abcdefghijklmnopqrstuvwxyz0123456789/?.,;"

ACTS: Mapping[str, tuple[str, Any]] = {
    "next": ("j", gettext_lazy("Next request")),
    "previous": ("k", gettext_lazy("Request before")),
    "open": ("o", gettext_lazy("Open the request")),
    "select": ("x", gettext_lazy("Select the request")),
    "star": ("s", gettext_lazy("Put it on your shortlist")),
    "take": ("i", gettext_lazy("Take it yourself")),
    "assign": ("a", gettext_lazy("Assign")),
    "category": ("t", gettext_lazy("Change the category")),
    "note": ("n", gettext_lazy("Write an internal note")),
    "reply": ("r", gettext_lazy("Reply in public")),
    "merge": ("m", gettext_lazy("Merge duplicates")),
    "refer": ("e", gettext_lazy("Refer elsewhere")),
    "close": ("c", gettext_lazy("Close")),
    "undo": ("z", gettext_lazy("Undo the last change to many")),
    "call": ("p", gettext_lazy("Take a new call")),
    "search": ("/", gettext_lazy("Search")),
    "help": ("?", gettext_lazy("Show the keys")),
}


@dataclass(frozen=True, slots=True)
class Key:
    """What one key does."""

    act: str
    key: str
    label: Any


@dataclass(frozen=True, slots=True)
class Keys:
    """A person's keys, and whether they are on."""

    on: bool
    keys: tuple[Key, ...]

    @property
    def by_act(self) -> dict[str, str]:
        """Act to key; empty while they are off, so that no page names a key that does nothing."""
        return {key.act: key.key for key in self.keys} if self.on else {}

    @property
    def json(self) -> str:
        """Key to act, as the page's script reads it."""
        return json.dumps({key.key: key.act for key in self.keys} if self.on else {})


def keys_of(request: HttpRequest) -> Keys:
    """Return the keys of this browser, of what its user may do; a damaged cookie counts as none."""
    usual = _usual(request)
    try:
        kept = json.loads(request.COOKIES.get(COOKIE, "{}"))
        own = kept.get("keys") or {}
        chosen = {act: own[act] for act in usual if act in own}
        # An act that is newer than the cookie takes its usual key, or the next that is free.
        for act in [act for act in usual if act not in own]:
            free = [key for key in usual[act] + _FREE if key not in chosen.values()]
            chosen[act] = free[0]
        if not _problem(chosen):
            return keys_with({act: chosen[act] for act in usual}, on=bool(kept.get("on", True)))
    except (ValueError, AttributeError, TypeError):
        pass
    return keys_with(usual, on=True)


def _usual(request: HttpRequest) -> dict[str, str]:
    """Return the usual key of each act, of those this person may do."""
    takes_calls = actor_of(request).may("requests.calls")
    return {act: key for act, (key, _label) in ACTS.items() if act != "call" or takes_calls}


def keys_with(chosen: Mapping[str, str], *, on: bool) -> Keys:
    """Return these keys, by act."""
    return Keys(on, tuple(Key(act, key, ACTS[act][1]) for act, key in chosen.items()))


def _problem(chosen: Mapping[str, Any]) -> str:
    """Return why these keys cannot be, "" when they can."""
    for act, key in chosen.items():
        if not isinstance(key, str) or len(key) != 1 or key not in _FREE:
            return _("“%(act)s” needs one letter, digit or one of / ? . , ;") % {"act": ACTS[act][1]}
    if len(set(chosen.values())) < len(chosen):
        return _("Two acts share a key. Give each its own.")
    return ""


def _takes_calls(request: HttpRequest) -> dict[str, bool]:
    return {"may_call": actor_of(request).may("requests.calls")}


@staff("requests.view")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """Show the keys; switch them off, change them, or take the usual ones again."""
    if request.method != "POST":
        return render(request, "service_requests/desk/keys.html", {"keys": keys_of(request), **_takes_calls(request)})
    if request.POST.get("reset"):
        response = redirect("desk-shortcuts")
        response.delete_cookie(COOKIE)
        messages.success(request, _("The usual keys are back."))
        return response
    chosen = {act: request.POST.get(act, "").strip().lower() for act in _usual(request)}
    on = request.POST.get("on") == "yes"
    if problem := _problem(chosen):
        shown = {"keys": keys_with(chosen, on=on), "problem": problem, **_takes_calls(request)}
        return render(request, "service_requests/desk/keys.html", shown, status=400)
    response = redirect("desk-shortcuts")
    response.set_cookie(
        COOKIE,
        json.dumps({"on": on, "keys": chosen}),
        max_age=_YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    messages.success(request, _("Your keys are saved in this browser."))
    return response
