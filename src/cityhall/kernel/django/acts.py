"""Addresses that only take what a form sends, and where a person who comes to one by a link is led."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import resolve_url

View = Callable[..., HttpResponseBase]


def sent_from(page: str, *arguments: str) -> Callable[[View], View]:
    """Let a view answer POST alone, and lead everybody who asks to see the address to the page with its form.

    People come to such addresses by "reload", by the address bar, and after signing in again in the middle of an act.

    Args:
        page: the URL name of the page that holds the form.
        arguments: those of the view's own arguments that the page takes too.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def only_post(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in {"GET", "HEAD"}:
                return HttpResponseRedirect(resolve_url(page, **{name: kwargs[name] for name in arguments}))
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            return view(request, *args, **kwargs)

        only_post.cityhall_form = page  # type: ignore[attr-defined]  # a test goes to each of them
        return only_post

    return decorate
