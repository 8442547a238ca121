"""JSON log lines with request ids, from which personal data is taken out before they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from cityhall.kernel.django.request_ids import current_request_id

_SECRET_KEYS = re.compile(r"password|secret|token|authorization|cookie|api_?key|email|phone|first_name|last_name", re.I)
# Each looks at a long text once, however it reads: what is logged may be a stranger's address of many kilobytes.
_EMAIL = re.compile(r"(?:\"[^\"]{1,64}\"|(?<![\w.+%'-])('*+)[\w.+%'-]+)(?:@|%40)[\w-]++\.[\w.-]+")
# Long enough to be one, or written as a local one is (555-0123); a request's number is shorter (48-220).
_PHONE = re.compile(
    r"(?<![\w.])(?!\d{1,3}(?:\.\d{1,3}){3}(?!\d))\+?\d[\d ().-]{7,400}\d(?!\w)|(?<![\w.-])\d{3}-\d{4}(?![\w-])"
)
_TOKEN_QUERY = re.compile(r"((?:token|key|code|secret|(?<=[?&])with)=)[^&\s\"']+", re.I)
# The id of a record: no secret, and no telephone number although some of its parts may be all digits.
_UUID = re.compile(r"(\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)", re.I)
# What follows these addresses opens what is somebody's own, however it looks. A test walks all addresses for more.
_PRIVATE = re.compile(
    r"(/(?:unsubscribe|follow/confirm|referred/answer|requests/private|account/password/new"
    r"|cms/password_reset/confirm|open311/(?:test/)?v2/tokens)/)[^\s?\"']+"
)
# Any other long part of an address with a digit in it is a private token, unless it is such an id.
_TOKEN_PATH = re.compile(r"(?<=/)(?!\w{8}-\w{4}-\w{4}-\w{4}-\w{12}\b)(?=[\w:=-]*\d)[\w:=-]{20,}(?=[/?\s\"']|$)")


def without_personal_data(text: str) -> str:
    """Return `text` with e-mail addresses, telephone numbers and tokens in URLs blanked."""
    text = _PRIVATE.sub(r"\1[removed]", text)
    text = _TOKEN_QUERY.sub(r"\1[removed]", _EMAIL.sub(r"\1[e-mail]", text))
    text = _TOKEN_PATH.sub("[removed]", text)
    return "".join(part if number % 2 else _PHONE.sub("[phone]", part) for number, part in enumerate(_UUID.split(text)))


def filter_personal_data(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The structlog processor that cleans every field of a line, however deep."""
    for key, value in event.items():
        if key not in {"timestamp", "request_id"}:
            event[key] = _clean(key, value)
    return event


def _clean(key: str, value: Any) -> Any:
    if _SECRET_KEYS.search(key):
        return "[removed]"
    if isinstance(value, str):
        return without_personal_data(value)
    if isinstance(value, Mapping):
        return {str(inner): _clean(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(key, item) for item in value]
    return value if value is None or isinstance(value, int | float) else without_personal_data(repr(value))


def add_request_id(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The structlog processor that names the request being served."""
    if request_id := current_request_id():
        event["request_id"] = request_id
    return event


def logging_config(level: str) -> dict[str, Any]:
    """Return the `logging` configuration: every logger, ours and libraries', as one JSON line each on stderr."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_request_id,
    ]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [
                    *shared,
                    structlog.stdlib.PositionalArgumentsFormatter(),
                    structlog.stdlib.ExtraAdder(),
                ],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    filter_personal_data,
                    structlog.processors.JSONRenderer(),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # A form to put right, a page that is not there: the visitor is told, and nobody need look into it.
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "WARNING"},
            "procrastinate": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
        },
    }
