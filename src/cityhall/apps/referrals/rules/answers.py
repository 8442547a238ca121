"""When an answer is due, when a body is reminded, and what an answer must have."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime, timedelta

from cityhall.apps.referrals.contracts import AnswerKind, BodyTerms, Channel, NewAnswer
from cityhall.apps.service_requests.contracts import FARTHEST_PLAN

CHASED_EVERY = timedelta(days=7)
AFTER_THE_DAY = timedelta(days=7)
MOST_DAYS = 365
MOST_WORDS = 2000
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
#: A word that settles something stands alone: at the end, before a full stop or a colon, or before a day.
_ALONE = r"(?:\s*(?:[.:!–-]+|\n|$)\s*|\s+(?:on\s+|el\s+)?(?=\d{4}-\d{2}-\d{2}\b))"
_SPOKEN = (
    (AnswerKind.NOT_OURS, re.compile(r"(?:not ours|no es nuestr[oa]|no nos corresponde)\b" + _ALONE, re.I)),
    (AnswerKind.DONE, re.compile(r"(?:done|fixed|hecho|listo)\b" + _ALONE, re.I)),
    (AnswerKind.SCHEDULED, re.compile(r"(?:scheduled|planned|programad[oa])\b[\s.:,–-]*(?:for|para)?\s*", re.I)),
    (AnswerKind.MORE, re.compile(r"(?:more|need more|más|mas|falta)\b[\s.:,–-]*", re.I)),
)
#: Words by which "done: by Friday" or "fixed. But…" say that it is not.
_TAKEN_BACK = re.compile(
    r"(?:by|before|until|next|tomorrow|soon|in|not|but|except|only|will|when|if|once"
    r"|para|antes|hasta|pr[oó]xim[oa]|mañana|pronto|en|no|pero|salvo|solo|sólo|cuando|si|aún|todavía)\b",
    re.I,
)
#: Domains of which anybody can have an address.
_SHARED = re.compile(
    r"(?:gmail|googlemail|outlook|hotmail|live|msn|yahoo|aol|icloud|me|protonmail|gmx)\.com|proton\.me"
    r"|(?:comcast|att|gmx)\.net"
)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})\b[\s.:,–-]*")


def answer_due(start: datetime, days: int) -> datetime:
    """Return by when a body has to answer."""
    return start + timedelta(days=days)


def days_late(due_at: datetime, now: datetime) -> int | None:
    """Return the whole days past the day an answer was due, None when it is not late."""
    return (now - due_at).days if now > due_at else None


def should_chase(now: datetime, due_at: datetime, chased_at: datetime | None) -> bool:
    """Say whether a body is to be reminded: once its answer is late, and at most once a week."""
    return now > due_at and (chased_at is None or now - chased_at >= CHASED_EVERY)


def check_answer(answer: NewAnswer, *, today: date) -> dict[str, str]:
    """Say what is wrong with an answer: field to a code."""
    problems: dict[str, str] = {}
    if len(answer.words) > MOST_WORDS:
        problems["words"] = "words_long"
    if "\x00" in answer.words:
        problems["words"] = "words_characters"
    if answer.kind is AnswerKind.SCHEDULED and (answer.on is None or answer.on < today):
        problems["on"] = "day_ahead"
    if answer.kind is AnswerKind.DONE and answer.on is not None and answer.on > today:
        problems["on"] = "day_past"
    if "on" not in problems and answer.on is not None and abs(answer.on - today) > FARTHEST_PLAN:
        problems["on"] = "day_far"
    if answer.kind in {AnswerKind.MORE, AnswerKind.WROTE} and not answer.words.strip():
        problems["words"] = "words_missing"
    return problems


def body_problems(terms: BodyTerms) -> dict[str, str]:
    """Say what is wrong with what is set of a body: field to a code."""
    problems: dict[str, str] = {}
    names = {language: text.strip() for language, text in terms.name.items() if text.strip()}
    if not names.get("en") or any(len(text) > 120 for text in names.values()):
        problems["name_en"] = "name"
    if terms.mail and (len(terms.mail) > 254 or not _EMAIL.fullmatch(terms.mail)):
        problems["mail"] = "mail"
    if terms.channel is Channel.MAIL and not terms.mail:
        problems["mail"] = "mail_missing"
    if terms.channel is Channel.CONNECTION and terms.connection_id is None:
        problems["connection"] = "connection"
    if not 1 <= terms.answer_days <= MOST_DAYS:
        problems["answer_days"] = "days"
    return problems


def said_in(text: str) -> NewAnswer:
    """Read an answer from the words of a mail: a first word such as "done" says what it is; else a person reads it.

    The word has to stand alone: "Done by next Friday" and "Done, but…" are for a person to read.
    """
    first = text.strip()
    for kind, pattern in _SPOKEN:
        if found := pattern.match(first):
            rest, on = first[found.end() :], None
            if kind in {AnswerKind.SCHEDULED, AnswerKind.DONE} and (day := _DAY.match(rest)):
                try:
                    on, rest = date.fromisoformat(day[1]), rest[day.end() :]
                except ValueError:
                    return NewAnswer(AnswerKind.WROTE, first[:MOST_WORDS])
            if kind is AnswerKind.SCHEDULED and on is None:
                break
            if kind in {AnswerKind.DONE, AnswerKind.NOT_OURS} and _TAKEN_BACK.match(rest):
                break
            return NewAnswer(kind, rest.strip()[:MOST_WORDS], on)
    return NewAnswer(AnswerKind.WROTE, first[:MOST_WORDS])


def is_own(sender: str, mail: str) -> bool:
    """Say whether a mail comes from the body: from its domain, or its very address where a domain is everybody's."""
    domain = mail.rpartition("@")[2].lower()
    if _SHARED.fullmatch(domain):
        return sender.lower() == mail.lower()
    return sender.rpartition("@")[2].lower() == domain != ""


def token_hash(token: str) -> str:
    """Return what is kept of a reply link's token. A slow hash adds nothing: 256 random bits cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()
