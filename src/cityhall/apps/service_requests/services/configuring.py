"""Changing what a category is called, who handles it, how soon, and how much of its texts the public sees."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as jobs

from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests.contracts import Detail, Moderation, Outcome
from cityhall.apps.service_requests.models import Category
from cityhall.apps.service_requests.queries import catalogue
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit, outbox
from cityhall.kernel.django.permissions import need
from cityhall.kernel.errors import Invalid, NotFound, Stale

REAPPLY = "service_requests.reapply"
MOST_DAYS = 730
APPROVABLE = frozenset({Outcome.FIXED, Outcome.NOT_FOUND, Outcome.NOT_CITY, Outcome.CANNOT})


def configure_category(
    code: str,
    *,
    actor: Actor,
    read_at: datetime,
    name: Mapping[str, str],
    target_days: int | None,
    department_id: uuid.UUID | None,
    team_id: uuid.UUID | None,
    text_policy: Detail,
    moderation: Moderation,
    is_active: bool,
    proof_photo: bool = False,
    approve: Collection[Outcome] = (),
) -> None:
    """Change a category. New requests follow at once; those filed keep their department and their target.

    How much of the texts is public is decided when they are read, so that also holds for what was filed before; a job
    sets anew by which words the public finds that. The policies for place and photos are not among what can be changed:
    see the page of the category.

    Args:
        read_at: `updated_at` of the category as the actor read it.
        name: language code to name; English is needed.
        target_days: business days; None for no target.
        team_id: the team of that department new requests go to; None leaves them with the department.
        proof_photo: closing as fixed needs a photo of the work.
        approve: closing with one of these waits for a supervisor; what waits already goes on waiting.

    Raises:
        NotAllowed: without "requests.configure".
        NotFound: no such category.
        Stale: somebody changed it since.
        Invalid: fields "name_en", "target_days", "department", "team", "text_policy".
    """
    need(actor, "requests.configure")
    names = {language: text.strip() for language, text in name.items() if text.strip()}
    if problems := _problems(names, target_days, department_id, team_id, text_policy):
        raise Invalid(problems)
    with transaction.atomic():
        row = _locked(code)
        if row.updated_at != read_at:
            raise Stale(_("Somebody changed this category since you read it."), current=0)
        before = catalogue.policy_of(row), row.name
        row.name = {**row.name, **names}
        row.target_days, row.department_id, row.team_id = target_days, department_id, team_id
        row.text_policy, row.moderation, row.is_active = text_policy, moderation, is_active
        row.proof_photo = proof_photo
        row.approve_outcomes = sorted(one.value for one in approve if one in APPROVABLE)
        row.save()
        if (catalogue.policy_of(row), row.name) != before:
            jobs.configure_task(REAPPLY, queue="upkeep", lock=f"{REAPPLY} {row.id}").defer(category_id=str(row.id))
        facts = {
            "code": code,
            "target_days": target_days,
            "department_id": str(department_id or ""),
            "team_id": str(team_id or ""),
            "text_policy": text_policy.value,
            "moderation": moderation.value,
            "is_active": is_active,
            "proof_photo": proof_photo,
            "approve": row.approve_outcomes,
        }
        _tell(row, facts, actor)


def give_category(code: str, *, actor: Actor, department_id: uuid.UUID, team_id: uuid.UUID) -> None:
    """Say whose work a category's new requests are, and leave all else as it is.

    Raises:
        NotAllowed: without "requests.configure".
        NotFound: no such category.
    """
    need(actor, "requests.configure")
    with transaction.atomic():
        row = _locked(code)
        row.department_id, row.team_id = department_id, team_id
        row.save()
        facts = {"code": code, "department_id": str(department_id), "team_id": str(team_id)}
        _tell(row, facts, actor)


def approve_closings(code: str, outcomes: Collection[Outcome], *, actor: Actor) -> None:
    """Set which closings of a category wait for a supervisor; what waits already goes on waiting.

    Raises:
        NotAllowed: without "requests.configure".
        NotFound: no such category.
    """
    need(actor, "requests.configure")
    with transaction.atomic():
        row = _locked(code)
        row.approve_outcomes = sorted(one.value for one in outcomes if one in APPROVABLE)
        row.save()
        facts = {"code": code, "approve": row.approve_outcomes}
        _tell(row, facts, actor)


def _problems(
    names: Mapping[str, str],
    target_days: int | None,
    department_id: uuid.UUID | None,
    team_id: uuid.UUID | None,
    text_policy: Detail,
) -> dict[str, object]:
    problems: dict[str, object] = {}
    if not names.get("en") or any(len(text) > 120 for text in names.values()):
        problems["name_en"] = _("Name the category in English, in at most 120 characters.")
    if target_days is not None and not 0 < target_days <= MOST_DAYS:
        problems["target_days"] = _("Give the target in business days, from 1 to 730, or leave it empty.")
    if department_id and department_id not in {one.id for one in identity.departments()}:
        problems["department"] = _("Choose one of those in the list.")
    if team_id and team_id not in {one.id for one in identity.teams(department_id) if department_id}:
        problems["team"] = _("Choose a team of this department.")
    if text_policy is Detail.GENERALISED:
        problems["text_policy"] = _("Choose one of those in the list.")
    return problems


def _locked(code: str) -> Category:
    row = Category.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise NotFound(_("There is no such category."))
    return row


def _tell(row: Category, facts: Mapping[str, Any], actor: Actor) -> None:
    """Leave the event and the audit entry of a change."""
    name = "service_requests.category_configured"
    outbox.record(name, subject_id=row.id, data=facts)
    audit.record(actor, name, subject_kind="category", subject_id=row.id, data=facts)
