"""What a message of a work-order system says, read with suspicion."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from cityhall.apps.work_orders.contracts import Reason, Told, WorkStatus

E = TypeVar("E", bound=StrEnum)

TYPE = "work_order.updated"
_LONGEST = {"request": 20, "external_number": 120, "note": 4000}
_KNOWN = frozenset({"request", "external_number", "status", "note", "visibility", "reason", "on"})


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field, by a code; `detail` is what stands in it, or what may."""

    code: str
    detail: str = ""


class _Reader:
    """Takes fields out of a message and remembers what is wrong with them."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.wrong: dict[str, Problem] = {}

    def text(self, name: str) -> str:
        value = self.data.get(name, "")
        if not isinstance(value, str):
            self.wrong[name] = Problem("text")
            return ""
        value = value.strip()
        if len(value) > _LONGEST[name]:
            self.wrong[name] = Problem("long", str(_LONGEST[name]))
        elif any((ord(letter) < 32 and letter not in "\n\r\t") or 0xD800 <= ord(letter) < 0xE000 for letter in value):
            self.wrong[name] = Problem("characters")
        else:
            return value
        return ""

    def choice(self, name: str, words: type[E]) -> E | None:
        value = self.data.get(name)
        if value is None:
            return None
        try:
            return words(value)
        except ValueError:
            self.wrong[name] = Problem("choice", ", ".join(words))
            return None

    def day(self, name: str) -> date | None:
        value = self.data.get(name)
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except (ValueError, TypeError):
            self.wrong[name] = Problem("day")
            return None


class _Seen(StrEnum):
    PUBLIC = "public"
    INTERNAL = "internal"


def read_message(body: bytes) -> tuple[Told | None, dict[str, Problem]]:
    """Read a message; return what it says, or what is wrong with which field."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None, {"body": Problem("json")}
    if not isinstance(message, dict):
        return None, {"body": Problem("json")}
    if message.get("type") != TYPE:
        return None, {"type": Problem("type", TYPE)}
    wrong: dict[str, Problem] = {}
    at = _moment(message.get("timestamp"))
    if at is None:
        wrong["timestamp"] = Problem("moment")
    data = message.get("data")
    if not isinstance(data, dict):
        return None, wrong | {"data": Problem("data")}
    read = _Reader(data)
    told = Told(
        at=at or datetime.min,
        number=read.text("request"),
        external_number=read.text("external_number"),
        status=read.choice("status", WorkStatus),
        note=read.text("note"),
        public=read.choice("visibility", _Seen) is not _Seen.INTERNAL,
        reason=read.choice("reason", Reason) or Reason.CANNOT,
        on=read.day("on"),
    )
    read.wrong |= {name: Problem("unknown") for name in sorted(set(data) - _KNOWN)[:10] if isinstance(name, str)}
    if not told.number and "request" not in read.wrong:
        read.wrong["request"] = Problem("missing")
    if told.status in {WorkStatus.DONE, WorkStatus.CANNOT_DO} and not told.note and "note" not in read.wrong:
        read.wrong["note"] = Problem("sentence")
    if not (told.status or told.note or told.external_number or read.wrong):
        read.wrong["status"] = Problem("nothing")
    wrong |= read.wrong
    return (None, wrong) if wrong else (told, {})


def request_named(body: bytes) -> str:
    """Return the request that a message names which is no good otherwise, "" when it names none."""
    try:
        number = json.loads(body)["data"]["request"]
    except (ValueError, RecursionError, KeyError, TypeError, IndexError):
        return ""
    return number.strip()[:20] if isinstance(number, str) else ""


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo is not None and 1970 < found.year < 9000 else None
