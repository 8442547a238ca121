"""The yardstick: a WSGI application that sends the same statements with psycopg and writes the rows as JSON, no more.

No framework, no rules, no addresses but five. `BARE` names a JSON file: the database's URL, and for each address the
statements of many calls (`recording.py`), which it takes in turn. Of what the product made anew for each call it makes
its own: ids, and the number that the sequence gives.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

_NEW, _NUMBER = object(), object()
_turn = count()
_mine = threading.local()
_encode = msgspec.json.Encoder(enc_hook=str).encode
_HEADERS = [("content-type", "application/json; charset=utf-8")]
_READ: dict[str, Callable[[Any], Any]] = {
    "id": uuid.UUID,
    "at": datetime.fromisoformat,
    "json": Jsonb,
    "new": lambda which: (_NEW, which),
    "number": lambda _: (_NUMBER, 0),
}


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [_read(one) for one in value]
    if isinstance(value, dict):
        ((kind, told),) = value.items()
        return _READ[kind](told)
    return value


def _case(given: dict[str, Any]) -> list[tuple[int, list[tuple[str, list[Any], list[tuple[int, object, int]]]]]]:
    """Return a case's calls: which statement is answered, and each one's text, parameters and what is made anew."""
    calls = []
    for one in given["sets"]:
        statements = []
        for text, told in one["statements"]:
            values = [_read(value) for value in told]
            made = [(place, *value) for place, value in enumerate(values) if isinstance(value, tuple)]
            statements.append((given["texts"][text], values, made))
        calls.append((one["answer"], statements))
    return calls


_given = json.loads(Path(os.environ["BARE"]).read_text())
_cases = {name: _case(given) for name, given in _given["cases"].items()}


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answer one request."""
    if not hasattr(_mine, "connection"):
        _mine.connection = psycopg.connect(_given["url"], autocommit=True, prepare_threshold=0)
    calls = _cases[environ["PATH_INFO"].strip("/")]
    answered, statements = calls[next(_turn) % len(calls)]
    ids: dict[int, uuid.UUID] = {}
    rows: list[dict[str, Any]] = []
    for place, (sql, values, made) in enumerate(statements):
        if made:
            values = list(values)
            for where, kind, which in made:
                values[where] = ids.setdefault(which, _id()) if kind is _NEW else rows[0]["nextval"]
        cursor = psycopg.Cursor(_mine.connection, row_factory=dict_row)
        cursor.execute(sql, values, binary=True)
        if place == answered:
            rows = cursor.fetchall()
    body = _encode(rows)
    start_response("200 OK", [*_HEADERS, ("content-length", str(len(body)))])
    return [body]


def _id() -> uuid.UUID:
    """Return a new id that grows with time, as the rows of our tables have."""
    return uuid.UUID(int=time.time_ns() // 1_000_000 << 80 | 7 << 76 | 2 << 62 | random.getrandbits(62))
