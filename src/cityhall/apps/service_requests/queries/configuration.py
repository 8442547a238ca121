"""A category as those who configure it read it: every language, and when it last changed."""

from __future__ import annotations

from cityhall.apps.service_requests.contracts import CategorySettings, Detail, Moderation, Outcome
from cityhall.apps.service_requests.models import Category
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.permissions import need
from cityhall.kernel.errors import NotFound


def category_settings(code: str, actor: Actor) -> CategorySettings:
    """Return one category's settings.

    Raises:
        NotAllowed: without "requests.configure".
        NotFound: no such category.
    """
    need(actor, "requests.configure")
    row = Category.objects.select_related("group").filter(code=code).first()
    if row is None:
        raise NotFound("There is no such category.")
    return CategorySettings(
        code=row.code,
        name=row.name,
        target_days=row.target_days,
        department_id=row.department_id,
        team_id=row.team_id,
        place=Detail(row.place_policy),
        text=Detail(row.text_policy),
        photo=Detail(row.photo_policy),
        moderation=Moderation(row.moderation),
        is_active=row.is_active,
        is_emergency=row.is_emergency,
        updated_at=row.updated_at,
        proof_photo=row.proof_photo,
        approve=tuple(Outcome(one) for one in row.approve_outcomes),
    )
