"""What SODA says when there is no answer."""

from __future__ import annotations

from typing import Any, Final

ROW_NOT_FOUND: Final = "soda.row.not-found"
DATASET_NOT_FOUND: Final = "soda.dataset.not-found"
CODES: Final = {
    "no_such_column": "query.soql.no-such-column",
    "no_such_function": "query.soql.no-such-function",
    "type_mismatch": "query.soql.type-mismatch",
    "not_grouped": "query.soql.column-not-in-group-bys",
    "query_malformed": "query.compiler.malformed",
    "no_such_dataset": DATASET_NOT_FOUND,
    "busy": "soda.dataset.busy",
    "too_many": "too_many_requests",
    "timed_out": "query.execution.timed-out",
    "too_much_memory": "query.execution.too-much-memory",
    "cannot_compute": "query.execution.cannot-compute",
}


def error_object(code: str, message: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return SODA's object for an error. Of our own codes, those SODA has words for are put in its words."""
    return {"code": CODES.get(code, code), "error": True, "message": message, "data": data or {}}
