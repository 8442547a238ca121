"""Doors for programs: addresses where no cookie counts, and so nothing that only pages need is done.

Below them a caller is known by an API key, by a signature or not at all. There is no `request.session`, `user` or
`actor`: a view that asked for one by mistake would fail, not let somebody in. Languages come from Accept-Language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from io import BytesIO
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import LimitedStream, WSGIRequest
from django.core.signals import setting_changed
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, ResolverMatch
from django.utils.module_loading import import_string

from cityhall.kernel.django import loopback
from cityhall.kernel.django.request_ids import RequestIdMiddleware
from cityhall.kernel.django.request_log import RequestLogMiddleware

PROGRAM_DOORS = ("/open311/v2/", "/open311/test/v2/", "/hooks/work-orders/", "/resource/")

_PREFIXES = frozenset({"SCRIPT_URL", "REDIRECT_URL"})

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
    headers = {name.lower(): (name, value) for name, value in _headers_of_every_answer()}

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(PROGRAM_DOORS):
            return pages(environ, start_response)
        try:
            request = _Call(environ)
        except UnicodeDecodeError:
            return pages(environ, start_response)  # which refuses it
        close_old_connection()
        try:
            response = serve(request)
        finally:
            request.close()  # the files that came with it
        # Past Django's mapping, which looks at every header's characters again each time it is put in or taken out.
        told = response.headers._store
        sent = list((headers | told).values())
        body = None if response.streaming else response.content
        if body is not None and "content-length" not in told:
            sent.append(("Content-Length", str(len(body))))
        start_response(f"{response.status_code} {response.reason_phrase}", sent)
        return response if body is None else [body]

    return application


def close_old_connection() -> None:
    """Do what Django does before each request. There is one database: nothing is looked for among connections."""
    connections["default"].close_if_unusable_or_obsolete()


class _Call(WSGIRequest):
    """A request, made without looking at what a plain address has not: letters beyond ASCII, a prefix, a rewriting."""

    def __init__(self, environ: dict[str, Any]) -> None:
        path = environ["PATH_INFO"]
        if _settled().prefixed or not _PREFIXES.isdisjoint(environ) or environ.get("SCRIPT_NAME") or not path.isascii():
            super().__init__(environ)
            return
        environ["SCRIPT_NAME"] = ""
        self.environ = self.META = environ
        self.path = self.path_info = path
        self.method = environ["REQUEST_METHOD"].upper()
        if environ.get("CONTENT_TYPE"):
            self._set_content_type_params(environ)  # type: ignore[attr-defined]  # Django's own
        else:
            self.content_type, self.content_params = "", {}
        length = environ.get("CONTENT_LENGTH") or "0"  # `Bodies` refuses what is no number
        self._stream = LimitedStream(  # type: ignore[assignment]  # as Django's own
            environ["wsgi.input"], int(length) if length.isdigit() else 0
        )
        self._read_started = False
        self.resolver_match = None


def serving() -> Serve:
    """Return what serves a request at a door, with the headers that every answer of ours carries."""
    answering = _answering()
    headers = _headers_of_every_answer()

    def serve(request: HttpRequest) -> HttpResponse:
        response = answering(request)
        for name, value in headers:
            response.headers.setdefault(name, value)
        if not response.streaming and "Content-Length" not in response.headers:
            response.headers["Content-Length"] = str(len(response.content))
        return response

    return RequestIdMiddleware(RequestLogMiddleware(serve))


def _answering() -> Serve:
    """Return what answers a request at a door."""
    find = _finding()
    to_tls = SecurityMiddleware(lambda request: HttpResponse())

    def answer(request: HttpRequest) -> HttpResponse:
        _check_host(request)
        if _settled().to_tls and (elsewhere := to_tls.process_request(request)) is not None:
            return cast(HttpResponse, elsewhere)
        match = request.resolver_match = find(request.path_info)
        with loopback.Serving(request):
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
            return response

    return cast(Serve, convert_exception_to_response(answer))


def _finding() -> Callable[[str], ResolverMatch]:
    """Return what finds the view of an address, as Django does: the first pattern that fits.

    A pattern whose text before its first variable part is not how the address begins is not tried: that leaves one or
    two of fifty.
    """
    root = get_resolver(settings.ROOT_URLCONF)
    doors = tuple(door.lstrip("/") for door in PROGRAM_DOORS)
    ours: list[URLPattern | URLResolver] = [
        pattern for pattern in root.url_patterns if str(pattern.pattern).startswith(doors)
    ]
    begins = [
        (
            str(pattern.pattern).partition("<")[0],
            _matching(pattern) if isinstance(pattern, URLPattern) else pattern.resolve,
        )
        for pattern in ours
    ]
    missing = URLResolver(RegexPattern(r"^/"), ours)

    def find(path: str) -> ResolverMatch:
        below = path[1:]
        for beginning, resolve in begins:
            if below.startswith(beginning) and (found := resolve(below)):
                return found
        return missing.resolve(path)  # which says what was tried

    return find


def _matching(pattern: URLPattern) -> Callable[[str], ResolverMatch | None]:
    """Return what `pattern.resolve` is. What is the same of every match is found out once."""
    same = vars(
        ResolverMatch(
            pattern.callback, (), {}, pattern.name, route=str(pattern.pattern), extra_kwargs=pattern.default_args
        )
    )

    def resolve(path: str) -> ResolverMatch | None:
        match = pattern.pattern.match(path)
        if not match:
            return None
        _rest, args, captured = match
        found = ResolverMatch.__new__(ResolverMatch)
        told = {**captured, **pattern.default_args}
        found.__dict__.update(same, args=args, kwargs=told, captured_kwargs=captured)
        return found

    return resolve


def _check_host(request: HttpRequest) -> None:
    """Refuse a host that is not ours, as Django does when somebody asks for it."""
    host = request.META.get("HTTP_HOST")
    settled = _settled()
    if host is None or settled.forwarded_host:
        request.get_host()
    else:
        _host(host, settled.debug, settled.hosts)


class _Settled(NamedTuple):
    """What the settings say of every request. Django's settings look a name up anew whenever they are asked."""

    prefixed: bool
    to_tls: bool
    forwarded_host: bool
    debug: bool
    hosts: tuple[str, ...]


@cache
def _settled() -> _Settled:
    return _Settled(
        prefixed=settings.FORCE_SCRIPT_NAME is not None,
        to_tls=settings.SECURE_SSL_REDIRECT,
        forwarded_host=settings.USE_X_FORWARDED_HOST,
        debug=settings.DEBUG,
        hosts=tuple(settings.ALLOWED_HOSTS),
    )


def _forget_settled(**_signal: Any) -> None:
    _settled.cache_clear()


setting_changed.connect(_forget_settled)  # which only tests send


@lru_cache(maxsize=64)
def _host(host: str, debug: bool, allowed: tuple[str, ...]) -> str:
    """Return a host that is ours. What is refused is not kept."""
    request = HttpRequest()
    request.META["HTTP_HOST"] = host
    return request.get_host()


def _headers_of_every_answer() -> Sequence[tuple[str, str]]:
    """Let the middleware that adds a header to every answer do so once."""
    blank = WSGIRequest({"REQUEST_METHOD": "GET", "wsgi.input": BytesIO(), "wsgi.url_scheme": "https"})
    response = HttpResponse()
    kept = set(response.headers)
    for path in settings.HEADERS_OF_EVERY_ANSWER:
        response = import_string(path)(lambda request, response=response: response)(blank)
    return [(name, value) for name, value in response.items() if name not in kept]
