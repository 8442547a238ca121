"""What the product asks its database for a call, recorded for the bare server to ask again."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

_ANSWERED = ("service_requests_servicerequest", "service_requests_number")
"""The rows of the first statement that names one of these are the bare server's answer."""


def recorded(lines: Sequence[str], port: int) -> dict[str, Any]:
    """Answer `lines`, as the load generator has them, in this process; return the statements of each.

    What is made anew at each call is marked: ids, and the number that the sequence gave. Texts in JSON stay as they
    were. All lines are answered once before, so that what a process remembers for good is not asked again.
    """
    from django.db import connection

    texts: dict[str, int] = {}
    sets: list[dict[str, Any]] = []
    asked: list[tuple[str, Sequence[Any], Any]] = []

    def note(execute: Callable[..., Any], sql: Any, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
        if connection.in_atomic_block:
            raise RuntimeError("the bare server knows no transactions")
        done = execute(sql, parameters, many, context)
        number = context["cursor"].cursor.fetchone()[0] if "nextval" in sql else None
        if number is not None:
            context["cursor"].cursor.scroll(0, mode="absolute")
        asked.append((sql, parameters or (), number))
        return done

    for line in lines:
        _answer(line, port)
    for line in lines:
        asked.clear()
        began = datetime.now(UTC)
        with connection.execute_wrapper(note):
            _answer(line, port)
        mark = _Marks(began, next((number for _, _, number in asked if number is not None), None))
        sets.append(
            {
                "answer": next(n for n, (sql, _, _) in enumerate(asked) if any(name in sql for name in _ANSWERED)),
                "statements": [
                    [texts.setdefault(sql, len(texts)), [mark(value) for value in values]] for sql, values, _ in asked
                ],
            }
        )
    return {"texts": list(texts), "sets": sets}


class _Marks:
    """Turns the parameters of one call into JSON: `{"new": 0}` is the first id it made, `{"number": …}` its number."""

    def __init__(self, began: datetime, number: int | None) -> None:
        self._since = int(began.timestamp() * 1000)
        self._number = number
        self._made: dict[uuid.UUID, int] = {}

    def __call__(self, value: Any) -> Any:
        """Return one parameter."""
        from psycopg.types.json import Jsonb

        if isinstance(value, uuid.UUID):
            if value.version == 7 and value.int >> 80 >= self._since:
                return {"new": self._made.setdefault(value, len(self._made))}
            return {"id": str(value)}
        if isinstance(value, datetime):
            return {"at": value.isoformat()}
        if isinstance(value, Jsonb):
            return {"json": value.obj}
        if isinstance(value, list | tuple):
            return [self(one) for one in value]
        if isinstance(value, int) and value == self._number and not isinstance(value, bool):
            return {"number": value}
        return int(value) if type(value).__name__ == "Int2" else value


def _answer(line: str, port: int) -> None:
    from cityhall.config.wsgi import application

    method, address, *form = line.split(" ", 2)
    path, _, query = address.partition("?")
    body = form[0].encode() if form else b""
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": str(port), "HTTP_HOST": f"127.0.0.1:{port}",
        "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http", "wsgi.input": BytesIO(body),
        "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "",
    }  # fmt: skip
    told: list[str] = []
    for _part in application(environ, lambda status, headers: told.append(status)):
        pass
    if not told[0].startswith("200"):
        raise RuntimeError(f"{line}: {told[0]}")


# What filing writes, in one statement without a question asked.
AT_ONCE = """
with c as (select id, department_id from service_requests_category where id = %s::uuid),
r as (
    insert into service_requests_servicerequest (id, number, category_id, state, outcome, outcome_sentence, referred_to,
        version, description, showing, answers, language, source, lat, lon, address, areas, public_lat, public_lon,
        public_address, public_areas, words, department_id, priority, supporters, hidden, requested_at, updated_at,
        queue_at)
    select gen_random_uuid(), nextval('service_requests_number'), c.id, 'received', '', '', '', 1, 'A deep hole.',
        'shown', '{}', 'en', 'open311', %s, %s, '12 Grand Ave', '{}', %s, %s, '12 Grand Ave', '{}',
        'hole deep grand ave'::tsvector, c.department_id, 3, 0, false, now(), now(), now() from c
    returning id, number
), p as (
    insert into service_requests_reporter (request_id, first_name, last_name, email, phone, private_token_hash)
    select id, 'Ann', 'Example', 'ann@example.org', '', 'x' from r
), h as (
    insert into service_requests_historyevent (id, request_id, fact, at, visibility, author_kind, author_label, text,
        showing, data)
    select gen_random_uuid(), id, 'received', now(), 'public', 'anonymous', '', '', 'shown', '{}' from r
), o as (
    insert into kernel_outboxevent (id, kind, subject_id, at, data)
    select gen_random_uuid(), 'service_requests.received', id, now(), '{}' from r
), a as (
    insert into kernel_auditentry (id, at, actor_kind, actor_label, action, subject_kind, subject_id, data, request_id)
    select gen_random_uuid(), now(), 'anonymous', '', 'service_requests.received', 'service_request', id, '{}', ''
    from r
)
select number from r
"""
