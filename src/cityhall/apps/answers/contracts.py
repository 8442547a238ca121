"""The words of the answers room: what an answer is for, and what may stand in braces in it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MANAGE = "answers.manage"


class Use(StrEnum):
    """What an answer is ready for: a closing by its outcome, or another act at the desk with a public sentence.

    A merge closes as a duplicate.
    """

    FIXED = "fixed"
    NOT_FOUND = "not_found"
    NOT_CITY = "not_city"
    CANNOT = "cannot_be_done"
    DUPLICATE = "duplicate"
    SCHEDULE = "schedule"
    START = "start"
    REFER = "refer"
    TAKE_BACK = "take_back"
    REOPEN = "reopen"
    SETTLE = "settle"
    REPLY = "reply"


class NoticeKind(StrEnum):
    """Why somebody gets a notice."""

    MENTION = "mention"
    SENT_BACK = "sent_back"


class Variable(StrEnum):
    """What is filled in for each request, written in braces: "{number}"."""

    NUMBER = "number"
    CATEGORY = "category"
    PLACE = "place"
    DEPARTMENT = "department"
    TEAM = "team"
    TODAY = "date:today"
    REPORTED = "date:reported"
    DUE = "date:due"
    PLANNED = "date:planned"
    EXPECTED = "expected"
    REFERRED_TO = "referred_to"


@dataclass(frozen=True, slots=True)
class AnswerTerms:
    """What a person writes down of an answer.

    Args:
        category_code: of which category's requests; "" for all.
        text: language code to the sentence, with variables.
        order: lower comes first among those used as often.
    """

    use: Use
    text: Mapping[str, str]
    category_code: str = ""
    order: int = 50
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class AnswerInfo:
    """An answer as the desk lists it.

    Args:
        used: how often it was sent.
        lacks: languages of the city that it has no text in.
    """

    id: uuid.UUID
    terms: AnswerTerms
    used: int
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a note names.

    Args:
        told: ids of those who get a notice, with their names.
        not_told: names of those who may not read the note.
        unknown: what was written and means nobody the writer may name.
        unclear: what was written and means several.
    """

    told: Mapping[uuid.UUID, str]
    not_told: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeInfo:
    """A notice as its reader sees it. `words` are of the history, "" when the reader may not read them any more."""

    id: uuid.UUID
    kind: NoticeKind
    number: str
    title: str
    by: str
    words: str
    at: datetime
    is_new: bool


@dataclass(frozen=True, slots=True)
class Filled:
    """A sentence for one request in one language, and the variables the request has nothing for."""

    text: str
    missing: tuple[str, ...] = ()
