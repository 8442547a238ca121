"""Our own API as an OpenAPI 3.1 document; a test holds it against the addresses and against what they answer."""

from __future__ import annotations

from typing import Any, Final

from cityhall import __version__
from cityhall.apps.opendata.contracts import Freshness
from cityhall.apps.opendata.rules import finding
from cityhall.kernel.snapshots import ColumnType

Part = dict[str, Any]

_TEXT: Final[Part] = {"type": "string"}
_COUNT: Final[Part] = {"type": "integer", "minimum": 0}
_MOMENT: Final[Part] = {"type": "string", "format": "date-time"}
_ADDRESS: Final[Part] = {"type": "string", "format": "uri"}
_TEXTS: Final[Part] = {
    "type": "object",
    "description": "A text by language code.",
    "additionalProperties": {"type": "string"},
}
_CODE: Final[Part] = {
    "name": "id", "in": "path", "required": True, "description": "The dataset's 4x4.",
    "schema": {"type": "string", "pattern": "^[a-z0-9]{4}-[a-z0-9]{4}$"},
}  # fmt: skip


def document(address: str) -> Part:
    """Return the document. `address` is where the API is."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Open data",
            "version": __version__,
            "description": "The city's datasets: what there is, what it promises, its versions and its rows.",
        },
        "servers": [{"url": address}],
        "paths": {
            "/datasets/": _get("listDatasets", "The datasets that fit, a page at a time.", "Datasets", _listing()),
            "/datasets/{id}/": _get(
                "readDataset", "One dataset with its contract.", "Dataset", [_CODE, _snapshot()], missing=True
            ),
            "/datasets/{id}/versions/": _get(
                "listVersions", "Its versions, the newest first.", "Versions", [_CODE], missing=True
            ),
            "/datasets/{id}/rows/": _get(
                "listRows", "Its rows, by a query in SoQL's words.", "Rows", [_CODE, *_asking()], missing=True
            ),
        },
        "components": {"schemas": _schemas()},
    }


def _get(name: str, summary: str, schema: str, parameters: list[Part], *, missing: bool = False) -> Part:
    problem = _answer("What is wrong.", "Problem")
    found = {"200": _answer(summary, schema), "400": problem, "429": problem}
    if missing:
        found |= {"404": problem, "410": _answer("It was recalled, withdrawn, or is no longer kept.", "Problem")}
    return {"get": {"operationId": name, "summary": summary, "parameters": parameters, "responses": found}}


def _answer(description: str, schema: str) -> Part:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}


def _query(name: str, description: str, schema: Part = _TEXT) -> Part:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _listing() -> list[Part]:
    return [
        _query("q", "Words: of titles, descriptions, topics and columns, in any language."),
        _query("topic", "A topic's code."),
        _query("owner", "Who answers for it."),
        _query("format", "A file there is of it, such as geojson."),
        _query("licence", "Its licence, as written."),
        _query("freshness", "Whether it keeps its promise.", {"enum": [one.value for one in Freshness]}),
        _query("place", "`yes` for those whose rows can be put on a map.", {"enum": ["yes"]}),
        _query("order", "Newest, by title, or most rows first.", {"enum": list(finding.ORDERS)}),
        _query("limit", "Datasets a page.", {"type": "integer", "minimum": 0, "maximum": 100}),
        _query("offset", "How many to leave out.", _COUNT),
    ]


def _snapshot() -> Part:
    return _query("$$snapshot", "The number of a version; the current one when left out.", _COUNT)


def _asking() -> list[Part]:
    return [
        _query("$select", "Columns and expressions, with commas between."),
        _query("$where", "A condition, such as `height > 9`."),
        _query("$group", "What is counted by."),
        _query("$having", "A condition on groups."),
        _query("$order", "Columns, each with ASC or DESC."),
        _query("$q", "Words in any text."),
        _query("$limit", "How many rows; 1,000 when left out.", _COUNT),
        _query("$offset", "How many to leave out.", _COUNT),
        _query("$query", "A whole SELECT in the place of the others."),
        _snapshot(),
    ]


def _object(required: Part, **more: Part) -> Part:
    return {"type": "object", "required": list(required), "properties": {**required, **more}}


def _list(schema: str) -> Part:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}}


def _schemas() -> Part:
    short: Part = {
        "id": _TEXT, "name": _TEXT, "title": _TEXTS, "description": _TEXTS, "topics": _list("Topic"), "owner": _TEXT,
        "licence": _TEXT, "freshness": {"enum": [one.value for one in Freshness]}, "rows": _COUNT, "version": _COUNT,
        "published_at": _MOMENT, "url": _ADDRESS, "page": _ADDRESS,
    }  # fmt: skip
    column: Part = {
        "name": _TEXT, "type": {"enum": [one.value for one in ColumnType]}, "title": _TEXTS, "description": _TEXTS,
        "unit": _TEXT, "empty": _COUNT, "distinct": {**_COUNT, "description": "About how many values differ."},
    }  # fmt: skip
    links: Part = {"rows": _ADDRESS, "versions": _ADDRESS, "feed": _ADDRESS, "soda": _ADDRESS}
    files: Part = {"type": "object", "additionalProperties": _ADDRESS}
    contract: Part = {
        "key": {"type": "array", "items": _TEXT}, "fresh_within": _TEXT, "columns": _list("Column"),
    }  # fmt: skip
    part: Part = {"code": _TEXT, "points": _COUNT, "most": _COUNT}
    version: Part = {
        "version": _COUNT, "published_at": _MOMENT, "is_current": {"type": "boolean"},
        "recalled_at": {"type": ["string", "null"], "format": "date-time"},
    }  # fmt: skip
    return {
        "Problem": _object({"code": _TEXT, "message": _TEXT}),
        "Topic": _object({"code": _TEXT, "title": _TEXTS}),
        "Column": _object(column),
        "ShortDataset": _object(short),
        "Datasets": _object(
            {"count": _COUNT, "next": {"type": ["string", "null"]}, "results": _list("ShortDataset")}
        ),
        "Dataset": _object(
            {
                **short,
                "checked_at": _MOMENT,
                "put_aside": _COUNT,
                "contract": _object(contract),
                "quality": _object({"score": _COUNT, "parts": {"type": "array", "items": _object(part)}}),
                "links": _object({**links, "files": files}),
            }
        ),
        "Version": _object(
            version, reason=_TEXT, rows=_COUNT, put_aside=_COUNT, added=_COUNT, changed=_COUNT, removed=_COUNT,
            rows_url=_ADDRESS,
        ),
        "Versions": _object({"count": _COUNT, "results": _list("Version")}),
        "Rows": {"type": "array", "items": {"type": "object"}},
    }  # fmt: skip
