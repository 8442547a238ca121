"""Writing the draft of the rules. What is in force is never changed by it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity import public as identity
from cityhall.apps.places import public as places
from cityhall.apps.routing import rules
from cityhall.apps.routing.contracts import MANAGE, MOST_RULES, Rule, SetState
from cityhall.apps.routing.models import RuleSet
from cityhall.apps.routing.services.wording import refusal, refuse
from cityhall.apps.service_requests import public as service_requests
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need
from cityhall.kernel.errors import NotFound, Stale

SUBJECT = "routing_rules"


def begin_draft(*, actor: Actor) -> uuid.UUID:
    """Make a draft from the rules in force, or take up the one there is; return its id."""
    need(actor, MANAGE)
    with transaction.atomic():
        stands = {row.state: row for row in RuleSet.objects.select_for_update().exclude(state=SetState.PAST)}
        if (there := stands.get(SetState.DRAFT)) is not None:
            return there.id
        held = stands.get(SetState.LIVE)
        row = RuleSet.objects.create(state=SetState.DRAFT, rules=held.rules if held else [], changed_at=clock.now())
        audit.record(actor, "routing.draft_begun", subject_kind=SUBJECT, subject_id=row.id)
    return row.id


def discard_draft(*, actor: Actor, revision: int) -> None:
    """Throw the draft away. The rules in force stay."""
    need(actor, MANAGE)
    with transaction.atomic():
        row = locked_draft(revision)
        audit.record(actor, "routing.draft_discarded", subject_kind=SUBJECT, subject_id=row.id)
        row.delete()


def save_rule(rule: Rule, *, actor: Actor, revision: int, number: int | None = None) -> None:
    """Put a rule at the end of the draft, or in the place of rule `number` (1 is the first).

    Raises:
        NotAllowed: without "routing.manage".
        NotFound: there is no draft.
        Stale: somebody changed the draft since the actor read it.
        Invalid: by field ("name", "categories", "areas", "layers", "owners", "teams").
    """
    need(actor, MANAGE)
    refuse(
        rules.rule_problems(
            rule,
            categories=service_requests.category_names(),
            areas=places.area_names(rule.areas),
            layers=[layer.code for layer in places.asset_layers()],
            owners=places.asset_owners(),
            teams=[team.id for team in identity.teams()],
        )
    )

    def change(stands: Sequence[Rule]) -> Sequence[Rule]:
        if number is None:
            if len(stands) >= MOST_RULES:
                raise refusal("name", "too_many_rules")
            return [*stands, rule]
        _there(stands, number)
        return [rule if place == number else one for place, one in enumerate(stands, start=1)]

    _change(actor, revision, "rule_saved", change, name=rule.name)


def remove_rule(number: int, *, actor: Actor, revision: int) -> None:
    """Take a rule out of the draft."""

    def change(stands: Sequence[Rule]) -> Sequence[Rule]:
        _there(stands, number)
        return [one for place, one in enumerate(stands, start=1) if place != number]

    _change(actor, revision, "rule_removed", change)


def move_rule(number: int, *, actor: Actor, revision: int, up: bool) -> None:
    """Move a rule of the draft one place up, or down; the first and the last stay where they are."""

    def change(stands: Sequence[Rule]) -> Sequence[Rule]:
        _there(stands, number)
        moved = list(stands)
        other = number - 2 if up else number
        if 0 <= other < len(moved):
            moved[number - 1], moved[other] = moved[other], moved[number - 1]
        return moved

    _change(actor, revision, "rule_moved", change)


def _there(stands: Sequence[Rule], number: int) -> None:
    if not 1 <= number <= len(stands):
        raise refusal("rule", "no_such_rule")


def _change(
    actor: Actor, revision: int, verb: str, change: Callable[[Sequence[Rule]], Sequence[Rule]], **facts: str
) -> None:
    need(actor, MANAGE)
    with transaction.atomic():
        row = locked_draft(revision)
        row.rules = rules.kept_rules(change(rules.rules_from(row.rules)))
        row.trial = None
        row.revision += 1
        row.changed_at = clock.now()
        row.save()
        audit.record(actor, f"routing.{verb}", subject_kind=SUBJECT, subject_id=row.id, data=facts)


def locked_draft(revision: int) -> RuleSet:
    """Return the draft, locked. Raises NotFound when there is none, Stale when it is not the revision that was read."""
    row = RuleSet.objects.select_for_update().filter(state=SetState.DRAFT).first()
    if row is None:
        raise NotFound(_("There is no draft of the rules. Begin one."))
    if row.revision != revision:
        raise Stale(_("Somebody changed the draft since you read it. Look at it again."), current=row.revision)
    return row
