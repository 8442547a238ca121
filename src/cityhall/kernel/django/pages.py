"""The shell around every page: menus, languages, light and dark, the pages that say what went wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import NoReverseMatch, get_script_prefix, reverse, translate_url
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, get_language_from_request, get_language_info, gettext, override
from django.utils.translation import gettext_lazy as _

from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind
from cityhall.kernel.django.access import public
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.django.request_ids import current_request_id
from cityhall.kernel.offers import NavItem, city_card, nav_items, not_built

THEME_COOKIE = "theme"
THEMES = {"system": _("As my device"), "light": _("Light"), "dark": _("Dark")}
YEAR = 365 * 24 * 3600
_WITHOUT_PAGES = (
    "/healthz", "/readyz", "/metrics", "/static/", "/documents/", "/places/", "/open311/", "/hooks/", "/api/",
    "/resource/",
)  # fmt: skip
"""Addresses that answer programs: no language, no time zone, and no question to the database for either."""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of a menu as one visitor sees it."""

    label: str
    url: str
    is_current: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Tongue:
    """The same page in one language."""

    code: str
    name: str
    url: str
    is_current: bool


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give every template `city`, `shell` (menus, languages, account), `theme` and `themes`."""
    return {
        "city": SimpleLazyObject(city_card.get),
        "shell": SimpleLazyObject(lambda: _shell(request)),
        "theme": theme_of(request),
        "themes": THEMES,
        "is_demo": settings.CITYHALL_DEMO,
    }


def theme_of(request: HttpRequest) -> str:
    """Return the visitor's choice: "system", "light" or "dark"."""
    chosen = request.COOKIES.get(THEME_COOKIE, "system")
    return chosen if chosen in THEMES else "system"


def _shell(request: HttpRequest) -> dict[str, Any]:
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    is_anonymous = actor.kind is ActorKind.ANONYMOUS
    desk, everybody = _menu(request, "desk", actor), _menu(request, "public", actor)
    if actor.kind is ActorKind.STAFF and desk:
        # Whoever has one page behind the counter, as an editor has, is told its own name.
        everybody.append(Link(gettext("Desk"), desk[0].url, False) if len(desk) > 1 else desk[0])
    return {
        "public": everybody,
        "desk": desk,
        "account": _menu(request, "account", actor),
        "languages": _languages(request),
        "actor": actor,
        "signed_in": actor.kind in {ActorKind.RESIDENT, ActorKind.STAFF},
        "is_staff": actor.kind is ActorKind.STAFF,
        # Set by identity's middleware, as the actor is. The page of an error may come before it.
        "second_step_url": getattr(request, "second_step", str)() if is_anonymous else "",
        "sign_in_url": _address("account_login"),
        "sign_out_url": _address("account_logout"),
    }


def _menu(request: HttpRequest, menu: str, actor: Actor) -> list[Link]:
    links = []
    for item in sorted(_seen_by(actor, menu), key=lambda item: item.order):
        if url := _address(item.url_name):
            # An address without a language and two parts long begins many others: "/desk/" is the queue alone.
            is_deep = url.removeprefix(f"/{get_language()}").count("/") > 2
            here = request.path == url or (is_deep and request.path.startswith(url))
            links.append(Link(str(item.label), url, here, item.count(actor) if item.count else 0))
    return links


def _seen_by(actor: Actor, menu: str) -> list[NavItem]:
    return [item for item in nav_items if item.menu == menu and (not item.permission or actor.may(item.permission))]


def _address(name: str) -> str:
    """Return the address of a named page in the language being spoken, "" when no room offers it."""
    return _address_in(name, get_language(), get_script_prefix())


