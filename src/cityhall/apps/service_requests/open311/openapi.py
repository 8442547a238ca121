"""The protocol as an OpenAPI 3.1 document, for generators of clients and for tests: what the server takes and answers.

A test compares it with the addresses and with the parameters that are read, so that neither says more than the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from cityhall import __version__
from cityhall.apps.service_requests.open311.parameters import MOST_REQUESTS
from cityhall.apps.service_requests.open311.posted import MOST_MEDIA, UPDATE_STATUSES
from cityhall.apps.service_requests.open311.reader import LONGEST_LIST

Part = dict[str, Any]

_TEXT: Part = {"type": "string"}
_TEXT_OR_NULL: Part = {"type": ["string", "null"]}
_NUMBER_OR_NULL: Part = {"type": ["number", "null"]}
_MOMENT: Part = {"type": "string", "format": "date-time"}
_MOMENT_OR_NULL: Part = {"type": ["string", "null"], "format": "date-time"}
_LATITUDE: Part = {"type": "number", "minimum": -90, "maximum": 90}
_LONGITUDE: Part = {"type": "number", "minimum": -180, "maximum": 180}
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_WHEN: Part = {
    "type": "string",
    "pattern": rf"^{_DATE}(T[0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,6}})?)?(Z|[+-][0-9]{{2}}:?[0-9]{{2}}))?$",
    "examples": ["2026-01-31", "2026-01-31T13:00:00-08:00"],
}
_LIST: Part = {"type": "string", "description": f"Values separated by commas, at most {LONGEST_LIST}."}
_FORMAT: Part = {"name": "format", "in": "path", "required": True, "schema": {"enum": ["json", "xml"]}}
_JURISDICTION = ("jurisdiction_id", _TEXT, "The city's jurisdiction, where a client serves several.")
_KEY = ("api_key", _TEXT, "An API key; or send it as `Authorization: Bearer`.")
_SPAN = (
    ("start_date", _WHEN, "First moment or day."),
    ("end_date", _WHEN, "Last moment or day, at most 90 days after the first."),
)
_LON = ("lon", _LONGITUDE, "Another name for `long`.")


def _short(most: int) -> Part:
    return {"type": "string", "maxLength": most}


_LISTING = (
    _JURISDICTION,
    ("service_request_id", _LIST, "Ids; everything else but `extensions` is then left out of account."),
    ("service_code", _LIST, "Services."),
    ("status", {"type": "string", "pattern": "^(open|closed)(,(open|closed))?$"}, "`open`, `closed` or both."),
    *_SPAN,
    ("updated_after", _WHEN, "First moment or day of the last change."),
    ("updated_before", _WHEN, "Last moment or day of the last change."),
    ("bbox", {"type": "string"}, "`west,south,east,north` in degrees."),
    ("lat", _LATITUDE, "Middle of a circle; needs `long` and `radius`."),
    ("long", _LONGITUDE, "Middle of a circle."),
    _LON,
    ("radius", {"type": "number", "minimum": 0, "maximum": 100_000}, "Metres."),
    ("page", {"type": "integer", "minimum": 1, "maximum": 100_000}, "From 1."),
    ("page_size", {"type": "integer", "minimum": 1, "maximum": MOST_REQUESTS}, "Requests a page."),
    ("per_page", {"type": "integer", "minimum": 1, "maximum": MOST_REQUESTS}, "Another name for `page_size`."),
    ("extensions", {"enum": ["true", "false", "1", "0"]}, "Adds the public history, answers and more."),
)
_FILING: Mapping[str, Part] = {
    "jurisdiction_id": _TEXT,
    "api_key": _TEXT,
    "service_code": {"type": "string", "minLength": 1, "maxLength": 60},
    "lat": _LATITUDE,
    "long": _LONGITUDE,
    "lon": _LONGITUDE,
    "address_string": _short(300),
    "address": _short(300),
    "address_id": _short(300),
    "description": _short(4000),
    "email": _short(254),
    "first_name": _short(100),
    "last_name": _short(100),
    "phone": _short(32),
    "media_url": {"type": "array", "items": _TEXT, "maxItems": MOST_MEDIA},
    "media_url[]": {"type": "array", "items": _TEXT, "maxItems": MOST_MEDIA},
}
_FILES: Part = {"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": MOST_MEDIA}
_UPDATING: Mapping[str, Part] = {
    "jurisdiction_id": _TEXT,
    "api_key": _TEXT,
    "update_id": {"type": "string", "minLength": 1, "maxLength": 120},
    "service_request_id": {"type": "string", "minLength": 1, "maxLength": 60},
    "status": {"enum": sorted(UPDATE_STATUSES)},
    "updated_datetime": _WHEN,
    "description": _short(2000),
    "duplicate_of": _TEXT,
}


def document(live: str, trial: str) -> Part:
    """Return the document.

    Args:
        live: the address of the endpoint that counts; `trial` that of the one that keeps nothing.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Open311 GeoReport v2",
            "version": __version__,
            "description": "Report to the city, follow a report, and read what others reported.",
        },
        "servers": [
            {"url": live, "description": "The city's own."},
            {"url": trial, "description": "What is posted is checked and answered as if, and not kept."},
        ],
        "paths": _paths(),
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": "An API key."}},
        },
    }


