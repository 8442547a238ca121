"""Statements that run thousands of times a minute: prepared by the server, past the ORM's query building."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.base import ModelState

M = TypeVar("M", bound=models.Model)

QUICKLY = "with quickly as materialized (select set_config('synchronous_commit', 'off', true)) "
"""Begins a statement that does not wait until what it wrote is on disk; it must select from `quickly`.

Only outside of transactions: inside, nothing of the transaction would be waited for.
"""


def read(sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return the rows of a statement whose text is one of few.

    Give every parameter its type in the SQL where PostgreSQL cannot know it, and select numbers, texts and truths:
    times as whole seconds (`floor(extract(epoch from …))::bigint`), ids and JSON as `::text`.
    """
    server: Any = connections[DEFAULT_DB_ALIAS]  # `connection` looks this up again for whatever is asked of it
    rows: list[tuple[Any, ...]] = server.prepared(sql, parameters)
    return rows


def instances(model: type[M], where: str, parameters: Sequence[Any] = (), *, leave_out: str = "") -> list[M]:
    """Return the rows of a model that fit a condition (and what follows it: an order, a limit), as the ORM would.

    Args:
        leave_out: a field that is read only when somebody asks for it.
    """
    names, sql, parsed = _select(model, leave_out)
    return [_instance(model, names, values, parsed) for values in read(f"{sql} where {where}", parameters)]


def shared(model: type[M], where: str, parameters: Sequence[Any]) -> list[M]:
    """Return what `instances` does, asking each time; rows that say what they said before are the same objects.

    They are everybody's, and nobody may change them.
    """
    names, sql, parsed = _select(model, "")
    values = read(f"{sql} where {where}", parameters)
    if not values:
        return []  # what is asked for in vain may be of any length, and is not kept
    key = model, where, *parameters
    kept = _shared.get(key)
    if kept is None or kept[0] != values:
        if len(_shared) >= _MOST_SHARED:
            _shared.clear()
        kept = _shared[key] = values, [_instance(model, names, one, parsed) for one in values]
    return list(kept[1])


_shared: dict[tuple[Any, ...], tuple[list[tuple[Any, ...]], list[Any]]] = {}
_MOST_SHARED = 1000


def _instance(model: type[M], names: list[str], values: tuple[Any, ...], parsed: list[int]) -> M:
    if not parsed:
        return model.from_db("default", names, values)
    row = list(values)
    for place in parsed:
        row[place] = None if row[place] is None else json.loads(row[place])
    return model.from_db("default", names, row)


