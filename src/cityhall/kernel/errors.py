"""What a service may refuse with. Doors turn these into a page, a field error, a JSON or XML answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class CityhallError(Exception):
    """A refusal a person can act on: `message` says what happened and what to do next.

    `message` is for people and may be a lazy translation; `code` is for programs and never changes.
    """

    code = "error"
    http_status = 400

    def __init__(self, message: Any, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class Invalid(CityhallError):
    """Input that breaks a rule. `fields` maps a field's name to what to change."""

    code = "invalid"

    def __init__(self, fields: Mapping[str, Any], *, code: str | None = None) -> None:
        super().__init__("; ".join(str(text) for text in fields.values()), code=code)
        self.fields = dict(fields)


class NotAllowed(CityhallError):
    """The actor lacks the permission."""

    code = "not_allowed"
    http_status = 403


class NotFound(CityhallError):
    """No such thing, or none this actor may know of."""

    code = "not_found"
    http_status = 404


class Gone(CityhallError):
    """It was there and is gone for good. The message says why, and what there is in its place."""

    code = "gone"
    http_status = 410


class Stale(CityhallError):
    """The record changed since the actor read it. `current` is the version that stands."""

    code = "stale"
    http_status = 409

    def __init__(self, message: Any, *, current: int) -> None:
        super().__init__(message)
        self.current = current


class TooMany(CityhallError):
    """A limit was reached. `retry_after` is in whole seconds."""

    code = "too_many"
    http_status = 429

    def __init__(self, message: Any, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
