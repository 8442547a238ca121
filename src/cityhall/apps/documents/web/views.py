"""Serving documents."""

from __future__ import annotations

import uuid

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from cityhall.apps.documents import queries
from cityhall.apps.documents.contracts import Kind
from cityhall.apps.documents.services.storage import PREFIX as CMS_PREFIX
from cityhall.apps.documents.services.storage import shown
from cityhall.kernel import ports
from cityhall.kernel.django.access import public

FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_DAY = "public, max-age=86400"
FOR_THIS_READER = "private, max-age=3600"


@public
@require_safe
def document(request: HttpRequest, document_id: uuid.UUID, size: str) -> HttpResponseBase:
    """Serve one size: to everybody when the document is public, else to who brings a signed key; 404 to others."""
    found = queries.stored(document_id, size)
    if found is None or not (found.is_public or queries.key_opens(request.GET.get("key", ""), document_id)):
        raise Http404
    extension = found.key.rpartition(".")[2]
    return _serve(
        found.key,
        found.media_type,
        name=f"{document_id}-{size}.{extension}",
        attachment=found.kind is Kind.PDF,
        cache=FOR_EVER if found.is_public else FOR_THIS_READER,
    )


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