def describe(request: HttpRequest, fmt: str) -> HttpResponse:
    """Answer the document, with the addresses under which it was asked for."""
    live, trial = (
        request.build_absolute_uri(reverse(f"{name}-discovery", args=["xml"])).rpartition("/")[0]
        for name in ("open311", "open311-trial")
    )
    return JsonResponse(document(live, trial), json_dumps_params={"ensure_ascii": False})


def _paths() -> Part:
    code, number, token = (
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in ("code", "number", "token")
    )
    place = (("lat", _LATITUDE, "With `long`: the services at that place."), ("long", _LONGITUDE, ""), _LON)
    extensions = _LISTING[-1]
    return {
        "/discovery.{format}": _get("discovery", "Discovery", "What is offered and where."),
        "/services.{format}": _get("services", "Services", "What can be reported.", _JURISDICTION, *place),
        "/services/{code}.{format}": _get("definition", "Definition", "Its questions.", _JURISDICTION, parts=[code]),
        "/requests.{format}": {
            **_get("requests", "Requests", "Requests, newest first.", *_LISTING),
            **_post("file", "Receipts", "File a request.", _FILING, ("service_code",), files=True),
        },
        "/requests/{number}.{format}": _get(
            "request", "Requests", "One request, as an array of one.", _JURISDICTION, extensions, parts=[number]
        ),
        "/tokens/{token}.{format}": _get(
            "token", "Tokens", "The id of a token's request.", _JURISDICTION, parts=[token]
        ),
        "/servicerequestupdates.{format}": {
            **_get("updates", "Updates", "Public changes, oldest first.", _JURISDICTION, *_SPAN),
            **_post(
                "update",
                "UpdateReceipts",
                "Send a change of a request.",
                _UPDATING,
                ("update_id", "service_request_id", "status", "updated_datetime"),
            ),
        },
        "/openapi.json": {
            "get": {
                "operationId": "openapi",
                "summary": "This document.",
                "responses": {
                    "200": {"description": "It.", "content": {"application/json": {"schema": {"type": "object"}}}}
                },
            }
        },
    }


def _get(
    name: str, answers: str, summary: str, *queries: tuple[str, Part, str], parts: list[Part] | None = None
) -> Part:
    asked = [
        {"name": query, "in": "query", "schema": schema, **({"description": told} if told else {})}
        for query, schema, told in queries
    ]
    refused = ["400", "404", "500"] if queries or parts else ["404", "500"]
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": [*(parts or []), _FORMAT, *asked],
            "responses": {"200": _answer(summary, answers), **_refusals(refused)},
        }
    }


def _post(
    name: str, answers: str, summary: str, fields: Mapping[str, Part], required: tuple[str, ...], *, files: bool = False
) -> Part:
    form: Part = {"type": "object", "properties": dict(fields), "required": list(required)}
    if files:
        told = "`attribute[CODE]`: the answer to a question; `attribute[CODE][]` for one of several."
        form |= {"patternProperties": {r"^attribute\[[^\[\]]{1,100}\](\[\])?$": _TEXT}, "description": told}
    more = {**form, "properties": {**fields, "media": _FILES}} if files else form
    return {
        "post": {
            "operationId": name,
            "summary": summary,
            "parameters": [_FORMAT],
            "requestBody": {
                "required": True,
                "content": {
                    "application/x-www-form-urlencoded": {"schema": form},
                    "multipart/form-data": {"schema": more},
                },
            },
            "responses": {
                "200": _answer(summary, answers),
                **_refusals(["400", "403", "404", "409", "413", "429", "500"]),
            },
            "security": [{}, {"bearer": []}],
        }
    }


