"""JSON log lines with request ids, from which personal data is taken out before they are written."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

from cityhall.kernel.django.request_ids import current_request_id

_SECRET_KEYS = re.compile(r"password|secret|token|authorization|cookie|api_?key|email|phone|first_name|last_name", re.I)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_PHONE = re.compile(r"(?<![\w.])(?!\d{1,3}(?:\.\d{1,3}){3}(?!\d))\+?\d[\d ().-]{7,}\d(?!\w)")
_TOKEN_QUERY = re.compile(r"((?:token|key|code|secret)=)[^&\s\"']+", re.I)


def without_personal_data(text: str) -> str:
    """Return `text` with e-mail addresses, telephone numbers and tokens in URLs blanked."""
    text = _TOKEN_QUERY.sub(r"\1[removed]", _EMAIL.sub("[e-mail]", text))
    return _PHONE.sub("[phone]", text)


def filter_personal_data(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The structlog processor that cleans every field of a line."""
    for key, value in event.items():
        if _SECRET_KEYS.search(key):
            event[key] = "[removed]"
        elif isinstance(value, str) and key not in {"timestamp", "request_id"}:
            event[key] = without_personal_data(value)
    return event


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
                "foreign_pre_chain": [*shared, structlog.stdlib.PositionalArgumentsFormatter()],
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
