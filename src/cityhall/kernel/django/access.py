"""Who may call an address. Every view says so with one of these decorators; a test walks the URL map for it.

`request.actor` is set by the identity room's middleware. A staff actor exists only after the second factor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.cache import add_never_cache_headers
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.errors import NotAllowed

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Access:
    """What an address asks of its caller's session: nothing, an account, or a staff permission.

    Doors for programs are public here: an API key is no session, and the protocol's own code asks for it.
    """

    kind: Literal["public", "resident", "staff"]
    permission: str = ""


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor of this request, found out the first time somebody asks."""
    found = request.actor  # type: ignore[attr-defined]  # set by identity's middleware
    if isinstance(found, SimpleLazyObject):
        # Hand out the plain value: a frozen dataclass behind a proxy cannot be copied with changes.
        bool(found)
        found = request.actor = found.__dict__["_wrapped"]  # type: ignore[attr-defined]
    return cast(Actor, found)


def public(view: View) -> View:
    """Everybody may call the view. It is marked, and nothing stands before it."""
    view.cityhall_access = Access("public")  # type: ignore[attr-defined]  # what `access_of` reads
    return view


def resident(view: View) -> View:
    """Signed-in people may call the view; others are sent to sign in."""
    return _guard(view, Access("resident"))


def staff(permission: str) -> Callable[[View], View]:
    """Staff who hold `permission` may call the view."""
    return lambda view: _guard(view, Access("staff", permission))


def staff_entrance(request: HttpRequest) -> HttpResponseRedirect:
    """Send on whoever asked for a page of staff without being signed in; they come back to it afterwards.

    Half signed-in staff are nobody yet, too: the entrance knows them, and sends them to their second factor.
    Who sent a form reads that nothing came of it. A page's script that asks shows nobody what is said there.
    """
    if request.method == "POST" and not request.headers.get("HX-Request"):
        messages.warning(request, _("Your session ended: what you sent is not saved yet. Sign in, then send it again."))
    return redirect_to_login(request.get_full_path(), settings.STAFF_LOGIN_URL)


def access_of(view: Any) -> Access | None:
    """Return what a view declared, None when it declared nothing."""
    found = getattr(view, "cityhall_access", None)
    return found if isinstance(found, Access) else None


def _guard(view: View, access: Access) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = actor_of(request)
        if actor.kind is ActorKind.ANONYMOUS:
            return staff_entrance(request) if access.kind == "staff" else redirect_to_login(request.get_full_path())
        if access.kind == "staff" and not (actor.kind is ActorKind.STAFF and actor.may(access.permission)):
            raise NotAllowed(_("Your account may not open this page. Ask your administrator for access."))
        response = view(request, *args, **kwargs)
        if "Cache-Control" not in response:
            add_never_cache_headers(response)  # what one person may see is kept for nobody, nor shown by "back"
        return response

    guarded.cityhall_access = access  # type: ignore[attr-defined]  # what `access_of` reads
    return guarded
