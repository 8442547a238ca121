"""Serving documents."""

from __future__ import annotations

import uuid

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from cityhall.apps.documents import queries
from cityhall.apps.documents.contracts import Kind
from cityhall.apps.documents.services.storage import PREFIX as CMS_PREFIX
from cityhall.apps.documents.services.storage import shown
from cityhall.kernel import ports
from cityhall.kernel.django.access import public

FOR_ALL = "public, max-age=600"
"""A photo may be covered or hidden at any time, and is asked for again soon; what did not change is not sent again."""
FOR_A_DAY = "public, max-age=86400"
FOR_THIS_READER = "private, max-age=600"


@public
@require_safe
def document(request: HttpRequest, document_id: uuid.UUID, size: str) -> HttpResponseBase:
    """Serve one size: to everybody when the document is public, else to who brings a signed key; 404 to others."""
    found = queries.stored(document_id, size)
    if found is None or not (found.is_public or _opens(request, document_id, found)):
        raise Http404
    cache, etag = FOR_ALL if found.is_public else FOR_THIS_READER, f'"{document_id.hex}-{size}"'
    if (unchanged := get_conditional_response(request, etag=etag)) is not None:
        unchanged["Cache-Control"], unchanged["ETag"] = cache, etag
        return unchanged
    extension = found.key.rpartition(".")[2]
    response = _serve(
        found.key,
        found.media_type,
        name=f"{document_id}-{size}.{extension}",
        attachment=found.kind is Kind.PDF,
        cache=cache,
    )
    response["ETag"] = etag
    return response


def _opens(request: HttpRequest, document_id: uuid.UUID, found: queries.Stored) -> bool:
    return queries.key_opens(request.GET.get("key", ""), document_id, is_withdrawn=found.is_withdrawn)


@public
@require_safe
def cms_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Serve a picture of the website. Downloads are not served here: the website asks first who may see them."""
    media_type = shown(name)
    if media_type is None:
        raise Http404
    return _serve(CMS_PREFIX + name, media_type, name=name.rpartition("/")[2], attachment=False, cache=FOR_A_DAY)


def _serve(key: str, media_type: str, *, name: str, attachment: bool, cache: str) -> HttpResponseBase:
    try:
        blob = ports.blob_store.get().open(key)
    except (FileNotFoundError, ValueError) as missing:
        raise Http404 from missing
    response = FileResponse(blob, as_attachment=attachment, filename=name, content_type=media_type)
    response["Cache-Control"] = cache
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
