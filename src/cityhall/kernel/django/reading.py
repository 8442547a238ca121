"""Statements that run thousands of times a minute: prepared by the server, past the ORM's query building."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


def read(sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return the rows of a statement whose text is one of few.

    Give every parameter its type in the SQL where PostgreSQL cannot know it, and select numbers, texts and truths:
    times as seconds (`extract(epoch from …)::bigint`), ids and JSON as `::text`.
    """
    return cast(list[tuple[Any, ...]], connection.prepared(sql, parameters))  # type: ignore[attr-defined]  # our engine


def instances(model: type[M], where: str, parameters: Sequence[Any] = (), *, leave_out: str = "") -> list[M]:
    """Return the rows of a model that fit a condition (and what follows it: an order, a limit), as the ORM would.

    Args:
        leave_out: a field that is read only when somebody asks for it.
    """
    names, sql, parsed = _select(model, leave_out)
    found = []
    for values in read(f"{sql} where {where}", parameters):
        if parsed:
            row = list(values)
            for place in parsed:
                row[place] = None if row[place] is None else json.loads(row[place])
            found.append(model.from_db("default", names, row))
        else:
            found.append(model.from_db("default", names, values))
    return found


@lru_cache
def _select(model: type[models.Model], leave_out: str) -> tuple[list[str], str, list[int]]:
    fields = [field for field in model._meta.concrete_fields if field.attname != leave_out]
    parsed = [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
    columns = ", ".join(
        f'"{field.column}"::text' if place in parsed else f'"{field.column}"' for place, field in enumerate(fields)
    )
    names = [field.attname for field in fields]
    return names, f'select {columns} from "{model._meta.db_table}"', parsed  # noqa: S608  # our own model's names


def insert(row: models.Model) -> None:
    """Write a new row of a model whose key is made in Python. No signals are sent."""
    fields, sql = _insert(type(row))
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    read(sql, values)
    row._state.adding, row._state.db = False, "default"


@lru_cache
def _insert(model: type[models.Model]) -> tuple[list[models.Field[Any, Any]], str]:
    fields = list(model._meta.local_concrete_fields)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(f"%s::{_type(field)}" for field in fields)
    return fields, f'insert into "{model._meta.db_table}" ({columns}) values ({places})'  # noqa: S608


def _type(field: models.Field[Any, Any]) -> str:
    """Return the type without its length: a cast to the length would cut what is too long instead of refusing it."""
    kind = str(field.db_type(connection))
    before, opened, after = kind.partition("(")
    return before + after.partition(")")[2] if opened else kind
