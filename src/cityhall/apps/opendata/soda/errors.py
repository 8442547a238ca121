"""What SODA says when there is no answer."""

from __future__ import annotations

from typing import Any, Final

from cityhall.kernel.analytics.errors import QueryError

CODES: Final = {
    "no_such_column": "query.soql.no-such-column",
    "no_such_function": "query.soql.no-such-function",
    "type_mismatch": "query.soql.type-mismatch",
    "not_grouped": "query.soql.column-not-in-group-bys",
    "query_malformed": "query.compiler.malformed",
    "timed_out": "query.execution.timed-out",
    "too_much_memory": "query.execution.too-much-memory",
    "cannot_compute": "query.execution.cannot-compute",
}
ROW_NOT_FOUND: Final = "soda.row.not-found"
DATASET_NOT_FOUND: Final = "soda.dataset.not-found"


def error_object(code: str, message: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return SODA's object for an error."""
    return {"code": code, "error": True, "message": message, "data": data or {}}


def query_error(error: QueryError) -> dict[str, Any]:
    """Return SODA's object for a query that is refused."""
    return error_object(CODES.get(error.code, error.code), str(error.message), dict(error.data))
