"""Why a query is refused. Messages are for the people who write queries; `data` is for their programs."""

from __future__ import annotations

from collections.abc import Iterable

from cityhall.kernel.errors import CityhallError


class QueryError(CityhallError):
    """A query that cannot be answered as it stands."""

    code = "query_malformed"

    def __init__(self, message: str, **data: str | int | list[str]) -> None:
        super().__init__(message)
        self.data = data


class NoSuchColumn(QueryError):
    """A name that is neither a column nor an alias."""

    code = "no_such_column"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        columns = list(known)
        super().__init__(
            f"There is no column {name!r}. The columns are: {', '.join(columns)}.", column=name, columns=columns
        )


class NoSuchFunction(QueryError):
    """A function that is not among ours."""

    code = "no_such_function"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no function {name!r}.", function=name)


class TypeMismatch(QueryError):
    """A function given what it does not take."""

    code = "type_mismatch"


class NotGrouped(QueryError):
    """A column next to aggregates, without being grouped by; or an aggregate where none can be."""

    code = "not_grouped"


class TimedOut(QueryError):
    """The deadline passed before the answer was complete."""

    code = "timed_out"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"This query took longer than {seconds:g} seconds. Ask for less: add a filter, or take the whole dataset "
            "as a download."
        )


class TooMuchMemory(QueryError):
    """The answer needs more memory than a query may have."""

    code = "too_much_memory"

    def __init__(self) -> None:
        super().__init__("This query needs more memory than it may have. Add a filter, or group by fewer columns.")


class CannotCompute(QueryError):
    """A value on which an expression has no result."""

    code = "cannot_compute"

    def __init__(self) -> None:
        super().__init__("A value in this query cannot be computed. Look at its conversions and its arithmetic.")


class EngineFailed(QueryError):
    """The engine has a fault that this query meets."""

    code = "engine_failed"

    def __init__(self) -> None:
        super().__init__("The city’s data engine cannot work this query out. Ask in another way, or for less at once.")


class EngineUnavailable(QueryError):
    """The engine does not answer."""

    code = "engine_unavailable"
    http_status = 503

    def __init__(self, why: str) -> None:
        super().__init__("Queries cannot be answered at the moment. Try again in a minute, or take the whole dataset.")
        self.why = why