def _answer(told: str, name: str) -> Part:
    return {
        "description": told,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}, "text/xml": {}},
    }


_WHY = {
    "400": "A parameter is missing or wrong; each has its entry, which begins with its name.",
    "403": "A key is missing, wrong, or may not do this.",
    "404": "No such service, request, token, jurisdiction, address or format.",
    "409": "The request was changed meanwhile.",
    "413": "The body is larger than this address takes.",
    "429": "Too many; wait `Retry-After` seconds.",
    "500": "Something failed on the city's side.",
}


def _refusals(codes: list[str]) -> Part:
    return {code: _answer(_WHY[code], "Errors") for code in codes}


def _record(properties: Part, *optional: str) -> Part:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _array(record: Part, **more: Any) -> Part:
    return {"type": "array", "items": record, **more}


def _schemas() -> Part:
    endpoint = {"specification": _TEXT, "url": _TEXT, "changeset": _TEXT, "type": _TEXT, "formats": _array(_TEXT)}
    service = {
        "service_code": _TEXT, "service_name": _TEXT, "description": _TEXT_OR_NULL, "metadata": {"type": "boolean"},
        "type": {"enum": ["realtime", "batch", "blackbox"]}, "keywords": _TEXT, "group": _TEXT_OR_NULL,
    }  # fmt: skip
    attribute = {
        "variable": {"type": "boolean"},
        "code": _TEXT,
        "datatype": {"enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]},
        "required": {"type": "boolean"},
        "datatype_description": _TEXT_OR_NULL,
        "order": {"type": "integer"},
        "description": _TEXT,
        "values": _array(_record({"key": _TEXT, "name": _TEXT})),
    }
    request = {
        "service_request_id": _TEXT, "status": {"enum": ["open", "closed"]}, "status_notes": _TEXT_OR_NULL,
        "service_name": _TEXT_OR_NULL, "service_code": _TEXT_OR_NULL, "description": _TEXT_OR_NULL,
        "agency_responsible": _TEXT_OR_NULL, "service_notice": _TEXT_OR_NULL, "requested_datetime": _MOMENT,
        "updated_datetime": _MOMENT, "expected_datetime": _MOMENT_OR_NULL, "address": _TEXT_OR_NULL,
        "address_id": _TEXT_OR_NULL, "zipcode": _TEXT_OR_NULL, "lat": _NUMBER_OR_NULL, "long": _NUMBER_OR_NULL,
        "media_url": _TEXT_OR_NULL, "extended_attributes": {"type": "object"},
        "attributes": _array(_record({"code": _TEXT, "label": _TEXT, "value": {}})),
        "notes": _array(_record({"datetime": _MOMENT, "type": _TEXT, "summary": _TEXT_OR_NULL})),
    }  # fmt: skip
    receipt = {"service_request_id": _TEXT, "service_notice": _TEXT_OR_NULL, "account_id": _TEXT_OR_NULL}
    update = {
        "update_id": _TEXT, "service_request_id": _TEXT, "status": _TEXT, "updated_datetime": _MOMENT,
        "description": _TEXT_OR_NULL, "media_url": _TEXT_OR_NULL, "external_status_code": _TEXT,
    }  # fmt: skip
    error = {"code": {"type": "integer"}, "description": {"type": "string", "minLength": 1}}
    discovery = {"changeset": _TEXT, "contact": _TEXT, "key_service": _TEXT, "endpoints": _array(_record(endpoint))}
    one = {"minItems": 1, "maxItems": 1}
    return {
        "Discovery": _record(discovery),
        "Services": _array(_record(service)),
        "Definition": _record({"service_code": _TEXT, "attributes": _array(_record(attribute, "values"))}),
        "Requests": _array(_record(request, "extended_attributes", "attributes", "notes")),
        "Receipts": _array(_record(receipt), **one),
        "Tokens": _array(_record({"service_request_id": _TEXT, "token": _TEXT}), **one),
        "Updates": _array(_record(update, "external_status_code")),
        "UpdateReceipts": _array(_record({"update_id": _TEXT}), **one),
        "Errors": _array(_record(error), minItems=1),
    }
