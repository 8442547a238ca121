"""Reads that are asked thousands of times a minute: prepared by the server, their values in binary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.db import connection


def read(sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return the rows of a SELECT whose text is one of few.

    Give every parameter its type in the SQL where PostgreSQL cannot know it, and select numbers, texts and truths:
    times as seconds (`extract(epoch from …)::bigint`), ids and JSON as `::text`.
    """
    return cast(list[tuple[Any, ...]], connection.read(sql, parameters))  # type: ignore[attr-defined]  # our engine's