@lru_cache
def _select(model: type[models.Model], leave_out: str) -> tuple[list[str], str, list[int]]:
    fields = [field for field in model._meta.concrete_fields if field.attname != leave_out]
    parsed = [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
    columns = ", ".join(
        f'"{field.column}"::text' if place in parsed else f'"{field.column}"' for place, field in enumerate(fields)
    )
    names = [field.attname for field in fields]
    return names, f'select {columns} from "{model._meta.db_table}"', parsed  # noqa: S608  # our own model's names


def new_row(model: type[M], /, **values: Any) -> M:
    """Return a new row of a model as `model(**values)` does, at a third of the price or less. No signals are sent.

    Raises:
        TypeError: the model has no field of that name.
    """
    relations, constants, made = _blank(model)
    row = model.__new__(model)
    kept = row.__dict__
    kept.update(constants)
    row._state = ModelState()
    for name, value in values.items():
        if (field := relations.get(name)) is None:
            kept[name] = value
        else:
            row._state.fields_cache[name] = value
            kept[field.attname] = None if value is None else getattr(value, field.target_field.attname)
    for name, make in made:
        if name not in values:
            kept[name] = make()
    if len(kept) != len(constants) + len(made) + 1:
        unknown = set(kept).difference(constants, (name for name, _make in made), ["_state"])
        raise TypeError(f"{model.__name__} has no field {', '.join(sorted(unknown))}")
    return row


@lru_cache
def _blank(
    model: type[models.Model],
) -> tuple[dict[str, models.ForeignKey[Any, Any]], dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """Return a model's relations by name, the defaults that are always the same, and what makes the others."""
    fields = model._meta.concrete_fields
    relations = {field.name: field for field in fields if isinstance(field, models.ForeignKey)}
    made = {field.attname: field.default for field in fields if field.has_default() and callable(field.default)}
    constants = {field.attname: field.get_default() for field in fields if field.attname not in made}
    return relations, constants, list(made.items())


def array(texts: Iterable[str]) -> str:
    """Return texts as PostgreSQL writes an array: psycopg looks the type up anew for each list it is given."""
    return "{" + ",".join('"' + text.replace("\\", r"\\").replace('"', r"\"") + '"' for text in texts) + "}"


def insert(*rows: models.Model) -> None:
    """Write new rows of models whose keys are made in Python, as one statement. No signals are sent.

    Foreign keys are checked at the end of the transaction, so that the order does not matter. Inside `together` the
    rows wait for its end.
    """
    waiting = _waiting.get()
    if waiting is not None:
        waiting.extend(rows)
        return
    server = connections[DEFAULT_DB_ALIAS]
    values = [
        told[name] if prepared is None else prepared(row, server)
        for row in rows
        for told in (row.__dict__,)
        for name, prepared in _fields(type(row))
    ]
    read(_insert(tuple(type(row) for row in rows)), values)
    for row in rows:
        row._state.adding, row._state.db = False, "default"


@contextmanager
def together() -> Iterator[None]:
    """Write what is inserted inside the block at its end, as one statement: one round trip instead of one each.

    A statement is a transaction of its own where none is open: all of its rows are kept, or none.
    """
    rows: list[models.Model] = []
    token = _waiting.set(rows)
    try:
        yield
    finally:
        _waiting.reset(token)
    if rows:
        insert(*rows)


def gathering() -> bool:
    """Say whether rows are being gathered to be written `together`."""
    return _waiting.get() is not None


_waiting: ContextVar[list[models.Model] | None] = ContextVar("rows that wait to be written", default=None)


@lru_cache
def _fields(model: type[models.Model]) -> list[tuple[str, Callable[[models.Model, Any], Any] | None]]:
    """Return where a model's rows keep their values, with what makes something else of one first."""
    return [(field.attname, None if _plain(field) else _prepared(field)) for field in model._meta.local_concrete_fields]


def _prepared(field: models.Field[Any, Any]) -> Callable[[models.Model, Any], Any]:
    """Return what makes of a row's value what goes to the database: Django's, but for JSON and arrays of ids."""
    if isinstance(field, ArrayField) and type(field.base_field) is models.UUIDField:
        return lambda row, _server: "{" + ",".join(map(str, row.__dict__[field.attname])) + "}"
    if type(field) is models.JSONField and field.encoder is None:
        return lambda row, _server: None if (value := row.__dict__[field.attname]) is None else json.dumps(value)
    return lambda row, server: field.get_db_prep_save(field.pre_save(row, add=True), server)


def _plain(field: models.Field[Any, Any]) -> bool:
    """Say whether a field's values go to the database as a row keeps them; so do the keys of what it points at."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return False
    return type(getattr(field, "target_field", field)) in _PLAIN


_PLAIN = {
    models.UUIDField, models.CharField, models.TextField, models.BooleanField, models.FloatField, models.IntegerField,
    models.SmallIntegerField, models.PositiveIntegerField, models.BigIntegerField, models.DateTimeField,
    models.PositiveSmallIntegerField, models.SlugField, models.EmailField, models.DateField, SearchVectorField,
}  # fmt: skip


@lru_cache
def _insert(kinds: tuple[type[models.Model], ...]) -> str:
    parts = []
    for model in kinds:
        fields = model._meta.local_concrete_fields
        columns = ", ".join(f'"{field.column}"' for field in fields)
        places = ", ".join(f"%s::{_type(field)}" for field in fields)
        parts.append(f'insert into "{model._meta.db_table}" ({columns}) values ({places})')  # noqa: S608
    named = ", ".join(f"row{number} as ({part})" for number, part in enumerate(parts[:-1]))
    return f"with {named} {parts[-1]}" if named else parts[-1]


def _type(field: models.Field[Any, Any]) -> str:
    """Return the type without its length: a cast to the length would cut what is too long instead of refusing it."""
    kind = str(field.db_type(connection))
    before, opened, after = kind.partition("(")
    return before + after.partition(")")[2] if opened else kind


_memory: ContextVar[dict[str, Any] | None] = ContextVar("what this request has read", default=None)


class Remembering:
    """Lets `remembered` keep what it reads until the block's end. The web opens one for each request."""

    __slots__ = ("_before",)

    def __enter__(self) -> None:
        self._before = _memory.set({})

    def __exit__(self, *_raised: object) -> None:
        _memory.reset(self._before)


def remembered(key: str, make: Callable[[], Any]) -> Any:
    """Return what was read under this key in this request, else read it; outside of requests always read it."""
    memory = _memory.get()
    if memory is None:
        return make()
    if key not in memory:
        memory[key] = make()
    return memory[key]


def forget(key: str) -> None:
    """Have the next `remembered` and `lasting` read again, after a write."""
    if (memory := _memory.get()) is not None:
        memory.pop(key, None)
    _lasting.pop(key, None)


_lasting: dict[str, tuple[float, Any]] = {}
_LASTS = 1.0


def lasting(key: str, make: Callable[[], Any]) -> Any:
    """Return what was read under this key a second ago at most, by any request of this process, else read it.

    For what changes once in years, and of which a second's delay in another process harms nobody.
    """
    now = time.monotonic()
    kept = _lasting.get(key)
    if kept is None or now - kept[0] > _LASTS:
        kept = _lasting[key] = now, make()
    return kept[1]


def forget_lasting() -> None:
    """Have every `lasting` read again."""
    _lasting.clear()