@lru_cache(maxsize=1024)
def _address_in(name: str, language: str | None, prefix: str) -> str:
    """Return an address in a language. A page asks for dozens of them, and always the same."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _languages(request: HttpRequest) -> list[Tongue]:
    current = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    path = request.get_full_path()
    return [
        Tongue(
            code,
            get_language_info(code)["name_local"].capitalize(),
            path if code == current else translate_url(path, code),
            code == current,
        )
        for code, _name in settings.LANGUAGES
    ]


class LanguageChoiceMiddleware:
    """Sends a first-time visitor to the page in their language, by cookie or Accept-Language, and then remembers.

    Somebody who comes from another page of ours has chosen by the link they took, and is not sent anywhere.
    It also sets the city's time zone for the dates of the page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request, or send the visitor to the same page in their language."""
        if request.path_info.startswith(_WITHOUT_PAGES):
            return self.get_response(request)
        try:
            timezone.activate(ZoneInfo(city_card.get().time_zone))
            return self._serve(request)
        finally:
            timezone.deactivate()

    def _serve(self, request: HttpRequest) -> HttpResponse:
        if request.method != "GET" or "text/html" not in request.headers.get("Accept", ""):
            return self.get_response(request)
        default = settings.LANGUAGE_CODE
        first = request.path_info.split("/", 2)[1]
        prefixed = first in dict(settings.LANGUAGES) and first != default
        here = request.get_full_path()
        from_here = urlsplit(request.headers.get("Referer", "")).netloc == request.get_host()
        if not prefixed and not from_here:
            wanted = get_language_from_request(request).split("-")[0]
            if wanted != default and (elsewhere := _in_language(here, default, wanted)) != here:
                answer: HttpResponse = HttpResponseRedirect(elsewhere)
                patch_vary_headers(answer, ("Accept-Language", "Cookie"))
                return answer
        response = self.get_response(request)
        chosen = first if prefixed else default
        known = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if known != chosen and (known or prefixed or from_here):
            others = (code for code, _name in settings.LANGUAGES if code != chosen)
            if any(_in_language(here, chosen, code) != here for code in others):
                _remember(response, settings.LANGUAGE_COOKIE_NAME, chosen)
        return response


def _in_language(path: str, language: str, wanted: str) -> str:
    """Return the address of the same page in another language, the same address where there is none.

    Addresses are read in the language they are written in; a thread may still speak that of the request before.
    """
    with override(language):
        return translate_url(path, wanted)


def _remember(response: HttpResponseBase, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.SECURE, httponly=True)


@public
@sent_from("/")
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or as the device, and return to the page."""
    chosen = request.POST.get("theme", "system")
    back = request.POST.get("next", "/")
    # `redirect` would take a bare word for the name of a page.
    if not back.startswith("/") or not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    _remember(response, THEME_COOKIE, chosen if chosen in THEMES else "system")
    return response


@public
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead browsers that only know the old address to our icon."""
    return redirect(static("look/favicon.svg"), permanent=False)


@public
def not_built_yet(request: HttpRequest) -> HttpResponse:
    """Say, per system, what is not built yet."""
    systems: dict[str, list[Any]] = {}
    for item in not_built:
        systems.setdefault(str(item.system), []).append(item.text)
    return render(request, "about/not_built_yet.html", {"systems": systems})


@public
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say what we promise about access, what we know to be missing, and whom to tell."""
    return render(request, "about/accessibility.html")


@public
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what could not be understood."""
    return _trouble(request, 400)


@public
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what is not allowed."""
    return _trouble(request, 403)


@public
def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old: the page was open too long, or came from elsewhere."""
    return _trouble(request, 403, template="403_csrf.html")


@public
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer that there is no such page."""
    return _trouble(request, 404)


@public
def server_error(request: HttpRequest) -> HttpResponse:
    """Answer that something broke here. Uses nothing that could break again: no database, no menus."""
    # Without a database it passes: who keeps watch or crawls is told so, and comes again.
    status = 503 if isinstance(sys.exception(), OperationalError | InterfaceError) else 500
    context = {"request_id": current_request_id(), "theme": theme_of(request)}
    # What breaks before the page's language is set, as everything does without a database, is told in it all the same.
    with override(get_language_from_request(request, check_path=True)):
        return render(request, "500.html", context, status=status)


def _trouble(request: HttpRequest, status: int, template: str = "") -> HttpResponse:
    context = {"request_id": current_request_id()}
    return render(request, template or f"{status}.html", context, status=status)
