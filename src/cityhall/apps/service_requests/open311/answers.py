"""Answers in the format the address asks for: records, error arrays, headers."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.response import ResponseHeaders
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from cityhall.kernel.django.access import public
from cityhall.kernel.django.responses import written
from cityhall.kernel.errors import CityhallError, Invalid, TooMany
from cityhall.kernel.georeport import render
from cityhall.kernel.georeport.contracts import Problem
from cityhall.kernel.georeport.render import Document

logger = logging.getLogger(__name__)

Answer = Callable[..., HttpResponse | Document]
_CACHED = ("Cache-Control", "public, max-age=0, must-revalidate")
_CONDITIONS = frozenset({"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"})
_LONGEST = 200
"""Characters of Accept-Language that are read: languages are kept by it, and nobody names more than a few."""
_WRITERS = {"json": (render.as_json, render.JSON_TYPE), "xml": (render.as_xml, render.XML_TYPE)}


def write(document: Document, fmt: str, *, status: int = 200) -> HttpResponse:
    """Write `document` in `fmt`; an unknown format falls back to XML, which every client reads."""
    writer, kind = _WRITERS.get(fmt, _WRITERS["xml"])
    return written(writer(document), kind, status=status)


def refuse(fmt: str, problems: Sequence[str], *, status: int) -> HttpResponse:
    """Return an error array with one entry per problem."""
    return write(render.problems(Problem(str(status), text) for text in problems), fmt, status=status)


def refusal(problem: CityhallError, fmt: str) -> HttpResponse:
    """Return the error array for a service's refusal; every wrong parameter is an entry that names it."""
    status = problem.http_status
    if isinstance(problem, Invalid):
        texts = [f"{name}: {text}" for name, text in problem.fields.items()]
        return refuse(fmt, texts, status=status)
    response = refuse(fmt, [str(problem.message)], status=status)
    if isinstance(problem, TooMany):
        response["Retry-After"] = str(problem.retry_after)
    return response


def endpoint(**methods: Answer) -> Callable[..., HttpResponseBase]:
    """Make a view out of one function per HTTP method (`get=`, `post=`).

    Each is called with (request, fmt, **parts of the address) and returns a document or a finished response. The view
    answers in the address's format, also when it refuses; knows HEAD and OPTIONS; lets any site's pages read it, as no
    cookie counts here; and answers a GET whose result the caller has already with 304.
    """
    offered = {name.upper(): method for name, method in methods.items()}
    if "GET" in offered:
        offered["HEAD"] = offered["GET"]
    allow = ", ".join([*offered, "OPTIONS"])

    def view(request: HttpRequest, fmt: str = "xml", **parts: Any) -> HttpResponseBase:
        # Cookies do not count here, and so not the language kept in one.
        language = request.LANGUAGE_CODE = _language(request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:_LONGEST])
        if translation.get_language() == language:
            response = _answer(request, offered, fmt.lower(), parts, allow)
        else:
            with translation.override(language):
                response = _answer(request, offered, fmt.lower(), parts, allow)
        told = response.headers._store
        if "vary" in told:
            patch_vary_headers(response, ("Accept-Language",))
            told |= {**_headers(language), "vary": told["vary"]}
        else:
            told |= _headers(language)
        if request.method == "HEAD":
            response["Content-Length"] = str(len(response.content))
            response.content = b""
        return response

    answering = public(view)
    answering.csrf_exempt = True  # type: ignore[attr-defined]  # as Django's decorator does, which calls once more
    return answering


@cache
def _headers(language: str) -> Mapping[str, tuple[str, str]]:
    """Return the headers of every answer as Django keeps them: put in one by one they are looked through each time."""
    headers = ResponseHeaders(
        {
            "Content-Language": language,
            "Vary": "Accept-Language",
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": "ETag, Link, Retry-After",
        }
    )
    return cast(Mapping[str, tuple[str, str]], headers._store)


@lru_cache(maxsize=256)
def _language(accepted: str) -> str:
    """Return the language that Accept-Language asks for, else the default."""
    for wanted, _weight in parse_accept_lang_header(accepted):
        try:
            return translation.get_supported_language_variant(wanted)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def _answer(
    request: HttpRequest, offered: Mapping[str, Answer], fmt: str, parts: Mapping[str, Any], allow: str
) -> HttpResponse:
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        response["Allow"] = response["Access-Control-Allow-Methods"] = allow
        response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response["Access-Control-Max-Age"] = "86400"
        return response
    if fmt not in _WRITERS:
        text = _("The format “%(fmt)s” is not offered. Ask for .xml or .json.") % {"fmt": fmt[:20]}
        return refuse(fmt, [text], status=404)
    method = offered.get(request.method or "")
    if method is None:
        text = _("This address does not answer %(method)s.") % {"method": (request.method or "")[:20]}
        response = refuse(fmt, [text], status=405)
        response["Allow"] = allow
        return response
    try:
        made = method(request, fmt, **parts)
        response = write(made, fmt) if isinstance(made, Document) else made
    except CityhallError as problem:
        return refusal(problem, fmt)
    except RequestDataTooBig:
        return refuse(fmt, [_("The request is too large.")], status=400)
    except (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        return refuse(fmt, [_("The form that was sent cannot be read.")], status=400)
    except (OperationalError, InterfaceError):
        logger.exception("open311_without_database")
        response = refuse(fmt, [_("The service does not answer just now. Try again in a moment.")], status=503)
        response["Retry-After"] = "10"
        return response
    except Exception:
        # A client of the protocol cannot read our page for what nobody expected; the log has it.
        logger.exception("open311_failed")
        return refuse(fmt, [_("Something went wrong on the city’s side. Try again later.")], status=500)
    return _unless_known(request, response)


def _unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Give a GET's answer its ETag, and turn it into 304 when the caller has the same."""
    if request.method not in {"GET", "HEAD"} or response.status_code != 200:
        return response
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers._store |= {"etag": ("ETag", etag), "cache-control": _CACHED}
    if _CONDITIONS.isdisjoint(request.META):
        return response
    known = get_conditional_response(request, etag=etag, response=response)
    return cast(HttpResponse, known)
