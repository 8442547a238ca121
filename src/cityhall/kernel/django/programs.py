"""Doors for programs: addresses where no cookie counts, and so nothing that only pages need is done.

Below them a caller is known by an API key, by a signature or not at all. There is no `request.session`, `user` or
`actor`: a view that asked for one by mistake would fail, not let somebody in. Languages come from Accept-Language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import Any, cast

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from django.urls import URLResolver, get_resolver
from django.urls.resolvers import RegexPattern
from django.utils.module_loading import import_string

from cityhall.kernel.django import loopback
from cityhall.kernel.django.request_ids import RequestIdMiddleware
from cityhall.kernel.django.request_log import RequestLogMiddleware

PROGRAM_DOORS = ("/open311/v2/", "/open311/test/v2/", "/hooks/work-orders/")

Serve = Callable[[HttpRequest], HttpResponse]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class ProgramDoorsMiddleware:
    """Serves the doors for programs; everything else goes on. It stands first."""

    def __init__(self, get_response: Serve) -> None:
        self.get_response = get_response
        self._serve = serving()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request."""
        return (self._serve if request.path_info.startswith(PROGRAM_DOORS) else self.get_response)(request)


def with_doors(pages: Wsgi) -> Wsgi:
    """Return a WSGI application that serves programs without Django's signals and hands the rest to `pages`.

    What it answers is what `ProgramDoorsMiddleware` answers; a test holds the two together.
    """
    serve = RequestIdMiddleware(RequestLogMiddleware(_answering()))
    headers = [(name.lower(), (name, value)) for name, value in _headers_of_every_answer()]

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(PROGRAM_DOORS):
            return pages(environ, start_response)
        try:
            request = WSGIRequest(environ)
        except UnicodeDecodeError:
            return pages(environ, start_response)  # which refuses it
        close_old_connections()
        try:
            response = serve(request)
        finally:
            request.close()  # the files that came with it
        content = response.content
        # Past Django's mapping, which looks at every header's characters again each time it is put in or taken out.
        told = response.headers._store
        sent = [*told.values(), *(header for name, header in headers if name not in told)]
        if "content-length" not in told:
            sent.append(("Content-Length", str(len(content))))
        start_response(f"{response.status_code} {response.reason_phrase}", sent)
        return [content]

    return application


def serving() -> Serve:
    """Return what serves a request at a door, with the headers that every answer of ours carries."""
    answering = _answering()
    headers = _headers_of_every_answer()

    def serve(request: HttpRequest) -> HttpResponse:
        response = answering(request)
        for name, value in headers:
            response.headers.setdefault(name, value)
        if "Content-Length" not in response.headers:
            response.headers["Content-Length"] = str(len(response.content))
        return response

    return RequestIdMiddleware(RequestLogMiddleware(serve))


def _answering() -> Serve:
    """Return what answers a request at a door."""
    root = get_resolver(settings.ROOT_URLCONF)
    doors = tuple(door.lstrip("/") for door in PROGRAM_DOORS)
    ours = [pattern for pattern in root.url_patterns if str(pattern.pattern).startswith(doors)]
    resolver = URLResolver(RegexPattern(r"^/"), ours)
    to_tls = SecurityMiddleware(lambda request: HttpResponse())

    def answer(request: HttpRequest) -> HttpResponse:
        request.get_host()  # refuses a host that is not ours
        if settings.SECURE_SSL_REDIRECT and (elsewhere := to_tls.process_request(request)) is not None:
            return cast(HttpResponse, elsewhere)
        match = request.resolver_match = resolver.resolve(request.path_info)
        with loopback.serving(request):
            return cast(HttpResponse, match.func(request, *match.args, **match.kwargs))

    return cast(Serve, convert_exception_to_response(answer))


def _headers_of_every_answer() -> Sequence[tuple[str, str]]:
    """Let the middleware that adds a header to every answer do so once."""
    blank = WSGIRequest({"REQUEST_METHOD": "GET", "wsgi.input": BytesIO(), "wsgi.url_scheme": "https"})
    response = HttpResponse()
    kept = set(response.headers)
    for path in settings.HEADERS_OF_EVERY_ANSWER:
        response = import_string(path)(lambda request, response=response: response)(blank)
    return [(name, value) for name, value in response.items() if name not in kept]
