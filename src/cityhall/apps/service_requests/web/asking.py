"""The questions of a category on a form, at the desk as for residents: what is asked, answered and still lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import QueryDict

from cityhall.apps.service_requests import rules, services
from cityhall.apps.service_requests.contracts import Datatype, QuestionFacts, QuestionInfo
from cityhall.apps.service_requests.web import resident_errors


def said_of(problems: Mapping[str, rules.Problem], asked: Sequence[QuestionInfo]) -> dict[str, Any]:
    """Return problems as sentences; a gap is named by its question's text, so that two make two links that differ."""
    said = {name: services.wording.say(problem) for name, problem in problems.items()}
    for one in asked:
        if (gap := problems.get(f"answers.{one.code}")) and gap.code == "answer_missing":
            said[f"answers.{one.code}"] = services.wording.say(replace(gap, detail=one.text))
    return said


def facts_of(found: Sequence[QuestionInfo]) -> list[QuestionFacts]:
    """Return questions of one language as the rules want them."""
    return [
        QuestionFacts(
            code=one.code,
            text={"en": one.text},
            datatype=one.datatype,
            required=one.required,
            variable=one.variable,
            order=one.order,
            values=tuple((key, {"en": name}) for key, name in one.values),
            when_code=one.when_code,
            when_values=one.when_values,
        )
        for one in found
    ]


def answers_sent(given: QueryDict, found: Sequence[QuestionInfo]) -> dict[str, str | list[str]]:
    """Return what a sent form answers to questions; empty answers are left out."""
    sent: dict[str, str | list[str]] = {}
    for one in found:
        values = [value for value in given.getlist(f"answers.{one.code}") if value.strip()]
        if values:
            sent[one.code] = values if one.datatype is Datatype.MULTI else values[0]
    return sent


def newly_asked(found: Sequence[QuestionInfo], answers: Mapping[str, Any], shown: set[str]) -> bool:
    """Say whether the answers make a question due that was neither shown nor answered yet."""
    return any(
        rules.asked(facts, answers) and facts.code not in shown and facts.code not in answers
        for facts in facts_of(found)
    )


def asked_of(
    found: Sequence[QuestionInfo], answers: Mapping[str, Any], problems: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the questions to show now, with their answers so far; notices (no answer wanted) among them."""
    shown = []
    for info, facts in zip(found, facts_of(found), strict=True):
        if info.variable and not rules.asked(facts, answers):
            continue
        given = answers.get(info.code, "")
        name = f"answers.{info.code}"
        shown.append({
            "info": info,
            "name": name,
            "id": resident_errors.anchor(name),
            "given": given,
            "chosen": given if isinstance(given, list) else [given],
            "problem": problems.get(name, ""),
        })  # fmt: skip
    return shown
