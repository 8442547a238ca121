"""Rules, steps and trials as they are kept: JSON-ready, and back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from cityhall.apps.routing.contracts import (
    Example,
    Holidays,
    Load,
    Measure,
    Moved,
    Rule,
    Share,
    Step,
    Trial,
    Window,
)


def kept_rules(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """Return rules as they are kept."""
    return [
        {
            "name": rule.name,
            "categories": list(rule.categories),
            "areas": [str(area) for area in rule.areas],
            "layers": list(rule.layers),
            "owners": list(rule.owners),
            "days": sorted(rule.window.days),
            "since": _clock(rule.window.since),
            "until": _clock(rule.window.until),
            "holidays": rule.window.holidays.value,
            "teams": [[str(share.team), share.weight] for share in rule.shares],
        }
        for rule in rules
    ]


def rules_from(kept: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Return rules from what is kept."""
    return tuple(
        Rule(
            name=one["name"],
            categories=tuple(one["categories"]),
            areas=tuple(uuid.UUID(area) for area in one["areas"]),
            layers=tuple(one["layers"]),
            owners=tuple(one["owners"]),
            window=Window(frozenset(one["days"]), _time(one["since"]), _time(one["until"]), Holidays(one["holidays"])),
            shares=tuple(Share(uuid.UUID(team), weight) for team, weight in one["teams"]),
        )
        for one in kept
    )


def kept_steps(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Return steps as they are kept."""
    return [
        {
            "categories": list(step.categories),
            "measure": step.measure.value,
            "number": step.number,
            "priority": step.priority,
            "tell": step.tell,
        }
        for step in steps
    ]


def steps_from(kept: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Return steps from what is kept."""
    return tuple(
        Step(tuple(one["categories"]), Measure(one["measure"]), one["number"], one["priority"], one["tell"])
        for one in kept
    )


def kept_trial(trial: Trial) -> dict[str, Any]:
    """Return a trial as it is kept."""
    return {
        "at": trial.at.isoformat(),
        "days": trial.days,
        "tested": trial.tested,
        "is_cut": trial.is_cut,
        "decided": list(trial.decided),
        "moved": trial.moved,
        "by_hand": [trial.by_hand, trial.by_hand_right],
        "flows": [[_text(one.before), _text(one.after), one.count] for one in trial.flows],
        "load": [[str(one.team), one.open, one.before, one.after, one.finished] for one in trial.load],
        "examples": [
            [str(one.request), one.number, _text(one.before), _text(one.after), one.rule] for one in trial.examples
        ],
    }


def trial_from(kept: Mapping[str, Any]) -> Trial:
    """Return a trial from what is kept."""
    return Trial(
        at=datetime.fromisoformat(kept["at"]),
        days=kept["days"],
        tested=kept["tested"],
        is_cut=kept["is_cut"],
        decided=tuple(kept["decided"]),
        moved=kept["moved"],
        by_hand=kept["by_hand"][0],
        by_hand_right=kept["by_hand"][1],
        flows=tuple(Moved(_id(before), _id(after), count) for before, after, count in kept["flows"]),
        load=tuple(Load(uuid.UUID(team), *rest) for team, *rest in kept["load"]),
        examples=tuple(
            Example(uuid.UUID(request), number, _id(before), _id(after), rule)
            for request, number, before, after, rule in kept["examples"]
        ),
    )


def _clock(value: time | None) -> str:
    return value.isoformat("minutes") if value else ""


def _time(text: str) -> time | None:
    return time.fromisoformat(text) if text else None


def _text(value: uuid.UUID | None) -> str:
    return str(value or "")


def _id(text: str) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None
