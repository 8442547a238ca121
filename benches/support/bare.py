"""The yardstick: a WSGI application that runs the same statements with psycopg and writes the rows as JSON, no more.

No framework, no rules, no addresses but four. `BARE` names a JSON file: the database's URL, and for each address its
statement with many sets of parameters, which it takes in turn.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from psycopg.rows import dict_row

_given = json.loads(Path(os.environ["BARE"]).read_text())
_turn = count()
_mine = threading.local()
_encode = msgspec.json.Encoder(enc_hook=str).encode
_HEADERS = [("content-type", "application/json; charset=utf-8")]


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answer one request."""
    if not hasattr(_mine, "connection"):
        _mine.connection = psycopg.connect(_given["url"], autocommit=True, prepare_threshold=0)
    what = _given["cases"][environ["PATH_INFO"].strip("/")]
    sets = what["parameters"]
    cursor = psycopg.Cursor(_mine.connection, row_factory=dict_row)
    cursor.execute(what["sql"], sets[next(_turn) % len(sets)], binary=True)
    body = _encode(cursor.fetchall())
    start_response("200 OK", [*_HEADERS, ("content-length", str(len(body)))])
    return [body]
