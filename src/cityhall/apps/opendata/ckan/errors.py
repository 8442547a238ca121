"""What CKAN says when an action is refused: `__type`, a status, and a message or what is wrong with which field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cityhall.kernel.analytics.errors import QueryError


class ActionError(Exception):
    """An action that is refused."""

    type = "Internal Server Error"
    status = 500

    def told(self) -> dict[str, Any]:
        """Return CKAN's object for the error."""
        return {"__type": self.type, "message": str(self)}


class ValidationError(ActionError):
    """Parameters that cannot be taken.

    Args:
        fields: what is wrong, by parameter.
    """

    type = "Validation Error"
    status = 409

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        super().__init__("; ".join(text for texts in fields.values() for text in texts))
        self.fields = {name: list(texts) for name, texts in fields.items()}

    def told(self) -> dict[str, Any]:
        """Return CKAN's object for the error."""
        return {**self.fields, "__type": self.type}


class NotFoundError(ActionError):
    """No such thing."""

    type = "Not Found Error"
    status = 404

    def __init__(self, what: str) -> None:
        super().__init__(f"Not found: {what}")


class AuthorizationError(ActionError):
    """What nobody may do here."""

    type = "Authorization Error"
    status = 403

    def __init__(self, why: str) -> None:
        super().__init__(f"Access denied: {why}")


class SearchQueryError(ActionError):
    """A search of the catalogue that cannot be read."""

    type = "Search Query Error"
    status = 400

    def __init__(self, why: str) -> None:
        super().__init__(f"Search Query is invalid: {why}")


def refused_query(error: QueryError, parameter: str = "query") -> ValidationError:
    """Return CKAN's refusal of a query over rows."""
    return ValidationError({parameter: [str(error.message)]})
