"""The city's list of materials."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from cityhall.apps.crews.contracts import CONFIGURE
from cityhall.apps.crews.models import Material
from cityhall.apps.crews.queries.materials import material_info
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need
from cityhall.kernel.django.seen import need_unchanged
from cityhall.kernel.errors import Invalid, NotFound

_MOST_NAME, _MOST_UNIT = 80, 20


def save_material(
    name: Mapping[str, str],
    unit: Mapping[str, str],
    *,
    actor: Actor,
    material_id: uuid.UUID | None = None,
    step: Decimal = Decimal(1),
    order: int = 50,
    is_active: bool = True,
    seen: str = "",
) -> uuid.UUID:
    """Make or change a material; return its id. `seen` is the mark of what the actor read, see `kernel.django.seen`.

    Raises:
        NotAllowed: without "requests.configure".
        NotFound: no such material.
        Stale: somebody else saved since the actor read it.
        Invalid: fields "name", "unit", "step", "order".
    """
    need(actor, CONFIGURE)
    names, units = (_texts(one) for one in (name, unit))
    problems = {}
    if not names.get("en") or any(len(text) > _MOST_NAME for text in names.values()):
        problems["name"] = _("Write a name in English, %(most)s characters at most.") % {"most": _MOST_NAME}
    if not units.get("en") or any(len(text) > _MOST_UNIT for text in units.values()):
        problems["unit"] = _("Write the unit in English, %(most)s characters at most.") % {"most": _MOST_UNIT}
    if not Decimal("0.01") <= step <= 1000:
        problems["step"] = _("Write a step between 0.01 and 1000.")
    if not 0 <= order <= 1000:
        problems["order"] = _("Write a place in the list between 0 and 1000.")
    if problems:
        raise Invalid(problems)
    with transaction.atomic():
        row = Material.objects.select_for_update().filter(id=material_id).first() if material_id else Material()
        if row is None:
            raise NotFound(_("There is no such material."))
        if material_id:
            need_unchanged(seen, material_info(row))
        row.name, row.unit, row.step, row.order, row.is_active = names, units, step, order, is_active
        row.save()
        audit.record(
            actor, "crews.material_saved", subject_kind="material", subject_id=row.id, data={"name": names["en"]}
        )
    return row.id


def _texts(given: Mapping[str, str]) -> dict[str, str]:
    return {language: text.strip() for language, text in given.items() if text.strip()}
