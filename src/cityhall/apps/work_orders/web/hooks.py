"""The address that work-order systems post to. A signature is the proof; every answer is JSON."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from cityhall.apps.work_orders import services
from cityhall.kernel.django.access import public
from cityhall.kernel.django.client_address import counted_sender
from cityhall.kernel.django.request_ids import current_request_id
from cityhall.kernel.errors import CityhallError, Invalid, TooMany

LARGEST = 64 * 1024
_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


@public
@csrf_exempt  # programs post here; their signature is the proof
@never_cache
def work_orders(request: HttpRequest, connection_id: uuid.UUID) -> HttpResponse:
    """Take what a work-order system says of a request."""
    if request.method != "POST":
        return _answer(405, {"code": "method", "message": "POST a signed message here."}, Allow="POST")
    body = _body(request)
    if body is None:
        return _answer(413, {"code": "too_large", "message": f"Send at most {LARGEST} bytes."})
    headers = {name: request.headers.get(name, "") for name in _HEADERS}
    try:
        done = services.receive(connection_id, headers=headers, body=body, sender=counted_sender(request))
    except CityhallError as refused:
        return _refusal(refused)
    return _answer(200, {"state": done.state.value, "request": done.number, "again": done.again})


def _body(request: HttpRequest) -> bytes | None:
    """Return the body, None for one that is too large: what it says of its length first, then what it is."""
    told = request.META.get("CONTENT_LENGTH") or "0"
    if not told.isascii() or not told.isdecimal() or int(told[:12]) > LARGEST:
        return None
    try:
        body: bytes = request.body
    except RequestDataTooBig:
        return None
    return body if len(body) <= LARGEST else None


def _refusal(refused: CityhallError) -> HttpResponse:
    told: dict[str, Any] = {
        "code": refused.code,
        "message": str(refused.message),
        "request_id": current_request_id(),
    }
    if isinstance(refused, Invalid):
        told["fields"] = {name: str(text) for name, text in refused.fields.items()}
    answer = _answer(refused.http_status, told)
    if isinstance(refused, TooMany):
        answer["Retry-After"] = str(refused.retry_after)
    return answer


def _answer(status: int, told: dict[str, Any], **headers: str) -> HttpResponse:
    return JsonResponse(told, status=status, headers=headers)
