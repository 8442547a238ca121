"""Checking the answers to a category's questions: the six Open311 datatypes, required and conditional ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from cityhall.apps.service_requests.contracts import Datatype, QuestionFacts
from cityhall.apps.service_requests.rules.problems import Problem

Answer = str | list[str]

MAX_STRING = 300
MAX_TEXT = 4000


class _Refused(Exception):
    def __init__(self, code: str, detail: str = "", limit: int = 0) -> None:
        self.problem = Problem(code, detail, limit)


def asked(question: QuestionFacts, answers: Mapping[str, Answer]) -> bool:
    """Say whether `question` is asked, given the clean answers to the questions before it."""
    if not question.variable:
        return False
    if not question.when_code:
        return True
    given = answers.get(question.when_code, [])
    return not set(question.when_values).isdisjoint([given] if isinstance(given, str) else given)


def check_answers(
    questions: Sequence[QuestionFacts], answers: Mapping[str, Answer]
) -> tuple[dict[str, Answer], dict[str, Problem]]:
    """Return the clean answers, and the problems by field ("answers.CODE").

    An answer to a question that is not asked (its condition does not hold) is left out without a word: a form
    that works without JavaScript shows such questions and people fill them. An unknown code is a problem.
    """
    clean: dict[str, Answer] = {}
    problems: dict[str, Problem] = {}
    for question in sorted(questions, key=lambda one: one.order):
        if not asked(question, clean):
            continue
        given = _given(answers.get(question.code))
        if not given:
            if question.required:
                problems[f"answers.{question.code}"] = Problem("answer_missing", question.code)
            continue
        try:
            clean[question.code] = _CHECKS[question.datatype](question, given)
        except _Refused as refused:
            problems[f"answers.{question.code}"] = refused.problem
    known = {question.code for question in questions}
    for code in answers:
        if code not in known:
            problems[f"answers.{code}"] = Problem("answer_unknown", code[:60])
    return clean, problems


def kept_answers(questions: Sequence[QuestionFacts], answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Return those of `answers` that also fit `questions`: what survives a change of category."""
    known = {question.code for question in questions}
    offered = {code: value for code, value in answers.items() if code in known}
    return check_answers(questions, offered)[0]


def _given(value: Answer | None) -> list[str]:
    if value is None:
        return []
    values = [value] if isinstance(value, str) else list(value)
    return [one.strip() for one in values if one.strip()]


def _one(given: list[str]) -> str:
    if len(given) > 1:
        raise _Refused("answer_one")
    return given[0]


def _short(_question: QuestionFacts, given: list[str]) -> str:
    return _bounded(_one(given), MAX_STRING)


def _long(_question: QuestionFacts, given: list[str]) -> str:
    return _bounded(_one(given), MAX_TEXT)


def _bounded(text: str, limit: int) -> str:
    if len(text) > limit:
        raise _Refused("answer_long", limit=limit)
    if "\x00" in text:
        raise _Refused("answer_characters")
    return text


def _number(_question: QuestionFacts, given: list[str]) -> str:
    text = _one(given)
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise _Refused("answer_number", text[:40]) from None
    if not value.is_finite() or len(text) > 40:
        raise _Refused("answer_number", text[:40])
    return text


def _moment(_question: QuestionFacts, given: list[str]) -> str:
    text = _one(given)
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise _Refused("answer_datetime", text[:40]) from None
    return text


def _single(question: QuestionFacts, given: list[str]) -> str:
    return _listed(question, _one(given))


def _multi(question: QuestionFacts, given: list[str]) -> list[str]:
    chosen = [_listed(question, one) for one in given]
    return list(dict.fromkeys(chosen))


def _listed(question: QuestionFacts, key: str) -> str:
    if key not in {known for known, _name in question.values}:
        raise _Refused("answer_listed", key[:60])
    return key


_CHECKS: Mapping[Datatype, Callable[[QuestionFacts, list[str]], Answer]] = {
    Datatype.STRING: _short,
    Datatype.TEXT: _long,
    Datatype.NUMBER: _number,
    Datatype.DATETIME: _moment,
    Datatype.SINGLE: _single,
    Datatype.MULTI: _multi,
}
