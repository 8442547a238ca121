"""What may not stand in a rule or a plan, as field to a code."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from cityhall.apps.routing.contracts import MOST_SHARES, MOST_STEPS, Measure, Rule, Step


def rule_problems(
    rule: Rule,
    *,
    categories: Collection[str],
    areas: Collection[uuid.UUID],
    layers: Collection[str],
    owners: Collection[str],
    teams: Collection[uuid.UUID],
) -> dict[str, str]:
    """Return what is wrong with a rule, given what there is to choose from."""
    problems = {}
    if not rule.name or len(rule.name) > 80 or not rule.name.isprintable():
        problems["name"] = "name"
    for field, chosen, known in (
        ("categories", rule.categories, categories),
        ("areas", rule.areas, areas),
        ("layers", rule.layers, layers),
        ("owners", rule.owners, owners),
    ):
        if not set(chosen) <= set(known):
            problems[field] = "not_in_list"
    given = [share.team for share in rule.shares]
    if not given:
        problems["teams"] = "no_team"
    elif not set(given) <= set(teams) or len(given) > MOST_SHARES:
        problems["teams"] = "not_in_list"
    elif len(set(given)) < len(given):
        problems["teams"] = "team_twice"
    elif any(not 1 <= share.weight <= 9 for share in rule.shares):
        problems["teams"] = "weight"
    return problems


def plan_problems(steps: Sequence[Step], *, categories: Collection[str]) -> dict[str, str]:
    """Return what is wrong with the steps of a plan; the field is the last step's, which is the one being added."""
    if len(steps) > MOST_STEPS:
        return {"number": "too_many_steps"}
    for step in steps:
        most = 99 if step.measure is Measure.PERCENT else 365
        if not 1 <= step.number <= most:
            return {"number": "percent" if step.measure is Measure.PERCENT else "days"}
        if step.priority is not None and not 1 <= step.priority <= 5:
            return {"priority": "not_in_list"}
        if step.priority is None and not step.tell:
            return {"tell": "nothing_done"}
        if not set(step.categories) <= set(categories):
            return {"categories": "not_in_list"}
    return {}
